"""Does a decision of the instructor's cost anybody points?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.decisions import DROPPED, FULL_CREDIT, Decisions
from autograder.records import Outcome, Verdict

NAMES = ("relu", "tanh", "dense", "loss")
_points = st.floats(0, 20).map(lambda value: round(value, 2))


def verdict(name: str, points: float, worth: float) -> Verdict:
    outcome = Outcome.RIGHT if points == worth else Outcome.VALUES
    message = f"{name} · {points:g} of {worth:g} points\nSomething is wrong."
    return Verdict(name, points, worth, outcome, message, mistake="wrong-axis", key=f"key-{name}")


@st.composite
def verdicts(draw):
    made = []
    for name in NAMES:
        worth = draw(_points)
        made.append(verdict(name, min(draw(_points), worth), worth))
    return made


_decided = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([DROPPED, FULL_CREDIT]))


def total(given_verdicts) -> float:
    return sum(each.points for each in given_verdicts)


@given(verdicts(), _decided)
def test_does_nobody_lose_by_any_decisions(judged, made):
    settled = Decisions(made).settle(judged)
    assert [each.question for each in settled] == list(NAMES)
    for before, after in zip(judged, settled, strict=True):
        assert before.points - 0.01 <= after.points <= after.max_points == before.max_points
        assert f"{after.points:g} of {after.max_points:g} points" in after.message
        if before.question not in made:
            assert after == before


@given(verdicts(), st.sampled_from(NAMES))
def test_is_a_dropped_question_as_if_it_had_not_been_asked(judged, name):
    (dropped,) = (v for v in Decisions({name: DROPPED}).settle(judged) if v.question == name)
    others = [each for each in judged if each.question != name]
    worth = sum(each.max_points for each in others)
    if worth:
        share = total(others) / worth
        earned = next(each.points for each in judged if each.question == name)
        assert abs(dropped.points - max(share * dropped.max_points, earned)) < 0.011


@given(verdicts(), _decided)
def test_do_decisions_twice_change_nothing(judged, made):
    decisions = Decisions(made)
    once = decisions.settle(judged)
    assert decisions.settle(once) == once


def test_does_everyone_get_full_credit_for_a_question_that_is_gone():
    decisions = Decisions(gone={"relu": 5.0})
    *_, relu = decisions.settle([verdict("tanh", 1.0, 4.0)])
    assert (relu.question, relu.points, relu.max_points) == ("relu", 5.0, 5.0)
    assert relu.right and "Everyone gets the points" in relu.message


def test_does_a_dropped_question_that_is_gone_keep_what_it_earned():
    decisions = Decisions({"relu": DROPPED}, {"relu": 5.0})
    earlier = [verdict("relu", 4.0, 5.0)]
    *_, relu = decisions.settle([verdict("tanh", 1.0, 4.0)], earlier)
    assert (relu.points, relu.earned) == (4.0, 0.8)
    *_, relu = decisions.settle([verdict("tanh", 4.0, 4.0)], earlier)
    assert relu.points == 5.0
    assert "same share" in relu.message


def test_is_the_instructor_told_what_counts_for_everyone():
    decisions = Decisions({"relu": DROPPED, "tanh": FULL_CREDIT}, {"relu": 5.0, "dense": 4.0})
    assert decisions.told() == [
        "relu is dropped for everyone.",
        "tanh counts as right for everyone.",
        "dense counts as right for everyone.",
    ]


def test_is_a_wrong_answer_still_at_fault_for_what_builds_on_it():
    wrong, right = Decisions(dict.fromkeys(NAMES, FULL_CREDIT)).settle(
        [verdict("relu", 0.0, 5.0), verdict("tanh", 5.0, 5.0)]
    )
    assert wrong.right and wrong.at_fault and not right.at_fault
    assert wrong.mistake == "" and wrong.key == "key-relu"
