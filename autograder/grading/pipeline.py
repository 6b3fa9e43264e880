"""READ FIRST: a submission becomes verdicts, all stages in one short function.

    notebook ──restore──▶ cells ──sandbox──▶ answers ──judge──▶ verdicts ──▶ Report

`Assignment` is what all submissions of a week share; `grade` is the path that each one takes. The
functions after it grade one notebook for nbgrader and one file for a student; a whole class takes
the same path in `grade_class`.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.answer import Answer, Status
from autograder.course import directory as courses
from autograder.course import own_functions
from autograder.errors import AutograderError, UnknownName, UnreadableNotebook
from autograder.feedback.sanitize import disarm_text, shown
from autograder.grading.ask import Asker
from autograder.grading.assignment import (
    Assignment,
    load_assignment,
)
from autograder.grading.follow_through import SolutionFunctions
from autograder.grading.recorded_answers import encode_question, encode_submission
from autograder.intake.read import parse_notebook, read_bytes, read_notebook
from autograder.intake.restore import restore
from autograder.judging.judge import AskAgain, Judge, refuse_weak_mistakes
from autograder.light_imports import from_dict
from autograder.questions import catalogue, references
from autograder.questions.catalogue import Week
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome, Report, Submission, Verdict
from autograder.sandbox.session import Sandbox, Session

NO_FILES: Mapping[str, str] = {}

Content = tuple[bytes, Mapping[str, str]]
"""A notebook file's bytes, and the texts of the files beside it by name."""


def grade(submission: Submission, assignment: Assignment, sandbox: Sandbox) -> Report:
    """Run one submission and judge every question of its week.

    Args:
        submission: whose notebook file it is.
        assignment: the week's released notebook, questions and references.
        sandbox: a worker; it serves one submission at a time.

    Returns:
        The report. A file that is no notebook gives zeros with the reason; nothing is raised
        for what a student handed in.

    Raises:
        SandboxError: when the sandbox itself fails, so that another one may try.
    """
    try:
        content = read(submission)
    except UnreadableNotebook as error:
        return replace(unreadable(submission, assignment, str(error)), key=submission.key)
    return grade_content(submission, content, assignment, sandbox)


def read(submission: Submission) -> Content:
    """A submission's bytes, as another machine needs them to grade it.

    Raises:
        UnreadableNotebook: when there is no file of a notebook's size.
    """
    try:
        return read_bytes(submission.path), own_functions.handed_in(submission.path.parent)
    except OSError as error:
        name = submission.path.name
        raise UnreadableNotebook(f"{name} cannot be opened: {error.strerror}.") from None


def grade_content(
    submission: Submission, content: Content, assignment: Assignment, sandbox: Sandbox
) -> Report:
    """As `grade`, for a submission that has been read already, perhaps on another machine."""
    try:
        notebook, files = content
        submitted = parse_notebook(notebook)
        report = grade_notebook(submitted, submission.student, assignment, sandbox, files)
        return replace(report, key=submission.key)
    except UnreadableNotebook as error:
        return replace(unreadable(submission, assignment, str(error)), key=submission.key)
    except AutograderError:
        raise
    except Exception as error:
        # A fault of the grader's own must not cost the rest of the class its grades. Without a
        # key, the next run tries again.
        reason = f"The grader failed on this submission ({type(error).__name__}: {error})."
        return unreadable(submission, assignment, reason)


def grade_notebook(
    submitted: Any,
    student: str,
    assignment: Assignment,
    sandbox: Sandbox,
    files: Mapping[str, str] = NO_FILES,
) -> Report:
    """As `grade`, for a notebook (nbformat 4) and files beside it that are already in memory."""
    started = time.perf_counter()
    notebook, restored = restore(submitted, assignment.shape)
    with sandbox.open(assignment.steps(notebook), files) as session:
        asker = Asker(assignment, session, SolutionFunctions(assignment, sandbox))
        verdicts, pages = _judge(assignment, asker)
        usage = session.close()
    for index, result in session.cells.items():
        notebook.cells[index].outputs = [from_dict(each) for each in shown(result.outputs)]
    disarm_text(notebook, assignment.shape.by_content)
    ended = [*(cell.status for cell in session.cells.values()), *(v.outcome for v in verdicts)]
    return Report(
        student,
        assignment.week.name,
        tuple(replace(each, seconds=session.seconds[each.question]) for each in verdicts),
        notebook,
        (*restored, *_stopped_cells(session)),
        sum(each in ("timed out", "crashed") for each in ended),
        isolation=sandbox.isolation,
        seconds=time.perf_counter() - started,
        cpu_seconds=usage.cpu_seconds,
        peak_memory=usage.peak_memory,
        answers=encode_submission(pages),
    )


