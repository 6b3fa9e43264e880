"""Are inputs cut down so that arrays still fit together?"""

from __future__ import annotations

import numpy as np

from autograder.release.shrink import count, shrink


def test_do_axes_of_one_size_stay_of_one_size():
    given = {"X": np.ones((7, 5)), "W": np.ones((5, 3)), "layers": {"b": np.ones(3)}, "n": 3}
    small = shrink(given, (2, 3, 4))
    assert small["X"].shape == (2, 3) and small["W"].shape == (3, 3)
    assert small["layers"]["b"].shape == (3,) and small["n"] == 3
    assert count(small) == 19


def test_are_few_digits_left_and_no_zero_made():
    given = {"x": np.array([0.123, -0.01, 0.0, 3.99]), "y": np.array([1234.5, 2.0])}
    small = shrink(given, (4,))
    assert small["x"].tolist() == [0.1, -0.1, 0.0, 4.0]
    assert given["x"][0] == 0.123


def test_do_rows_of_probabilities_sum_to_one_again():
    given = {"p": np.random.default_rng(0).dirichlet(np.ones(6), size=4)}
    small = shrink(given, (2, 3))["p"]
    assert small.shape == (2, 3) and np.allclose(small.sum(axis=1), 1) and (small >= 0).all()


def test_are_labels_below_the_number_of_classes():
    given = {"logits": np.ones((8, 10)), "y": np.array([9, 0, 3, 5, 7, 2, 1, 8])}
    small = shrink(given, (2, 3))
    assert small["y"].shape == (2,) and small["y"].max() < small["logits"].shape[1]


def test_is_what_has_no_axes_left_as_it_is():
    assert shrink({"lr": 1 / 3, "how": "mean", "none": None}, (2,)) == {
        "lr": 1 / 3,
        "how": "mean",
        "none": None,
    }
