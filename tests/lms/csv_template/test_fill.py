"""Does every grade reach its own row on the LMS's scale, and is everybody else told?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.person import in_grade_file
from autograder.gradebook.totals import Total
from autograder.lms.csv_template.fill import Filling, decimal, filled_name
from autograder.lms.csv_template.worksheet import Worksheet, read
from tests.lms.filled_class import rows, student, week

FILES = st.lists(st.integers(0, 9), unique=True)


def sheet_of(folder, logins, header="Login,Grade") -> Worksheet:
    path = folder / "grades.csv"
    path.write_text("\n".join([header, *(f"{login}," for login in logins)]) + "\n")
    return read(path)


def fill(root, totals, logins, maximum=0.0, held_back=(), **options):
    sheet = sheet_of(root, logins)
    graded = week(root, totals, held_back)
    filling = Filling(
        sheet,
        graded,
        1,
        maximum,
        lambda row: in_grade_file("", (sheet.value(row, 0),), ""),
        **options,
    )
    for row, total in filling.rows():
        filling.grade(row, total)
    return filling.finish("filled.csv")


def grades(made) -> list[str]:
    return [row[1] for row in rows(made.files["filled.csv"])[1:]]


@given(FILES.filter(bool), FILES, st.sets(st.integers(0, 9)), st.sampled_from([0.0, 50.0, 100.0]))
def test_is_every_grade_in_its_own_row_and_every_other_student_told(
    tmp_path_factory, present, course, waiting, maximum
):
    """Rows of the file, the course's students, and those who are held back."""
    totals = [student(n, 10.0 * n) for n in course]
    held_back = tuple(f"s{n:04}" for n in waiting)
    root = tmp_path_factory.mktemp("fill")
    made = fill(root, totals, [f"S{n:04}" for n in present], maximum, held_back)
    scale = maximum / 100.0 if maximum else 1.0
    expected = [f"{10.0 * n * scale:g}" if n in {*course} - waiting else "" for n in present]
    assert grades(made) == expected
    said = " ".join(made.problems)
    for n in range(10):
        absent = n in {*course} - waiting - {*present}
        assert (f"s{n:04}" in said) == absent
        assert (f"S{n:04}" in said) == (n in {*present} - {*course})


@pytest.mark.parametrize(
    ("points", "maximum", "options", "written"),
    [
        (87.5, 0.0, {}, "87.5"),
        (87.5, 100.0, {}, "87.5"),
        (87.5, 10.0, {}, "8.75"),
        (87.5, 10.0, {"comma": True}, "8,75"),
        (104.0, 10.0, {}, "10.4"),
        (104.0, 10.0, {"cap": True}, "10"),
        (104.0, 0.0, {"cap": True}, "104"),
        (0.0, 10.0, {}, "0"),
    ],
)
def test_are_points_on_the_scale_of_the_lms(tmp_path, points, maximum, options, written):
    made = fill(tmp_path, [student(0, points)], ["s0000"], maximum, **options)
    assert grades(made) == [written]
    said = " ".join(made.notes)
    assert ("Rescaled: week06 is worth 100 points" in said) == (maximum == 10.0)
    assert ("the maximum was written" in said) == (written == "10")
    assert made.notes[0] == "1 grade written to the column 'Grade'."


def test_are_two_rows_of_one_student_left_and_told(tmp_path):
    made = fill(tmp_path, [student(0)], ["s0000", "S0000"])
    assert grades(made) == ["", ""]
    assert sum("one of several that fit s0000; left out." in each for each in made.problems) == 2


def test_does_a_second_student_in_capitals_take_nobodys_row(tmp_path):
    """A folder `S0000` that was graded beside the student s0000; see course/people."""
    class_ = [Total("S0000", points=1.0, max_points=100.0), student(0, 80.0)]
    made = fill(tmp_path, class_, ["s0000"])
    assert grades(made) == ["80"]
    assert made.problems == ("No row in grades.csv for 1 student (S0000) with a grade.",)


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), st.sampled_from(".,"))
def test_is_a_number_read_with_a_point_or_a_comma(value, point):
    assert decimal(f" {value:.3f} ".replace(".", point)) == value


@pytest.mark.parametrize("text", ["", "-", "1,000.5", "ten"])
def test_is_what_is_no_number_none(text):
    assert decimal(text) is None


def test_does_the_filled_copy_not_replace_the_template(tmp_path):
    assert filled_name(tmp_path / "grades.csv") == "grades-filled.csv"
