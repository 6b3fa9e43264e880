"""Is Blackboard's download filled in its own encoding, and never a column made?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.lms import blackboard
from tests.lms.filled_class import rows, student, week

COLUMN = "Week 6 [Total Pts: 20 Score] |1234567"
BLACKBOARD = ["Last Name", "First Name", "Username", "Student ID", "Week 5 [Total Pts: 9] |12"]


def only(export):
    return next(iter(export.files.values()))


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
    made = blackboard.export([week(tmp_path, class_)], template=path, column="1234567")
    assert not made.problems and only(made).startswith(b"\xff\xfe")
    after = rows(only(made), "utf-16", "\t")
    assert after[0] == cells[0] and len(after) == 301
    for number, (old, new) in enumerate(zip(cells[1:], after[1:], strict=True)):
        assert new[:5] == old[:5]
        assert float(new[5]) == pytest.approx(20 * number / 299, abs=0.005)


@pytest.mark.parametrize("column", ["1234567", "week 6", COLUMN])
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
        ([*BLACKBOARD], "", "has no column with"),  # week 5 alone: not ours
        ([*BLACKBOARD, COLUMN, COLUMN.replace("67", "68")], "", "all fit"),
        ([*BLACKBOARD, COLUMN], "week 7", "has no column.*'week 7'; most similar"),
        (["Last Name", "First Name", "Username", "Week 6"], "", "number"),
    ],
)
def test_is_no_column_guessed_or_made(header, column, reason, tmp_path):
    path = tmp_path / "gc.csv"
    path.write_text(f"{','.join(header)}\n{','.join(['x'] * len(header))}\n")
    with pytest.raises(CourseError, match=reason):
        blackboard.export([week(tmp_path, [student(0)])], template=path, column=column)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Week 6 [Total Pts: 20 Score] |1234567", "10"),
        ("Week 6 [Total Pts: up to 20 Score] |1234567", "10"),
        ("Week 6 [Gesamtpunkte: 7,5 Punkte] |_123_1", "3.75"),
        ("Week 6 |1234567", "50"),
    ],
)
def test_is_a_grade_written_on_the_scale_that_the_title_states(tmp_path, title, written):
    path = tmp_path / "gc.csv"
    path.write_text(f'Last Name,First Name,Username,"{title}"\n,,s0000,\n')
    made = blackboard.export([week(tmp_path, [student(0, 50.0)])], template=path, column=title)
    assert rows(only(made))[1][3] == written
    assert any("Rescaled" in note for note in made.notes) == (written != "50")


def test_is_a_download_in_another_language_read_by_its_order(tmp_path):
    path = tmp_path / "gc.csv"
    path.write_text(f"Nachname,Vorname,Benutzername,{COLUMN}\nLovelace 0,Ada,,\n")
    made = blackboard.export([week(tmp_path, [student(0, 50.0)])], template=path, column="Week 6")
    assert rows(only(made))[1][3] == "10" and not made.problems
