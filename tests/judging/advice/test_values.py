"""Does advice about wrong values fit the kind of answer?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.advice import values
from autograder.judging.compare import differences_of
from autograder.judging.patterns import Pattern
from autograder.questions import catalogue, references
from autograder.questions.define import question
from autograder.records import Difference, Expected, Outcome, Trial


def steps(name: str, change: Any, pattern: Pattern | None = None) -> list[str]:
    """What is told of a changed right answer to the first case."""
    asked = catalogue.question(name)
    case = next(iter(asked.cases.values()))
    expected = references.public([asked], catalogue.week(asked.week).stem)[name, case.name]
    inputs = references.inputs(asked, case, references.PUBLIC_SECRET)
    answer = Answer(Status.RETURNED, change(expected.value))
    trial = Trial(case.name, True, 1.0, inputs, expected, answer)
    return values.next_step(asked, trial, differences_of(asked, trial)[0], pattern)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("softmax", lambda right: right + 0.1, "work one small example by hand"),
        ("softmax", lambda right: right * (1 + 1e-7), "a rounded constant"),
        ("softmax", lambda right: right + 1j, "root or the power of a negative number"),
        ("softmax", lambda right: right.astype(np.float16), "compute in float64"),
        ("sigmoid", lambda right: np.trunc(right).astype(int), "`dtype=float`"),
        ("softmax", lambda right: right * np.nan, "the first that is nan or inf"),
        ("value_arithmetic", lambda right: [right[0] + 1, right[1]], "each `Value` holds"),
        ("minibatch_indices", lambda right: [right[0] + 1, *right[1:]], "compute `sizes` yourself"),
        ("diagnose_init", lambda right: "vanishes", "decide between the two texts"),
        ("diagnose_init", lambda right: "explode", "one of the texts that the docstring lists"),
        ("greet_robot", lambda right: right[:-1], "character by character"),
        ("greet_robot", lambda right: np.ones(2), "return a text, in quotes"),
        ("who_learns", lambda right: "e", 'such as `who_learns = "a"`'),
        ("who_learns", lambda right: np.array(3.0), 'such as `who_learns = "a"`'),
        ("who_learns", lambda right: "A", "choose again"),
    ],
)
def test_does_the_step_fit_the_kind_of_answer(name, change, words):
    assert words in steps(name, change)[-1]


def test_is_a_known_pattern_not_called_unexplained():
    pattern = Pattern("Every entry has the wrong sign.", "Next: look for a minus sign.")
    assert steps("softmax", lambda right: -right, pattern) == [pattern.next_step]
    assert steps("softmax", lambda right: right + 0.1)[0] == values.UNEXPLAINED


def test_is_a_wrong_boolean_a_matter_of_its_comparison():
    @question(points=1, few_mistakes="a test")
    def is_large(x):
        """Whether x is large."""
        return np.asarray(x > 9)

    expected = Expected(np.array(True), np.array(0.0))
    trial = Trial("one", True, 1.0, {"x": 1}, expected, Answer(Status.RETURNED, np.array(False)))
    first = Difference(Outcome.VALUES, "", "", np.array(False), np.array(True))
    assert "both sides of the comparison" in values.next_step(is_large, trial, first, None)[-1]


def test_are_the_letters_those_of_a_choice_alone():
    assert values.letters(catalogue.question("who_learns"), "c") == ("a", "b", "c")
    assert values.letters(catalogue.question("greet_robot"), "c") == ()
