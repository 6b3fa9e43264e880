"""Do the tables and the JSON say what the gradebook and the reports say?"""

from __future__ import annotations

import json

import pytest
from nbgrader.api import Gradebook

from autograder.cli import demo
from autograder.feedback.report.write import write_report
from tests.feedback.classes import WEEK
from tests.feedback.report.a_class import GATE, rows

pytestmark = pytest.mark.slow


def test_do_the_tables_say_what_the_gradebook_and_the_reports_say(opened):
    page, *tables = write_report(opened, WEEK)
    assert page == opened.root / "reports" / f"{demo.STEM}.html"
    found = {path.name.removeprefix(f"{page.stem}-"): path for path in tables}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (page, *tables))
    heat = {(row["question"], row["found"]): row for row in rows(found["heatmap.csv"])}
    assert heat["relu_backward", GATE]["students"] == "3"
    assert float(heat["relu_backward", GATE]["points_lost"]) == 18.0
    assert heat["dense_backward", "no catalogued mistake"]["students"] == "2"
    assert heat["sigmoid_backward", "timed out"]["students"] == "1"
    questions = {row["question"]: row for row in rows(found["questions.csv"])}
    assert list(questions) == list(WEEK.questions)
    relu = questions["relu_backward"]
    assert (relu["students"], relu["right"], relu["difficulty"]) == ("4", "1", "0.25")
    assert questions["value_depth"]["flags"] == "everybody solved it"
    unexplained = [(row["question"], row["outcome"]) for row in rows(found["unexplained.csv"])]
    assert unexplained == [("mlp_loss_and_grads", "raised"), ("dense_backward", "values")]
    assert {row["students"] for row in rows(found["unexplained.csv"])} == {"2"}
    scores = {row["student"]: row for row in rows(found["scores.csv"])}
    assert len(scores) == 6 and scores["Zoë Absent (zoe22)"]["points"] == ""
    assert scores["Kim Mustermann (kim20)"]["points"] == "59.0"
    assert scores["Kim Mustermann (kim20)"]["waiting"] == "yes"
    document = json.loads((page.parent / f"{page.stem}.json").read_text(encoding="utf-8"))
    assert document["submissions"] == 5 and document["pairs"] is None
    assert [each["name"] for each in document["misconceptions"]] == [GATE, "square-missing"]
    assert len(document["counts"]) == len(heat)


def test_is_a_name_that_looks_like_a_formula_written_as_text(opened):
    with Gradebook(opened.db_url) as gradebook:
        gradebook.add_student("x", first_name="=cmd|'/c calc'!A1", last_name="")
    write_report(opened, WEEK)
    students = [row["student"] for row in rows(opened.root / "reports" / f"{demo.STEM}-scores.csv")]
    assert "'=cmd|'/c calc'!A1 (x)" in students
    assert not [each for each in students if each[0] in "=+-@"]
