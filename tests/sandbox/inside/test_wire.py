"""Does only what the format allows cross the sandbox's border?"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder import tree
from autograder.errors import ProtocolError
from autograder.sandbox.inside.wire import SECONDS, Channel, decode, encode
from autograder.tree import Opaque, same_tree


def frame(node: Any, payload: bytes = b"", magic: bytes = b"nnfs") -> bytes:
    text = node if isinstance(node, bytes) else json.dumps(node).encode()
    return struct.pack("<4sIQ", magic, len(text), len(payload)) + text + payload


@pytest.mark.parametrize(
    "tree",
    [
        None,
        True,
        -3,
        2.5,
        "héllo",
        [],
        (),
        {},
        {"list": ["list", ["array", "<f8", [2]]]},
        {"W": [np.ones((2, 3)), (1, np.zeros(0))], "b": {"x": Opaque("function")}},
        np.array(3.0),
        np.float32(2.5),
        np.zeros((0, 3), np.int16),
        np.array([True, False]),
        np.array(True),
        np.arange(24.0).reshape(4, 6)[::2, ::-3],
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.array([1 + 2j], np.complex64),
        np.array([np.nan, np.inf, -0.0]),
    ],
)
def test_round_trip(tree: Any) -> None:
    """Does a tree arrive as it was sent?"""
    assert same_tree(decode(encode(tree)), tree)


@given(
    arrays.arrays(st.sampled_from(["<f8", "<f2", "|b1", "<i4"]), arrays.array_shapes(min_side=0))
)
def test_arrays_round_trip(array: np.ndarray[Any, Any]) -> None:
    """Do arrays of every shape arrive bit by bit, aligned and writable?"""
    received = decode(encode(["x", array]))[1]
    assert same_tree(received, array)
    assert received.flags.aligned and received.flags.writeable


def test_unusual_dtypes_become_portable() -> None:
    """Are long doubles sent as doubles and big-endian arrays as little-endian ones?"""
    assert decode(encode(np.ones(2, np.longdouble))).dtype == np.float64
    assert decode(encode(np.ones(2, np.clongdouble))).dtype == np.complex128
    assert same_tree(decode(encode(np.arange(3, dtype=">i4"))), np.arange(3, dtype="<i4"))


def test_half_a_surrogate_pair_becomes_text() -> None:
    """Can everything that arrives be written as UTF-8?"""
    decode(encode({"\ud800": "\udfff"})).popitem()[1].encode()


@pytest.mark.parametrize(
    "tree",
    [object(), {1: 2}, np.array(["a"]), np.array([object()]), 10**5000, [[]] * 30_000],
    ids=["object", "number as key", "words", "objects", "long number", "many parts"],
)
def test_what_cannot_be_sent(tree: Any) -> None:
    """Is a value outside the format refused on the sending side?"""
    with pytest.raises(ProtocolError):
        encode(tree)


def test_a_deep_or_circular_value_is_refused() -> None:
    """Does nesting without end stop with a sentence?"""
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ProtocolError, match="nested too deeply"):
        encode(loop)


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"nnfs",
        frame(1, magic=b"\x93NUM"),
        frame(1)[:-1],
        frame(1) + b"x",
        frame(b"{"),
        frame(b"\xff"),
        frame(b"[" * 100_000),
        frame(b"[[]" + b",[]" * tree.MAX_CONTAINERS + b"]"),
        frame(b"1" * 5000),
        frame({"list": []}),
        frame([1, 2]),
        frame(["list"]),
        frame(["list", {}]),
        frame(["dict", []]),
        frame(["pickle", "x"]),
        frame(["list", [1] * (tree.MAX_NODES + 1)]),
        frame(["array", "|O", [1]], b"x" * 8),
        frame(["array", "<U1", [1]], b"x" * 4),
        frame(["array", "<f8,<f8", [1]], b"x" * 16),
        frame(["array", "<f8", [2]], b"x" * 8),
        frame(["array", "<f8", [1]], b"x" * 9),
        frame(["array", "<f8", [-1]]),
        frame(["array", "<f8", [-1, -1]], b"x" * 8),
        frame(["array", "<f8", [1.0]], b"x" * 8),
        frame(["array", "<f8", [True]], b"x" * 8),
        frame(b'["array","<f8",[NaN]]'),
        frame(["array", "<f8", [10**30, 0]]),
        frame(["array", "<f8", [2**31, 2**31, 2**31, 0]]),
        frame(["array", "<f8", [1] * 33], b"x" * 8),
        frame(["scalar", "<f8"]),
        struct.pack("<4sIQ", b"nnfs", 2**32 - 1, 0),
        struct.pack("<4sIQ", b"nnfs", 4, 2**63),
    ],
    ids=lambda forged: repr(forged[:40]),
)
def test_forged_frames_are_refused(forged: bytes) -> None:
    """Is every forged frame a ProtocolError and nothing else?"""
    with pytest.raises(ProtocolError):
        decode(forged)


@given(st.binary(max_size=60))
def test_noise_is_refused(noise: bytes) -> None:
    """Does noise in place of the JSON never raise anything but a ProtocolError?"""
    with contextlib.suppress(ProtocolError):
        decode(frame(noise))


def test_a_forged_bool_is_an_honest_bool() -> None:
    """Is a byte of 2 in a bool array simply True?"""
    received = decode(frame(["array", "|b1", [2]], b"\x02\x00"))
    assert received.tobytes() == b"\x01\x00"


def test_channel_frames_and_deadlines() -> None:
    """Do frames arrive one by one, a slow sender time out, and a closed one end?"""
    left, right = socket.socketpair()
    ours, theirs = Channel(left), Channel(right)
    ours.send(encode(1) + encode(np.ones(3)))
    assert decode(theirs.receive_frame()) == 1
    assert decode(theirs.receive_frame()).shape == (3,)
    left.settimeout(None)
    left.sendall(encode("late")[:-1])
    with pytest.raises(TimeoutError):
        theirs.receive_frame(time.monotonic() + 0.02)
    ours.close()
    with pytest.raises(EOFError):
        theirs.receive_frame(time.monotonic() + 1)
    theirs.close()


def test_channel_refuses_before_it_allocates() -> None:
    """Is a frame that announces too much refused at its header, before its body arrives?"""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(struct.pack("<4sIQ", b"nnfs", 10, 2**40))
        with pytest.raises(ProtocolError):
            Channel(right).receive_frame(time.monotonic() + 1)


def test_channel_cuts_frames_that_came_together() -> None:
    """Is each timed frame its own, however many of them one read brings, and the last one's end?"""
    left, right = socket.socketpair()
    with left, right:
        theirs = Channel(right)
        timed = [encode(number) + SECONDS.pack(number / 2) for number in range(3)]
        left.sendall(b"".join(timed) + timed[0][:-1])
        for number in range(3):
            received = theirs.receive_timed(time.monotonic() + 1, 100)
            assert received == (encode(number), number / 2)
        with pytest.raises(ProtocolError):
            theirs.receive_timed(time.monotonic() + 1, 0)
        left.sendall(timed[0][-1:])
        assert theirs.receive_timed(time.monotonic() + 1, 100) == (encode(0), 0.0)


def test_channel_send_has_a_deadline() -> None:
    """Does sending to a side that reads nothing end?"""
    left, right = socket.socketpair()
    with left, right, pytest.raises(TimeoutError):
        Channel(left).send(bytes(10 * 2**20), time.monotonic() + 0.02)
