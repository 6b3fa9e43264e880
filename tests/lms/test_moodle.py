"""Does Moodle take what we write, and is nothing but the grades changed?"""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.roster import read_roster
from autograder.errors import CourseError
from autograder.gradebook.totals import Total
from autograder.intake.moodle_words import decimal
from autograder.intake.moodle_worksheet import find_columns
from autograder.lms import moodle
from autograder.records import Outcome, Report, Verdict
from tests.conftest import EXHAUSTIVE
from tests.intake.exports import write_zip
from tests.intake.real_moodle import real
from tests.lms.filled_class import STEM, rows, student, week
from tests.lms.moodle_model import ENGLISH as ENGLISH_WORDS
from tests.lms.moodle_model import GERMAN as GERMAN_WORDS
from tests.lms.moodle_model import NOW, Assignment, Person

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


def test_is_nobody_matched_by_name_with_another_address(tmp_path):
    """Perhaps somebody else of the same name."""
    class_ = [student(0), student(1), student(2, email="")]
    lines = [line(n, each) for n, each in enumerate(class_)]
    lines[1][2] = lines[2][2] = "another@x.org"
    path = worksheet(tmp_path / "grades.csv", lines)
    made = moodle.export([week(tmp_path, class_)], template=path)
    # Of the third the class list has no address that could differ.
    assert [row[4] for row in rows(only(made))[1:]] == ["80", "", "80"]
    assert (
        "has the name of s0001, but the e-mail address another@x.org, not s0001@"
        in (made.problems[0])
    )


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
    assert comment == (
        "<p>=1 of 2 points<br>z &lt; 0 &amp; more<br>(End of the automatic checks.)</p>"
    )


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


@pytest.mark.parametrize("scale", ["Poor   Fair   Good", "-"])
def test_is_a_scale_refused(tmp_path, scale):
    path = worksheet(tmp_path / "grades.csv", [line(1, student(0), scale)])
    with pytest.raises(CourseError, match="grade type to Point"):
        moodle.export([week(tmp_path, [student(0)])], template=path)


def test_is_a_worksheet_that_names_nobody_refused(tmp_path):
    """Its status is no name."""
    blind = [title for title in ENGLISH if title not in ("Full name", "Email address")]
    cells = line(1, student(0))
    path = worksheet(tmp_path / "grades.csv", [[cells[0], *cells[3:]]], blind)
    with pytest.raises(CourseError, match="Reveal student identities"):
        moodle.export([week(tmp_path, [student(0)])], template=path)


def test_are_the_columns_of_a_marking_workflow_understood(tmp_path):
    header = [*ENGLISH[:6], "Marking workflow state", *ENGLISH[6:]]
    cells = line(1, student(0))
    path = worksheet(tmp_path / "grades.csv", [[*cells[:6], "Not marked", *cells[6:]]], header)
    made = moodle.export([week(tmp_path, [student(0)])], template=path)
    assert rows(only(made))[1][4] == "80" and "Released" in " ".join(made.notes)


def test_is_the_decimal_mark_of_the_worksheet_written(tmp_path):
    path = worksheet(tmp_path / "grades.csv", [line(1, student(0), "100۔00")])
    made = moodle.export([week(tmp_path, [student(0, 42.5)])], template=path)
    assert rows(only(made))[1][4] == "42۔5"


def test_is_a_locked_row_known_by_the_other_word(tmp_path):
    """Of two words, one of which is known to mean yes."""
    lines = [line(1, student(0)), line(2, student(1), changeable="quux")]
    path = worksheet(tmp_path / "grades.csv", lines)
    made = moodle.export([week(tmp_path, [student(0), student(1)])], template=path)
    assert [row[4] for row in rows(only(made))[1:]] == ["80", ""]
    assert "s0001" in made.problems[0]
    lines = [line(1, student(0), changeable="foo"), line(2, student(1), changeable="quux")]
    path = worksheet(tmp_path / "grades.csv", lines)
    made = moodle.export([week(tmp_path, [student(0), student(1)])], template=path)
    assert "foo or quux" in " ".join(made.notes)


