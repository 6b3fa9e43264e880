"""Are the exporters' files downloads, the same as the command writes?"""

from __future__ import annotations

import io
import zipfile

import pytest

from autograder.gradebook.exported import recall
from autograder.lms import exporter
from autograder.service.web.instructor_export import exporters
from tests.service.web.conftest import STEM

EXPORT = "/teach/week06/export"


def test_is_every_installed_exporter_offered(grace):
    assert [each.name for each in exporters()] == exporter.names()
    page = grace.get("/teach/week06").text
    for name in exporter.names():
        assert f'action="{EXPORT}/{name}"' in page


def unpacked(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_is_the_file_what_the_command_writes_with_what_it_says(grace, taught):
    files = unpacked(grace.post(f"{EXPORT}/csv"))
    assert "2 students (ada, bob) left out" in files["READ-ME.txt"]
    files = unpacked(grace.post(f"{EXPORT}/csv", data={"with_waiting": "yes"}))
    grades = exporter.grades(taught.course, "week06", STEM, "Week 06", True)
    written = exporter.find("csv")([grades]).files["grades-week06.csv"].decode()
    assert files["grades-week06.csv"] == written and "ada" in written
    assert recall(taught.course, STEM).points == {"ada": 2.5, "bob": 2.5}


def test_is_the_file_of_the_lms_filled(grace):
    sheet = b"Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    sheet += b"Last modified (submission),Last modified (grade),Feedback comments\r\n"
    sheet += b"Participant 1,Ada Lovelace,ada@x.org,Submitted,,24.00,Yes,-,-,\r\n"
    answer = grace.post(
        f"{EXPORT}/moodle",
        data={"with_waiting": "yes"},
        files={"template": ("C:\\grades.csv", sheet)},
    )
    assert "attachment" in answer.headers["content-disposition"], answer.headers
    filled = "".join(unpacked(answer).values())
    assert "Participant 1,Ada Lovelace,ada@x.org,Submitted,2.5" in filled


@pytest.mark.parametrize(
    ("files", "words"),
    [(None, "fills a file of the LMS"), ({"template": ("x.csv", b"a,b")}, "grading worksheet")],
)
def test_is_a_missing_or_another_file_explained(grace, files, words):
    answer = grace.post(f"{EXPORT}/moodle", files=files)
    assert words in grace.get(answer.headers["location"]).text


def test_is_an_exporter_that_is_not_installed_not_found(grace):
    assert grace.post(f"{EXPORT}/none").status_code == 404
