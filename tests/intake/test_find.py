"""Is every submission found, and every folder without one told?"""

from __future__ import annotations

import json

import pytest

from autograder.errors import CourseError, UnreadableNotebook
from autograder.intake.find import find_submissions
from autograder.intake.read import read_notebook
from autograder.questions import catalogue
from tests.submissions import write_submission

WEEK = "week99_bends"


def test_are_submissions_found_in_nbgraders_tree(tmp_path):
    paths = [write_submission(tmp_path / name / WEEK / f"{WEEK}.ipynb") for name in ("bob", "ann")]
    write_submission(tmp_path / "bob" / WEEK / "timestamp.txt", "2026-11-20 10:00:00 UTC\n")
    write_submission(tmp_path / "bob" / WEEK / ".ipynb_checkpoints" / f"{WEEK}.ipynb")
    write_submission(tmp_path / ".hidden" / WEEK / f"{WEEK}.ipynb")
    ann, bob = find_submissions(tmp_path, WEEK, "week99")
    assert (ann.student, ann.path, ann.week) == ("ann", paths[1], "week99")
    assert (bob.student, bob.path, bob.timestamp) == ("bob", paths[0], "2026-11-20 10:00:00 UTC")


def test_is_a_renamed_notebook_taken_when_it_is_the_only_one(tmp_path):
    path = write_submission(tmp_path / "ann" / WEEK / f"{WEEK} (1).ipynb")
    (found,) = find_submissions(tmp_path, WEEK, "week99")
    assert found.path == path


def test_is_a_folder_without_a_fitting_notebook_still_a_submission(tmp_path):
    (tmp_path / "ann" / WEEK).mkdir(parents=True)
    write_submission(tmp_path / "bob" / WEEK / "a.ipynb")
    write_submission(tmp_path / "bob" / WEEK / "b.ipynb")
    (tmp_path / "cem").mkdir()
    assert [found.path for found in find_submissions(tmp_path, WEEK, "week99")] == [
        tmp_path / "ann" / WEEK,
        tmp_path / "bob" / WEEK,
        tmp_path / "cem",
    ]


def test_may_a_student_folder_hold_the_notebook_itself(tmp_path):
    path = write_submission(tmp_path / "ann" / f"{WEEK}.ipynb")
    (found,) = find_submissions(tmp_path, WEEK, "week99")
    assert found.path == path


def test_is_a_student_who_handed_in_another_week_left_out(tmp_path):
    write_submission(tmp_path / "ann" / "week01_perceptron" / "week01_perceptron.ipynb")
    assert find_submissions(tmp_path, WEEK, "week99") == []


def test_is_a_link_to_another_students_file_not_followed(tmp_path):
    theirs = write_submission(tmp_path / "bob" / WEEK / f"{WEEK}.ipynb")
    (tmp_path / "ann" / WEEK).mkdir(parents=True)
    (tmp_path / "ann" / WEEK / f"{WEEK}.ipynb").symlink_to(theirs)
    ann, _ = find_submissions(tmp_path, WEEK, "week99")
    assert ann.path == tmp_path / "ann" / WEEK


def test_is_a_folder_of_another_student_not_followed(tmp_path):
    theirs = write_submission(tmp_path / "bob" / WEEK / f"{WEEK}.ipynb").parent
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / WEEK).symlink_to(theirs)
    (tmp_path / "cem").symlink_to(theirs.parent)
    ann, _, cem = find_submissions(tmp_path, WEEK, "week99")
    for found, link in ((ann, tmp_path / "ann" / WEEK), (cem, tmp_path / "cem")):
        assert found.path == link
        with pytest.raises(UnreadableNotebook, match="is a link, which is not followed"):
            read_notebook(found.path)


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", 'a" onload="x', "a&lt;b"])
def test_is_a_folder_whose_name_is_markup_refused(tmp_path, name):
    write_submission(tmp_path / name / WEEK / f"{WEEK}.ipynb")
    with pytest.raises(CourseError, match="rename it to the student's id"):
        find_submissions(tmp_path, WEEK, "week99")


def test_is_a_missing_folder_told_with_the_next_step(tmp_path):
    with pytest.raises(CourseError, match="put the submissions in submitted/<student>"):
        find_submissions(tmp_path / "submitted", WEEK, "week99")


def notebook(*names: str, text: str = "") -> bytes:
    """A notebook with graded cells of these names."""
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {"nbgrader": {"grade_id": name, "grade": True}},
            "source": f"{name}{text}",
        }
        for name in names
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