# Round trips: what our file does when Moodle reads it.


def class_of(*people: Person) -> list[Any]:
    """The same people in our gradebook, with 50 points, 60, and so on."""
    return [
        student(n, 50.0 + 10 * n, first_name=p.name, last_name="", email=p.email)
        for n, p in enumerate(people)
    ]


def people(count: int = 3) -> list[Person]:
    return [Person(n + 20, f"P{chr(65 + n)}", f"p{n}@x.org") for n in range(count)]


def exported(tmp_path, assignment, class_, comment="Automatic checks: all right.", **options):
    path = tmp_path / "worksheet.csv"
    path.write_bytes(assignment.worksheet())
    graded = week(tmp_path, class_)
    graded.__dict__["comments"] = {each.student: comment for each in class_}
    return moodle.export([graded], template=path, **options)


@pytest.mark.parametrize("words", [ENGLISH_WORDS, GERMAN_WORDS])
def test_does_moodle_take_every_grade_and_comment(tmp_path, words):
    assignment = Assignment(people(), words=words)
    made = exported(tmp_path, assignment, class_of(*assignment.people))
    assert assignment.upload(only(made), NOW) == (3, 3)
    assert [person.grade for person in assignment.people] == [50.0, 60.0, 70.0]
    # The same file again changes nothing.
    assert assignment.upload(only(made), NOW, tick=True) == (0, 0)


@pytest.mark.parametrize("words", [ENGLISH_WORDS, GERMAN_WORDS])
def test_is_it_said_whenever_moodle_drops_a_regrade(tmp_path, words):
    """A worksheet in another language, or of another zone, is always older than the grade."""
    assignment = Assignment(people(), words=words, zone=ZoneInfo("America/New_York"))
    for person in assignment.people:
        person.grade, person.modified = 10.0, NOW
    made = exported(tmp_path, assignment, class_of(*assignment.people))
    said = " ".join(made.notes)
    assert moodle.TICK in said and "3 students" in said and "overridden" in said
    assert assignment.upload(only(made), NOW) == (0, 0)
    assert assignment.upload(only(made), NOW, tick=True) == (3, 3)


def test_is_an_old_worksheet_said_to_drop_a_regrade(tmp_path):
    assignment = Assignment(people())
    made = exported(tmp_path, assignment, class_of(*assignment.people))
    assignment.upload(only(made), NOW)
    old = only(made).replace(b"50,", b"51,")
    assert assignment.upload(old, NOW)[0] == 0
    assert "good for one upload" in " ".join(made.notes) and moodle.TICK in " ".join(made.notes)


def test_is_a_teachers_comment_kept_through_every_upload(tmp_path):
    assignment = Assignment(people())
    class_ = class_of(*assignment.people)
    assignment.people[0].comment = "<p>See me & bring it.</p>"
    for number, text in enumerate(("one", "two", "two")):
        made = exported(tmp_path, assignment, class_, f"Automatic checks: {text}\nMore.")
        assignment.upload(only(made), NOW, tick=True)
        first, second = (person.comment for person in assignment.people[:2])
        assert first.count("See me &amp; bring it.") == 1, number
        assert [each.count(f"Automatic checks: {text}") for each in (first, second)] == [1, 1]
        assert first.count("Automatic checks") == 1
        assert first.index("See me") < first.index("Automatic")
    assert "kept above ours: 1 student (s0000)" in " ".join(made.notes)
    # What a person adds below ours later is kept too.
    assignment.people[1].comment += "<p>Well done.</p>"
    assignment.upload(only(exported(tmp_path, assignment, class_)), NOW, tick=True)
    assert assignment.people[1].comment.count("Well done.") == 1


