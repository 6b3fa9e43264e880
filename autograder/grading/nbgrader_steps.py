"""What nbgrader's own commands and formgrader run in a course made by `autograder init`.

`nbgrader_config.py` puts these among nbgrader's steps, so that `nbgrader autograde` and the
formgrader button grade with this package. Like the command line they are an entry point: they
import the grader itself only when a notebook is graded.
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades, SaveCells

from autograder.errors import CourseError, UnreadableNotebook
from autograder.gradebook import answer_texts, reports
from autograder.gradebook.outputs import UNREADABLE_ID, explain_unreadable, write_outputs
from autograder.gradebook.rubrics import add_rubrics, is_rubric, rubrics
from autograder.intake.metadata import checks_in
from autograder.light_imports import NotebookNode, nbformat
from autograder.records import Report

Resources = dict[str, Any]

# Unindented, so only outside of functions.
_RAISED = re.compile(r"^raise NotImplementedError.*$", re.MULTILINE)


class AnswerStubs(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts `name = ...` into a cell that contained nothing but the answer.

    nbgrader's own stub, a bare `raise`, would stop "Run All" at the first unanswered question.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        for cell in notebook.cells:
            stamp = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and stamp.get("solution"):
                name = stamp["grade_id"].removeprefix("solution-")
                cell.source = _RAISED.sub(f"{name} = ...  # your answer here", cell.source)
        return notebook, resources


class RecordCells(SaveCells):  # type: ignore[misc]
    """Enters the released cells in the gradebook; hand grades are rescaled with their points."""

    def _create_notebook(self, nb: NotebookNode) -> None:
        before = self._points()
        super()._create_notebook(nb)
        after = self._points()
        changed = {name for name in after if before.get(name) and before[name] != after[name]}
        for name in changed:
            cell = self.gradebook.find_grade_cell(name, self.notebook_id, self.assignment_id)
            for grade in cell.grades:
                if grade.manual_score is not None:
                    grade.manual_score *= after[name] / before[name]
        self.gradebook.db.commit()

    def _points(self) -> dict[str, float]:
        try:
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            return {}
        return {cell.name: cell.max_score for cell in notebook.grade_cells}


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads a submission as `autograder grade` does; an unreadable one scores 0 with a reason."""

    def from_file(
        self, file_stream: Any, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        from autograder.intake.read import read_notebook
        from autograder.intake.week_of import graded_names, refuse_another_week

        assert resources is not None
        assignment = resources["nbgrader"]["assignment"]
        if _is_plain(resources):
            return super().from_file(file_stream, resources, **kw)  # type: ignore[no-any-return]
        released = _released(resources)
        week = assignment.partition("_")[0]
        try:
            notebook = read_notebook(Path(file_stream.name))
            refuse_another_week(notebook, week, graded_names(released))
        except UnreadableNotebook as error:
            notebook = explain_unreadable(released, str(error))
            # RestoreCells is told here, not in the metadata, which a submission could forge.
            resources["nbgrader"]["unreadable"] = str(error)
        return self.from_notebook_node(notebook, resources, **kw)  # type: ignore[no-any-return]


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Restores read-only cells that a student changed or deleted."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        from autograder.intake.restore import Released, restore

        if "unreadable" in resources["nbgrader"] or _is_plain(resources):
            # nbgrader's own steps bring back the cells of other assignments.
            return notebook, resources
        restored, notes = restore(notebook, Released(_released(resources)))
        for note in notes:
            self.log.info("%s", note)
        return restored, resources


class GradeSubmission(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs the notebook in the sandbox and judges it, in place of nbgrader's Execute."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        student = resources["nbgrader"]["student"]
        assignment = resources["nbgrader"]["assignment"]
        if _is_plain(resources):
            from autograder.grading.plain_cells import run_all

            run_all(notebook, Path(resources["metadata"]["path"]))
            return notebook, resources
        week = assignment.partition("_")[0]
        if reason := _unreadable(notebook):
            report = Report(student, week, (), unreadable=reason)
            write_outputs(notebook, report)
            self._save(notebook, report, assignment, resources)
            return notebook, resources
        from autograder.grading import single_notebook

        # nbgrader's current directory is the course directory while it converts.
        report = single_notebook.grade_for_nbgrader(notebook, Path.cwd(), week, student)
        # nbgrader's next steps may change metadata, which all notebooks of the class share.
        graded = copy.deepcopy(report.notebook)
        write_outputs(graded, report)
        add_rubrics(graded, rubrics(assignment, self.config))
        self._save(graded, report, assignment, resources)
        return graded, resources

    def _save(
        self, graded: NotebookNode, report: Report, assignment: str, resources: Resources
    ) -> None:
        """Save the report, and tell `SaveScores` which answers are unchanged."""
        now = answer_texts.digests(graded)
        earlier = reports.find(Path.cwd(), assignment, report.student)
        if earlier is not None and earlier.texts:
            unchanged = answer_texts.unchanged(now, earlier, Path())
            resources["nbgrader"]["unchanged"] = unchanged
        reports.save(Path.cwd(), assignment, replace(report, texts=tuple(now.items())))


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Writes the pages of `autograder feedback`, but for the instructor's own assignments."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        from autograder.course.settings import read_settings
        from autograder.feedback.pages import page_of
        from autograder.gradebook.graded_cells import graded_cells

        assert resources is not None
        if _is_plain(resources):
            return super().from_notebook_node(nb, resources, **kw)  # type: ignore[no-any-return]
        about = resources["nbgrader"]
        student = about["student"]
        graded = graded_cells(about["db_url"], about["assignment"], student).get(student)
        # nbgrader's writer takes the page's ending from here.
        resources["output_extension"] = self.file_extension
        return page_of(nb, about["notebook"], graded, read_settings(Path.cwd())), resources


class WithoutRubrics(NbGraderPreprocessor):  # type: ignore[misc]
    """Leaves out of feedback what only graders see."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        notebook.cells = [cell for cell in notebook.cells if not is_rubric(cell)]
        return notebook, resources


class SaveScores(SaveAutoGrades):  # type: ignore[misc]
    """Saves automatic scores; a hand grade stands while what it was given for is unchanged."""

    def _add_score(self, cell: NotebookNode, resources: Resources) -> None:
        stamp = cell.metadata["nbgrader"]
        names = (stamp["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(*names)
        score, graded = grade.auto_score, grade.manual_score is not None
        stands = graded and not grade.needs_manual_grade
        super()._add_score(cell, resources)
        unchanged = resources["nbgrader"].get("unchanged", ())
        if stands and stamp["grade_id"] in unchanged and grade.auto_score == score:
            grade.needs_manual_grade = False
            self.gradebook.db.commit()


def _is_plain(resources: Resources) -> bool:
    """Whether the assignment is the instructor's own: no week, and no question of ours in it."""
    from autograder.course.directory import use_weeks
    from autograder.questions import catalogue

    # nbgrader's current directory is the course directory while it converts.
    use_weeks(Path.cwd())
    assignment = resources["nbgrader"]["assignment"]
    if assignment in catalogue.stems():
        return False
    released = Path("release", assignment, f"{assignment}.ipynb")
    return not (released.is_file() and checks_in(nbformat.read(released, as_version=4)))


def _unreadable(notebook: NotebookNode) -> str:
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.get("id") != UNREADABLE_ID:
        return ""
    return str(first.metadata.get("autograder", {}).get("unreadable", ""))


def _released(resources: Resources) -> NotebookNode:
    assignment = resources["nbgrader"]["assignment"]
    path = Path("release", assignment, f"{assignment}.ipynb")
    if not path.is_file():
        raise CourseError(
            f"{path} does not exist; run `autograder release {assignment.partition('_')[0]}`"
        )
    return nbformat.read(path, as_version=4)
