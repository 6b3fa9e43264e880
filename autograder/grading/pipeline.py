"""READ FIRST: the one path that every submission takes, from top to bottom.

    notebook ──restore──▶ cells ──sandbox──▶ answers ──judge──▶ verdicts ──▶ Report

A submission enters at `grade`. An `Assignment` is what all submissions of a week share. A class
takes this path in `grade_class`, a notebook on its own in `single_notebook`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.answer import Answer, Status
from autograder.course import own_functions
from autograder.errors import AutograderError, UnreadableNotebook
from autograder.feedback.sanitize import disarm_text, shown
from autograder.grading.ask import Asker
from autograder.grading.assignment import Assignment
from autograder.grading.called import Called
from autograder.grading.follow_through import SolutionFunctions
from autograder.grading.not_run import NotRun
from autograder.grading.plain_cells import put_tests
from autograder.grading.plain_cells import verdict_on as test_verdict
from autograder.grading.recorded_answers import encode_question, encode_submission
from autograder.intake.former import bring_up_to_date
from autograder.intake.metadata import grade_id_of
from autograder.intake.read import parse_notebook, read_bytes
from autograder.intake.restore import restore
from autograder.intake.week_of import about_mixture, refuse_another_week
from autograder.judging.judge import AskAgain
from autograder.light_imports import from_dict
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome, Report, Submission, Verdict
from autograder.sandbox.session import Cell, Sandbox, Session

NO_FILES: Mapping[str, str] = {}

Content = tuple[bytes, Mapping[str, str]]
"""A notebook file's bytes, and the texts of the files beside it by name."""


def grade(submission: Submission, assignment: Assignment, sandbox: Sandbox) -> Report:
    """Run one submission and judge every question of its week.

    Args:
        submission: a student's notebook file.
        assignment: the week's released notebook, questions and references.
        sandbox: runs one submission at a time.

    Returns:
        The report. An unreadable file scores zero and the report says why; nothing that a student
        hands in raises.

    Raises:
        SandboxError: when the sandbox itself fails; the submission may be tried in another one.
    """
    try:
        content = read(submission)
    except UnreadableNotebook as error:
        return replace(unreadable(submission, assignment, str(error)), key=submission.key)
    return grade_content(submission, content, assignment, sandbox)


def read(submission: Submission) -> Content:
    """A submission's bytes: all that another machine needs to grade it.

    Raises:
        UnreadableNotebook: when there is no file, or it is too large for a notebook.
    """
    try:
        return read_bytes(submission.path), own_functions.handed_in(submission.path.parent)
    except OSError as error:
        name = submission.path.name
        raise UnreadableNotebook(f"{name} cannot be opened: {error.strerror}.") from None


def grade_content(
    submission: Submission, content: Content, assignment: Assignment, sandbox: Sandbox
) -> Report:
    """Like `grade`, for bytes that have been read already, perhaps on another machine."""
    try:
        notebook, files = content
        submitted = parse_notebook(notebook)
        refuse_another_week(submitted, assignment.week.name, assignment.cell_names)
        report = grade_notebook(submitted, submission.student, assignment, sandbox, files)
        return replace(report, key=submission.key)
    except UnreadableNotebook as error:
        return replace(unreadable(submission, assignment, str(error)), key=submission.key)
    except AutograderError:
        raise
    except Exception as error:
        # A bug in the grader must not cost the rest of the class its grades. The report has no
        # key, so the next run tries this submission again.
        reason = f"The grader failed on this submission ({type(error).__name__}: {error})."
        return unreadable(submission, assignment, reason)


def grade_notebook(
    submitted: Any,
    student: str,
    assignment: Assignment,
    sandbox: Sandbox,
    files: Mapping[str, str] = NO_FILES,
) -> Report:
    """Like `grade`, for a notebook (nbformat 4) that is in memory.

    Args:
        submitted: the notebook as it was handed in.
        student: the student's id, for the report.
        assignment: the week's released notebook, questions and references.
        sandbox: runs one submission at a time.
        files: texts that stand beside the notebook, by name.
    """
    started = time.perf_counter()
    submitted = bring_up_to_date(submitted, assignment.released_cells, assignment.former)
    notebook, notes = restore(submitted, assignment.released_cells)
    notes += about_mixture(submitted, assignment.week.name, assignment.cell_names)
    put_tests(notebook, assignment.tests)
    steps = assignment.steps(notebook)
    with sandbox.open(steps, {**assignment.companions, **files}) as session:
        not_run = NotRun(notebook, steps, session.cells)
        sources = [step.source for step in steps if isinstance(step, Cell)]
        called = Called(sources, assignment.week.questions)
        solution = SolutionFunctions(assignment, sandbox)
        asker = Asker(assignment, session, solution, called, not_run)
        judged, answers = _judge(assignment, asker, called)
        usage = session.close()
    for index, result in session.cells.items():
        notebook.cells[index].outputs = [from_dict(each) for each in shown(result.outputs)]
    disarm_text(notebook, assignment.released_cells.by_content)
    # A student's process measures these, and more digits could spell a hidden input.
    timed = [replace(each, seconds=round(session.seconds[each.question], 4)) for each in judged]
    verdicts = (
        *assignment.decisions.settle(timed),
        *verdicts_on_tests(notebook, assignment, session),
    )
    return Report(
        student,
        assignment.week.name,
        verdicts,
        notebook,
        (*notes, *_stopped_cells(session)),
        _count_stopped(session, verdicts),
        isolation=sandbox.isolation,
        seconds=time.perf_counter() - started,
        cpu_seconds=usage.cpu_seconds,
        peak_memory=usage.peak_memory,
        answers=answers,
    )


