"""Is an author told which cases a question lacks? `tests/laws/test_cases.py` has the package's."""

from __future__ import annotations

import numpy as np

from autograder.judging.case_laws import advice
from autograder.questions.define import question
from autograder.records import Expected


@question(points=2)
def scale(X, z, params):
    """Twice X, and relu of z.

    Args:
        X: inputs, shape (N, D), float64.
        z: pre-activations, any shape, float64.
        params: parameters W1, b1, and so on.
    """
    return {"X": 2 * X, "z": np.maximum(z, 0)}


def case(X, z, layers):
    return {"X": X, "z": z, "params": {f"W{n}": np.ones(1) for n in range(1, layers + 1)}}


@scale.case("typical")
def _(rng):
    return case(np.ones((7, 5)), np.ones(3), 2)


def told():
    expected = {}
    for name, each in scale.cases.items():
        given = each.make(np.random.default_rng(0))
        value = {"X": 2 * given["X"], "z": np.maximum(given["z"], 0)}
        expected["scale", name] = Expected(value, {"X": 0.0, "z": 0.0})
    return " ".join(advice(scale, expected))


def test_is_each_kind_of_case_missed_until_it_is_there():
    first = told()
    words = ("one example", "np.squeeze", "one, two and three axes", "exact zeros", "10 layers")
    assert [word for word in words if word in first] == list(words)

    @scale.case("one-example", square="One example is as right as many.")
    def _(rng):
        return case(np.ones((1, 5)), np.array([[0, 1e-9, -1e-9]]), 11)

    @scale.case("three-axes")
    def _(rng):
        return case(np.ones((7, 5)), np.ones((2, 3, 4)), 2)

    assert told() == ""
