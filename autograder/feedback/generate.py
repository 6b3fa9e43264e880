"""The feedback that students receive: nbgrader's HTML pages of the graded notebooks."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course, run_converter
from autograder.errors import CourseError


def generate_feedback(course: Course, assignment: str) -> list[Path]:
    """Make feedback/<student>/<assignment>/<assignment>.html for every graded submission.

    Args:
        course: whose graded notebooks are shown.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Returns:
        The pages, in the order of the students' names.

    Raises:
        CourseError: when nothing has been graded, or nbgrader could not make a page.
    """
    from nbgrader.converters import GenerateFeedback

    graded = list(course.root.glob(f"autograded/*/{assignment}/{assignment}.ipynb"))
    if not graded:
        raise CourseError(
            f"nothing of {assignment} has been graded; "
            f"run `autograder grade {assignment.partition('_')[0]}`"
        )
    run_converter(GenerateFeedback, course.config, assignment)
    return sorted(course.root.glob(f"feedback/*/{assignment}/{assignment}.html"))
