"""Is the class report the one that `autograder report` writes?"""

from __future__ import annotations

import shutil

import pytest

from autograder.feedback.report.write import write_report
from autograder.gradebook import reports
from autograder.questions import catalogue
from tests.service.web.conftest import STEM


@pytest.mark.slow
def test_is_the_page_the_same_as_the_commands(tom, taught, tmp_path):
    shown = tom.get("/teach/week06/report")
    written, *tables = write_report(
        taught.course, catalogue.week("week06"), tmp_path / f"{STEM}.html"
    )
    assert shown.text == written.read_text()
    assert "style-src 'unsafe-inline'" in shown.headers["content-security-policy"]
    scores = next(path for path in tables if path.name.endswith("-scores.csv"))
    assert tom.get("/teach/week06/report/scores.csv").content == scores.read_bytes()
    assert tom.get("/teach/week06/report/none.csv").status_code == 404
    assert "ada" not in tom.get("/teach/week06/report/scores.csv?anonymous=yes").text


def test_says_a_week_without_grades_that_there_is_no_report(tom, taught):
    shutil.rmtree(reports.folder(taught.course.root, STEM))
    answer = tom.get("/teach/week06/report")
    assert answer.status_code == 404 and "no report yet" in answer.text
