"""Does every student's results.json hold the gradebook's points, and nobody else's?"""

from __future__ import annotations

import io
import json
import zipfile

from autograder.course.directory import Course
from autograder.gradebook import reports
from autograder.gradebook.totals import Total
from autograder.lms.exporter import WeekGrades
from autograder.lms.gradescope.export import export
from autograder.records import Outcome, Report, Verdict

STEM = "week06_backpropagation"


def test_are_manual_points_in_the_score_and_mistakes_beside_it(tmp_path):
    verdict = Verdict("relu", 1.0, 4.0, Outcome.VALUES, "relu · 1 of 4 points", mistake="no-gate")
    for student in ("ada", "bob"):
        reports.save(tmp_path, STEM, Report(student, "week06", (verdict,)))
    week = WeekGrades(
        Course(tmp_path, "nn", "", b"", None),
        "week06",
        STEM,
        "Backpropagation",
        (
            Total("ada", points=9.5, max_points=14.0),
            Total("eve", points=3.0, max_points=14.0),
            Total("joe", max_points=14.0),
        ),
        ("bob",),
    )
    made = export([week])
    (content,) = made.files.values()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["ada/results.json"]
        written = json.loads(archive.read("ada/results.json"))
    assert written["score"] == 9.5
    assert [(test["score"], test["max_score"]) for test in written["tests"]] == [(1.0, 4.0)]
    assert written["extra_data"]["misconceptions"][0]["misconception"] == "no-gate"
    assert made.problems == ("Left out, since autograder did not grade them: 1 student (eve).",)
