"""Does every small step away from a solution lose points?

`make test-all` changes each solution by one small step of its syntax tree. A change that keeps all
points is a gap in the question's cases, unless the changed program computes the same: then it
stands in `equivalent_mutants.json` with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.questions import catalogue
from autograder.questions.define import Question
from autograder.release.mutants import Mutant, mutants
from autograder.release.survivors import is_wrong
from tests.conftest import EXHAUSTIVE, SECRETS, judge, source

EQUIVALENT: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("equivalent_mutants.json").read_text()
)
LONG_TRAINING = 20
AT_LEAST = 4_000

pytestmark = pytest.mark.slow


@cache
def solutions(stem: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a week's solutions define, and the source of the cell that answers each question."""
    namespace: dict[str, Any] = {"check": lambda name: None}
    cells = {}
    for cell in source(stem).cells:
        mark = cell.metadata.get("nbgrader", {})
        experiment = "experiment" in cell.metadata.get("tags", ())
        if cell.cell_type == "code" and not experiment and not mark.get("grade"):
            exec(cell.source, namespace)
            cells[mark.get("grade_id", "").removeprefix("solution-")] = cell.source
    return namespace, cells


def mutated(stem: str) -> Iterator[tuple[list[Question], Mutant]]:
    """Every mutant of a week, and the questions that it answers."""
    questions = catalogue.week(stem).questions.values()
    for name, text in solutions(stem)[1].items():
        answered = [
            question
            for question in questions
            if question.calls == name and question.parameters and question.seconds < LONG_TRAINING
        ]
        if answered:
            for mutant in mutants(text):
                yield answered, mutant


@pytest.mark.skipif(not EXHAUSTIVE, reason="two minutes in all, in `make test-all`")
@pytest.mark.parametrize("stem", catalogue.stems())
def test_does_every_mutant_lose_points(stem, reference_cache):
    asked = judge(stem, SECRETS[0], reference_cache)
    namespace, _ = solutions(stem)
    survivors: dict[str, set[str]] = {}
    for answered, mutant in mutated(stem):
        if not any(is_wrong(asked, question, mutant, namespace) for question in answered):
            survivors.setdefault(answered[0].calls, set()).add(mutant.change)
    excused = {
        name: set(changes) for name, changes in EQUIVALENT.items() if name in solutions(stem)[1]
    }
    assert survivors == excused


@pytest.mark.skipif(not EXHAUSTIVE, reason="a few seconds, in `make test-all`")
def test_are_there_thousands_of_mutants():
    assert sum(1 for stem in catalogue.stems() for _ in mutated(stem)) >= AT_LEAST


def test_has_every_equivalent_mutant_its_reason():
    reasons = [reason for changes in EQUIVALENT.values() for reason in changes.values()]
    assert all(len(reason) > 20 and reason.endswith(".") for reason in reasons)
