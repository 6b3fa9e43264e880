"""Does nothing that students install compute a right answer to any question?

Looked at are the modules of the package, and the drivers and measures in its data.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from autograder.answer import Status, ask, conditions_met
from autograder.judging.compare import differences
from autograder.questions import catalogue, references
from autograder.questions.define import Question
from autograder.release.student_package.modules import modules
from autograder.release.student_package.standalone import standalone
from tests.conftest import EXHAUSTIVE

WEEKS = [catalogue.week(stem) for stem in catalogue.stems()]
QUESTIONS = [question for week in WEEKS for question in week.questions.values()]

NODES = 7
"""An expression of fewer nodes, such as `X.sum(axis=1)`, is no answer."""
LIBRARIES = {"np", "math", "keras", "ops"}
COINCIDENCES = {
    "v0 * v1 * (1 - v1)": "the variance of flags has the same form",
    "v0 * v1 + v2 * v3": "a sum of two products",
    "v0.sum(axis=1, keepdims=True)": "a figure shows shares of a row",
    "np.max(np.abs(v0 - v1))": "a figure shows the largest gap",
    "not np.isfinite(v0).all()": "asks whether numbers are usable",
    "v0.dtype if v0.dtype.kind == 'f' else np.dtype(np.float64)": "judging knows precisions",
    "(v0 - v0.mean()) * (v1 - v1.mean())": "tells whether an order is random",
    "[np.sin(v0), np.cos(v0)]": "the points of a spiral lie on circles",
    "np.array([v0 for v1 in v2])": "makes an array of parts",
    "[v0 for v1, v2 in v3]": "makes a list of parts",
    "{v0: v1.copy() for v0, v1 in v2.items()}": "a driver keeps its own arrays",
}
"""Expressions of an answer that stand in the package for another purpose, and why."""


@cache
def sources() -> dict[str, str]:
    """The code that students install, by where it stands."""
    found: dict[str, str] = {}
    for question in QUESTIONS:
        if question.drive:
            found[f"driver of {question.name}"] = question.driver_source
        for kind, function in (("measure", question.measured_by), ("figure", question.figured_by)):
            if function:
                found[f"{kind} of {question.name}"] = standalone(function, kind)
    files = modules(list(found.values()))
    return {path: content.decode() for path, content in files.items()} | found


def expressions(source: str) -> Iterator[tuple[str, str]]:
    """The larger expressions of a source, each without its names and as it is written."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.expr) or isinstance(node, _NO_EXPRESSIONS):
            continue
        text = ast.unparse(node)
        shape = nameless(text)
        if sum(1 for _ in parts(ast.parse(shape))) >= NODES:
            yield shape, text


_NO_EXPRESSIONS = (ast.Slice, ast.Starred, ast.Tuple, ast.JoinedStr, ast.FormattedValue)


def parts(tree: ast.AST) -> Iterator[ast.AST]:
    grammar = (
        ast.expr_context,
        ast.operator,
        ast.cmpop,
        ast.boolop,
        ast.unaryop,
        ast.mod,
        ast.Expr,
    )
    return (each for each in ast.walk(tree) if not isinstance(each, grammar))


@cache
def nameless(text: str) -> str:
    """An expression with its variables numbered: two that differ by names alone are equal.

    An entry of a dict or an array, and what a function that is no library's returns, are variables
    as well: `(X - mean) / np.sqrt(var + eps)` is found however its numbers are obtained.
    """
    tree = _Numbered().visit(ast.parse(text, mode="eval"))
    return ast.unparse(tree)


class _Numbered(ast.NodeTransformer):
    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def _variable(self, name: str) -> ast.Name:
        return ast.Name(self.names.setdefault(name, f"v{len(self.names)}"), ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node if node.id in LIBRARIES else self._variable(node.id)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self._variable(ast.unparse(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name):
            return self._variable(ast.unparse(node))
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._variable(node.arg).id)


def computes(text: str) -> bool:
    """Whether an expression computes with arrays, rather than calling what others wrote."""
    called = re.search(r"\bnp\.|@|\.(?:sum|mean|max|std|copy|all)\(| [*/] |\[.*:.*\]", text)
    return called is not None and not re.search(r"\b(?:zip|range|len)\(", text)


def solution_blocks(lesson: Path) -> Iterator[str]:
    text = lesson.read_text(encoding="utf-8")
    for block in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.DOTALL):
        yield f"def solution():\n    pass\n{textwrap.indent(textwrap.dedent(block), '    ')}"


