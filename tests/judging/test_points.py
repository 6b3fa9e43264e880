"""Does every part of an answer earn its own points, and is nothing earned for nothing?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.compare import differences, pairs
from autograder.judging.points import NOT_AS_ASKED, WHOLE, earned, right_parts, shares
from autograder.questions import catalogue, references
from autograder.records import Expected, Trial
from autograder.tree import map_tree

QUESTIONS = [
    (week, question)
    for week in catalogue.weeks()
    for question in week.questions.values()
    if question.parameters
]
NAMES = [question.name for _, question in QUESTIONS]


def trials_of(week, question, change=lambda value: value):
    """The public cases, each answered by its reference after a change."""
    public = references.public([question], week.stem)
    return [
        Trial(
            case.name,
            True,
            case.weight,
            references.inputs(question, case, references.PUBLIC_SECRET),
            public[question.name, case.name],
            Answer(Status.RETURNED, change(public[question.name, case.name].value)),
        )
        for case in question.cases.values()
    ]


def points(question, trials, **options):
    found = [(t, differences(t.answer, t.expected, question.returns)) for t in trials]
    return earned(question, [pair for pair in found if pair[1]], **options)


@pytest.mark.parametrize(("week", "question"), QUESTIONS, ids=NAMES)
def test_do_the_parts_of_every_question_add_up(week, question):
    for trial in trials_of(week, question):
        found = shares(question, trial.expected)
        assert sum(found.values()) == pytest.approx(1.0)
        if list(found) != [WHOLE]:
            named = [
                pair.part for pair in pairs(trial.expected.value, trial.expected, question.returns)
            ]
            for name in named:
                assert sum(name == part or name.startswith(f"{part}[") for part in found) == 1, name


@pytest.mark.parametrize(("week", "question"), QUESTIONS, ids=NAMES)
def test_does_a_right_answer_earn_everything_and_a_wrong_part_only_lose_its_own_share(
    week, question
):
    assert points(question, trials_of(week, question)) == question.points
    for place, name in enumerate(question.returns if len(question.returns) > 1 else ()):
        trials = trials_of(week, question, lambda value, place=place: _spoil(value, place))
        parts = {part for trial in trials for part in shares(question, trial.expected)}
        if name not in parts:
            continue
        lost = sum(t.weight * shares(question, t.expected)[name] for t in trials)
        lost /= sum(trial.weight for trial in trials)
        assert points(question, trials) == pytest.approx(question.points * (1 - lost), abs=0.006)


def _spoil(value: Any, place: int) -> Any:
    """The same tuple with every number of one part moved."""
    moved = map_tree(lambda leaf: leaf if isinstance(leaf, str) else leaf + 1.0, value[place])
    return [*value[:place], moved, *value[place + 1 :]]


DENSE = catalogue.question("dense_backward")
WEEK06 = catalogue.week("week06")


def test_is_a_wrong_db_beside_a_right_dX_and_dW_a_third():
    trials = trials_of(WEEK06, DENSE, lambda value: [value[0], value[1], -value[2]])
    assert points(DENSE, trials) == pytest.approx(DENSE.points * 2 / 3)
    found = [(t, differences(t.answer, t.expected, DENSE.returns)) for t in trials]
    assert right_parts(DENSE, found) == ("dX", "dW")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: [value[0], value[1], value[2][None]],
        lambda value: [value[0], value[1], value[2][:, None]],
    ],
    ids=["axis kept in front", "axis kept behind"],
)
def test_does_a_kept_axis_keep_most_of_its_part(change):
    trials = trials_of(WEEK06, DENSE, change)
    assert points(DENSE, trials) == pytest.approx(DENSE.points * (2 + NOT_AS_ASKED) / 3, abs=0.006)
    assert points(DENSE, trials, not_as_asked=0.5) == pytest.approx(
        DENSE.points * 2.5 / 3, abs=0.006
    )


def test_does_a_part_that_follows_another_convention_keep_most_of_it():
    trials = trials_of(WEEK06, DENSE, lambda value: [value[0], value[1], -value[2]])
    by_convention = points(DENSE, trials, conventions=["db"])
    assert by_convention == pytest.approx(DENSE.points * (2 + NOT_AS_ASKED) / 3, abs=0.006)


def test_are_an_extra_key_and_a_missing_key_priced_apart():
    question, week = catalogue.question("sgd_step"), catalogue.week("week07")
    extra = trials_of(week, question, lambda value: {**value, "lr": np.array(0.1)})
    assert points(question, extra) == pytest.approx(question.points * NOT_AS_ASKED, abs=0.006)
    missing = trials_of(week, question, lambda value: dict(list(value.items())[1:]))
    weights = sum(trial.weight for trial in missing)
    lost = sum(trial.weight / len(trial.expected.value) for trial in missing) / weights
    assert points(question, missing) == pytest.approx(question.points * (1 - lost), abs=0.006)


def test_must_a_part_be_right_in_the_public_and_in_the_hidden_draw():
    right = trials_of(WEEK06, DENSE)
    wrong_db = trials_of(WEEK06, DENSE, lambda value: [value[0], value[1], -value[2]])
    wrong_dw = trials_of(WEEK06, DENSE, lambda value: [value[0], -value[1], value[2]])
    hidden = [replace(trial, public=False) for trial in wrong_dw]
    assert points(DENSE, [*wrong_db, *hidden]) == pytest.approx(DENSE.points / 3)
    assert points(DENSE, [*right, *hidden]) == pytest.approx(DENSE.points * 2 / 3)


def test_does_a_call_that_changes_its_arguments_lose_the_whole_case():
    trials = trials_of(WEEK06, DENSE)
    changed = [replace(t, answer=replace(t.answer, changed=("dout",))) for t in trials]
    assert points(DENSE, changed) == 0


def test_is_a_question_without_stated_parts_whole_when_a_measure_describes_its_answer():
    question = catalogue.question("he_normal")
    (expected,) = (trial.expected for trial in trials_of(catalogue.week("week04"), question)[:1])
    assert isinstance(expected, Expected)
    assert shares(question, expected) == {WHOLE: 1.0}


def test_is_a_dict_whose_arrays_are_all_right_named_as_a_whole():
    question, week = catalogue.question("adam_step"), catalogue.week("week09")

    def spoil(value):
        params = {name: array + 1.0 if name == "W1" else array for name, array in value[0].items()}
        return [params, value[1]]

    trials = trials_of(week, question, spoil)
    found = [(t, differences(t.answer, t.expected, question.returns)) for t in trials]
    assert right_parts(question, found)[-1] == "state"
    assert 'params["W1"]' not in right_parts(question, found)
    assert 'params["b1"]' in right_parts(question, found)
