"""Does a student's process read what the grader wrote?"""

from __future__ import annotations

import socket
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from autograder.sandbox.inside import inward
from autograder.sandbox.inside.wire import Channel
from autograder.tree import same_tree


def received(message: Any) -> Any:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Channel(ours).send(inward.write(message))
        return inward.receive(Channel(theirs))


@pytest.mark.parametrize(
    "array",
    [
        np.array(3.0),
        np.zeros((0, 3), np.int16),
        np.array(["one", "other"]),
        np.array([1 + 2j], np.complex64),
        np.arange(24.0).reshape(4, 6)[::2, ::-3],
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.arange(3, dtype=">f4"),
        np.array([{"a": 1}, None]),
    ],
)
def test_arrays_arrive_as_they_were_and_may_be_changed(array: np.ndarray[Any, Any]) -> None:
    came = received({"x": [array, array]})["x"]
    for each in came:
        assert each.dtype == array.dtype and each.shape == array.shape
        assert np.array_equal(each, array)
        # A student's function may work in place on what a right function has answered.
        each[...] = each


@pytest.mark.slow
@given(arrays.arrays(arrays.array_dtypes(), arrays.array_shapes(min_dims=0, min_side=0)))
def test_any_array_arrives(array: np.ndarray[Any, Any]) -> None:
    assert same_tree(received((array, 1, "a")), (array, 1, "a"))
