"""Is every folder of the feedback zip named as Moodle reads it, and none where that is unsure?"""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.lms import moodle_feedback_zip as feedback_zip
from autograder.lms.moodle_feedback_zip import Row
from tests.lms.filled_class import STEM, student, week


def page(root, name, text):
    path = root / "feedback" / name / STEM / f"{STEM}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@given(st.text(max_size=40), st.integers(1, 10**9))
def test_is_the_participant_read_whatever_the_name(name, number):
    folder = feedback_zip.folder_name(name, f"Participant {number}")
    info = folder.split("_", 4)
    assert int(info[1]) == number and info[2:] == ["assignfeedback", "file", ""]
    assert "/" not in folder and not folder.startswith((".", "~"))


def test_are_missing_and_old_pages_left_out_and_told(tmp_path):
    graded = week(tmp_path, [student(n) for n in range(3)])
    for name in ("s0000", "s0001"):
        page(tmp_path, name, name)
    os.utime(tmp_path / "feedback" / "s0001" / STEM / f"{STEM}.html", (1, 1))
    later = tmp_path / "autograded" / "s0001" / STEM / f"{STEM}.ipynb"
    later.parent.mkdir(parents=True)
    later.write_text("{}")
    made = feedback_zip.for_people(graded, [Row(str(n), "N", "", f"s000{n}") for n in (1, 2, 0)])
    assert made.pages == {"N_0_assignfeedback_file_": b"s0000"}
    said = " ".join(made.notes)
    assert "1 feedback page in the zip" in said
    assert "Without a feedback page: 1 student (s0002)" in said
    assert "older than the grade: 1 student (s0001)" in said


@pytest.mark.parametrize(
    ("number", "texts", "others", "reason"),
    [
        (None, ("same", "same"), (), "no number for it"),
        (7, ("same", "same"), (), "a participant's too"),
        (9, ("same", "other"), (), "pages differ"),
        (9, ("same", "same"), (Row("8", "C", "Team A"),), "not everybody in it has a grade"),
    ],
)
def test_is_a_group_left_out_that_might_read_somebody_elses_page(
    tmp_path, number, texts, others, reason
):
    graded = week(tmp_path, [student(0), student(1), student(2)])
    for name, text in zip(("s0000", "s0001"), texts, strict=True):
        page(tmp_path, name, text)
    page(tmp_path, "s0002", "of team B")
    rows = [Row("1", "A", "Team A", "s0000"), Row("2", "B", "Team A", "s0001"), *others]
    rows.append(Row("7", "D", "Team B", "s0002"))
    numbers = {"Team B": 5} | ({"Team A": number} if number else {})
    made = feedback_zip.for_groups(graded, rows, numbers)
    assert list(made.pages) == ["Team B_5_assignfeedback_file_"]
    assert "2 students (s0000, s0001)" in made.problems[0] and reason in made.problems[0]


def test_is_the_zip_one_page_for_each_folder_and_the_same_each_time(tmp_path):
    page(tmp_path, "s0000", "mine")
    graded = week(tmp_path, [student(0)])
    made = feedback_zip.for_people(graded, [Row("Participant 12", "Ada", "", "s0000")])
    content = feedback_zip.written(made, graded)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        assert (name, archive.read(name)) == (f"Ada_12_assignfeedback_file_/{STEM}.html", b"mine")
    assert feedback_zip.written(made, graded) == content


def test_is_it_an_error_if_there_is_nothing_to_zip(tmp_path):
    graded = week(tmp_path, [student(0)])
    with pytest.raises(CourseError, match="autograder feedback week06"):
        feedback_zip.written(feedback_zip.for_people(graded, []), graded)
