"""The old import path of our nbgrader preprocessors, used by courses made before version 2.

Their `nbgrader_config.py` belongs to the instructor, so it is not rewritten and must keep working.
"""

from autograder.grading.nbgrader_steps import (
    AnswerStubs,
    GradeSubmission,
    RestoreCells,
    SubmissionExporter,
)

__all__ = ["AnswerStubs", "GradeSubmission", "RestoreCells", "SubmissionExporter"]
