"""Is what can be computed from the inputs called by its name, and the same in all cases?"""

from __future__ import annotations

import numpy as np

from autograder.judging.quantities import common, of_one, of_two

Z = np.array([3.0, -4.0])
INPUTS = {"lam": np.array(0.5), "z": Z, 'p["W"]': np.array([[1.0, -2.0]]), 'p["b"]': Z[:1]}


def test_are_sizes_numbers_and_sums_named():
    found = dict(of_one(INPUTS, {"N": 2, "K": 5}))
    assert (found["N*K"], found["N/K"], found["(N - 1)"], found["lam"]) == (10, 0.4, 1, 0.5)
    assert (found["len(z)"], found["z[-1]"], found["the sum of z[1:]"]) == (2, -4, -4)
    assert found["the root of the sum of the squares of z"] == 5
    assert found["the sum of the squares of the kernels in p"] == 5
    assert found["the sum of the squares of all arrays in p"] == 14


def test_are_two_arrays_of_one_shape_taken_together():
    found = dict(of_two({"z": Z, "target": 2 * Z, "other": np.ones(5)}, {}))
    assert found["the sum of z - target"] == 1
    assert not any("other" in name for name in found)


def test_is_only_what_all_cases_have_and_is_never_0_kept():
    given = [({"a": np.array(value)}, {"N": N}) for value, N in ((1.5, 3), (0.0, 4))]
    found = common(given, of_one)
    assert list(found["N"]) == [3, 4] and "a" not in found
