"""The feedback for students: nbgrader's HTML pages of the graded notebooks."""

from __future__ import annotations

from pathlib import Path

from autograder.course.directory import Course, run_converter
from autograder.errors import CourseError
from autograder.output.files import write_whole

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


def generate_feedback(course: Course, assignment: str) -> list[Path]:
    """Write feedback/<student>/<assignment>/<assignment>.html for every graded submission.

    Args:
        course: supplies the graded notebooks.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Returns:
        The pages, ordered by student id.

    Raises:
        CourseError: when nothing has been graded, or nbgrader cannot write a page.
    """
    from nbgrader.converters import GenerateFeedback

    graded = list(course.root.glob(f"autograded/*/{assignment}/{assignment}.ipynb"))
    if not graded:
        raise CourseError(
            f"nothing of {assignment} has been graded; "
            f"run `autograder grade {assignment.partition('_')[0]}`"
        )
    run_converter(GenerateFeedback, course.config, assignment)
    pages = sorted(course.root.glob(f"feedback/*/{assignment}/{assignment}.html"))
    for page in pages:
        _forbid_scripts(page)
    return pages


def _forbid_scripts(page: Path) -> None:
    """Let browsers run MathJax only, in case a student's markup ever gets through."""
    text = page.read_text(encoding="utf-8")
    if _META in text:
        return
    start, head, rest = text.partition(_HEAD)
    if not head:
        raise CourseError(f"{page} does not look like a page of nbgrader's; update autograder")
    try:
        write_whole(page, f"{start}{head}{_META}\n{rest}".encode(), READABLE)
    except OSError as error:
        raise CourseError(f"{page} cannot be written: {error.strerror}") from None
