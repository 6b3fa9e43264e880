"""Is the report complete, anonymous if asked, and written despite missing data?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.course.settings import FILE
from autograder.errors import CourseError
from autograder.feedback.report.write import write_report
from tests.feedback.classes import WEEK, keep, unreadable
from tests.feedback.report.a_class import FRAME, GATE, NAMES, Page, rows

pytestmark = pytest.mark.slow


def test_is_nobody_named_in_an_anonymous_report(opened, tmp_path):
    written = write_report(
        opened, WEEK, tmp_path / "out" / "class.html", anonymous=True, similarity=True
    )
    assert {path.name.partition(".")[0].partition("-")[0] for path in written} == {"class"}
    told = re.compile(
        "|".join([*NAMES, "lovelace", "mustermann", "hyperlink", "absent", "example.edu"])
    )
    for path in written:
        text = path.read_text(encoding="utf-8").lower()
        text = text.partition("</style>")[2] or text
        assert not told.search(text), path.name
    labels = {f"Student {number}" for number in range(1, 7)}
    assert {row["student"] for row in rows(written[2])} == labels
    assert any(label in written[0].read_text(encoding="utf-8") for label in labels)
    again = write_report(opened, WEEK, tmp_path / "again" / "class.html", anonymous=True)
    assert rows(again[2]) == rows(written[2])


def test_has_the_page_the_courses_title(opened):
    (opened.root / FILE).write_text('title = "Netze & mehr"', encoding="utf-8")
    page = write_report(directory.load(opened.root), WEEK)[0].read_text(encoding="utf-8")
    assert '<p class="kicker">Netze &amp; mehr · week06' in page


def test_are_pairs_shown_only_where_asked_with_both_codes(opened):
    without = Page(write_report(opened, WEEK)[0])
    assert "Similar submissions" not in without.text
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    assert "This proves nothing" in page.text
    (pair,) = rows(opened.root / "reports" / f"{demo.STEM}-similar.csv")
    assert {pair["first"], pair["second"]} == {
        "Ada Lovelace (ada17)",
        f"Bob O'Neil {FRAME} (bob18)",
    }
    assert pair["answers"] == "dense_backward" and pair["cells"] == "dense_backward 100%"
    assert page.text.count("kernel[column] += 1.5") >= 2
    write_report(opened, WEEK)
    assert not list(opened.root.glob("reports/*-similar.csv"))


def test_is_a_class_of_which_nothing_could_be_read_reported(tmp_path, made_course):
    root = Path(shutil.copytree(made_course, tmp_path / "course"))
    shutil.rmtree(root / ".autograder" / "reports")
    again = directory.load(root)
    keep(again, [unreadable("ada17", "It is empty.")])
    page = Page(write_report(again, WEEK, similarity=True)[0])
    assert "It is empty." in page.text and "No catalogued misconception was found." in page.text


def test_is_a_damaged_or_missing_graded_notebook_no_obstacle(opened):
    for student in ("ada17", "bob18"):
        path = opened.notebook("autograded", demo.STEM, student)
        path.chmod(0o644)
        path.write_text('{"cells": [{"cell_type": 7}, 3]}')
    opened.notebook("autograded", demo.STEM, "kim20").unlink()
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    assert GATE in page.text


def test_is_what_cannot_be_written_or_was_not_graded_reported_in_one_line(opened, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="cannot be written"):
        write_report(opened, WEEK, tmp_path / "file" / "class.html")
    with pytest.raises(CourseError, match="should end in .html"):
        write_report(opened, WEEK, tmp_path / "class.csv")
    taken = tmp_path / "taken"
    (taken / "class.json").mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be written"):
        write_report(opened, WEEK, taken / "class.html")
    assert [path.name for path in taken.iterdir()] == ["class.json"]
    shutil.rmtree(opened.root / ".autograder" / "reports")
    with pytest.raises(CourseError, match="nothing of week06_backpropagation has been graded"):
        write_report(opened, WEEK)
