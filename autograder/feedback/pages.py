"""The feedback for students: one HTML page for each graded notebook, where nbgrader expects it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from autograder.course.directory import Course
from autograder.course.settings import Settings
from autograder.errors import CourseError
from autograder.gradebook.graded_cells import GradedCells, graded_cells
from autograder.gradebook.rubrics import is_rubric
from autograder.light_imports import NotebookNode
from autograder.output.files import write_whole
from autograder.output.text import printable

READABLE = 0o644
"""The mode that nbgrader gives the pages, which are released to students."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
"""What a browser may do with a page: no script, no request to the network."""
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
_HEAD = "<head>\n"
# `nbgrader release_feedback` reads these beside each page.
_COMPANIONS = ("timestamp.txt", "submission_secret.txt")
_LONGEST_COMPANION = 1_000
_NAMED = 5
_LONGEST = 200

Track = Callable[[list[Path]], Iterable[Path]]
"""Passes the graded notebooks on, one by one, and may show how many are done."""


def generate_feedback(course: Course, assignment: str, track: Track = iter) -> list[Path]:
    """Write feedback/<student>/<assignment>/<assignment>.html for every graded submission.

    Args:
        course: supplies the graded notebooks and the gradebook.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        track: shows progress.

    Returns:
        The pages, ordered by student id.

    Raises:
        CourseError: when nothing has been graded, or some pages cannot be written; all other
            pages are complete then.
    """
    notebooks = sorted(course.root.glob(f"autograded/*/{assignment}/{assignment}.ipynb"))
    if not notebooks:
        raise CourseError(
            f"nothing of {assignment} has been graded; "
            f"run `autograder grade {assignment.partition('_')[0]}`"
        )
    graded = graded_cells(course.db_url, assignment)
    failed: dict[str, str] = {}
    for notebook in track(notebooks):
        student = notebook.parents[1].name
        page = None
        try:
            page = _page(notebook, graded.get(student), course.settings)
        except CourseError as error:
            failed[student] = str(error)
        except Exception as error:
            # One page never costs another.
            failed[student] = f"{type(error).__name__}: {error}"
        try:
            _replace(course, assignment, student, page)
        except OSError as error:
            raise CourseError(f"{assignment}: {error}") from None
    pages = sorted(course.root.glob(f"feedback/*/{assignment}/{assignment}.html"))
    for path in pages:
        try:
            _forbid_scripts(path)
        except (CourseError, OSError) as error:
            failed[path.parents[1].name] = str(error)
    if failed:
        complete = {path.parents[1].name for path in pages} - set(failed)
        raise CourseError(_about_failed(failed, len(complete), assignment))
    return pages


def _page(notebook: Path, graded: GradedCells | None, settings: Settings) -> bytes:
    # Here, since nbformat takes a second to load.
    from nbformat import v4

    content = v4.reads(notebook.read_text(encoding="utf-8"))
    return page_of(content, notebook.stem, graded, settings).encode("utf-8")


def page_of(
    notebook: NotebookNode, title: str, graded: GradedCells | None, settings: Settings
) -> str:
    """The page of one graded notebook, without what only graders see.

    Args:
        notebook: from `autograded/`.
        title: names the week.
        graded: what the gradebook holds about it; None if nothing.
        settings: what course.toml says.

    Raises:
        CourseError: if nothing of it is graded.
    """
    from autograder.feedback import page

    if graded is None:
        raise CourseError("the gradebook has no points of this notebook")
    shown = notebook | {"cells": [cell for cell in notebook["cells"] if not is_rubric(cell)]}
    text = page.render(shown, title, graded, settings.language, settings.title)
    # A student's text may hold half a surrogate pair.
    return text.encode("utf-8", "replace").decode()


def _replace(course: Course, assignment: str, student: str, page: bytes | None) -> None:
    """Write a page, and copy what nbgrader needs to release it; without a page, remove the last.

    Nothing else is copied of what was handed in beside the notebook: a page of the student's own
    would have no policy.
    """
    folder = course.folder("feedback", assignment, student)
    if page is None:
        # It has the points of an earlier run.
        (folder / f"{assignment}.html").unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in _COMPANIONS:
        for step in ("submitted", "autograded"):
            source = course.folder(step, assignment, student) / name
            if source.is_file() and not source.is_symlink():
                with source.open("rb") as file:
                    write_whole(folder / name, file.read(_LONGEST_COMPANION), READABLE)
    write_whole(folder / f"{assignment}.html", page, READABLE)


def with_policy(page: str) -> str:
    """A page of nbgrader's that lets browsers run no script.

    Raises:
        CourseError: when the page has another form than nbgrader's.
    """
    start, head, rest = page.partition(_HEAD)
    if not head:
        raise CourseError("the page does not look like a page of nbgrader's; update autograder")
    return page if rest.startswith(META) else f"{start}{head}{META}\n{rest}"


def _forbid_scripts(page: Path) -> None:
    """Add the policy to a page that nbgrader's own command has left from an earlier day."""
    text = page.read_text(encoding="utf-8")
    if (safe := with_policy(text)) != text:
        write_whole(page, safe.encode(), READABLE)


def _about_failed(failed: Mapping[str, str], written: int, assignment: str) -> str:
    reasons = [
        f"{printable(student)} ({printable(' '.join(reason.split()))[:_LONGEST]})"
        for student, reason in sorted(failed.items())[:_NAMED]
    ]
    more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
    week = assignment.partition("_")[0]
    return (
        f"{written} pages are complete, {len(failed)} could not be written: "
        f"{', '.join(reasons)}{more}; run `autograder grade {week} --force` and "
        f"`autograder feedback {week}`, or read the notebooks in autograded/"
    )
