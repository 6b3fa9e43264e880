"""Does a case rest on what it needs, and on nothing else?

`tests/laws/test_broken_methods.py` breaks a whole class and looks at the points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.rests_on import Needs, built_of, lost_before, resting, smallest
from autograder.questions.define import Inputs, question
from autograder.records import Expected, Outcome, Trial, Verdict

SUM, PRODUCT, BOTH = (frozenset(words) for words in ("+", "*", "+*"))
NEEDS = {"sum": SUM, "product": PRODUCT, "both": BOTH, "both-again": BOTH}


def none(case: str, lost: Needs) -> Sequence[str]:
    return []


def test_does_a_case_rest_on_those_that_need_some_of_the_same() -> None:
    found = resting(["both-again", "both", "product"], NEEDS, {}, none)
    assert found == {"both": ["product"], "both-again": ["product"]}


def test_does_a_case_rest_on_none_that_needs_more() -> None:
    assert resting(["sum"], NEEDS, {"both of earlier": BOTH}, none) == {}


def test_does_a_case_rest_on_an_equal_one_before_it() -> None:
    assert resting(["both", "both-again"], NEEDS, {}, none) == {"both-again": ["both"]}


def test_are_the_cases_named_that_were_charged() -> None:
    """Not those that rest on them in turn."""

    def built(case: str, lost: Needs) -> Sequence[str]:
        return [name for name in lost if case == "product" and name == "sum"]

    found = resting(["sum", "product", "both"], NEEDS, {}, built)
    assert found == {"product": ["sum"], "both": ["sum"]}


def test_is_the_smallest_case_named_of_an_earlier_question() -> None:
    lost = {"product of earlier": PRODUCT, "both of earlier": BOTH}
    assert smallest(lost, BOTH) == ["product of earlier"]


def test_is_a_case_passed_over_that_is_not_there_any_more() -> None:
    verdict = Verdict("earlier", 0, 1, Outcome.VALUES, "", lost_cases=("sum", "gone"))
    unknown = Verdict("removed", 0, 1, Outcome.VALUES, "", lost_cases=("sum",))
    assert lost_before([verdict, unknown], {"earlier": NEEDS}) == {"sum of earlier": SUM}


@question(points=1)
def difference(how: str, x: Any) -> Any:
    """5 - x, as the function in question is told to compute it."""
    return 5 - x


@difference.needs
def _(how: str, x: Any) -> set[str]:
    return set(how)


@difference.rewritten
def _(how: str, x: Any) -> list[Inputs]:
    return [{"how": "/"}, {"how": "+*"}]


difference.case("typical")(lambda rng: {"how": "-", "x": rng.normal(size=3)})


def found_in(answers: Mapping[str, Any], lost: Needs) -> tuple[list[str], list[str]]:
    """On what the difference rests, and how it was asked for again."""
    x = np.array([1.0, 2.0, 4.5])
    given = {"how": "-", "x": x}
    trial = Trial("typical", True, 1.0, given, Expected(5 - x, 4.0), answers["-"])
    asked = []

    def ask(given: Sequence[Inputs]) -> Sequence[Answer]:
        asked.extend(each["how"] for each in given)
        return [answers[each["how"]] for each in given]

    return built_of(difference, [trial], lost, ask), asked


def test_does_a_case_rest_on_what_it_is_built_of() -> None:
    wrong, other = (Answer(Status.RETURNED, np.full(3, each)) for each in (1.25, 1.5))
    lost = {"product": PRODUCT}
    assert found_in({"-": wrong, "+*": wrong}, lost) == (["product"], ["+*"])
    assert found_in({"-": wrong, "+*": other}, lost) == ([], ["+*"])


def test_is_nothing_asked_where_nothing_could_follow() -> None:
    wrong = Answer(Status.RETURNED, np.full(3, 1.25))
    assert found_in({"-": wrong}, {"power": frozenset("^")}) == ([], [])
    raised = Answer(Status.RAISED, error="ValueError: broken")
    assert found_in({"-": raised, "+*": raised}, {"product": PRODUCT}) == ([], [])