def verdicts_on_tests(notebook: Any, assignment: Assignment, session: Session) -> Iterator[Verdict]:
    """The verdicts on the instructor's own tests, by nbgrader's rule."""
    for index, cell in enumerate(notebook["cells"]):
        if grade_id_of(cell) in assignment.tests:
            yield test_verdict(cell, session.cells.get(index))


def _judge(assignment: Assignment, asker: Asker, called: Called) -> tuple[list[Verdict], bytes]:
    """The verdict on every question, and the recorded answers that led to them."""
    answers = asker.ask_all()
    verdicts: list[Verdict] = []
    recorded: dict[str, bytes] = {}
    for name in assignment.week.questions:
        asked = _Recorder(assignment, asker, list(assignment.digests[name]), list(answers[name]))
        calls = called.by(name, _at_fault(verdicts))
        verdict = verdict_on(assignment, name, answers[name], verdicts, asked.ask_again, calls)
        verdicts.append(verdict)
        recorded[name] = encode_question(asked.digests, asked.answers)
    return verdicts, encode_submission(recorded)


@dataclass
class _Recorder:
    """Records what is asked to judge one question, and the answers, for a later regrade."""

    assignment: Assignment
    asker: Asker
    digests: list[bytes]
    answers: list[Answer]

    def ask_again(
        self, question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        """Ask for more than the question's own cases, and record the answers."""
        answers = self.asker.ask_again(question, given, replaced)
        self.digests += self.assignment.follow_up_digests(question, given, replaced)
        self.answers += answers
        return answers


def verdict_on(
    assignment: Assignment,
    name: str,
    answers: Sequence[Answer],
    before: Sequence[Verdict],
    ask_again: AskAgain,
    calls: Sequence[str] = (),
) -> Verdict:
    """The verdict on one question.

    Args:
        assignment: the week.
        name: the question.
        answers: one for each of its cases, in the judge's order.
        before: the verdicts on the questions before it.
        ask_again: answers what the judge asks next: from the sandbox, or from an earlier run's
            recorded answers.
        calls: wrong questions that the answer calls and its question does not list.
    """
    verdict = assignment.judge.judge(
        name,
        answers,
        ask_again,
        assignment.culprits(name, _at_fault(before), calls),
        replaceable=assignment.source is not None,
        before=before,
    )
    return replace(verdict, key=assignment.question_keys[name], calls=tuple(calls))


def _at_fault(before: Sequence[Verdict]) -> set[str]:
    return {verdict.question for verdict in before if verdict.at_fault}


def _stopped_cells(session: Session) -> list[str]:
    """A sentence for each cell that was stopped."""
    no_cost = dict.fromkeys(session.optional, "; it is an experiment and costs no points")
    return [
        f"{result.error[:1].upper()}{result.error[1:]}{no_cost.get(index, '')}."
        for index, result in session.cells.items()
        if result.status in (Status.TIMED_OUT, Status.CRASHED)
    ]


def _count_stopped(session: Session, verdicts: Sequence[Verdict]) -> int:
    """How many cells and questions timed out or crashed, experiments not counted."""
    cells = [
        cell.status in (Status.TIMED_OUT, Status.CRASHED)
        for index, cell in session.cells.items()
        if index not in session.optional
    ]
    questions = [each.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED) for each in verdicts]
    return sum(cells) + sum(questions)


def unreadable(submission: Submission, assignment: Assignment, reason: str) -> Report:
    """The report on a submission that cannot be graded: zero points, and the reason."""
    verdicts = tuple(zeros(assignment, reason))
    return Report(submission.student, assignment.week.name, verdicts, unreadable=reason)


def zeros(assignment: Assignment, reason: str) -> list[Verdict]:
    """Zero points for every question, with the reason why none could be asked."""
    keys = assignment.question_keys
    points = {name: question.points for name, question in assignment.week.questions.items()}
    return [
        Verdict(name, 0.0, worth, Outcome.MISSING, reason, key=keys.get(name, ""))
        for name, worth in {**points, **assignment.decisions.gone}.items()
    ] + [
        Verdict(name, 0.0, worth, Outcome.MISSING, reason, plain=True)
        for name, worth in assignment.worth_of_tests.items()
    ]
