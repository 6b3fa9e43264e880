"""The text of `nbgrader_config.py`: what nbgrader has to know to grade with this package."""

from __future__ import annotations

from autograder.course import database as databases

STEPS = """\
# What students find in place of a solution.
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code here"}
c.ClearSolutions.text_stub = "*Your answer here.*"

# nbgrader's own steps and five of ours: AnswerStubs leaves `name = ...` where a whole cell is an
# answer; RecordCells rescales hand grades when points change; RestoreCells undoes changes to
# locked cells; GradeSubmission replaces Execute and runs the notebook in the sandbox; SaveScores
# keeps hand grades of answers that have not changed.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "autograder.grading.nbgrader_steps.AnswerStubs",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "autograder.grading.nbgrader_steps.RecordCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.exporter_class = "autograder.grading.nbgrader_steps.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.grading.nbgrader_steps.RestoreCells",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.grading.nbgrader_steps.GradeSubmission",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.grading.nbgrader_steps.SaveScores",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback is the page that `autograder feedback` writes. Formgrader shows graders the rubric below
# each answer; feedback leaves it out.
c.GenerateFeedback.exporter_class = "autograder.grading.nbgrader_steps.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograder.grading.nbgrader_steps.WithoutRubrics",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# What course.toml says of late work and of the language.
from pathlib import Path

from autograder.course.settings import configure

configure(c, Path(__file__).parent)
"""
"""What nbgrader has to know to grade with this package."""

CONFIG = '''\
"""nbgrader's settings for this course, written by `autograder init`."""

c = get_config()
c.CourseDirectory.course_id = {course_id!r}

# The gradebook's database, if not gradebook.db. No password here: it belongs in ~/.pgpass.
{database}

{steps}'''


def configuration(course_id: str, db_url: str = "") -> str:
    """The text of nbgrader_config.py; without a URL the gradebook is SQLite in the directory."""
    line = f"c.CourseDirectory.db_url = {db_url or databases.EXAMPLE!r}"
    database = line if db_url else f"# {line}"
    return CONFIG.format(course_id=course_id, database=database, steps=STEPS)
