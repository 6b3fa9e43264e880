"""Does Moodle take what we write, and is nothing but the grades changed?"""

from __future__ import annotations

import csv
import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.lms import moodle
from autograder.records import Outcome, Report, Verdict
from tests.lms.filled_class import STEM, rows, student, week

ENGLISH = [
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
]
GERMAN = [
    "ID",
    "Vollständiger Name",
    "E-Mail-Adresse",
    "Status",
    "Bewertung",
    "Bestwertung",
    "Bewertung kann geändert werden",
    "Zuletzt geändert (Abgabe)",
    "Zuletzt geändert (Bewertung)",
    "Feedback als Kommentar",
]
DATE = "Friday, 2 October 2026, 12:00 PM"


def line(number, total, maximum="100.00", changeable="Yes", grade="", comment=""):
    name = f"{total.first_name} {total.last_name}"
    status = "Submitted for grading"
    return [
        *[f"Participant {number}", name, total.email, status, grade, maximum, changeable],
        *[DATE, "-", comment],
    ]


def worksheet(path, lines, header=ENGLISH, mark="utf-8-sig", ending="\n"):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=ending).writerows([header, *lines])
    path.write_bytes(buffer.getvalue().encode(mark))
    return path


def only(export):
    return next(iter(export.files.values()))


def moodle_reads(archive_name):
    """Participant and file as Moodle's importer takes them out of a path in the zip."""
    parts = archive_name.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not info[1].isdigit():
            continue
        assert info[2:4] == ["assignfeedback", "file"]
        return int(info[1]), "/".join([*info[4:5], *parts]).lstrip("/")
    return None


def test_are_300_grades_filled_in_and_all_else_kept(tmp_path):
    class_ = [student(number, number / 3) for number in range(300)]
    lines = [line(1000 + n, each) for n, each in enumerate(class_)]
    path = worksheet(tmp_path / "grades.csv", lines, ending="\r\n")
    started = time.perf_counter()
    made = moodle.export([week(tmp_path, class_)], template=path)
    assert time.perf_counter() - started < 1.0
    assert not made.problems and list(made.files) == ["grades-filled.csv"]
    before, after = rows(path.read_bytes()), rows(only(made))
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        assert old[:4] + old[5:] == new[:4] + new[5:]
        assert number == 0 or float(new[4]) == pytest.approx((number - 1) / 3, abs=0.005)
    assert only(made).startswith(b"\xef\xbb\xbf") and b"\r\n" in only(made)


def test_are_all_bytes_kept_where_nobody_is_known(tmp_path):
    path = tmp_path / "grades.csv"
    lines = [line(n, student(n), comment='<p>two\nlines, "quoted"</p>') for n in range(3)]
    worksheet(path, lines)
    made = moodle.export([week(tmp_path, [student(77)])], template=path)
    assert only(made) == path.read_bytes()
    assert "match no student" in made.problems[0] and "s0077" in made.problems[1]


@pytest.mark.parametrize("header", [ENGLISH, GERMAN, [f"欄{n}" for n in range(10)]])
def test_are_columns_found_in_any_language(header, tmp_path):
    class_ = [student(0, 42.0), student(1, 7.5)]
    no = "Nein" if header is GERMAN else "No"
    lines = [line(1, class_[0], "100,00"), line(2, class_[1], "100,00", changeable=no)]
    path = worksheet(tmp_path / "grades.csv", lines, header)
    made = moodle.export([week(tmp_path, class_)], template=path)
    assert [row[4] for row in rows(only(made))] == [header[4], "42", ""]
    assert "cannot be changed" in made.problems[0] and "s0001" in made.problems[0]


def test_are_points_rescaled_and_capped_and_is_that_said(tmp_path):
    class_ = [student(0, 85.0), student(1, 104.0), student(2, None)]
    lines = [line(n, each, "10,00") for n, each in enumerate(class_)]
    path = worksheet(tmp_path / "grades.csv", lines)
    made = moodle.export([week(tmp_path, class_)], template=path)
    assert [row[4] for row in rows(only(made))[1:]] == ["8,5", "10", ""]
    said = " ".join(made.notes)
    assert "Rescaled" in said and "10 in the LMS" in said and "s0001" in said


