"""Is a file that is no notebook told by how it begins?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import file_kinds
from autograder.intake.file_kinds import of_bytes, of_json, of_text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"7z\xbc\xaf\x27\x1c\0", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (b"\xfd7zXZ\x00\0", "an xz archive"),
        (b"BZh91AY", "a bzip2 archive"),
        (bytes(100) + b"x" + bytes(156) + b"ustar\0", "a tar archive"),
        (b"{\\rtf1\\ansi", "a text document"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x00\x05\x16\x07\0\2", "what macOS keeps beside a file"),
        (b"\x93NUMPY\1", "an array"),
        (b"SQLite format 3\x00", "a database"),
    ],
)
def test_is_a_file_told_by_its_first_bytes(content, what):
    said = of_bytes(content)
    assert what in said and "Next: " in said and said.endswith(".")


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe{\0}\0", b"text", b"\xef\xbb\xbf{}", b"\0{"])
def test_is_what_may_be_a_notebook_left_to_its_reader(content):
    assert of_bytes(content) == ""


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \t"])
def test_is_a_file_without_a_character_empty(content):
    assert of_bytes(content) == file_kinds.EMPTY


def test_is_a_heading_of_equals_signs_no_merge_conflict():
    assert "Python script" in of_text("Title\n=======\nimport numpy\n")
    assert "merge conflict" in of_text("{\n=======\n}")


@pytest.mark.parametrize(
    ("document", "is_link"),
    [
        ({"url": "https://docs.google.com/open?id=1"}, True),
        ({"doc_id": "1"}, True),
        ({"url": "https://example.org"}, False),
        ({"url": 3, "cells": []}, False),
        ({"cells": [], "doc_id": "1"}, False),
        (["doc_id"], False),
        (None, False),
    ],
)
def test_is_a_link_to_google_drive_told(document, is_link):
    assert bool(of_json(document)) == is_link


@given(st.binary(max_size=300), st.text(max_size=300))
def test_does_nothing_but_a_sentence_come_out(content, text):
    for said in (of_bytes(content), of_text(text)):
        assert said == "" or (said.isprintable() and said.endswith("."))
