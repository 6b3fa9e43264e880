"""Is the correct derivative of a wrong loss distinguished from a wrong derivative?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.answer import ask
from autograder.judging.derivative import matches_own_function
from autograder.questions import catalogue

RNG = np.random.default_rng(0)
GIVEN = {"pred": RNG.normal(size=(4, 3)), "target": RNG.normal(size=(4, 3))}
ERRORS = GIVEN["pred"] - GIVEN["target"]


@pytest.mark.parametrize(
    ("gradient", "matches"),
    [(ERRORS / 12, True), (2 * ERRORS / 12, False), (ERRORS, False), (ERRORS / 12 + 1e-3, False)],
)
def test_is_the_gradient_of_half_the_loss_its_own(gradient, matches):
    questions = catalogue.week("week05").questions

    def halved(pred, target):
        return 0.5 * np.mean((pred - target) ** 2)

    found = matches_own_function(
        questions["mse"],
        questions["mse_grad"].derivative,
        GIVEN,
        gradient,
        lambda _, several: [ask(halved, given) for given in several],
    )
    assert found is matches
