"""Is it told how a wrong array relates to the right one and the inputs, and nothing by chance?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.relate import relate
from autograder.records import Difference, Expected, Outcome, Trial

RNG = np.random.default_rng(3)
Z = RNG.normal(size=(4, 5))
OUT = RNG.uniform(0.2, 2.0, (4, 5))
ROWS, COLUMNS = RNG.uniform(2, 3, (4, 1)), RNG.uniform(2, 3, (1, 5))
BETA = RNG.normal(size=5)
INPUTS = {"z": Z, "beta": BETA, "params": {"W": RNG.normal(size=(4, 5))}}


def related(*pairs: tuple[Any, Any], **more: Any) -> str:
    found = []
    for number, (yours, right) in enumerate(pairs):
        inputs = {**INPUTS, **{name: values[number] for name, values in more.items()}}
        trial = Trial(
            f"case-{number}", True, 1.0, inputs, Expected(right, 1.0), Answer(Status.RETURNED)
        )
        found.append((trial, Difference(Outcome.VALUES, "out", "", yours, right)))
    known = relate(found, "out")
    return known.sentence if known else ""


@pytest.mark.parametrize(
    ("yours", "right", "words"),
    [
        (np.where(Z > 0, Z, 0.01 * Z), np.maximum(Z, 0), "wrong exactly where z is negative, and"),
        (OUT * (Z > 0.9), OUT * (Z > -0.5), "wrong exactly where z is between "),
        (np.maximum(OUT - 1, 0), OUT - 1, "wrong exactly where the expected value is negative"),
        (3 * Z, OUT, "Out is 3 times z and nothing else."),
        (Z, OUT, "Out is z and nothing else."),
        (OUT + 0.01 * INPUTS["params"]["W"], OUT, 'is 0.01 times params["W"].'),
        (OUT * Z, OUT, "multiplied by z once more."),
        (OUT, OUT * BETA, "would be the expected value if it were multiplied by beta."),
        (np.sqrt(OUT), OUT, "Out is the square root of the expected value."),
        (2 * OUT + 1, OUT, "Out is 2 times the expected value, plus 1."),
        (OUT * ROWS, OUT, "Each row of out is off by a factor of its own."),
        (OUT * COLUMNS, OUT, "Each column of out is off by a factor of its own."),
        (OUT * ROWS * COLUMNS, OUT, "Each row and each column of out is off by a factor"),
        (OUT + ROWS, OUT, "Each row of out is off by an amount of its own."),
        (OUT * ROWS + BETA, OUT + BETA, "Each row of out, less beta, is off by a factor"),
        (RNG.normal(size=(4, 5)), OUT, ""),
        (OUT + 1e-12 * Z, OUT, ""),
        (np.array(2.0), np.array(1.3), ""),
        (Z[0], OUT, ""),
    ],
)
def test_is_the_relation_told(yours, right, words):
    found = related((yours, right))
    assert words.lower() in found.lower() if words else found == ""


def test_is_a_factor_told_that_is_another_one_in_each_case():
    assert "off by one and the same factor, 3 in case-0 and 5 in case-1" in related(
        (3 * OUT, OUT), (5 * OUT, OUT)
    )


def test_is_a_number_named_as_a_factor_only_if_it_differs_between_cases():
    pairs = [(0.1 * OUT, OUT), (0.3 * OUT, OUT)]
    assert "multiplied by lr once more" in related(*pairs, lr=[0.1, 0.3])
    assert "lr" not in related((0.1 * OUT, OUT), (0.1 * OUT, OUT), lr=[0.1, 0.1])


def test_is_nothing_told_that_only_some_cases_show():
    assert related((np.sqrt(OUT), OUT), (OUT + Z, OUT)) == ""


def test_are_cases_with_nan_left_out_and_is_this_said():
    broken = np.full_like(OUT, np.nan)
    assert related((np.sqrt(OUT), OUT), (broken, OUT)).endswith("in which it is finite.")