def test_are_locked_rows_left_with_their_grade_and_comment(tmp_path):
    assignment = Assignment(people())
    assignment.people[1].locked = True
    assignment.people[1].comment = "<p>Locked.</p>"
    made = exported(tmp_path, assignment, class_of(*assignment.people))
    assignment.upload(only(made), NOW)
    assert [person.grade for person in assignment.people] == [50.0, None, 70.0]
    assert "Automatic" not in assignment.people[1].comment


# Who gets which page.


def pages(root, class_, text=None) -> dict[str, bytes]:
    """A feedback page for each student; the same for all if there is a text."""
    made = {}
    for each in class_:
        page = root / "feedback" / each.student / STEM / f"{STEM}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        made[each.email] = (text or f"<p>for {each.student} alone</p>").encode()
        page.write_bytes(made[each.email])
    return made


def team(people, *ids) -> list[Person]:
    return [replace(person, group=number) for person, number in zip(people, ids, strict=True)]


def test_does_everybody_get_their_own_page(tmp_path):
    assignment = Assignment(people())
    class_ = class_of(*assignment.people)
    own = pages(tmp_path, class_)
    target = tmp_path / "feedback.zip"
    made = exported(tmp_path, assignment, class_, feedback=target)
    assignment.upload_feedback(made.files[str(target)])
    assert {p.email: p.files for p in assignment.people} == {
        email: {f"{STEM}.html": page} for email, page in own.items()
    }


def test_is_no_zip_written_where_numbers_mean_groups(tmp_path):
    """The participants' numbers of the worksheet would be other groups' ids."""
    assignment = Assignment(team(people(), 21, 21, 22), {21: "Team A", 22: "Team B"})
    class_ = class_of(*assignment.people)
    pages(tmp_path, class_)
    made = exported(tmp_path, assignment, class_, feedback=tmp_path / "feedback.zip")
    assert list(made.files) == ["worksheet-filled.csv"]
    assert "No zip" in made.problems[0] and "--submissions" in made.problems[0]
    assert assignment.upload(only(made), NOW) == (3, 3)


def test_does_every_member_get_the_groups_page(tmp_path):
    groups = {1: "Team_A", 2: 'Grüne "B", & Co.'}
    assignment = Assignment(team(people(5), 1, 1, 2, 2, 0), groups)
    class_ = class_of(*assignment.people)
    own = pages(tmp_path, class_, "<p>the same work</p>")
    zipped = write_zip(
        tmp_path / "all.zip", {f"{name}/{STEM}.ipynb": "x" for name in assignment.submissions()}
    )
    target = tmp_path / "feedback.zip"
    made = exported(tmp_path, assignment, class_, feedback=target, submissions=zipped)
    assignment.upload_feedback(made.files[str(target)])
    *in_groups, alone = assignment.people
    assert all(person.files == {f"{STEM}.html": own[person.email]} for person in in_groups)
    # Who is in no group cannot be reached by the zip, and that is said.
    assert not alone.files and "s0004" in " ".join(made.problems)


def test_does_the_archive_prove_what_a_column_of_an_unknown_title_leaves_open(tmp_path):
    """It may be the group's or the marker's; the folders are the participants'."""
    assignment = Assignment(people())
    class_ = class_of(*assignment.people)
    own = pages(tmp_path, class_)
    table = rows(assignment.worksheet())
    for number, row in enumerate(table):
        row.insert(4, "Dr. Who" if number else "欄4")
    path = tmp_path / "worksheet.csv"
    path.write_bytes(to_csv_text(table))
    target = tmp_path / "feedback.zip"
    refused = moodle.export([week(tmp_path, class_)], template=path, feedback=target)
    assert len(refused.files) == 1 and "or may say so" in refused.problems[0]
    zipped = write_zip(
        tmp_path / "all.zip", {f"{name}/{STEM}.ipynb": "x" for name in assignment.submissions()}
    )
    made = moodle.export(
        [week(tmp_path, class_)], template=path, feedback=target, submissions=zipped
    )
    assignment.upload_feedback(made.files[str(target)])
    assert all(p.files == {f"{STEM}.html": own[p.email]} for p in assignment.people)


