"""Are the columns of Moodle's worksheet found in every language, and nothing read into them?"""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.intake import moodle_worksheet
from autograder.intake.moodle_worksheet import ALONE, GROUPS, UNSURE, find_columns
from tests.intake.real_moodle import real

DATE = "Tuesday, 17 November 2026, 1:41 AM"
ROW = {
    "Identifier": "Participant 12",
    "Full name": "Ada Lovelace",
    "Email address": "ada@example.org",
    "Status": "Submitted for grading -  - ",
    "Grade": "",
    "Maximum grade": "100.00",
    "Grade can be changed": "Yes",
    "Last modified (submission)": DATE,
    "Last modified (grade)": "-",
    "Feedback comments": "",
}


def with_column(before: str, title: str, values: list[str]) -> list[list[str]]:
    """A worksheet with one more column, whose titles are in no known language."""
    place = list(ROW).index(before)
    titles = [f"欄{number}" for number in range(len(ROW))]
    lines = [[*titles[:place], title, *titles[place:]]]
    for number, value in enumerate(values):
        line = [f"P{number}", *list(ROW.values())[1:]]
        lines.append([*line[:place], value, *line[place:]])
    return lines


def test_are_the_columns_found_without_a_known_title():
    columns = find_columns(with_column("Grade", "x", ["", "Dr. Who"]), "x.csv")
    assert (columns.grade, columns.maximum, columns.changeable) == (5, 6, 7)
    assert (columns.known, columns.status) == (range(1, 3), 3)
    assert (columns.graded, columns.comments) == (9, 10)


WORDS = json.loads(
    (resources.files("autograder.intake") / "moodle_titles.json").read_text(encoding="utf-8")
)["titles"]


@pytest.mark.parametrize("language", [each for each, words in WORDS.items() if "scale" in words])
def test_is_a_worksheet_with_groups_or_a_scale_read_in_each_language(language):
    """Where a pack lacks a title, Moodle writes the English one."""
    words = {**WORDS["en"], **WORDS[language]}
    titles = {title: words[title.lower()][0] for title in ROW if title.lower() in words}
    for group in words["group"]:
        table = with_column("Grade", group, ["Team A", "Team B"])
        for title, place in (("Status", 3), ("Maximum grade", 6), ("Feedback comments", 10)):
            table[0][place] = titles[title]
        columns = find_columns(table, "x.csv")
        assert (columns.together, columns.status, columns.group) == (GROUPS, 3, 4)
        assert (columns.grade, columns.scale, columns.comments) == (5, False, 10)
    for scale in words["scale"]:
        table = with_column("Maximum grade", scale, ["Poor", "Poor"])
        del table[0][6], table[1][6], table[2][6]
        columns = find_columns(table, "x.csv")
        assert (columns.grade, columns.scale, columns.together) == (4, True, ALONE)


@pytest.mark.parametrize("language", [each for each, words in WORDS.items() if "marker" in words])
def test_is_a_marker_no_group_in_any_language(language):
    for marker in WORDS[language]["marker"]:
        columns = find_columns(with_column("Grade", marker, ["", "Dr. Who"]), "x.csv")
        assert (columns.together, columns.group) == (ALONE, -1)


@pytest.mark.parametrize(
    "language", [each for each, words in WORDS.items() if "participant" in words]
)
def test_is_the_number_of_a_participant_read_in_any_language(language):
    for word in WORDS[language]["participant"]:
        assert moodle_worksheet.participant_number(f"{word}012") == "12"
        assert moodle_worksheet.participant_number(f"{word} 12") == "12"


def test_is_a_dash_as_a_comment_no_date():
    row = {**ROW, "Feedback comments": "-"}
    columns = find_columns([list(row), list(row.values())], "x.csv")
    assert (columns.graded, columns.comments) == (8, 9)


@pytest.mark.parametrize(
    ("title", "values", "together"),
    [
        ("Group", ["Team A", "Team B"], GROUPS),
        ("Gruppe", ["Team A", "Team B"], GROUPS),
        ("Marker", ["Dr. Who", "Dr. Who"], ALONE),
        ("?", ["", "Dr. Who"], UNSURE),
        ("?", ["Team A", "Team B"], UNSURE),
    ],
)
def test_is_it_known_or_left_open_whether_groups_hand_in(title, values, together):
    assert find_columns(with_column("Grade", title, values), "x.csv").together == together


@pytest.mark.parametrize(
    ("name", "together", "scale", "workflow", "known"),
    [
        ("main", ALONE, False, False, 2),
        ("main-de", ALONE, False, False, 2),
        ("main-eu", ALONE, False, False, 2),
        ("main-ur", ALONE, False, False, 2),
        ("V-online-nl", ALONE, False, False, 2),
        ("online", ALONE, False, False, 2),
        ("odd-zh_cn", ALONE, False, False, 2),
        ("team", GROUPS, False, False, 2),
        ("blind", ALONE, False, False, 0),
        ("workflow", ALONE, False, True, 2),
        ("V-workflow-de", ALONE, False, True, 2),
        ("lockw-de", ALONE, False, True, 2),
        ("scale", ALONE, True, False, 2),
    ],
)
@pytest.mark.parametrize("titled", [True, False])
def test_are_the_columns_of_real_worksheets_found(
    name, together, scale, workflow, known, titled, tmp_path
):
    """Also without their titles, as in a language that nobody has told us."""
    with real(f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    if not titled:
        table[0] = [f"欄{number}" for number in range(len(table[0]))]
        together = UNSURE if together == GROUPS else together
    columns = find_columns(table, name)
    assert (columns.together, columns.scale, columns.workflow > 0) == (together, scale, workflow)
    assert len(columns.known) == known and columns.anonymous == (known == 0)
    assert columns.comments == len(table[0]) - 1
    assert columns.graded == columns.comments - 1


@pytest.mark.parametrize("name", ["main", "main-de", "main-eu", "main-ur"])
def test_is_lateness_read_in_any_language(name):
    sheet = moodle_worksheet.read(real(f"{name}.csv"))
    # 16 and 18 handed in nothing, which is overdue.
    assert {each.number for each in sheet.participants.values() if each.late} == {"23", "16", "18"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "expected Moodle's grading worksheet"),
        ("id,name\n1,x\n", "expected Moodle's grading worksheet"),
        (",".join(ROW) + "\n", "expected Moodle's grading worksheet"),
        ((",".join(ROW) + "\n") + 2 * "Participant 1,a,b,c -,,100,Yes,-,-,\n", "twice"),
        ("é".encode("latin-1"), "not UTF-8"),
    ],
)
def test_does_another_file_give_its_reason(content, reason, tmp_path):
    path = Path(tmp_path, "sheet.csv")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CourseError, match=reason):
        moodle_worksheet.read(path)


CELLS = st.sampled_from(
    ["", "-", "Participant 1", "100.00", "7", "Yes", DATE, "a -  - ", "Grade", "Status", "Group"]
)


@given(st.lists(st.lists(CELLS, max_size=12), max_size=4))
def test_is_any_other_table_refused_in_a_sentence(table):
    try:
        columns = find_columns(table, "x.csv")
    except CourseError:
        return
    assert columns.grade < columns.maximum < columns.changeable < columns.graded < len(table[0])
    assert columns.status < columns.grade and columns.comments in (-1, columns.graded + 1)
