"""Does a lesson's new version keep every edit of the instructor's, and is a conflict shown?"""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.light_imports import from_dict
from autograder.release.merge import (
    PACKAGE,
    YOURS,
    as_lines,
    from_lines,
    merge_notebooks,
    merge_texts,
)
from tests.conftest import source


def notebook(*cells):
    """Cells as (name, source) for a graded check, or a text's source."""
    made = []
    for number, cell in enumerate(cells):
        name, text = cell if isinstance(cell, tuple) else ("", cell)
        stamp = {"nbgrader": {"grade_id": name, "grade": True, "points": 6.0}} if name else {}
        kind = "code" if name else "markdown"
        made.append(
            {"id": name or f"text-{number}", "cell_type": kind, "metadata": stamp, "source": text}
        )
    return from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


BASE = notebook("Read this.", ("relu", "one\ntwo\nthree\nfour"), "Then that.", ("tanh", "five"))


def sources(merged) -> list[str]:
    return [cell["source"] for cell in merged.notebook["cells"]]


def test_is_a_lesson_the_same_after_the_way_through_lines():
    lesson = source("week06_backpropagation")
    assert from_lines(as_lines(lesson)) == json.loads(json.dumps(lesson))


@given(st.lists(st.text(st.characters(exclude_characters="\r"), max_size=40), max_size=4))
def test_is_any_text_the_same_after_the_way_through_lines(texts):
    made = notebook(*texts)
    assert [cell["source"] for cell in from_lines(as_lines(made))["cells"]] == texts


def test_do_edits_of_both_sides_stand_together():
    yours, package = copy.deepcopy(BASE), copy.deepcopy(BASE)
    yours.cells[1].metadata.nbgrader.points = 20
    yours.cells.insert(3, notebook("My own hint.").cells[0])
    yours.cells[0].source = "Read this first."
    package.cells[1].source = "one\ntwo\nthree\nfour, better"
    package.cells.append(notebook("The end.").cells[0])
    merged = merge_notebooks(BASE, yours, package)
    assert merged.conflicts == ()
    assert sources(merged) == [
        "Read this first.",
        "one\ntwo\nthree\nfour, better",
        "Then that.",
        "My own hint.",
        "five",
        "The end.",
    ]
    assert merged.notebook["cells"][1]["metadata"]["nbgrader"]["points"] == 20
    ids = [cell["id"] for cell in merged.notebook["cells"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("prefer", "expected"), [(YOURS, "mine"), (PACKAGE, "its")])
def test_is_a_conflict_shown_and_decided_by_the_instructor(prefer, expected):
    yours, package = copy.deepcopy(BASE), copy.deepcopy(BASE)
    yours.cells[2].source, package.cells[2].source = "mine", "its"
    merged = merge_notebooks(BASE, yours, package)
    (conflict,) = merged.conflicts
    assert (conflict.yours, conflict.package) == ("mine", "its")
    assert merged.notebook == yours
    assert sources(merge_notebooks(BASE, yours, package, prefer))[2] == expected


def test_is_a_cell_that_both_removed_or_added_alike_no_conflict():
    yours = notebook("Read this.", ("relu", "one"), "More.")
    package = copy.deepcopy(yours)
    merged = merge_notebooks(BASE, yours, package)
    assert merged.conflicts == () and sources(merged) == ["Read this.", "one", "More."]


def test_are_outputs_and_a_browsers_numbers_no_edits():
    yours = copy.deepcopy(BASE)
    for cell in yours.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [{"output_type": "stream"}], 7
            cell.metadata.nbgrader.points = 6
    package = copy.deepcopy(BASE)
    package.cells[3].source = "six"
    merged = merge_notebooks(BASE, yours, package)
    assert merged.conflicts == () and sources(merged)[3] == "six"


def test_is_every_difference_a_conflict_where_no_record_is_left():
    package = copy.deepcopy(BASE)
    package.cells[1].source = "one"
    assert [each.cell for each in merge_notebooks(None, BASE, package).conflicts] == ["relu"]
    assert merge_notebooks(None, BASE, package, YOURS).notebook == BASE
    assert merge_notebooks(None, BASE, package, PACKAGE).notebook == package
    assert merge_notebooks(None, BASE, copy.deepcopy(BASE)).conflicts == ()


def test_is_text_merged_in_the_same_way():
    base = "a\nb\nc\nd\n"
    assert merge_texts(base, "A\nb\nc\nd\n", "a\nb\nc\nD\n") == ("A\nb\nc\nD\n", ())
    _, conflicts = merge_texts(base, "a\nX\nc\nd\n", "a\nY\nc\nd\n")
    assert len(conflicts) == 1
