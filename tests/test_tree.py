"""Do trees of arrays keep their structure, whatever walks them?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import ProtocolError
from autograder.tree import (
    MAX_LEAVES,
    Opaque,
    copy_tree,
    leaves,
    map_tree,
    pack,
    same_tree,
    to_tree,
    unpack,
)

LEAVES = st.one_of(
    st.lists(st.floats(), max_size=3).map(np.array),
    st.text(max_size=3),
    st.builds(Opaque, st.just("function")),
)
TREES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=12,
)


@given(TREES)
def test_is_a_tree_unpacked_as_it_was_packed(tree):
    text, buffers = pack(tree)
    assert same_tree(unpack(text, memoryview(b"".join(buffers))), tree)


@given(TREES)
def test_does_a_map_keep_the_structure_and_the_order(tree):
    seen: list[Any] = []
    assert same_tree(map_tree(lambda leaf: seen.append(leaf) or leaf, tree), tree)
    assert same_tree(seen, list(leaves(tree)))


@given(TREES)
def test_does_a_copy_share_no_memory(tree):
    for ours, theirs in zip(leaves(tree), leaves(copy_tree(tree)), strict=True):
        if isinstance(ours, np.ndarray):
            assert not np.shares_memory(ours, theirs)
            assert ours.tobytes() == theirs.tobytes()


def test_is_a_named_tuple_copied_as_a_tuple():
    """Its constructor takes the parts one by one, unlike a tuple's."""
    pair = NamedTuple("Pair", [("left", Any), ("right", Any)])(np.ones(2), [np.zeros(3)])
    copied = copy_tree(pair)
    assert type(copied) is tuple and same_tree(copied, tuple(pair))


def test_is_a_leaf_met_by_the_leaf_in_its_place():
    tree = {"W": [1.0, 2.0], "b": (3.0,)}
    added = map_tree(lambda one, two: one + two, tree, {"b": (30.0,), "W": [10.0, 20.0]})
    assert added == {"W": [11.0, 22.0], "b": (33.0,)}


@pytest.mark.parametrize("other", [{"W": [1.0]}, {"W": [1.0, 2.0, 3.0]}, {}])
def test_is_a_tree_of_another_structure_refused(other):
    with pytest.raises((KeyError, ValueError)):
        map_tree(max, {"W": [1.0, 2.0]}, other)


def test_is_a_tree_with_too_many_parts_refused():
    with pytest.raises(ProtocolError):
        pack([1.0] * (2 * MAX_LEAVES))


def test_is_everything_that_is_no_array_opaque():
    tree = to_tree({"a": object(), "b": np.array(["x"]), "c": [1, 2.5], "d": (np.ones(2), None)})
    assert tree["a"] == Opaque("object")
    assert isinstance(tree["b"], Opaque)
    assert np.array_equal(tree["c"], [1.0, 2.5])
    assert tree["d"][1] == Opaque("None")


NUMBERS = st.sampled_from([1, 2.5, True, np.float32(0.5), np.int8(3)])
# Rows of equal length are what students return; short lists make ragged ones likely as well.
ROWS = st.integers(0, 3).flatmap(
    lambda length: st.lists(st.lists(NUMBERS, min_size=length, max_size=length), max_size=3)
)
NESTS = st.recursive(
    NUMBERS | st.sampled_from(["a", None]),
    lambda inner: ROWS | st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=12,
).filter(lambda nest: isinstance(nest, (list, tuple)))


def numbers_only(nest: Any) -> bool:
    if isinstance(nest, (list, tuple)):
        return all(map(numbers_only, nest))
    return not isinstance(nest, str) and nest is not None


@given(NESTS)
def test_is_a_nest_of_numbers_the_array_that_numpy_makes_of_it(nest):
    try:
        expected = np.array(nest) if nest and numbers_only(nest) else None
    except ValueError:
        expected = None
    expected = [to_tree(item) for item in nest] if expected is None else expected
    assert same_tree(to_tree(nest), expected)
