"""Is every submission found, and every folder without one told?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError, UnreadableNotebook
from autograder.intake.find import find_submissions
from autograder.intake.read import read_notebook
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
