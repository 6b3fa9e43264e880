"""Do trees of arrays keep their structure, whatever walks them?"""

from __future__ import annotations

import array
import dataclasses
import enum
import itertools
from collections import OrderedDict, UserDict, UserList, deque
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
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
    tree = to_tree({"a": object(), "b": b"x", "c": [1, 2.5], "d": (np.ones(2), None)})
    assert tree["a"] == Opaque("object")
    assert tree["b"] == Opaque("bytes")
    assert np.array_equal(tree["c"], [1.0, 2.5])
    assert tree["d"][1] == Opaque("None")


WORDS = np.array(["vanishing", "healthy"])


class Mood(enum.StrEnum):
    HEALTHY = "healthy"


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclasses.dataclass
class Parts:
    left: Any
    right: Any


@pytest.mark.parametrize(
    "text",
    [
        WORDS[1],
        np.where(True, "healthy", "vanishing"),
        np.select([False, True], WORDS, "?"),
        np.str_("healthy"),
        np.array("healthy"),
        np.array("healthy", dtype=object),
        Mood.HEALTHY,
    ],
    ids=repr,
)
def test_is_text_that_comes_out_of_numpy_text(text):
    found = to_tree(text)
    assert type(found) is str and found == "healthy"
    assert to_tree({text if isinstance(text, str) else "healthy": 1}).keys() == {"healthy"}


@pytest.mark.parametrize("wrap", [np.array, list, tuple, iter, lambda words: map(str, words)])
def test_is_a_list_of_texts_a_list_in_every_container(wrap):
    assert to_tree(wrap(WORDS)) == ["vanishing", "healthy"]


@pytest.mark.parametrize(
    "wrap",
    [
        list,
        iter,
        deque,
        UserList,
        lambda parts: Pair(*parts),
        lambda parts: (part for part in parts),
        lambda parts: map(np.copy, parts),
        lambda parts: dict(enumerate(parts)).values(),
        lambda parts: np.array([*parts, None], dtype=object)[:2],
    ],
)
def test_are_parts_in_order_a_list_in_every_container(wrap):
    parts = (np.ones((2, 3)), np.zeros(3))
    assert same_tree(to_tree(wrap(parts)), list(parts))


@pytest.mark.parametrize(
    "value",
    [
        {"left": 1.0, "right": 2.0},
        UserDict(left=1.0, right=2.0),
        OrderedDict(left=1.0, right=2.0),
        MappingProxyType({"left": 1.0, "right": 2.0}),
        Parts(1.0, 2.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_are_named_parts_a_dict(value):
    assert same_tree(to_tree(value), {"left": np.array(1.0), "right": np.array(2.0)})


@pytest.mark.parametrize(
    "value",
    [
        range(1, 4),
        array.array("q", [1, 2, 3]),
        memoryview(array.array("q", [1, 2, 3])),
        np.array([1, 2, 3]).view(np.recarray),
        np.ma.masked_array([1, 2, 3]),
        np.array([1, 2, 3], dtype=object),
        [Fraction(1), Decimal(2), 3],
        np.longdouble([1, 2, 3]),
        np.array([1, 2, 3], ">i8"),
        np.broadcast_to(np.array([[1], [2], [3]]), (3, 2))[:, 1],
        np.array([3, 2, 1])[::-1],
        (number for number in (1, 2, 3)),
        np.poly1d([1, 2, 3]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_are_numbers_one_array_in_every_container(value):
    found = to_tree(value)
    assert type(found) is np.ndarray
    assert found.dtype in (np.int64, np.float64)
    assert found.tolist() == [1, 2, 3]


def test_is_a_number_beyond_the_integers_of_numpy_a_float():
    assert same_tree(to_tree(10**25), np.array(1e25))
    assert same_tree(to_tree([10**25, 1]), np.array([1e25, 1.0]))
    assert same_tree(to_tree(Fraction(1, 3)), np.array(1 / 3))
    with pytest.raises(ValueError, match="range"):
        to_tree(10**400)


def test_is_what_has_no_order_or_no_end_refused():
    assert to_tree({1.0, 2.0}) == Opaque("set")
    assert to_tree(Mood) == Opaque("EnumType")
    assert to_tree(Opaque("None")) == Opaque("Opaque")
    with pytest.raises(ValueError, match="no end"):
        to_tree(itertools.count())


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
