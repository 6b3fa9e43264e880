"""Do saved answers belong to one report and no other, and stay private?"""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook import answers
from autograder.records import Report

STEM = "week06_backpropagation"


def report(key: str = "k1", content: bytes = b"content", student: str = "ada") -> Report:
    return Report(student, "week06", (), key=key, answers=content)


def test_are_answers_found_by_their_own_report_alone(tmp_path):
    answers.save(tmp_path, STEM, report())
    assert answers.find(tmp_path, STEM, report()) == b"content"
    assert answers.find(tmp_path, STEM, report(key="k2")) == b""
    assert answers.find(tmp_path, STEM, report(key="")) == b""
    assert answers.find(tmp_path, STEM, report(student="bob")) == b""
    assert answers.find(tmp_path, "week07_sgd", report()) == b""


@given(content=st.binary(min_size=1, max_size=200))
def test_do_answers_come_back_whatever_is_in_them(tmp_path_factory, content):
    root = tmp_path_factory.mktemp("course")
    answers.save(root, STEM, report(content=content))
    assert answers.find(root, STEM, report(content=b"")) == content


@pytest.mark.parametrize("later", [report(key=""), report(content=b"")])
def test_do_answers_go_with_a_result_that_has_none(tmp_path, later):
    """Is an older file never mistaken for the answers of a later run?"""
    answers.save(tmp_path, STEM, report())
    answers.save(tmp_path, STEM, later)
    assert list(answers.folder(tmp_path, STEM).iterdir()) == []
    answers.save(tmp_path, STEM, later)


def test_can_nobody_else_read_them(tmp_path):
    answers.save(tmp_path, STEM, report())
    folder = answers.folder(tmp_path, STEM)
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damaged", [b"", b"k1", b"\ncontent", b"k2\ncontent"])
def test_is_a_damaged_file_no_answers(tmp_path, damaged):
    answers.save(tmp_path, STEM, report())
    (path,) = answers.folder(tmp_path, STEM).iterdir()
    path.write_bytes(damaged)
    assert answers.find(tmp_path, STEM, report()) == b""
    assert answers.find(tmp_path, STEM, report(key="")) == b""
