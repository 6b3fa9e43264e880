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
    "order[start:start + batch_size]": "cuts anything into pieces",
    "not np.isfinite(norms).all()": "asks whether numbers are usable",
    "not np.isfinite(stds).all()": "asks whether numbers are usable",
    "z * s * (1 - s)": "the variance of flags has the same form",
    "dout * out * (1 - out)": "the variance of flags has the same form",
    "E.sum(axis=1, keepdims=True)": "a figure shows shares of a row",
    "{name: value.copy() for name, value in params.items()}": "a driver keeps its own arrays",
}
"""Expressions of a solution that stand in the package for another purpose, and why."""


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
        large = isinstance(node, ast.expr) and sum(1 for _ in parts(node)) >= NODES
        if large and not isinstance(node, (ast.Slice, ast.Starred, ast.Tuple)):
            text = ast.unparse(node)
            yield nameless(text), text


def parts(node: ast.expr) -> Iterator[ast.AST]:
    grammar = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
    return (each for each in ast.walk(node) if not isinstance(each, grammar))


@cache
def nameless(text: str) -> str:
    """An expression with its variables numbered: two that differ by names alone are equal."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        # A part of a formatted text is no expression by itself.
        return text
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in LIBRARIES:
            node.id = names.setdefault(node.id, f"v{len(names)}")
        elif isinstance(node, ast.arg):
            node.arg = names.setdefault(node.arg, f"v{len(names)}")
    return ast.unparse(tree)


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


@pytest.mark.parametrize("week", WEEKS, ids=lambda week: week.name)
def test_is_no_expression_of_a_solution_installed(week):
    here = installed()
    found = {
        (text, here[key])
        for block in solution_blocks(week.lesson)
        for key, text in expressions(block)
        if key in here and computes(text) and text not in COINCIDENCES
    }
    assert not found


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