def to_csv_text(table) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(table)
    return buffer.getvalue().encode("utf-8-sig")


@settings(
    max_examples=400 if EXHAUSTIVE else 40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_does_no_page_ever_reach_somebody_whose_it_is_not(tmp_path, data):
    """Whatever the numbers are, and whatever the Moodle makes of them."""
    count = data.draw(st.integers(2, 5))
    small = st.integers(1, 6)
    numbers = data.draw(st.lists(small, min_size=count, max_size=count, unique=True))
    ids = data.draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    names = {number: f"Team {number}" for number in set(ids) - {0}}
    in_groups = bool(names) and data.draw(st.booleans())
    members = [
        Person(number, f"P{chr(65 + n)}", f"p{n}@x.org", group if in_groups else 0)
        for n, (number, group) in enumerate(zip(numbers, ids, strict=True))
    ]
    older = data.draw(st.booleans())
    assignment = Assignment(members, names if in_groups else {}, numbers_are_groups=not older)
    class_ = class_of(*members)
    some = data.draw(st.sets(st.sampled_from([each.student for each in class_])))
    own = pages(tmp_path, class_)
    for each in class_:
        # Members of a group have the same work, and some have a remark of their own.
        page = tmp_path / "feedback" / each.student / STEM / f"{STEM}.html"
        group = members[int(each.student[1:])].group
        if group and each.student not in some:
            own[each.email] = f"<p>group {group}</p>".encode()
        page.write_bytes(own[each.email])
    zipped = write_zip(
        tmp_path / "all.zip", {f"{name}/{STEM}.ipynb": "x" for name in assignment.submissions()}
    )
    given_zip = zipped if data.draw(st.booleans()) else None
    target = tmp_path / "feedback.zip"
    try:
        made = exported(tmp_path, assignment, class_, feedback=target, submissions=given_zip)
    except CourseError:
        return
    if str(target) in made.files:
        assignment.upload_feedback(made.files[str(target)])
    for person in members:
        assert set(person.files.values()) <= {own[person.email]}
    if not in_groups:
        assert all(person.files for person in members)


# What a real Moodle wrote.


@pytest.mark.parametrize(
    ("name", "filled"),
    [
        ("main", 12),
        ("main-de", 12),
        ("main-eu", 12),
        ("main-ur", 12),
        ("V-online-nl", 12),
        ("V-workflow-de", 12),
        ("lockw-de", 11),
        ("online", 12),
        ("team", 12),
        ("workflow", 12),
        ("odd-zh_cn", 24),
    ],
)
def test_are_real_worksheets_filled_in_their_language(tmp_path, name, filled):
    students = read_roster(real("roster24.csv" if name == "odd-zh_cn" else "roster.csv"))
    class_ = [
        Total(s.id, s.last_name or "", s.first_name or "", s.email or "", "", 51.5, 100.0)
        for s in students
    ]
    graded = week(tmp_path, class_)
    graded.__dict__["comments"] = {each.student: "Automatic checks: new." for each in class_}
    made = moodle.export([graded], template=real(f"{name}.csv"))
    before, after = rows(real(f"{name}.csv").read_bytes()), rows(only(made))
    columns = find_columns(before, name)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == filled
    assert {decimal(row[columns.grade]) for row in changed} == {51.5}
    assert all(row[columns.comments].count("Automatic checks") == 1 for row in changed)


@pytest.mark.parametrize(
    ("name", "reason"), [("blind", "Reveal"), ("scale", "grade type to Point")]
)
def test_are_real_worksheets_refused_that_cannot_be_filled(tmp_path, name, reason):
    with pytest.raises(CourseError, match=reason):
        moodle.export([week(tmp_path, [student(0)])], template=real(f"{name}.csv"))
