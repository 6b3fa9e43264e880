"""Are logs lines of JSON, and is nothing about a student in them?"""

from __future__ import annotations

import io
import json
import logging

import pytest

from autograder.course.roster import one_student
from autograder.errors import CourseError
from autograder.service import logs


@pytest.fixture
def written():
    stream = io.StringIO()
    before = logging.root.handlers[:], logging.root.level
    logs.set_up(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.handlers[:], logging.root.level = before[0], before[1]


def test_is_an_event_a_line_with_its_time_and_fields(written):
    logs.event("graded", week="week06", seconds=0.4)
    (line,) = written()
    assert line["time"].endswith("+00:00")
    assert line | {"time": ""} == {
        "time": "",
        "level": "info",
        "event": "graded",
        "week": "week06",
        "seconds": 0.4,
    }


def test_does_a_failure_say_where_it_was_and_not_of_whom(written):
    try:
        one_student("ada lovelace", "", "", "", "")
    except CourseError as error:
        logs.trouble("not graded", error)
    (line,) = written()
    assert "ada" not in json.dumps(line)
    assert line["error"] == "CourseError"
    assert line["raised_at"].startswith("course/roster.py:")


def test_does_a_library_not_say_what_it_wants(written):
    try:
        raise RuntimeError("the grade of ada")
    except RuntimeError:
        logging.getLogger("sqlalchemy").exception("row of ada: %s", {"student": "ada"})
    logging.getLogger("uvicorn.error").info("10.0.0.1 GET /weeks?student=ada")
    (line,) = written()
    assert "ada" not in json.dumps(line)
    assert (line["event"], line["logger"], line["error"]) == (
        "library",
        "sqlalchemy",
        "RuntimeError",
    )


def test_is_the_reason_of_a_refusal_told(written):
    error = CourseError("ada's")
    error.reason = "state-used"
    logs.trouble("refused", error)
    assert written()[0]["reason"] == "state-used"
