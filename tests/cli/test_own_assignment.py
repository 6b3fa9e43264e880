"""Can an instructor's own assignment be released, graded, shown and exported like a week?"""

from __future__ import annotations

import nbformat
import pytest

from autograder.course import enrolment
from autograder.course.directory import load
from autograder.course.roster import Student
from autograder.course.take_over import take_over
from tests.submissions import write_submission

ANSWER = {"grade_id": "double", "grade": False, "solution": True, "locked": False}
TEST = {"grade_id": "test_double", "grade": True, "solution": False, "locked": True, "points": 2}


def notebook(answer: str):
    cells = []
    for stamp, source in ((ANSWER, answer), (TEST, "assert double(2) == 4")):
        cell = nbformat.v4.new_code_cell(source, id=str(stamp["grade_id"]).replace("_", "-"))
        cell.metadata["nbgrader"] = stamp | {"schema_version": 3, "task": False}
        cells.append(cell)
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


@pytest.fixture
def homework(tmp_path):
    """A course of nbgrader's with one assignment that has nothing to do with the package."""
    solution = "### BEGIN SOLUTION\ndef double(x): return 2 * x\n### END SOLUTION"
    write_submission(tmp_path / "source" / "hw1" / "part1.ipynb", notebook(solution))
    course, _ = take_over(tmp_path)
    enrolment.enrol(course, [Student("ada"), Student("bob"), Student("eve")])
    return tmp_path


@pytest.mark.bubblewrap
def test_is_it_released_graded_shown_and_exported(homework, run):
    def command(*words: object, code: int = 0) -> str:
        found, out, err = run(*words, "--course", homework)
        assert found == code, out + err
        return out

    assert "Released hw1" in command("release", "hw1", "--due", "2026-11-20 23:59+00:00")
    for student, factor in (("ada", 2), ("bob", 3)):
        path = homework / "submitted" / student / "hw1" / "part1.ipynb"
        write_submission(path, notebook(f"def double(x): return {factor} * x"))
    out = command("grade", "hw1")
    assert "2/2" in out and "0/2" in out and "Nothing handed in: 1 student: eve." in out
    assert "2 had been graded before and are unchanged" in command("grade", "hw1")
    assert "1 missing, 2 graded" in command("status", "hw1")
    assert "hw1" in command("status")
    table = homework / "grades.csv"
    command("export", "csv", "hw1", "--output", table)
    assert "ada" in table.read_text()
    command("feedback", "hw1")
    assert (homework / "feedback" / "ada" / "hw1" / "part1.html").is_file()
    command("extend", "eve", "hw1", "2d")


def test_is_an_assignment_that_is_not_released_told_how(homework, run):
    code, _, err = run("grade", "hw1", "--course", homework)
    assert code == 1 and "autograder release hw1" in err
    code, _, err = run("grade", "hw2", "--course", homework)
    assert code == 1 and "hw1" in err
    assert load(homework).root == homework
