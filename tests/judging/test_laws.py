"""Is each law broken by a question that breaks it? `tests/laws/test_questions.py` has those that
keep them, `tests/release/test_validate.py` what an author reads.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judging import laws
from autograder.judging.judge import Judge
from autograder.questions import references
from autograder.questions.define import question
from autograder.records import Expected

SECRET = b"secret"


@question(points=2)
def step(X):
    """1 where X is 0 or more, elsewhere 0.

    Args:
        X: inputs, shape (N, D), float64.
    """
    return np.where(X >= 0, 1.0, 0.0)


@step.case("typical")
def _(rng):
    return {"X": np.array([[3.0, -2.0, 1.0], [4.0, 5.0, -6.0]])}


@pytest.fixture
def judge():
    made = {
        ("step", name): Expected(right(references.inputs(step, case, b"")["X"]), 0.0)
        for name, case in step.cases.items()
    }
    return Judge({"step": step}, made)


def right(X):
    return np.where(X >= 0, 1.0, 0.0)


def test_does_a_right_solution_break_no_law(judge):
    assert not list(laws.solution_is_right(judge, step, right))
    assert not list(laws.single_precision_is_right(judge, step, right))
    rng = np.random.default_rng(0)
    assert not list(laws.rounding_changes_nothing(judge, step, right, rng))
    assert not list(laws.stub_is_not_attempted(judge, step))
    assert not list(laws.cases_show_mix_ups(step, SECRET))
    assert not list(laws.stability_is_asked(step))


def test_is_a_wrong_solution_told_with_what_a_student_would_read(judge):
    (told,) = laws.solution_is_right(judge, step, lambda X: X)
    assert told.startswith("the lesson's solution earns 0 of 2 points") and "Next:" in told
    assert "\n" not in told


def test_is_a_solution_told_that_needs_every_bit(judge):
    def exact(X):
        return right(X) if X.dtype == np.float64 and (X.round() == X).all() else 1.0 - right(X)

    (coarse,) = laws.single_precision_is_right(judge, step, exact)
    assert "run in float32" in coarse
    (nudged,) = laws.rounding_changes_nothing(judge, step, exact, np.random.default_rng(0))
    assert "change in the last bit" in nudged


def test_are_hidden_inputs_told_that_are_the_public_ones():
    (told,) = laws.hidden_inputs_are_new(step, SECRET)
    assert told.startswith("case typical: its hidden inputs are the public ones")


@pytest.mark.slow
def test_is_a_part_told_that_does_not_follow_by_its_formula():
    @question(points=2, returns=("total", "mean"))
    def summary(X):
        """The sum of each column of X, shape (N, D), and the mean of all."""
        return X.sum(axis=0), X.mean()

    summary.case("typical")(lambda rng: {"X": rng.normal(size=(3, 2))})
    (case,) = summary.cases.values()
    given = references.inputs(summary, case, b"")
    made = {("summary", "typical"): references.compute(summary, given)}
    judge = Judge({"summary": summary}, made)
    summary.follows("mean", of=("total",))(lambda total, X: total.sum() / X.size)
    assert not list(laws.parts_follow(judge, summary))
    summary.follows("mean", of=("total",))(lambda total, X: total.sum() / len(X))
    (told,) = laws.parts_follow(judge, summary)
    assert told.startswith("case typical: mean is not what follows('mean', ...) makes of total")
