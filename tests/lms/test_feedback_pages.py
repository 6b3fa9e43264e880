"""Does every student's page lie in a folder of their own, and is it told which are missing?"""

from __future__ import annotations

import io
import os
import zipfile

import pytest

from autograder.errors import CourseError
from autograder.lms import plain_csv
from autograder.lms.exporter import Export
from autograder.lms.feedback_pages import folder_name, with_folders
from tests.lms.filled_class import STEM, student, week


def write_page(root, each, text):
    page = root / "feedback" / each.student / STEM / f"{STEM}.html"
    page.parent.mkdir(parents=True)
    page.write_text(text)
    return page


def test_is_every_page_in_its_students_folder_and_nobody_elses(tmp_path):
    class_ = [student(n) for n in range(8)] + [student(8, None)]
    for each in class_:
        write_page(tmp_path, each, f"page of {each.student}")
    target = tmp_path / "pages.zip"
    graded = week(tmp_path, class_, held_back=("s0003",))
    made = plain_csv.export([graded], feedback=target)
    with zipfile.ZipFile(io.BytesIO(made.files[str(target)])) as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist()}
    exported = [each for each in class_[:8] if each.student != "s0003"]
    assert read == {
        f"{folder_name(each)}/{STEM}.html": f"page of {each.student}" for each in exported
    }
    assert all(name.count("/") == 1 and "\\" not in name for name in read)
    assert made.notes == ("7 feedback pages in the zip, a folder for each student.",)
    assert list(made.files)[0] == "grades-week06.csv"


def test_are_missing_and_old_pages_left_out_and_told(tmp_path):
    class_ = [student(0), student(1), student(2)]
    write_page(tmp_path, class_[0], "fresh")
    old = write_page(tmp_path, class_[1], "old")
    notebook = tmp_path / "autograded" / "s0001" / STEM / f"{STEM}.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}")
    os.utime(old, (1, 1))
    made = with_folders(Export(), [week(tmp_path, class_)], tmp_path / "pages.zip")
    said = " ".join(made.notes)
    assert "1 feedback page in the zip" in said
    assert "Without a feedback page: 1 student (s0002)" in said
    assert "older than the grade: 1 student (s0001)" in said


def test_is_a_zip_of_nothing_an_error_with_the_next_step(tmp_path):
    with pytest.raises(CourseError, match="no feedback pages to zip.*run `autograder feedback"):
        with_folders(Export(), [week(tmp_path, [student(0)])], tmp_path / "pages.zip")
    assert with_folders(Export(), [], None) == Export()
