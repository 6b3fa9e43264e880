"""Does every self-check ask for a reason in one line, and have a model answer to it?"""

from __future__ import annotations

import re

import pytest

from autograder.questions import catalogue
from autograder.student.reasons import SUFFIX
from tests.conftest import REPOSITORY, source

CHOICES = [
    (week.stem, question)
    for week in catalogue.weeks()
    for question in week.questions.values()
    if question.module.endswith(".self_check")
]
every_choice = pytest.mark.parametrize(
    ("stem", "question"), CHOICES, ids=[question.name for _, question in CHOICES]
)
_MOST = 150
"""More is not one line."""


@every_choice
def test_is_the_model_answer_one_sentence_of_its_own(stem, question):
    because = question.because
    assert 20 < len(because) <= _MOST and because.endswith("."), because
    assert "\n" not in because and '"' not in because, because
    assert because not in [mistake.why for mistake in question.mistakes.values()]
    # The options may be put into another order.
    assert not re.search(r"(?:\b(?:choice|option|answer|letter) [a-d]\b|^[a-d]:)", because, re.I)


@every_choice
def test_does_the_lesson_ask_for_the_reason_and_give_ours(stem, question):
    (cell,) = [cell for cell in source(stem).cells if cell.get("id") == f"solution-{question.name}"]
    name = question.name + SUFFIX
    asked = cell.source.partition("### BEGIN SOLUTION")[0]
    assert f'# Say why in one line: {name} = "..."' in asked.splitlines()
    answered: dict[str, str] = {}
    exec(cell.source, answered)
    assert answered[question.name] == question.reference()
    assert answered[name] == question.because


@pytest.mark.parametrize("stem", dict.fromkeys(stem for stem, _ in CHOICES))
def test_does_a_week_say_what_the_reason_is_for(stem):
    lesson = (REPOSITORY / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    assert "beside a model answer" in lesson
