"""Whether an upload can be taken: a notebook of this week, of a reasonable size."""

from __future__ import annotations

from autograder.course.directory import Course
from autograder.errors import UnreadableNotebook
from autograder.intake.read import parse_notebook
from autograder.intake.week_of import names_in_file, refuse_another_week


def refuse_unusable(course: Course, assignment: str, content: bytes) -> None:
    """Refuse what cannot be graded, so that it replaces nothing that was handed in before.

    The file is parsed, and nothing in it is run.

    Args:
        course: in which the week is released.
        assignment: nbgrader's name for it, such as week06_backpropagation.
        content: of the file.

    Raises:
        UnreadableNotebook: with a sentence for the student.
    """
    if not content:
        raise UnreadableNotebook(
            "The file is empty. Next: save the notebook, and hand in the saved file."
        )
    notebook = parse_notebook(content, course.settings.service.largest_bytes)
    names = names_in_file(course.notebook("release", assignment))
    refuse_another_week(notebook, assignment.partition("_")[0], names)
    if not any(cell["source"].strip() for cell in notebook["cells"]):
        raise UnreadableNotebook(
            "The notebook is empty. Next: save it in Jupyter, and hand in the saved file."
        )
