"""Is the relation of a wrong array to the right one described exactly when it holds?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judging.patterns import describe
from autograder.records import Difference, Outcome

RIGHT = np.random.default_rng(1).normal(size=(5, 3))
SIZES = {"N": 7, "D": 5, "K": 3}


def described(wrong: np.ndarray, right: np.ndarray = RIGHT) -> str:
    outcome = Outcome.VALUES if wrong.shape == right.shape else Outcome.SHAPE
    found = describe([(Difference(outcome, "dW", "", wrong, right), SIZES)], "dW")
    assert found is None or found.next_step.startswith("Next: ")
    return found.sentence if found else ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (-RIGHT, "wrong sign"),
        (7 * RIGHT, "7 times the expected value, and N = 7 (the factor is N)"),
        (RIGHT / 3, "K = 3 (the factor is 1/K)"),
        (2 * RIGHT, "2 times"),
        (-7 * RIGHT, "-7 times the expected value, and N = 7 (the factor is -N)"),
        (-RIGHT / 3, "(the factor is -1/K)"),
        (0.3 * RIGHT, "is 0.3 times the expected value."),
        (RIGHT / 21, "the factor is 1/(N*K)"),
        (RIGHT + 0.5, "off by the same amount"),
        (RIGHT[::-1], "in a different order"),
        (RIGHT.T, "the transpose"),
        (RIGHT.reshape(1, 5, 3), "its shape is not"),
    ],
)
def test_is_a_pattern_described(wrong, words):
    assert words in described(wrong)


def test_is_no_pattern_claimed_for_other_numbers():
    assert described(RIGHT * np.linspace(1, 2, 15).reshape(5, 3)) == ""


def test_is_a_pattern_claimed_only_when_every_case_shows_it():
    once = Difference(Outcome.VALUES, "dW", "", 7 * RIGHT, RIGHT)
    other = Difference(Outcome.VALUES, "dW", "", 2 * RIGHT, RIGHT)
    assert describe([(once, SIZES), (other, SIZES)], "dW") is None


def differences(*wrong: tuple[np.ndarray, int]) -> list[tuple[Difference, dict[str, int]]]:
    """Arrays that should be `RIGHT`, each with its N."""
    return [(Difference(Outcome.VALUES, "dW", "", yours, RIGHT), {"N": N}) for yours, N in wrong]


def test_is_a_factor_found_that_is_a_size_by_a_constant():
    found = describe(differences((RIGHT * 7 / 32, 7), (RIGHT * 4 / 32, 4)), "dW")
    assert found and "0.2188 times the expected value, and N = 7 (the factor is N/32)" in str(found)
    assert describe(differences((RIGHT * 7 / 32, 7), (RIGHT * 5 / 32, 4)), "dW") is None


def test_does_one_case_that_is_not_finite_hide_nothing():
    overflown = np.full_like(RIGHT, np.nan)
    found = describe(differences((RIGHT * 7, 7), (overflown, 3)), "dW")
    assert found and found.sentence == (
        "Every entry of dW is 7 times the expected value, and N = 7 (the factor is N), in the "
        "cases in which it is finite."
    )
    assert describe(differences((overflown, 3)), "dW") is None


def test_is_no_single_number_called_a_multiple_of_another():
    once = Difference(Outcome.VALUES, "loss", "", np.array(3.7), np.array(1.1))
    assert describe([(once, {"N": 7})], "loss") is None


def test_are_two_numbers_not_called_a_multiple_of_their_sizes():
    """25/8 and 25/12 of two shares are two counts, and no factor 25/N."""
    right = np.array(2.0)
    found = [
        (Difference(Outcome.VALUES, "loss", "", right * 25 / N, right), {"N": N}) for N in (8, 12)
    ]
    assert describe(found, "loss") is None


def test_are_arrays_of_other_shapes_never_compared():
    wide = np.ones((5, 4))
    shapes = Difference(Outcome.SHAPE, "dW", "", wide, RIGHT)
    assert describe([*differences((7 * RIGHT, 7)), (shapes, {"N": 7})], "dW") is None


def test_is_no_pattern_claimed_where_only_the_last_digits_differ():
    """A numerical gradient is off by 1e-11, and not by the same amount in every entry."""
    noise = np.random.default_rng(2).normal(size=RIGHT.shape)
    assert described(RIGHT + 1e-11 * noise) == ""


def test_does_a_case_of_one_entry_contradict_no_offset():
    table = Difference(Outcome.VALUES, "z", "", RIGHT + 0.5, RIGHT)
    single = Difference(Outcome.VALUES, "z", "", np.array([3.5]), np.array([1.0]))
    described_both = describe([(table, SIZES), (single, SIZES)], "z")
    assert described_both and "off by the same amount" in described_both.sentence
    assert describe([(single, SIZES)], "z") is None


def test_are_the_numbers_right_where_all_are_zero_in_another_shape():
    assert "its shape is not" in described(np.zeros((1, 3)), np.zeros(3))
    assert described(np.ones((1, 3)), np.zeros(3)) == ""


def test_is_a_list_that_grows_from_call_to_call_recognised():
    """As a default argument does, which is made once."""
    calls = [np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]), np.array([6.0])]
    grown = [
        (Difference(Outcome.SHAPE, "history", "", np.concatenate(calls[: n + 1]), calls[n]), {})
        for n in (1, 2)
    ]
    found = describe(grown, "history")
    assert found and "history ends with the expected numbers" in found.sentence
    assert "default argument" in found.next_step
    # One entry too many at the start is another mistake.
    early = [
        (Difference(Outcome.SHAPE, "history", "", np.append(0.0, right), right), {})
        for right in calls
    ]
    assert describe(early, "history") is None


def test_is_a_list_of_arrays_that_grows_from_call_to_call_recognised():
    """As in `def mlp_forward(X, params, activation, layers=[])`."""

    def of(earlier: int, *right: np.ndarray) -> tuple[Difference, dict[str, int]]:
        kept = [[RIGHT + place, RIGHT] for place in range(earlier)]
        wanted = [[each, each] for each in right]
        return Difference(Outcome.STRUCTURE, "layers", "", kept + wanted, wanted), SIZES

    grown = [of(3, RIGHT, 2 * RIGHT), of(5, RIGHT)]
    found = describe(grown, "layers")
    assert found and "after those of earlier calls" in found.sentence
    assert "a default argument" in found.next_step
    assert describe(grown[:1], "layers") is None
    assert describe([of(3, RIGHT), of(3, -RIGHT)], "layers") is None
