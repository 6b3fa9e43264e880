"""Are the two downloads filled in their own encodings, and never a column made?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.lms import blackboard, brightspace
from tests.lms.filled_class import rows, student, week

ITEM = "Week 6 Points Grade <Numeric MaxPoints:50 Weight:10>"
OTHER = "Week 5 Points Grade <Numeric MaxPoints:100>"
D2L = f"OrgDefinedId,Username,Last Name,First Name,Email,{OTHER},{ITEM},End-of-Line Indicator\r\n"
COLUMN = "Week 6 [Total Pts: 20 Score] |1234567"
BLACKBOARD = ["Last Name", "First Name", "Username", "Student ID", "Week 5 [Total Pts: 9] |12"]


def only(export):
    return next(iter(export.files.values()))


def test_does_brightspace_get_its_own_file_back(tmp_path):
    class_ = [student(0, 80.0), student(1, 33.3), student(2, None)]
    lines = [
        f'#{each.student},#login{n},"{each.last_name}",{each.first_name},,7,,#\r\n'
        for n, each in enumerate(class_)
    ]
    path = tmp_path / "grades.csv"
    path.write_bytes((D2L + "".join(lines)).encode("utf-8-sig"))
    made = brightspace.export([week(tmp_path, class_)], template=path)
    expected = D2L + "".join(
        line.replace(",7,,#", f",7,{grade},#")
        for line, grade in zip(lines, ("40", "16.65", ""), strict=True)
    )
    assert only(made).decode("utf-8-sig") == expected
    assert "Rescaled" in " ".join(made.notes) and not made.problems


def test_does_blackboard_keep_utf_16_and_tabs(tmp_path):
    class_ = [student(number, 100.0 * number / 299) for number in range(300)]
    cells = [[*BLACKBOARD, COLUMN]] + [
        [each.last_name, each.first_name, each.student.upper(), "", "5", ""] for each in class_
    ]
    text = "\r\n".join(
        "\t".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells
    )
    path = tmp_path / "gc_week.xls"
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    made = blackboard.export([week(tmp_path, class_)], template=path)
    assert not made.problems and only(made).startswith(b"\xff\xfe")
    after = rows(only(made), "utf-16", "\t")
    assert after[0] == cells[0] and len(after) == 301
    for number, (old, new) in enumerate(zip(cells[1:], after[1:], strict=True)):
        assert new[:5] == old[:5]
        assert float(new[5]) == pytest.approx(20 * number / 299, abs=0.005)


@pytest.mark.parametrize("column", ["", "1234567", "week 6", COLUMN])
def test_is_a_column_named_by_id_or_title(column, tmp_path):
    path = tmp_path / "gc.csv"
    each = student(0, 50.0)
    header = ",".join([*BLACKBOARD, COLUMN])
    path.write_text(f"{header}\n{each.last_name},{each.first_name},s0000,,,\n")
    graded = week(tmp_path, [each])
    assert rows(only(blackboard.export([graded], template=path, column=column)))[1][5] == "10"


@pytest.mark.parametrize(
    ("header", "column", "reason"),
    [
        ([*BLACKBOARD], "", "expected one"),  # week 5 alone: not ours
        ([*BLACKBOARD, COLUMN, COLUMN.replace("67", "68")], "", "found 2"),
        ([*BLACKBOARD, COLUMN], "week 7", "found 0"),
        (["Last Name", "First Name", "Username", "Week 6"], "", "number"),
    ],
)
def test_is_no_column_guessed_or_made(header, column, reason, tmp_path):
    path = tmp_path / "gc.csv"
    path.write_text(f"{','.join(header)}\n{','.join(['x'] * len(header))}\n")
    with pytest.raises(CourseError, match=reason):
        blackboard.export([week(tmp_path, [student(0)])], template=path, column=column)


def test_is_a_missing_closing_column_said(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(f"Username,{ITEM}\ns0000,\n")
    made = brightspace.export([week(tmp_path, [student(0)])], template=path)
    assert "End-of-Line" in made.problems[0]


def test_is_a_short_row_refused(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(f"Username,{ITEM},End-of-Line Indicator\ns0000\n")
    with pytest.raises(CourseError, match="1 cells, expected 3"):
        brightspace.export([week(tmp_path, [student(0)])], template=path)