MINE = notebook("mine")
WEEK07 = notebook(*catalogue.week("week07").points_by_name)
FOLDERS = {
    "the other is of no week": ({"a.ipynb": MINE, "scratch.ipynb": notebook()}, "a.ipynb"),
    "the other is of another week": ({"a.ipynb": MINE, "week07.ipynb": WEEK07}, "a.ipynb"),
    "the other is damaged": ({"a.ipynb": MINE, "b.ipynb": b"<html>"}, "a.ipynb"),
    "both are the same file": ({"a.ipynb": MINE, "b.ipynb": MINE}, "a.ipynb"),
    "the named one counts": ({f"{WEEK}.ipynb": MINE, "a.ipynb": notebook("mine", text=" ")}, None),
    "the named one is damaged": ({f"{WEEK}.ipynb": b"", "a.ipynb": MINE}, "a.ipynb"),
    "the named one is another week's": ({f"{WEEK}.ipynb": WEEK07, "a.ipynb": MINE}, "a.ipynb"),
    "the named one has lost its names": ({f"{WEEK}.ipynb": notebook(), "a.ipynb": MINE}, None),
    "nearly named": ({f"{WEEK}.ipynb.txt": MINE, "a.ipynb": notebook("mine", text=" ")}, None),
    "both are nearly named": (
        {f"{WEEK}.ipynb": MINE, f"{WEEK}.IPYNB": notebook("mine", text=" ")},
        None,
    ),
    "both are damaged": ({f"{WEEK}.ipynb": b"", "a.ipynb": b"<html>"}, None),
    "two of the week": ({"a.ipynb": MINE, "b.ipynb": notebook("mine", text=" ")}, ""),
    "neither is of the week": ({"a.ipynb": notebook(), "b.ipynb": WEEK07}, ""),
}


@pytest.mark.parametrize(("files", "taken"), FOLDERS.values(), ids=FOLDERS)
def test_is_one_of_several_notebooks_taken_where_that_is_safe(tmp_path, files, taken):
    """None stands for the first file, an empty text for the folder."""
    for name, content in files.items():
        write_submission(tmp_path / "ann" / WEEK / name, content)
    (found,) = find_submissions(tmp_path, WEEK, "week99", {"mine"})
    assert found.path == tmp_path / "ann" / WEEK / (next(iter(files)) if taken is None else taken)
    if taken == "":
        with pytest.raises(UnreadableNotebook, match=r"holds 2 notebooks, a.ipynb and b.ipynb"):
            read_notebook(found.path)


def test_is_what_a_system_leaves_no_students_folder(tmp_path):
    write_submission(tmp_path / "__MACOSX" / WEEK / "._x.ipynb")
    path = write_submission(tmp_path / "ann" / "x.ipynb")
    write_submission(tmp_path / "ann" / "__MACOSX" / "._x.ipynb")
    assert [found.path for found in find_submissions(tmp_path, WEEK, "week99")] == [path]


@pytest.mark.parametrize("place", [".", "homework", "homework/week99"])
def test_is_a_notebook_in_the_wrong_place_found_by_its_cells(tmp_path, place):
    path = write_submission(tmp_path / "ann" / place / "x.ipynb", MINE)
    write_submission(tmp_path / "ann" / "week01_perceptron" / "week01_perceptron.ipynb", MINE)
    write_submission(tmp_path / "ann" / "project" / "x.ipynb", notebook("another"))
    (found,) = find_submissions(tmp_path, WEEK, "week99", {"mine"})
    assert found.path == path


@pytest.mark.parametrize(
    "name",
    ["week09", "Week 9", "WEEK_09", "week09_optimizers (1)", "Week09_Optimizers", "week 09-2"],
)
def test_is_a_folder_named_after_the_week_taken(tmp_path, name):
    path = write_submission(tmp_path / "ann" / name / "x.ipynb")
    write_submission(tmp_path / "ann" / "week10_regularization" / "x.ipynb")
    (found,) = find_submissions(tmp_path, "week09_optimizers", "week09")
    assert found.path == path
    assert find_submissions(tmp_path, "week08_vanishing", "week08") == []


def test_is_one_of_two_folders_of_the_week_taken_where_that_is_safe(tmp_path):
    write_submission(tmp_path / "ann" / "week99" / "x.ipynb", WEEK07)
    path = write_submission(tmp_path / "ann" / "Week 99" / "x.ipynb", MINE)
    (found,) = find_submissions(tmp_path, WEEK, "week99", {"mine"})
    assert found.path == path
    path.write_bytes(WEEK07)
    (found,) = find_submissions(tmp_path, WEEK, "week99", {"mine"})
    with pytest.raises(UnreadableNotebook, match="2 notebooks, Week 99/x.ipynb and week99/x.ipyn"):
        read_notebook(found.path)


def test_is_a_notebook_in_two_wrong_places_told(tmp_path):
    for place in ("a", "b"):
        write_submission(tmp_path / "ann" / place / "x.ipynb", notebook("mine", text=place))
    (found,) = find_submissions(tmp_path, WEEK, "week99", {"mine"})
    with pytest.raises(UnreadableNotebook, match=r"2 notebooks, a/x.ipynb and b/x.ipynb, and"):
        read_notebook(found.path)
