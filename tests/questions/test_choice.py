"""Is a self-check practice: sealed where students read, with a reason for each wrong letter?"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import autograder
from autograder.errors import QuestionError
from autograder.questions import catalogue
from autograder.questions.choice import choice, opened_text, seal, sealed_text
from tests.conftest import REPOSITORY

PACKAGE = Path(autograder.__file__).parent
CHOICES = [
    question
    for week in catalogue.weeks()
    for question in week.questions.values()
    if question.module.endswith(".self_check")
]
every_choice = pytest.mark.parametrize("question", CHOICES, ids=lambda question: question.name)


def sealed(name: str, correct: str, **wrong: str):
    return choice(
        name,
        correct=seal(name, correct),
        wrong={seal(name, letter): reason for letter, reason in wrong.items()},
    )


def test_has_every_wrong_choice_its_reason():
    made = sealed("why", "a", c="No.", b="Because it is not.")
    assert made.reference() == "a" and made.points == 0
    assert list(made.mistakes) == ["why-b", "why-c"]
    assert made.mistakes["why-b"].why == "Because it is not."
    assert made.mistakes["why-b"].formula() == "b"


def test_is_a_plain_letter_refused_with_the_seals_to_write():
    with pytest.raises(QuestionError) as refused:
        choice("why", correct="b", wrong={"a": "It is not."})
    assert f'write a as "{seal("why", "a")}", b as "{seal("why", "b")}"' in str(refused.value)


@pytest.mark.parametrize(
    ("correct", "wrong"),
    [
        (seal("other", "a"), [seal("why", "b")]),
        (seal("why", "a"), [seal("why", "a")]),
        (seal("why", "a"), [seal("why", "c")]),
    ],
    ids=["another question's", "twice", "a letter left out"],
)
def test_are_other_seals_refused(correct, wrong):
    with pytest.raises(QuestionError, match="the seals of its letters"):
        choice("why", correct=correct, wrong=dict.fromkeys(wrong, "No."))


def test_has_every_letter_of_every_question_a_seal_of_its_own():
    """With equal seals, one answer that is known would open the others."""
    seals = [
        seal(question.name, letter)
        for question in CHOICES
        for letter in "abcdefgh"[: len(question.mistakes) + 1]
    ]
    assert len(set(seals)) == len(seals) > 3 * len(CHOICES) - 1


def test_opens_only_its_letter_a_sealed_text():
    sealed = sealed_text("why", "b", "The – sum is 0.")
    assert "sum" not in sealed and opened_text("why", "b", sealed) == "The – sum is 0."
    assert sealed != sealed_text("why", "a", "The – sum is 0.")
    assert sealed != sealed_text("who", "b", "The – sum is 0.")
    assert opened_text("why", "b", sealed_text("why", "b", "")) == ""


@every_choice
def test_does_a_self_check_earn_nothing(question):
    assert question.points == 0 and not question.parameters


@every_choice
def test_stands_no_letter_in_the_file_that_students_install(question):
    text = (PACKAGE / "questions" / question.module.split(".", 2)[2].replace(".", "/")).with_suffix(
        ".py"
    )
    constants = [node.value for node in ast.walk(ast.parse(text.read_text())) if is_text(node)]
    assert constants and not [each for each in constants if len(each) < 2]


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@every_choice
def test_is_the_answer_set_nowhere_in_what_students_receive(question):
    answer = re.compile(rf"{question.name}\W+{question.reference()}\W*$", re.MULTILINE)
    for path in [*PACKAGE.rglob("*.py"), *(REPOSITORY / "course_lib").rglob("*.py")]:
        assert not answer.search(path.read_text(encoding="utf-8")), path
    for path in (REPOSITORY / "assignments").glob(f"{question.week}*/*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            assert not answer.search("".join(cell["source"])), path


def test_are_20_of_a_weeks_100_points_for_what_is_written():
    for week in catalogue.weeks():
        by_hand = sum(written.points for written in week.written.values())
        assert by_hand == (20 if week.points else 0), week.name


ITEM = re.compile(r"(?:^|[.] )(\d+)(?: points?)?: ")
WRITTEN = [(week, written) for week in catalogue.weeks() for written in week.written.values()]


@pytest.mark.parametrize(("week", "written"), WRITTEN, ids=[item.name for _, item in WRITTEN])
def test_do_the_items_of_a_rubric_add_to_the_points(week, written):
    lesson = (REPOSITORY / "solutions" / f"{week.stem}.py").read_text(encoding="utf-8")
    stated, listed = re.search(r"\*\*Rubric \((\d+) points\)\.\*\* (.*)", lesson).groups()
    for rubric in (written.rubric, listed):
        assert sum(map(int, ITEM.findall(rubric))) == written.points == int(stated), rubric
