"""Are the rows of the fast path those of nbgrader's own, table by table?"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course.directory import Course, load, run_converter
from autograder.errors import CourseError
from autograder.gradebook.bulk import BulkWriter
from autograder.gradebook.outputs import write_outputs
from autograder.grading import single_notebook
from autograder.intake.read import read_notebook
from autograder.records import Outcome, Report, Verdict
from tests.tiny_course import POINTS, TINY_WEEK, course

__all__ = ["course"]

STEM = TINY_WEEK.stem
DUE = "2026-11-20 12:00:00"
RIGHT = "def relu(z):\n    return z * (z > 0)"

# nbgrader's own, while it adds a submission.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def report(course: Course, student: str, relu: float, best: float, essay: str = "") -> Report:
    """Hand a notebook in and say what the pipeline found in it."""
    notebook = nbformat.read(course.notebook("release", STEM), as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    if relu:
        cells["solution-relu"].source = RIGHT
    if essay:
        cells["why_bends"].source = essay
    submitted = course.notebook("submitted", STEM, student)
    submitted.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, submitted)
    verdicts = tuple(
        Verdict(name, points, POINTS[name], Outcome.VALUES, f"{name}: <{points}> & more")
        for name, points in [("relu", relu), ("best_bend", best)]
    )
    return Report(student, TINY_WEEK.name, verdicts, notebook)


def hand_in_at(course: Course, student: str, timestamp: str) -> None:
    path = course.folder("submitted", STEM, student) / "timestamp.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(timestamp + "\n")


def a_class(course: Course) -> list[Report]:
    hand_in_at(course, "ann", "2026-11-20 11:59:59 UTC")
    hand_in_at(course, "bob", "2026-11-20 12:30:00.5 UTC")
    hand_in_at(course, "cem", "2026-11-20 13:30:00 CET")
    return [
        report(course, "ann", 4.0, 2.5, essay="Bends."),
        report(course, "bob", 1.3333333333333333, 0.0),
        report(course, "cem", 0.0, 2.5),
        report(course, "dee", 4.000000000000001, float("nan")),
        report(course, "eve", -1.0, 9.0),
    ]


def unreadable(course: Course, student: str) -> Report:
    folder = course.folder("submitted", STEM, student)
    folder.mkdir(parents=True)
    (folder / f"{STEM}.ipynb").write_text("<html>Sign in & wait</html>")
    with pytest.raises(Exception) as reason:
        read_notebook(folder / f"{STEM}.ipynb")
    return Report(student, TINY_WEEK.name, (), unreadable=str(reason.value))


def grade_in_bulk(course: Course, reports: list[Report]) -> None:
    with BulkWriter(course, STEM) as writer:
        writer.write(reports)


def grade_by_nbgrader(
    course: Course, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader's own Autograde with our preprocessors; only the sandbox is replaced."""
    from nbgrader.converters import Autograde

    found = {each.student: each for each in reports}

    def graded(notebook: Any, root: Path, week: str, student: str) -> Report:
        assert (root, week) == (course.root, TINY_WEEK.name)
        write_outputs(notebook, found[student])
        return Report(student, week, found[student].verdicts, notebook)

    monkeypatch.setattr(single_notebook, "grade_for_nbgrader", graded)
    run_converter(Autograde, course.config, STEM)


TABLES = {
    "student": "SELECT id, first_name, last_name, email FROM student",
    "submission": "SELECT student_id, timestamp, extension FROM submitted_assignment",
    "notebook": """
        SELECT student_id, n.name, s.flagged, s.late_submission_penalty
        FROM submitted_notebook s
        JOIN submitted_assignment a ON a.id = s.assignment_id JOIN notebook n ON n.id = notebook_id
    """,
    "grade": """
        SELECT student_id, c.name, auto_score, manual_score, extra_credit, needs_manual_grade
        FROM grade g JOIN base_cell c ON c.id = g.cell_id
        JOIN submitted_notebook s ON s.id = g.notebook_id
        JOIN submitted_assignment a ON a.id = s.assignment_id
    """,
    "comment": """
        SELECT student_id, c.name, auto_comment, manual_comment
        FROM comment m JOIN base_cell c ON c.id = m.cell_id
        JOIN submitted_notebook s ON s.id = m.notebook_id
        JOIN submitted_assignment a ON a.id = s.assignment_id
    """,
}


def execute(course: Course, statement: str) -> list[Any]:
    database = sqlite3.connect(course.root / "gradebook.db")
    with database:
        rows = database.execute(statement).fetchall()
    database.close()
    return sorted(rows, key=repr)


def tables(course: Course) -> dict[str, list[Any]]:
    return {name: execute(course, statement) for name, statement in TABLES.items()}


@pytest.fixture
def twin(course: Course, tmp_path: Path) -> Course:
    """The same course once more, to be graded the other way."""
    return load(Path(shutil.copytree(course.root, tmp_path / "twin")))


def late_policy(course: Course, method: str) -> Course:
    config = course.root / "nbgrader_config.py"
    config.write_text(
        config.read_text() + f"\nc.LateSubmissionPlugin.penalty_method = {method!r}\n"
    )
    execute(course, f"UPDATE assignment SET duedate = '{DUE}.000000'")
    return load(course.root)


