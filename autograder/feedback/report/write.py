"""The path from a graded week to its class report: read, count, draw, write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from autograder.output.files import write_together
from autograder.questions.catalogue import Week


def write_report(
    course: Course,
    week: Week,
    output: Path | None = None,
    *,
    anonymous: bool = False,
    similarity: bool = False,
) -> list[Path]:
    """Write the class report of a graded week: one HTML page, with its tables next to it.

    Args:
        course: supplies the grades and reports.
        week: the week to report on.
        output: the page's file; by default reports/<assignment>.html in the course directory, or
            <assignment>-anonymous.html.
        anonymous: replace all names and ids by numbers.
        similarity: add pairs of submissions that share something unusual.

    Returns:
        The page, followed by its tables, which are named after it.

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
        # An earlier report may have left its pairs there, with names.
        page.with_name(f"{page.stem}-{SIMILAR}.csv").unlink(missing_ok=True)
    return written


def gather(
    course: Course, week: Week, *, anonymous: bool = False, similarity: bool = False
) -> Contents:
    """Collect everything that the report says; see `write_report`."""
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
    made = contents(week, findings, people, examples, pairs)
    return replace(made, course=course.settings.title)


def _course_words(course: Course, week: Week) -> str:
    """Words of the course's own texts, which do not refer to any student."""
    lesson = solution_cells(course.notebook("source", week.stem)).values()
    pages = [
        text
        for question in week.questions.values()
        for mistake in question.mistakes.values()
        for text in (mistake.name, *mistake.paragraphs, mistake.code)
    ]
    return "\n".join([*lesson, *pages, *week.questions])


def _write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    content = {
        # "replace", since a student's text may hold half a surrogate pair.
        folder / name: text.encode("utf-8", "replace")
        for name, text in files.items()
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_together(content)
    except OSError as error:
        raise CourseError(f"the report cannot be written: {error}") from None
    return list(content)
