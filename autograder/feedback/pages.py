"""The feedback for students: nbgrader's HTML pages of the graded notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from autograder.course.directory import Course, run_converter
from autograder.errors import CourseError
from autograder.output.files import write_whole
from autograder.output.text import printable

READABLE = 0o644
"""The mode that nbgrader gives the pages, which are released to students."""
_MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
# MathJax evaluates its configuration; it may load nothing that a student wrote.
POLICY = (
    f"default-src 'none'; script-src {_MATHJAX} 'unsafe-eval'; style-src 'unsafe-inline'; "
    f"img-src data:; font-src {_MATHJAX} data:; base-uri 'none'; form-action 'none'"
)
_META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
_HEAD = "<head>\n"
_NAMED = 5
_LONGEST = 200


def generate_feedback(course: Course, assignment: str) -> list[Path]:
    """Write feedback/<student>/<assignment>/<assignment>.html for every graded submission.

    Args:
        course: supplies the graded notebooks.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Returns:
        The pages, ordered by student id.

    Raises:
        CourseError: when nothing has been graded, or some pages cannot be written; all other
            pages are complete then.
    """
    graded = list(course.root.glob(f"autograded/*/{assignment}/{assignment}.ipynb"))
    if not graded:
        raise CourseError(
            f"nothing of {assignment} has been graded; "
            f"run `autograder grade {assignment.partition('_')[0]}`"
        )
    from autograder.feedback.exporter import WritePages

    failed: dict[str, str] = {}
    run_converter(partial(WritePages, failed=failed), course.config, assignment)
    pages = sorted(course.root.glob(f"feedback/*/{assignment}/{assignment}.html"))
    for page in pages:
        try:
            _forbid_scripts(page)
        except (CourseError, OSError) as error:
            failed[page.parents[1].name] = str(error)
    if failed:
        complete = {page.parents[1].name for page in pages} - set(failed)
        raise CourseError(_about_failed(failed, len(complete), assignment))
    return pages


def with_policy(page: str) -> str:
    """A page that lets browsers run MathJax only, in case a student's markup ever gets through.

    Raises:
        CourseError: when the page has another form than nbgrader's.
    """
    start, head, rest = page.partition(_HEAD)
    if not head:
        raise CourseError("the page does not look like a page of nbgrader's; update autograder")
    return page if rest.startswith(_META) else f"{start}{head}{_META}\n{rest}"


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
