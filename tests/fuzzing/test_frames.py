"""Can bytes from the sandbox do more than be refused?"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from dataclasses import replace
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answer import Answer, Status
from autograder.errors import ProtocolError
from autograder.sandbox import responses
from autograder.sandbox.inside.wire import Channel, decode, encode
from autograder.sandbox.open_calls import OpenCalls
from autograder.sandbox.requests import Ask, CellResult, KnownAnswers
from autograder.tree import Opaque
from tests.fuzzing.examples import examples

pytestmark = pytest.mark.slow

ASK = Ask(3, "relu", "", {"z": np.ones(2)})
NO_CALLS = OpenCalls(())
WORDS = st.sampled_from(
    ["cell", "outputs", "error", "id", "status", "value", "changed", "warned", "line"]
    + ["sealed", "call", "arguments", "keywords", "output_type", "name", "text", "data", "z"]
    + ["metadata", "execution_count", "ename", "evalue", "traceback", "stream", "returned"]
    + ["display_data", "execute_result", "stdout", "text/plain", "application/json", "raised"]
    + ["overflow", "array", "scalar", "dict", "list", "tuple", "opaque", "<f8", "|b1", "|O"]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from([10**20, -(2**63), 2**31]),
    st.floats(),
    st.text(max_size=5),
    st.just("\ud800"),
    WORDS,
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=4),
        st.tuples(
            st.sampled_from(["list", "tuple", "dict", "array", "scalar", "opaque"]), inner
        ).map(list),
    ),
    max_leaves=25,
)
TREES = st.recursive(
    LEAVES | st.builds(np.ones, st.integers(0, 3)) | st.builds(Opaque, st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=6),
    ),
    max_leaves=20,
)
CELL: dict[str, Any] = {
    "cell": 2,
    "outputs": [
        {"output_type": "stream", "name": "stdout", "text": "x"},
        {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "data": {"application/json": {"a": [1, None]}},
            "metadata": {},
        },
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a"]},
    ],
    "error": "",
}
ANSWER: dict[str, Any] = {
    "id": 3,
    "status": "returned",
    "value": {"dX": np.ones((2, 3)), "others": [np.zeros(2), "text"]},
    "changed": ["z"],
    "warned": ["overflow"],
    "error": "",
    "line": "",
}


def frame(text: bytes, payload: bytes = b"") -> bytes:
    return struct.pack("<4sIQ", b"nnfs", len(text), len(payload)) + text + payload


@examples()
@given(st.binary(max_size=200))
def test_is_noise_refused(noise):
    with pytest.raises(ProtocolError):
        decode(noise)


@examples()
@given(NODES, st.binary(max_size=40))
def test_is_any_json_a_tree_or_refused(node, payload):
    try:
        tree = decode(frame(json.dumps(node).encode(), payload))
    except ProtocolError:
        return
    assert_plain(tree)


@examples()
@given(st.data())
def test_is_a_changed_frame_a_tree_or_refused(data):
    changed = bytearray(encode(data.draw(st.sampled_from([CELL, ANSWER]))))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    try:
        tree = decode(changed)
    except ProtocolError:
        return
    assert_plain(tree)
    read_all(bytes(changed))


@examples()
@given(st.data())
def test_is_a_message_with_changed_parts_read_or_refused(data):
    message = mutated(data, data.draw(st.sampled_from([CELL, ANSWER])))
    read_all(encode(message))


@examples()
@given(TREES)
def test_is_any_tree_read_or_refused(tree):
    read_all(encode(tree))


@pytest.mark.parametrize("word", [np.ones(2), np.zeros(0), {"sealed": np.ones(2)}, {"sealed": 1}])
def test_is_an_array_in_place_of_the_seal_refused(word):
    """Found by the examples above: an array answers == with an array."""
    with pytest.raises(ProtocolError):
        responses.end_of_notebook(encode(word))


def test_is_an_answer_that_is_known_no_answer_to_another_ask():
    known = KnownAnswers()
    message = encode(ANSWER)
    found = responses.answer(message, ASK, known, NO_CALLS)
    assert responses.answer(bytes(bytearray(message)), ASK, known, NO_CALLS) is found
    with pytest.raises(ProtocolError):
        responses.answer(message, replace(ASK, id=4), known, NO_CALLS)
    other = encode({**ANSWER, "error": "x"})
    assert responses.answer(other, ASK, known, NO_CALLS) is not found


@examples()
@given(st.floats(), st.floats(0, 1e6))
def test_is_the_time_that_a_process_says_a_time_within_its_limit(said, limit):
    assert 0 <= responses.time_taken(said, limit) <= limit
    assert 0 <= responses.time_taken(said) < math.inf


def test_is_json_under_a_name_that_is_not_its_own_refused():
    """Found by the examples above: nbformat would not have taken the graded notebook."""
    output = {"output_type": "display_data", "data": {"x/json": [1]}, "metadata": {}}
    with pytest.raises(ProtocolError):
        responses.cell_result(encode({**CELL, "outputs": [output]}), 2)


@examples(100)
@given(st.binary(max_size=100), st.booleans())
def test_does_a_channel_never_wait_beyond_its_deadline(noise, honest_start):
    left, right = socket.socketpair()
    with left, right:
        left.sendall((encode(1)[:4] if honest_start else b"") + noise)
        started = time.monotonic()
        with pytest.raises((ProtocolError, TimeoutError)):
            Channel(right).receive_frame(started + 0.01)
        assert time.monotonic() - started < 5


def mutated(data: st.DataObject, tree: Any) -> Any:
    """The tree with one of its parts, at any depth, replaced, dropped or added."""
    if isinstance(tree, dict) and tree and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(tree)))
        match data.draw(st.sampled_from(["inside", "drop", "add"])):
            case "drop":
                return {name: item for name, item in tree.items() if name != key}
            case "add":
                return {**tree, data.draw(WORDS): data.draw(TREES)}
        return {**tree, key: mutated(data, tree[key])}
    if isinstance(tree, list) and tree and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(tree) - 1))
        return [*tree[:place], mutated(data, tree[place]), *tree[place + 1 :]]
    return data.draw(TREES)


def read_all(message: bytes) -> None:
    """Read a message in every way in which the session may; what is accepted is harmless."""
    for read in (
        lambda: responses.cell_result(message, 2),
        lambda: responses.answer(message, ASK, KnownAnswers(0), NO_CALLS),
        lambda: responses.end_of_notebook(message),
        lambda: responses.answer(message, ASK, KnownAnswers(0), OpenCalls(["relu"])),
    ):
        try:
            result = read()
        except ProtocolError:
            continue
        if isinstance(result, CellResult):
            cell = nbformat.v4.new_code_cell("", outputs=nbformat.from_dict(list(result.outputs)))
            notebook = nbformat.v4.new_notebook(cells=[cell])
            nbformat.validate(notebook)
            json.loads(nbformat.v4.writes(notebook).encode())
        elif isinstance(result, Answer):
            assert isinstance(result.status, Status)
            assert set(result.changed) <= {"z"}
            assert_plain(result.value)


def assert_plain(tree: Any) -> None:
    """Arrays of numbers and plain Python values alone: nothing that has behaviour of its own."""
    if isinstance(tree, dict):
        for key, item in tree.items():
            assert type(key) is str
            assert_plain(item)
    elif isinstance(tree, (list, tuple)):
        for item in tree:
            assert_plain(item)
    elif isinstance(tree, (np.ndarray, np.generic)):
        assert type(tree) is np.ndarray or isinstance(tree, np.generic)
        assert tree.dtype.kind in "biufc"
    else:
        assert type(tree) in (str, bool, int, float, type(None), Opaque)
        if type(tree) is str:
            tree.encode()