@pytest.mark.parametrize("method", ["none", "zero"])
def test_are_the_rows_those_of_nbgrader(course, twin, method, monkeypatch):
    course, twin = late_policy(course, method), late_policy(twin, method)
    grade_in_bulk(course, [*a_class(course), unreadable(course, "fay")])
    grade_by_nbgrader(twin, [*a_class(twin), unreadable(twin, "fay")], monkeypatch)
    assert tables(course) == tables(twin)
    penalties = {row[0]: row[3] for row in tables(course)["notebook"]}
    late = {"bob": 1.3333333333333333, "cem": 2.5} if method == "zero" else {}
    assert penalties == dict.fromkeys(["ann", "bob", "cem", "dee", "eve", "fay"]) | late


def test_are_the_rows_those_of_nbgrader_after_a_person_graded(course, twin, monkeypatch):
    course, twin = late_policy(course, "zero"), late_policy(twin, "zero")
    grade_in_bulk(course, a_class(course))
    grade_by_nbgrader(twin, a_class(twin), monkeypatch)
    for each in (course, twin):
        execute(each, BY_HAND.format(column="manual_score = 7", name="why_bends"))
        execute(each, BY_HAND.format(column="extra_credit = 0.5", name="relu"))
        execute(each, "UPDATE comment SET manual_comment = 'Well put.'")
        execute(each, "UPDATE submitted_assignment SET extension = '1970-01-01 00:45:00.000000'")
    grade_in_bulk(course, a_class(course))
    grade_by_nbgrader(twin, a_class(twin), monkeypatch)
    assert tables(course) == tables(twin)
    scores = {row[:2]: row[2:] for row in tables(course)["grade"]}
    assert scores["ann", "why_bends"] == (None, 7.0, None, 1)
    assert scores["ann", "relu"] == (4.0, None, 0.5, 0)
    assert [row[:1] + row[3:] for row in tables(course)["notebook"]][1] == ("bob", None)


BY_HAND = """
    UPDATE grade SET {column} WHERE cell_id = (
        SELECT id FROM base_cell WHERE name = '{name}' AND type = 'GradeCell')
"""


def test_are_grading_again_and_once_the_same(course):
    grade_in_bulk(course, a_class(course))
    once = tables(course)
    grade_in_bulk(course, a_class(course))
    assert tables(course) == once


def test_does_an_unreadable_submission_score_zero_with_its_reason(course):
    grade_in_bulk(course, [unreadable(course, "fay")])
    assert [row[1:] for row in tables(course)["grade"]] == [
        (name, 0.0, None, None, 0) for name in sorted(POINTS)
    ]
    graded = nbformat.read(course.notebook("autograded", STEM, "fay"), as_version=4)
    nbformat.validate(graded)
    assert "a web page" in graded.cells[0].source


def test_is_an_untouched_written_answer_zero_and_a_written_one_left_to_a_person(course):
    grade_in_bulk(course, a_class(course))
    written = {row[0]: row[2:] for row in tables(course)["grade"] if row[1] == "why_bends"}
    assert written["ann"] == (None, None, None, 1)
    assert written["bob"] == (0.0, None, None, 0)
    comments = {row[:2]: row[2] for row in tables(course)["comment"]}
    assert comments["bob", "why_bends"] == "No response."
    assert comments["ann", "solution-relu"] is None


def test_is_the_graded_notebook_whole_and_read_only(course):
    (first, *_) = a_class(course)
    grade_in_bulk(course, [first])
    folder = course.folder("autograded", STEM, "ann")
    assert sorted(path.name for path in folder.iterdir()) == ["timestamp.txt", f"{STEM}.ipynb"]
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in folder.iterdir())
    notebook = nbformat.read(folder / f"{STEM}.ipynb", as_version=4)
    nbformat.validate(notebook)
    (cell,) = [cell for cell in notebook.cells if cell.id == "relu"]
    assert [output.output_type for output in cell.outputs] == ["display_data", "execute_result"]
    assert cell.outputs[0].data["text/plain"] == "relu: <4.0> & more"
    assert "relu: &lt;4.0&gt; &amp; more" in cell.outputs[0].data["text/html"]
    assert cell.outputs[1].data["text/plain"] == "4.0"


def test_does_half_a_character_in_an_output_not_stop_the_batch(course):
    each = report(course, "ann", 4.0, 2.5)
    each.notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="\ud800")]
    grade_in_bulk(course, [each])
    json.loads(course.notebook("autograded", STEM, "ann").read_text())


def test_does_a_locked_gradebook_leave_no_half_batch(course):
    reports = a_class(course)
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    with BulkWriter(course, STEM, patience=0.2) as writer:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CourseError, match="database is locked.*grade again") as caught:
            writer.write(reports)
        assert "\n" not in str(caught.value)
        assert tables(course)["student"] == []
        other.execute("ROLLBACK")
        writer.write(reports)
    other.close()
    assert len(tables(course)["grade"]) == 15


def test_is_an_assignment_that_was_not_released_reported(course):
    with pytest.raises(CourseError, match="run `autograder release week98`"):
        BulkWriter(course, "week98_none")
    execute(course, "DELETE FROM notebook")
    with pytest.raises(CourseError, match="is not in the gradebook"):
        BulkWriter(course, STEM)
