"""Does the filled gradebook import into Canvas as the same file with one column filled?"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.gradebook.totals import Total
from autograder.lms.canvas.gradebook_csv import export, fill
from autograder.lms.exporter import WeekGrades

HEADER = [
    "Student",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Section",
    "Notes",
    "Week 5 (41)",
    "Week 6 (42)",
    "Week 16 (43)",
    "Assignments Current Score",
    "Final Grade",
]
POSSIBLE = ["    Points Possible", "", "", "", "", "(read only)", "100.00", "110.00", "50.00"]
POSSIBLE += ["(read only)", "(read only)"]


def week(*totals: Total, **others) -> WeekGrades:
    return WeekGrades(
        Course(None, "nn", "", b"", None),
        "week06",
        "week06_backpropagation",
        "Backpropagation",
        totals,
        **{"everyone": totals, **others},
    )


def total(student: str, points: float | None = 87.5, **names: str) -> Total:
    return Total(student, points=points, max_points=110.0, **names)


def row(name: str, number: str = "", sis: str = "", login: str = "", grade: str = "") -> list[str]:
    return [name, number, sis, login, "A", "", "90.00", grade, "N/A", "81.2", "B"]


def book(tmp_path, *students, header=HEADER, possible=POSSIBLE, delimiter=",", ending="\n", bom=""):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ending)
    writer.writerows([header, possible, *students])
    path = tmp_path / "gradebook.csv"
    path.write_bytes((bom + buffer.getvalue()).encode())
    return path


def column(content: bytes, place: int = 7, delimiter: str = ",") -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    return [each[place] for each in rows]


def filled(path, graded, wanted="") -> bytes:
    (content,) = fill(graded, path, wanted).files.values()
    return content


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_is_every_other_byte_kept(tmp_path, ending, delimiter, bom):
    path = book(
        tmp_path,
        row('O\'Neil, "Jr." Zoë', "17", "1001", "ada"),
        delimiter=delimiter,
        ending=ending,
        bom=bom,
    )
    before = path.read_bytes()
    after = filled(path, week(total("ada")))
    mark = delimiter.encode()
    old, new = (mark.join((b"90.00", grade, b"N/A")) for grade in (b"", b"87.5"))
    assert before.count(old) == 1 and after == before.replace(old, new)


def test_do_quotes_and_odd_spaces_of_other_cells_stay_as_they_were_written(tmp_path):
    text = (
        '\ufeff"Student",ID,"SIS Login ID",Section,"Week 6 (42)"\r\n'
        '    Points Possible,,,,"110"\r\n'
        '"Löwe, ""A"" \n der",17,ada ,"A"," 3 "\r\n'
        "plain ,18,bob,A,\r\n"
    )
    path = tmp_path / "gradebook.csv"
    path.write_bytes(text.encode())
    wanted = text.replace('" 3 "', '"87.5"').replace("bob,A,\r", "bob,A,12\r")
    assert filled(path, week(total("ada"), total("bob", 12.0))).decode() == wanted


def test_is_a_column_that_is_right_already_left_byte_for_byte(tmp_path):
    path = book(tmp_path, row("Ada", "17", "", "ada", "87.50"), row("B", "2", "", "bob", "12,00"))
    graded = week(total("ada"), total("bob", 12.0))
    assert filled(path, graded) == path.read_bytes()


@pytest.mark.parametrize("wanted", ["", "42", "Week 6", "week 6", "Week 6 (42)"])
def test_is_the_column_found_by_id_or_title_or_by_the_week(tmp_path, wanted):
    path = book(tmp_path, row("Ada", "17", "", "ada"))
    assert column(filled(path, week(total("ada")), wanted)) == ["Week 6 (42)", "110.00", "87.5"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Wek 6", "has no assignment 'Wek 6'; most similar: 'Week 6 (42)'"),
        ("99", "has no assignment '99'"),
        ("Notes", "'Notes' is no assignment whose grades Canvas imports"),
        ("Final Grade", "'Final Grade' is no assignment"),
        ("Assignments Current Score", "is no assignment"),
        ("Section", "has no assignment 'Section'"),
    ],
)
def test_is_a_wrong_column_refused_with_the_nearest(tmp_path, wanted, said):
    path = book(tmp_path, row("Ada", "17", "", "ada"))
    with pytest.raises(CourseError, match="gradebook.csv") as caught:
        fill(week(total("ada")), path, wanted)
    assert said in str(caught.value)


def test_is_a_read_only_assignment_refused(tmp_path):
    possible = [*POSSIBLE[:7], "(read only)", *POSSIBLE[8:]]
    path = book(tmp_path, row("Ada", "17", "", "ada"), possible=possible)
    with pytest.raises(CourseError, match="read only"):
        fill(week(total("ada")), path, "42")


def test_is_an_assignment_without_an_id_known_by_its_points(tmp_path):
    header = [title.replace("Week 6 (42)", "Week 6") for title in HEADER]
    path = book(tmp_path, row("Ada", "17", "", "ada"), header=header)
    assert column(filled(path, week(total("ada"))))[2] == "87.5"


def test_are_two_columns_that_fit_both_named(tmp_path):
    header = [*HEADER[:6], "Week 6 (41)", *HEADER[7:]]
    path = book(tmp_path, row("Ada", "17", "", "ada"), header=header)
    with pytest.raises(
        CourseError, match=r"'Week 6 \(41\)', 'Week 6 \(42\)'. Next: name one by its id"
    ):
        fill(week(total("ada")), path, "Week 6")
    with pytest.raises(CourseError, match=r"'Week 6 \(41\)'.* and 'Week 6 \(42\)'.* all fit"):
        fill(week(total("ada")), path)
    assert column(filled(path, week(total("ada")), "42"))[-1] == "87.5"


def test_do_ex_and_not_assigned_stay_and_are_they_said(tmp_path):
    path = book(tmp_path, row("Ada", "17", "", "ada", "EX"), row("Bob", "18", "", "bob", "N/A"))
    made = fill(week(total("ada"), total("bob")), path)
    assert made.files["canvas-week06.csv"] == path.read_bytes()
    assert "Unchanged, as Canvas has them: ada EX, bob N/A." in made.notes


def test_is_a_grade_of_nothing_no_zero_and_a_zero_a_zero(tmp_path):
    path = book(tmp_path, row("Ada", "17", "", "ada"), row("Bob", "18", "", "bob"))
    made = fill(week(total("ada", None), total("bob", 0.0)), path)
    assert column(made.files["canvas-week06.csv"])[2:] == ["", "0"]
    assert any("Nothing handed in" in note and "(ada)" in note for note in made.notes)


def test_are_other_points_said_and_the_row_left(tmp_path):
    path = book(tmp_path, row("Ada", "17", "", "ada"))
    graded = week(replace(total("ada"), max_points=100.0))
    made = fill(graded, path, "Week 6")
    assert any(
        "out of 110.00 points in Canvas, and out of 100 in the gradebook" in note
        for note in made.notes
    )
    assert column(made.files["canvas-week06.csv"])[1] == "110.00"
    assert not any("Warning" in note for note in fill(week(total("ada")), path).notes)


def test_are_those_held_back_untouched_and_no_strangers(tmp_path):
    path = book(tmp_path, row("Ada", "17", "", "ada"), row("Bob", "18", "", "bob", "5"))
    everyone = (total("ada"), total("bob"))
    made = fill(week(everyone[0], held_back=("bob",), everyone=everyone), path)
    assert column(made.files["canvas-week06.csv"])[2:] == ["87.5", "5"]
    assert not made.problems and not any("bob" in note for note in made.notes)


@pytest.mark.parametrize(
    "student",
    [
        total("x", lms_id="17"),
        total("17"),
        total("1001"),
        total("ADA@uni.edu"),
        total("x", email="ada@uni.edu"),
        total("x", first_name="Ada", last_name="Lovelace"),
        total("x", first_name="ADA", last_name="Lovelace"),
    ],
)
def test_is_a_student_found_by_any_id_or_else_by_name(tmp_path, student):
    path = book(tmp_path, row("Lovelace, Ada", "17", "1001", "ada@uni.edu"))
    made = fill(week(student, total("other", None)), path)
    assert column(made.files["canvas-week06.csv"])[2] == "87.5" and not made.problems


@pytest.mark.parametrize(
    ("students", "said"),
    [
        # Two of one name, and nothing else to go by.
        (
            [total(each, first_name="Ada", last_name="Lovelace") for each in ("x", "y")],
            "Lovelace, Ada (17) fits x and y; left out",
        ),
        # Canvas's own number is another's number in the course.
        (
            [
                total("17", first_name="Bob", last_name="Berg"),
                total("y", first_name="Ada", last_name="Lovelace"),
            ],
            "Lovelace, Ada (17) fits 17 and y; left out",
        ),
        ([total("zoe")], "Has a grade, but was not found in Canvas: 1 student (zoe)."),
    ],
)
def test_is_nobody_guessed(tmp_path, students, said):
    path = book(tmp_path, row("Lovelace, Ada", "17", "", ""))
    made = fill(week(*students), path)
    assert made.files["canvas-week06.csv"] == path.read_bytes()
    assert said in made.problems


def test_does_a_class_of_300_with_difficult_names_match_by_name_alone(tmp_path):
    kinds = ["O'Neil, Jr.", 'A "B" C', "Łuk=asz", "-Zoë", "@x;y", "محمد", "山田", "a_b_c", "İi"]
    names = [(f"{kind} {n}", f"Ünal-{n}\u0301") for n, kind in enumerate(kinds * 34)][:300]
    students = [
        total(f"s{n:03}", float(n), first_name=first, last_name=last)
        for n, (last, first) in enumerate(names)
    ]
    shown = [
        unicodedata.normalize(("NFC", "NFD")[n % 2], f"{last},  {first}")
        for n, (last, first) in enumerate(names)
    ]
    path = book(tmp_path, *(row(name, str(9000 + n)) for n, name in enumerate(shown)))
    made = fill(week(*students), path)
    assert not made.problems
    assert column(made.files["canvas-week06.csv"])[2:] == [str(n) for n in range(300)]
    assert column(made.files["canvas-week06.csv"], 0)[2:] == shown


def test_do_two_rows_of_one_student_both_stay_empty(tmp_path):
    path = book(tmp_path, row("Ada", "17", "", "ada"), row("Ada", "18", "ada", ""))
    made = fill(week(total("ada")), path)
    assert made.files["canvas-week06.csv"] == path.read_bytes()
    assert sum("one of several that fit ada" in each for each in made.problems) == 2


def test_are_hidden_and_blank_rows_and_the_test_student_passed_over(tmp_path):
    hidden = ["", "", "", "", "", "", "Manual Posting", "Manual Posting", "", "", ""]
    path = book(
        tmp_path, hidden, row("Ada", "17", "", "ada"), [], [""] * 11, row("Student, Test", "99")
    )
    made = fill(week(total("ada")), path)
    assert column(b"\n".join(made.files["canvas-week06.csv"].splitlines()[3:4]))[0] == "87.5"
    assert len(made.notes) == 1 and not made.problems


def test_does_a_file_of_first_and_last_names_work(tmp_path):
    header = ["LastName", "FirstName", *HEADER[1:]]
    possible = ["    Points Possible", "", *POSSIBLE[1:]]
    path = book(tmp_path, ["Lovelace", *row("Ada", "17")], header=header, possible=possible)
    graded = week(total("x", first_name="Ada", last_name="Lovelace"))
    assert column(filled(path, graded), 8)[2] == "87.5"


def test_do_decimal_commas_stay_decimal_commas(tmp_path):
    possible = [each.replace(".", ",") for each in POSSIBLE]
    path = book(tmp_path, row("Ada", "17", "", "ada"), possible=possible, delimiter=";")
    made = fill(week(total("ada")), path)
    assert column(made.files["canvas-week06.csv"], delimiter=";")[2] == "87,5"
    assert not any("Warning" in note for note in made.notes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no gradebook of Canvas"),
        (b"id,name\n1,Ada\n", "received 'id,name'"),
        ("Student,ID,Section,Löwe (1)\n".encode("latin-1"), "is neither UTF-8 nor UTF-16"),
        (b"\x00\x01\x02", "is no gradebook of Canvas"),
        (b'Student,ID,Section,Week 6 (42)\nP,,,\n"Ada,1,A', "is damaged"),
        ("Student,ID,Section,Week 6 (42)\n".encode("utf-16"), "is no gradebook of Canvas"),
        (b"Student\tID\tSection\tWeek 6 (42)\n", "is no gradebook of Canvas"),
        (b"Student,ID,Section,Week 6 (42)\n Points Possible,,,110\nAda,ada\n", "has 2 cells"),
    ],
)
def test_is_a_file_that_is_none_said(tmp_path, content, said):
    path = tmp_path / "gradebook.csv"
    path.write_bytes(content)
    try:
        told = " ".join(fill(week(total("ada")), path).problems)
    except CourseError as error:
        told = str(error)
    assert said in told


def test_are_wrong_options_said(tmp_path):
    graded = week(total("ada"))
    with pytest.raises(CourseError, match="needs --template gradebook.csv"):
        export([graded])
    with pytest.raises(CourseError, match="one week at a time, received week06, week06"):
        export([graded, graded], template=tmp_path / "x")
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        export([graded], template=tmp_path / "x")
    with pytest.raises(CourseError, match="--push cannot be combined with --template"):
        export([graded], template=tmp_path / "x", push=True)


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(
    lambda text: text.strip(" ,") or "x"
)


@pytest.mark.slow
@given(
    people=st.lists(st.tuples(names, names), max_size=12),
    points=st.floats(0, 110),
    delimiter=st.sampled_from(",;"),
)
def test_does_every_name_keep_its_line_and_get_its_own_grade(
    tmp_path_factory, people, points, delimiter
):
    rows = [row(f"{last}, {first}", str(n), f"sis{n}") for n, (last, first) in enumerate(people)]
    path = book(tmp_path_factory.mktemp("book"), *rows, delimiter=delimiter)
    graded = week(*(total(f"sis{n}", round(points / (n + 1), 2)) for n in range(len(people))))
    content = filled(path, graded)
    read = [
        [*csv.reader(io.StringIO(each.decode(), newline=""), delimiter=delimiter)]
        for each in (path.read_bytes(), content)
    ]
    for number, (before, after) in enumerate(zip(*read, strict=True)):
        assert before[:7] + before[8:] == after[:7] + after[8:]
        if number > 1:
            assert float(after[7]) == round(points / (number - 1), 2)