@cache
def installed() -> dict[str, str]:
    """Every larger expression that students install, without names, and a place where it is."""
    return {key: place for place, text in sources().items() for key, _ in expressions(text)}


@pytest.mark.slow
@pytest.mark.parametrize("week", WEEKS, ids=lambda week: week.name)
def test_is_no_expression_of_an_answer_installed(week):
    """Neither of a lesson's solutions, nor of references, alternatives or mistakes."""
    here = installed()
    answers = [*solution_blocks(week.lesson), *map(catalogued_code, week.questions.values())]
    found = {
        (text, here[key])
        for answer in answers
        for key, text in expressions(answer)
        if key in here and computes(text) and key not in COINCIDENCES
    }
    assert not found


def catalogued_code(question: Question) -> str:
    """The code of a question's reference, alternatives and mistakes, if it computes anything."""
    others = [*question.mistakes.values(), *question.alternatives.values()]
    functions = [question.reference, *(each.formula for each in others)]
    code = [textwrap.dedent(inspect.getsource(each)) for each in functions]
    return "\n\n".join(code) if question.parameters else ""


@pytest.mark.slow
def test_is_no_code_of_the_catalogue_installed():
    """Neither a reference nor an alternative nor a mistake stands there as it is written."""
    installed_functions = {
        ast.dump(ast.Module(node.body, []))
        for text in sources().values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    for question in QUESTIONS:
        catalogued = [*question.mistakes.values(), *question.alternatives.values()]
        for function in (question.reference, *(each.formula for each in catalogued)):
            if question.parameters:
                assert body_of(function) not in installed_functions, function


def body_of(function: Any) -> str:
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    documented = ast.get_docstring(node) is not None
    return ast.dump(ast.Module(node.body[1:] if documented else node.body, []))


def functions() -> Iterator[tuple[str, FunctionType]]:
    """The functions that students install, those inside drivers and measures too."""
    for place, text in sources().items():
        if " of " not in place:
            name = place.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            if not name.startswith(("course_lib.plots", "course_lib.datasets")):
                module = importlib.import_module(name)
                own = (each for each in vars(module).values() if isinstance(each, FunctionType))
                yield from ((place, each) for each in own if each.__module__ == name)
            continue
        namespace: dict[str, Any] = {"np": np}
        exec(text, namespace)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Lambda):
                yield place, eval(ast.unparse(node), namespace)
            elif isinstance(node, ast.FunctionDef):
                inner = dict(namespace)
                exec(ast.unparse(node), inner)
                yield place, inner[node.name]


def asked() -> list[Question]:
    """Questions whose answer comes from one call; a few of them unless all are asked for."""
    one_call = [
        question
        for question in QUESTIONS
        if question.parameters and not question.drive and question.week != "week14"
    ]
    return one_call if EXHAUSTIVE else [each for each in one_call if len(each.parameters) == 1]


@pytest.mark.slow
def test_gives_no_function_a_right_answer_when_it_is_called(monkeypatch):
    """With a question's inputs, in any order where there are few."""
    # What calls Keras computes with Keras, and does it slowly.
    for name in ("keras", "tensorflow"):
        monkeypatch.setitem(importlib.sys.modules, name, None)  # type: ignore[attr-defined]
    every = [each for each in functions() if takes_few(each[1])]
    for question in asked():
        case = next(iter(question.cases.values()))
        given = question.handed(references.inputs(question, case, references.PUBLIC_SECRET))
        week = catalogue.week(question.week)
        expected = references.public([question], week.stem)[question.name, case.name]
        for order in itertools.permutations(given) if len(given) < 4 else [tuple(given)]:
            arguments = {name: given[name] for name in order}
            for place, function in every:
                if not accepts(function, len(arguments)):
                    continue
                answer = ask(function, arguments, None, conditions_met)
                if answer.status is Status.RETURNED and question.measured_by:
                    answer = question.measured(
                        answer, references.inputs(question, case, references.PUBLIC_SECRET)
                    )
                right = answer.status is Status.RETURNED and not differences(
                    answer, expected, question.returns, stability=False
                )
                assert not right, f"{place}: {function.__name__} answers {question.name}"


def takes_few(function: FunctionType) -> bool:
    """Whether it computes: what writes files or waits for a notebook is not called."""
    names = inspect.signature(function).parameters
    return not {"path", "files", "shell", "namespace", "folder", "notebook", "undo"} & set(names)


@cache
def accepts(function: FunctionType, count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    return True