def unreadable(submission: Submission, assignment: Assignment, reason: str) -> Report:
    """The report of a submission that cannot be graded: zeros, with the reason."""
    zeros = tuple(nothing(assignment, reason))
    return Report(submission.student, assignment.week.name, zeros, unreadable=reason)


def nothing(assignment: Assignment, reason: str) -> list[Verdict]:
    """A zero for every question, with the reason why nothing could be asked."""
    keys = assignment.question_keys
    return [
        Verdict(name, 0.0, question.points, Outcome.MISSING, reason, key=keys[name])
        for name, question in assignment.week.questions.items()
    ]


def validate(week: Week) -> None:
    """Refuse a week in which something could hide, before students receive it.

    Raises:
        QuestionError: when a case or a mistake breaks a rule.
        MissingReference: when the shipped values are not those of the questions as they stand.
    """
    for question in week.questions.values():
        catalogue.refuse_weak_cases(question)
    refuse_weak_mistakes(
        Judge(week.questions, references.public(week.questions.values(), week.stem))
    )


def grade_for_nbgrader(notebook: Any, root: Path, week: str, student: str) -> Report:
    """Grade one notebook that nbgrader has read, in the course at `root`.

    nbgrader's whole run is one process: the assignment and the warm sandbox serve all of it.
    """
    assignment, sandbox = _for_this_process(root, week)
    submitted = root / "submitted" / student / assignment.week.stem
    files = own_functions.handed_in(submitted)
    return grade_notebook(notebook, student, assignment, sandbox, files)


@cache
def _for_this_process(root: Path, week: str) -> tuple[Assignment, Sandbox]:
    assignment = load_assignment(courses.load(root), week)
    sandbox = Sandbox(limits=assignment.limits(), libraries=assignment.libraries)
    atexit.register(sandbox.close)
    return assignment, sandbox


def check_file(path: Path, isolation: str) -> Report:
    """Judge a notebook on the public cases, as a student may before handing in.

    Raises:
        SandboxError: when this isolation is not to be had.
        UnreadableNotebook: when the file is no notebook.
        UnknownName: when none of its checks belongs to a week of this course.
    """
    notebook = read_notebook(path)
    names = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    for stem in catalogue.stems():
        if names & set((week := catalogue.week(stem)).questions):
            assignment = Assignment(week, released=notebook)
            with Sandbox(isolation, assignment.limits(), assignment.libraries) as sandbox:
                files = own_functions.handed_in(path.parent)
                return grade_notebook(notebook, "", assignment, sandbox, files)
    raise UnknownName(f"{path} holds no check of any week of this course.")


def _judge(assignment: Assignment, asker: Asker) -> tuple[list[Verdict], dict[str, bytes]]:
    """The verdict on every question, and the pages of what was asked and answered for them."""
    answers = asker.ask_all()
    verdicts: list[Verdict] = []
    pages: dict[str, bytes] = {}
    for name in assignment.week.questions:
        asked = Asked(assignment, asker, list(assignment.asked[name]), list(answers[name]))
        verdicts.append(verdict_on(assignment, name, answers[name], verdicts, asked.again))
        pages[name] = encode_question(asked.digests, asked.answers)
    return verdicts, pages


@dataclass
class Asked:
    """What was asked in order to judge one question, and what came back, for a later regrade."""

    assignment: Assignment
    asker: Asker
    digests: list[bytes]
    answers: list[Answer]

    def again(
        self, question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        """Ask beyond the question's own cases, and keep what came back."""
        answers = self.asker.ask_again(question, given, replaced)
        self.digests += self.assignment.digests(question, given, replaced)
        self.answers += answers
        return answers


def verdict_on(
    assignment: Assignment,
    name: str,
    answers: Sequence[Answer],
    before: Sequence[Verdict],
    ask_again: AskAgain,
) -> Verdict:
    """The verdict on one question.

    Args:
        assignment: the week.
        name: the question.
        answers: one for each of its cases, in the judge's order.
        before: the verdicts on the questions before it.
        ask_again: answers what the judge asks beyond those cases: the sandbox, or what an
            earlier run has kept.
    """
    at_fault = {verdict.question for verdict in before if not verdict.right}
    verdict = assignment.judge.judge(
        name,
        answers,
        ask_again,
        assignment.culprits(name, at_fault),
        replaceable=assignment.source is not None,
    )
    return replace(verdict, key=assignment.question_keys[name])


def _stopped_cells(session: Session) -> list[str]:
    return [
        f"{result.error.capitalize()}."
        for result in session.cells.values()
        if result.status in (Status.TIMED_OUT, Status.CRASHED)
    ]
