"""Is a document read where it can be read in one way only, and the fault named elsewhere?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import UnreadableNotebook
from autograder.intake.decode import decode
from tests.intake.disguises import BYTES, TEXTS

DOCUMENT = {"cells": [{"source": ['a, ]\\"}\n', ",}", ", ]"]}, {}], "x": {"y": [1, 2.5, None]}}
PRINTED = json.dumps(DOCUMENT, indent=1)


@pytest.mark.parametrize("stored", BYTES)
@pytest.mark.parametrize("text", TEXTS)
def test_is_a_changed_file_the_same_document(text, stored):
    """Also where what was added or taken away stands inside strings."""
    assert decode(BYTES[stored](TEXTS[text](PRINTED))) == DOCUMENT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(), JSON), st.integers(0, 2), st.sampled_from(["", "}", "]}", ","]))
def test_are_commas_and_brackets_too_many_read_past(document, indent, end):
    text = json.dumps(document, indent=indent)
    expected = json.loads(text)
    with_commas = text.replace("\n]", ",\n]").replace("\n}", ",\n}")
    assert decode(f"{with_commas}{end}".encode()) == expected


@given(st.data())
def test_is_a_file_that_ends_early_told_from_one_with_a_fault_inside(data):
    end = data.draw(st.integers(1, len(PRINTED) - 1))
    with pytest.raises(UnreadableNotebook, match="ends in the middle of the notebook"):
        decode(PRINTED[:end].encode())


@pytest.mark.parametrize("stored", BYTES)
def test_is_a_file_that_ends_within_a_character_told_as_cut_off(stored):
    """Also where what is left of the character is no text."""
    content = BYTES[stored]('{"cells": [{"source": "\U0001f600"}]}')
    start = len(BYTES[stored]('{"cells": [{"source": "'))
    for end in range(start, start + 4):
        with pytest.raises(UnreadableNotebook, match="ends in the middle of the notebook"):
            decode(content[:end])


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n "a": 1\n "b": 2\n}', "line 3, column 2"),
        ('{\n "a": [1, 2\n}', "line 3, column 1"),
        ('{\n "a": \u201cx\u201d\n}', "line 2, column 7"),
        ('{\n "a": tru\n}', "line 2, column 7"),
    ],
)
def test_is_the_place_of_a_fault_named(text, place, ends):
    with pytest.raises(UnreadableNotebook, match=f"not valid JSON, as a notebook is: {place} "):
        decode(text.replace("\n", ends).encode())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": 1} {"b": 2}', "goes on after the end of the notebook"),
        (b'{"a": 1,, "b": 2}', "not valid JSON"),
        (b'{"a": 1}}, "b": 2}', "goes on after the end"),
        (b'{"a": ' + b"[" * 100_000, "nested far more deeply"),
        (b'{"a": ,' + b"[" * 100_000, "not valid JSON|nested far more deeply"),
        (b'{"a": ' + b"4" * 5_000 + b"}", "digits"),
        (b'{"a": ' + b"4" * 5_000 + b",}", "digits"),
        (b"\xff\xfe{\0\x00\xdc}\0", "not text in UTF-8"),
    ],
)
def test_is_what_can_be_read_in_several_ways_or_none_refused(content, reason):
    with pytest.raises(UnreadableNotebook, match=reason):
        decode(content)


def test_is_half_a_surrogate_pair_replaced_after_a_repair():
    assert decode(b'{"a": ["\\ud800",]}}') == {"a": ["?"]}


@given(
    st.sampled_from(sorted(BYTES)),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), min_size=1, max_size=4),
)
def test_does_a_damaged_file_end_in_a_document_or_a_sentence(stored, damage):
    content = bytearray(BYTES[stored](PRINTED))
    for place, written in damage:
        content[place : place + len(written)] = written
    try:
        decode(bytes(content))
    except UnreadableNotebook as reason:
        assert str(reason).isprintable() and str(reason).endswith(".")
