"""From a graded week to its class report: what is read, counted, drawn and written, in order."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.feedback.report import similarity as similar
from autograder.feedback.report.cells import solution_cells
from autograder.feedback.report.contents import Contents, contents
from autograder.feedback.report.examples import Examples
from autograder.feedback.report.findings import find
from autograder.feedback.report.page import render
from autograder.feedback.report.people import People
from autograder.feedback.report.tables import SIMILAR, as_csv, as_json
from autograder.gradebook import reports as kept
from autograder.gradebook.totals import totals
from autograder.questions.catalogue import Week


def write_report(
    course: Course,
    week: Week,
    output: Path | None = None,
    *,
    anonymous: bool = False,
    similarity: bool = False,
) -> list[Path]:
    """Write the class report of a graded week: one HTML page, and its tables beside it.

    Args:
        course: whose grades and reports are read.
        week: which week.
        output: where the page goes; by default reports/<assignment>.html in the course, or
            <assignment>-anonymous.html.
        anonymous: put numbers in place of all names and ids.
        similarity: add the pairs of submissions that share something unusual.

    Returns:
        The page, and after it the tables, named like the page.

    Raises:
        CourseError: when nothing has been graded, or a file cannot be written.
    """
    default = f"{week.stem}-anonymous.html" if anonymous else f"{week.stem}.html"
    page = output or course.root / "reports" / default
    if page.suffix.lower() not in (".html", ".htm"):
        raise CourseError(f"the report is an HTML page, so {page.name} should end in .html")
    made = gather(course, week, anonymous=anonymous, similarity=similarity)
    files = {page.name: render(made), f"{page.stem}.json": as_json(made)}
    files |= {f"{page.stem}-{name}.csv": text for name, text in as_csv(made).items()}
    written = _write(page.parent, files)
    if not similarity:
        # Pairs of an earlier report may stand there with their names.
        page.with_name(f"{page.stem}-{SIMILAR}.csv").unlink(missing_ok=True)
    return written


def gather(
    course: Course, week: Week, *, anonymous: bool = False, similarity: bool = False
) -> Contents:
    """Everything that the report will say; see `write_report`."""
    reports = list(kept.load(course, week.stem))
    grades = totals(course, week.stem)
    people = People(
        grades,
        [report.student for report in reports],
        course.secret,
        anonymous=anonymous,
        course_words=_course_words(course, week),
    )
    worth = {name: question.points for name, question in week.questions.items()}
    findings = find(reports, grades, worth, people)

    def cells_of(student: str) -> Mapping[str, str]:
        return solution_cells(course.notebook("autograded", week.stem, student))

    examples = Examples(people, cells_of, week.answer_cells)
    pairs = None
    if similarity:
        students = {report.student: cells_of(report.student) for report in reports}
        ours = [solution_cells(course.notebook(step, week.stem)) for step in ("release", "source")]
        pairs = similar.pairs(reports, students, ours)
    return contents(week, findings, people, examples, pairs)


def _course_words(course: Course, week: Week) -> str:
    """What the course wrote, in which no student is meant."""
    lesson = solution_cells(course.notebook("source", week.stem)).values()
    pages = [
        text
        for question in week.questions.values()
        for mistake in question.mistakes.values()
        for text in (mistake.name, *mistake.paragraphs, mistake.code)
    ]
    return "\n".join([*lesson, *pages, *week.questions])


def _write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Every file whole or not at all, and for the instructor alone, like the gradebook."""
    waiting: dict[Path, str] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if taken := [name for name in files if (folder / name).is_dir()]:
            raise IsADirectoryError(f"{folder / taken[0]} is a directory")
        for name, text in files.items():
            descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".report-")
            waiting[folder / name] = temporary
            # A CSV file brings its own line ends.
            with open(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(text)
        for path, temporary in waiting.items():
            os.replace(temporary, path)
    except OSError as error:
        raise CourseError(f"the report cannot be written: {error}") from None
    finally:
        for temporary in waiting.values():
            Path(temporary).unlink(missing_ok=True)
    return list(waiting)
