"""Does a result's key change with whatever could change its answers, and with nothing else?"""

from __future__ import annotations

from dataclasses import replace

import nbformat
import pytest

from autograder.course import own_functions
from autograder.grading import result_key
from autograder.grading.assignment import Assignment
from autograder.grading.result_key import ResultKeys
from autograder.intake.read import read_notebook
from autograder.questions import catalogue
from autograder.records import Submission
from autograder.sandbox.limits import Limits
from tests.conftest import REPOSITORY

STEM = "week02_bends"


def week(**changed) -> Assignment:
    notebook = read_notebook(REPOSITORY / "assignments" / STEM / f"{STEM}.ipynb")
    return Assignment(catalogue.week(STEM), notebook, notebook, **changed)


@pytest.fixture
def submission(tmp_path) -> Submission:
    path = tmp_path / f"{STEM}.ipynb"
    path.write_text("{}")
    return Submission("ada", "week02", path, "2026-11-20 12:00:00 UTC")


def key(submission, assignment=None, isolation="bubblewrap", limits=None) -> str:
    keys = ResultKeys(assignment or week(), isolation, limits or Limits())
    (found,) = keys.with_keys([submission])
    assert replace(found, key="") == submission
    return found.key


def test_is_the_key_of_the_same_the_same_whoever_hands_it_in(submission):
    assert key(submission) == key(submission) == key(replace(submission, student="bob")) != ""


def test_does_the_key_change_with_what_is_handed_in(submission):
    keys = [key(submission), key(replace(submission, timestamp=""))]
    submission.path.write_text("{} ")
    keys.append(key(submission))
    submission.path.with_name(own_functions.FILE).write_text("a = 1")
    keys.append(key(submission))
    assert len(set(keys)) == len(keys)


def test_does_the_key_not_change_with_points(submission):
    """They change what an answer earns, so no submission is run again for them."""
    worth = week()
    for cell in worth.released.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader |= {"points": 99.0, "checksum": "of other points"}
    assert key(submission, worth) == key(submission, week(decided={"relu": "dropped"}))
    assert key(submission, worth) == key(submission)


def test_does_the_key_change_with_what_the_course_decides(submission):
    changed = week()
    changed.released = nbformat.from_dict(changed.released | {"cells": []})
    experiments = week()
    experiments.run_experiments = True
    keys = [
        key(submission),
        key(submission, isolation="process"),
        key(submission, limits=Limits(cell_seconds=1)),
        key(submission, changed),
        key(submission, experiments),
        key(submission, week(own="a = 1")),
        key(submission, week(secret=b"another")),
    ]
    assert len(set(keys)) == len(keys)


def test_has_what_cannot_be_read_no_key_to_rely_on(submission, monkeypatch):
    def fails(path):
        raise OSError("the disk is gone")

    monkeypatch.setattr(result_key, "read_bytes", fails)
    assert key(submission) == ""
