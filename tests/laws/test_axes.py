"""Is a maximum, a sum or a mean along another axis always named, or placed?"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.judging.advice.values import UNEXPLAINED
from autograder.questions.define import Question
from tests.conftest import one_in
from tests.laws.public_points import ASKED, verdict_on
from tests.laws.test_mutants import solutions

REDUCTIONS = {
    *("sum", "mean", "max", "min", "argmax", "argmin", "var", "std", "prod", "any", "all"),
    *("norm", "cumsum", "median"),
}
AXES = ("0", "1", "-1", "-2", "None")
QUESTIONS = [
    (week.stem, question)
    for week, question in ASKED
    if question.seconds < 10 and not question.measured_by and not question.names_a_class
]


def with_other_axes(source: str) -> Iterator[tuple[str, str]]:
    """Every program with one reduction along another axis, and what was changed."""
    tree = ast.parse(source)
    for place, node in enumerate(ast.walk(tree)):
        if not _reduces(node):
            continue
        for axis in AXES:
            changed = copy.deepcopy(tree)
            call: Any = next(each for at, each in enumerate(ast.walk(changed)) if at == place)
            before = ast.unparse(call)
            _set_axis(call, ast.parse(axis, mode="eval").body)
            if before != ast.unparse(ast.fix_missing_locations(call)):
                yield f"{before} -> {ast.unparse(call)}", ast.unparse(changed)


def _reduces(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in REDUCTIONS
    )


def _set_axis(call: Any, axis: ast.expr) -> None:
    of_a_module = ast.unparse(call.func.value) in ("np", "np.linalg")
    given = call.args[of_a_module:]
    named = [each for each in call.keywords if each.arg == "axis"]
    if named:
        named[0].value = axis
    elif given and call.func.attr != "norm":
        call.args[int(of_a_module)] = axis
    else:
        call.keywords.append(ast.keyword("axis", axis))


def programs(stem: str, question: Question) -> Iterator[tuple[str, dict[str, Any]]]:
    """The right programs that are known for a question, with what they call."""
    namespace, cells = solutions(stem)
    if question.calls in cells:
        yield cells[question.calls], namespace
    for right in question.alternatives.values():
        definition = ast.parse(textwrap.dedent(inspect.getsource(right.formula))).body[0]
        if isinstance(definition, ast.FunctionDef):
            definition.decorator_list = []
            definition.name = question.calls
            yield ast.unparse(definition), right.formula.__globals__


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("stem", "question"),
    one_in(30, QUESTIONS, by=lambda each: each[1].calls),
    ids=lambda each: each.name if isinstance(each, Question) else "",
)
def test_is_every_other_axis_named_or_placed(stem, question):
    # Where two questions ask for one function, the first that is wrong names it.
    same = [each for week, each in QUESTIONS if week == stem and each.calls == question.calls]
    unplaced = []
    for source, namespace in programs(stem, question):
        for change, changed in with_other_axes(source):
            own = dict(namespace)
            exec(compile(f"from __future__ import annotations\n{changed}", "", "exec"), own)
            verdicts = [verdict_on(stem, each, own[question.calls]) for each in same]
            wrong = [verdict for verdict in verdicts if not verdict.right]
            if wrong and UNEXPLAINED in wrong[0].message:
                unplaced.append(change)
    assert unplaced == []
