"""Is a mistake that a verdict could not name rejected before students meet it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograder.errors import QuestionError
from autograder.judging.judge import Judge
from autograder.judging.validate_week import reject_weak_mistakes
from autograder.questions import references
from autograder.questions.define import Question, question


def doubled(halved: Callable[[Any], Any]) -> Question:
    """A question with two mistakes: three times X, and what `halved` returns."""

    @question(points=2)
    def double(X):
        """Twice X.

        Args:
            X: inputs, shape (N, D), float64.
        """
        return 2 * X

    @double.case("typical")
    def _(rng):
        return {"X": rng.normal(size=(7, 5))}

    @double.mistake("tripled")
    def _(X):
        """Two is not three.

        Check: count.
        """
        return 3 * X

    @double.mistake("halved")
    def _(X):
        """Two is not a half.

        Check: count.
        """
        return halved(X)

    return double


def judge_of(made: Question) -> Judge:
    public = {
        (made.name, name): references.compute(made, references.inputs(made, case, b""))
        for name, case in made.cases.items()
    }
    return Judge({made.name: made}, public)


@pytest.mark.slow
def test_are_mistakes_accepted_that_differ_from_the_reference_and_from_each_other():
    reject_weak_mistakes(judge_of(doubled(lambda X: X / 2)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (lambda X: X + X, "the mistake halved does not differ from the reference"),
        (lambda X: X + 2 * X, "is not told apart from the others"),
    ],
)
def test_is_a_mistake_that_cannot_be_named_rejected(formula, words):
    with pytest.raises(QuestionError, match=words):
        reject_weak_mistakes(judge_of(doubled(formula)))