def test_is_a_name_of_two_people_never_guessed(tmp_path):
    same = {"first_name": "Wei", "last_name": "Chen"}
    class_ = [student(0, 50.0, **same), student(1, 90.0, **same)]
    lines = [[*line(5, class_[0])[:2], "", *line(5, class_[0])[3:]]]
    path = worksheet(tmp_path / "grades.csv", lines)
    # One of them is held back, and still the name is that of two.
    graded = week(tmp_path, class_, held_back=("s0001",))
    made = moodle.export([graded], template=path)
    assert only(made) == path.read_bytes()
    assert any("s0000 and s0001" in problem for problem in made.problems)


def test_are_held_back_students_left_as_they_are(tmp_path):
    class_ = [student(0, 50.0), student(1, 90.0)]
    lines = [line(n, each, grade="3") for n, each in enumerate(class_)]
    path = worksheet(tmp_path / "grades.csv", lines)
    made = moodle.export([week(tmp_path, class_, ("s0001",))], template=path)
    assert [row[4] for row in rows(only(made))[1:]] == ["50", "3"]


def test_are_comments_html_that_shows_the_text(tmp_path):
    class_ = [student(0)]
    graded = week(tmp_path, class_)
    verdict = Verdict("relu", 1.0, 2.0, Outcome.VALUES, "relu · 1 of 2\nz < 0 & more")
    graded.__dict__["reports"] = {"s0000": Report("s0000", "week06", (verdict,))}
    graded.__dict__["comments"] = {"s0000": "=1 of 2 points\nz < 0 & more"}
    path = worksheet(tmp_path / "grades.csv", [line(1, class_[0])])
    comment = rows(only(moodle.export([graded], template=path)))[1][9]
    assert comment == "<p>=1 of 2 points<br>z &lt; 0 &amp; more</p>"


def test_is_the_feedback_zip_what_moodle_takes_apart(tmp_path):
    class_ = [student(number) for number in range(16)]
    for each in class_[:-1]:
        page = tmp_path / "feedback" / each.student / STEM / f"{STEM}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<p>for {each.student} alone</p>")
    lines = [line(500 + n, each) for n, each in enumerate(class_)]
    path = worksheet(tmp_path / "grades.csv", lines)
    target = tmp_path / "feedback.zip"
    made = moodle.export([week(tmp_path, class_)], template=path, feedback=target)
    with zipfile.ZipFile(io.BytesIO(made.files[str(target)])) as archive:
        assert archive.testzip() is None
        found = {moodle_reads(name): archive.read(name) for name in archive.namelist()}
    for number, each in enumerate(class_[:-1]):
        assert found[500 + number, f"{STEM}.html"] == f"<p>for {each.student} alone</p>".encode()
    assert len(found) == 15
    assert any("s0015" in note and "autograder feedback" in note for note in made.notes)


@given(st.text(max_size=40), st.integers(1, 10**9))
def test_is_the_participant_read_whatever_the_name(name, number):
    folder = moodle.folder_name(name, f"Participant {number}")
    assert moodle_reads(f"{folder}/week06.html") == (number, "week06.html")
    assert "/" not in folder and not folder.startswith((".", "~"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no students"),
        (b"PK\x03\x04", "workbook"),
        (b"a,b\n1,2\n", "expected Moodle's grading worksheet"),
        (b"Identifier,\xe9\n", "UTF-8"),
        (b'Identifier,"Full name\nParticipant 1,x\n', "damaged"),
    ],
)
def test_does_another_file_give_its_reason(content, reason, tmp_path):
    path = Path(tmp_path, "grades.csv")
    path.write_bytes(content)
    with pytest.raises(CourseError, match=reason):
        moodle.export([week(tmp_path, [student(0)])], template=path)


def test_is_a_scale_refused(tmp_path):
    path = worksheet(tmp_path / "grades.csv", [line(1, student(0), "-")])
    with pytest.raises(CourseError, match="Point"):
        moodle.export([week(tmp_path, [student(0)])], template=path)
