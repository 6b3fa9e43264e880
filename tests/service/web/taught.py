"""A course in which ada and bob have handed in week 06, graded but for one written answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat

from autograder.course import directory
from autograder.course.gradebook import opened
from autograder.gradebook.bulk import BulkWriter
from autograder.records import Report
from tests.service.web.conftest import QUESTIONS, RIGHT, STEM, WRONG, notebook

WRITTEN = "why_blame_is_cheap"
ANSWERS = {
    "ada": "The blame is **reused**.",
    "bob": "<script>alert(1)</script> Because it is fast.",
}


def with_written(text: str) -> bytes:
    """A notebook of week 06 with its two questions and a written answer."""
    content = json.loads(notebook("return upstream"))
    stamp = {"grade_id": WRITTEN, "schema_version": 3, "task": False, "points": 20}
    stamp |= {"solution": True, "grade": True, "locked": False}
    metadata = {"nbgrader": stamp}
    cell = {"cell_type": "markdown", "id": WRITTEN, "metadata": metadata, "source": text}
    content["cells"].append(cell)
    return json.dumps(content).encode()


def make(source: Path, root: Path) -> Path:
    """Make it from a course in which the week is released, at `root`."""
    shutil.copytree(source, root)
    course = directory.load(root)
    course.notebook("release", STEM).write_bytes(with_written("Why is blame cheap?"))
    with opened(course) as gradebook:
        made = gradebook.update_or_create_notebook(STEM, STEM)
        for name in QUESTIONS:
            gradebook.add_grade_cell(name, STEM, STEM, max_score=2, cell_type="code")
            gradebook.add_solution_cell(f"solution-{name}", STEM, STEM)
        gradebook.add_grade_cell(WRITTEN, STEM, STEM, max_score=20, cell_type="markdown")
        gradebook.add_solution_cell(WRITTEN, STEM, STEM)
        assert made.name == STEM
    reports = []
    for student, text in ANSWERS.items():
        path = course.notebook("submitted", STEM, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(with_written(text))
        content = nbformat.reads(path.read_text(), as_version=4)
        reports.append(Report(student, "week06", (RIGHT, WRONG), content))
    with BulkWriter(course, STEM) as writer:
        writer.write(reports)
    return root
