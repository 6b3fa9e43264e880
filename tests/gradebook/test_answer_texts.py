"""Does a digest change with an answer, and with nothing else?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.gradebook.answer_texts import digests, unchanged
from autograder.light_imports import from_dict
from autograder.records import Report

_ANSWER = {"grade": True, "solution": True, "grade_id": "why"}
_CHECK = {"grade": True, "solution": False, "locked": True, "grade_id": "relu"}
_CELLS = [
    ("setup", "code", "import numpy", {"locked": True, "grade_id": "setup"}),
    ("prose", "markdown", "Read this.", None),
    ("answer", "code", "def relu(z): ...", {"solution": True, "grade_id": "solution-relu"}),
    ("check", "code", 'check("relu")', _CHECK),
    ("own", "code", "print(1)", None),
    ("written", "markdown", "Without  them\nit is linear.", _ANSWER),
]


def notebook(**changed: str):
    cells = [
        {
            "cell_type": kind,
            "metadata": {"nbgrader": dict(stamp)} if stamp else {},
            "source": changed.get(name, source),
        }
        for name, kind, source, stamp in _CELLS
    ]
    return from_dict({"cells": cells})


def earlier(**changed: str) -> Report:
    return Report("ada", "week99", (), texts=tuple(digests(notebook(**changed)).items()))


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, {"why", "relu"}),
        ({"prose": "Read that.", "setup": "import sys", "check": "check()"}, {"why", "relu"}),
        ({"written": "Without them it\n\nis linear. "}, {"why", "relu"}),
        ({"written": "Without them it is not linear."}, {"relu"}),
        ({"answer": "def relu(z): return z"}, {"why"}),
        ({"own": "relu = abs"}, {"why"}),
    ],
)
def test_does_a_change_concern_the_answer_that_it_is_in(changed, same):
    assert unchanged(digests(notebook(**changed)), earlier(), Path()) == same


def test_is_a_picture_part_of_the_answer():
    now = notebook()
    now.cells[-1]["attachments"] = {"a.png": {"image/png": "AA=="}}
    assert unchanged(digests(now), earlier(), Path()) == {"relu"}


def test_is_every_answer_new_without_an_earlier_run():
    assert unchanged(digests(notebook()), None, Path()) == frozenset()


def test_is_the_graded_notebook_read_where_a_report_is_older(tmp_path):
    graded = tmp_path / "graded.ipynb"
    graded.write_text(json.dumps(notebook()))
    older = replace(earlier(), texts=())
    assert unchanged(digests(notebook()), older, graded) == {"why", "relu"}
    graded.write_text("{")
    assert unchanged(digests(notebook()), older, graded) == frozenset()
