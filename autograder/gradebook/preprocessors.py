"""The names under which courses made before version 2 find our nbgrader preprocessors.

Their `nbgrader_config.py` belongs to the instructor, so it is left as it is and goes on working.
"""

from autograder.grading.nbgrader_steps import (
    AnswerStubs,
    GradeSubmission,
    RestoreCells,
    SubmissionExporter,
)

__all__ = ["AnswerStubs", "GradeSubmission", "RestoreCells", "SubmissionExporter"]
