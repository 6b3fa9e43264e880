"""READ FIRST: a submission becomes verdicts, all stages in one short function.

    notebook ──restore──▶ cells ──sandbox──▶ answers ──judge──▶ verdicts ──▶ Report

`Assignment` is what all submissions of a week share; `grade` is the path that each one takes. The
functions after it grade a course, one notebook for nbgrader, and one file for a student.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import from_dict

from autograder import course as courses
from autograder import earlier
from autograder.assignment import Assignment, ask_for, load_assignment
from autograder.calling import Answer, Status
from autograder.course import Course
from autograder.dispatch import local
from autograder.errors import AutograderError, CourseError, UnknownName, UnreadableNotebook
from autograder.feedback.disarm import disarm_text, shown
from autograder.gradebook import reports as saved
from autograder.gradebook.outputs import write_outputs
from autograder.intake.folders import find_submissions
from autograder.intake.notebooks import read_notebook
from autograder.intake.restore import restore
from autograder.judging import Judge, refuse_weak_mistakes
from autograder.lending import RightFunctions
from autograder.questions import catalogue, references
from autograder.questions.catalogue import Week
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome, Report, Submission, Verdict
from autograder.result_key import ResultKeys
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Sandbox, Session
from autograder.sandbox.steps import Answers, CellResult

NO_FILES: Mapping[str, str] = {}
BATCH = 32
"""Reports that go to the database in one transaction, at most."""
SECONDS_UNWRITTEN = 1.0
"""A report waits no longer for its batch to fill while others complete: a kill costs no more."""
SUBMISSIONS_A_SANDBOX = 24
"""Starting a sandbox costs as much as grading several submissions, so a few share one."""


def grade(submission: Submission, assignment: Assignment, sandbox: Sandbox) -> Report:
    """Run one submission and judge every question of its week.

    Args:
        submission: whose notebook file it is.
        assignment: the week's released notebook, questions and references.
        sandbox: a warm parent; it serves one submission at a time.

    Returns:
        The report. A file that is no notebook gives zeros with the reason; nothing is raised
        for what a student handed in.

    Raises:
        SandboxError: when the sandbox itself fails, so that another one may try.
    """
    try:
        submitted = read_notebook(submission.path)
        files = earlier.handed_in(submission.path.parent)
        report = grade_notebook(submitted, submission.student, assignment, sandbox, files)
        return replace(report, key=submission.key)
    except UnreadableNotebook as error:
        return replace(_unreadable(submission, assignment, str(error)), key=submission.key)
    except AutograderError:
        raise
    except Exception as error:
        # A fault of the grader's own must not cost the rest of the class its grades. Without a
        # key, the next run tries again.
        reason = f"The grader failed on this submission ({type(error).__name__}: {error})."
        return _unreadable(submission, assignment, reason)


def grade_notebook(
    submitted: Any,
    student: str,
    assignment: Assignment,
    sandbox: Sandbox,
    files: Mapping[str, str] = NO_FILES,
) -> Report:
    """As `grade`, for a notebook (nbformat 4) and files beside it that are already in memory."""
    started = time.perf_counter()
    notebook, restored = restore(submitted, assignment.released)
    with sandbox.open(assignment.steps(notebook), files) as session:
        answers = session.ask(assignment.asks)
        answers |= _why_missing(assignment, answers, session)
        with RightFunctions(assignment, sandbox) as right:
            verdicts = _judge(assignment, answers, session, right)
        usage = session.close()
    for index, result in session.cells.items():
        notebook.cells[index].outputs = [from_dict(each) for each in shown(result.outputs)]
    disarm_text(notebook, assignment.released)
    ended = [*(cell.status for cell in session.cells.values()), *(v.outcome for v in verdicts)]
    report = Report(
        student,
        assignment.week.name,
        tuple(verdicts),
        notebook,
        (*restored, *_stopped_cells(session)),
        sum(each in ("timed out", "crashed") for each in ended),
        isolation=sandbox.isolation,
        seconds=time.perf_counter() - started,
        cpu_seconds=usage.cpu_seconds,
        peak_memory=usage.peak_memory,
    )
    write_outputs(notebook, report)
    return report


def submissions(course: Course, assignment: Assignment) -> list[Submission]:
    """What has been handed in for this week.

    Raises:
        CourseError: when nothing has.
    """
    folder = course.root / "submitted"
    found = find_submissions(folder, assignment.week.stem, assignment.week.name)
    if not found:
        raise CourseError(
            f"nothing is handed in for {assignment.week.name}; put notebooks at "
            f"{folder}/STUDENT/{assignment.week.stem}/{assignment.week.stem}.ipynb"
        )
    return found


def grade_course(
    course: Course,
    assignment: Assignment,
    handed_in: Sequence[Submission],
    *,
    workers: int = 0,
    isolation: str = "bubblewrap",
    limits: Limits | None = None,
    force: bool = False,
) -> Iterator[Report]:
    """Grade submissions in parallel into the gradebook; yield reports as they complete.

    Args:
        workers: how many sandboxes; 0 for as many as the cores and the class justify.
        force: also run what an earlier run has graded and nothing has changed since.

    Raises:
        SandboxError: when the asked isolation is not to be had on this machine.
        CourseError: when the gradebook cannot be written, or another run is grading the course.
    """
    # Here alone: where there is no gradebook, as in Gradescope, nbgrader need not be installed.
    from autograder.gradebook.bulk import BulkWriter

    allowed = assignment.limits(limits)
    with courses.alone(course), BulkWriter(course, assignment.week.stem) as writer:
        writer.sweep()
        waiting: list[Submission] = []
        kept: list[str] = []
        complete = set() if force else writer.complete()
        for submission in ResultKeys(assignment, isolation, allowed).with_keys(handed_in):
            report = _kept(course, assignment, submission, complete)
            if report is None:
                waiting.append(submission)
            else:
                kept.append(submission.student)
                yield report
        writer.renew_penalties(kept)
        reports = local.run(
            waiting,
            lambda submission, sandbox: grade(submission, assignment, sandbox),
            lost=lambda submission, error: _unreadable(submission, assignment, str(error)),
            workers=workers or min(local.cores(), 1 + len(waiting) // SUBMISSIONS_A_SANDBOX),
            isolation=isolation,
            limits=allowed,
            flavour=assignment.flavour,
        )
        batch: list[Report] = []
        written = time.monotonic()
        try:
            for report in reports:
                batch.append(report)
                yield report
                if len(batch) >= BATCH or time.monotonic() - written > SECONDS_UNWRITTEN:
                    full, batch = batch, []
                    writer.write(full)
                    written = time.monotonic()
        finally:
            # Also when the run is stopped: what was graded is kept.
            reports.close()
            writer.write(batch)


def _kept(
    course: Course, assignment: Assignment, submission: Submission, complete: set[str]
) -> Report | None:
    """The report of an earlier run, where running the submission again could change nothing."""
    if submission.student not in complete or not submission.key:
        return None
    report = saved.find(course.root, assignment.week.stem, submission.student)
    return replace(report, kept=True) if report and report.key == submission.key else None


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
    files = earlier.handed_in(submitted)
    return grade_notebook(notebook, student, assignment, sandbox, files)


@cache
def _for_this_process(root: Path, week: str) -> tuple[Assignment, Sandbox]:
    assignment = load_assignment(courses.load(root), week)
    sandbox = Sandbox(limits=assignment.limits(), flavour=assignment.flavour)
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
            with Sandbox(isolation, assignment.limits(), assignment.flavour) as sandbox:
                files = earlier.handed_in(path.parent)
                return grade_notebook(notebook, "", assignment, sandbox, files)
    raise UnknownName(f"{path} holds no check of any week of this course.")


def _judge(
    assignment: Assignment, answers: Answers, session: Session, right: RightFunctions
) -> list[Verdict]:
    def ask_again(
        question: Question, given: Sequence[Inputs], replace: Sequence[str]
    ) -> list[Answer]:
        # Whatever is not a public case is as secret as a hidden one.
        public = [p.inputs for p in assignment.judge.probes[question.name] if p.public]
        asks = [
            ask_for(number, question, inputs, replace, hidden=all(inputs is not p for p in public))
            for number, inputs in enumerate(given)
        ]
        if replace:
            right.start()
        again = session.ask(asks, on_call=right)
        return [again[number] for number in range(len(given))]

    in_order = iter(sorted(answers))
    verdicts: list[Verdict] = []
    for name in assignment.week.questions:
        own = [answers[next(in_order)] for _ in assignment.judge.probes[name]]
        at_fault = {verdict.question for verdict in verdicts if not verdict.right}
        called = [each for each in assignment.week.questions[name].builds_on if each in at_fault]
        culprits = [*called, *assignment.own_functions]
        verdicts.append(
            assignment.judge.judge(
                name, own, ask_again, culprits, replaceable=assignment.source is not None
            )
        )
    return verdicts


def _why_missing(assignment: Assignment, answers: Answers, session: Session) -> Answers:
    """Answers that say why a name is not defined: how the cell above its check ended."""
    explained: Answers = {}
    for ask in assignment.asks.asks:
        if answers[ask.id].status is Status.MISSING:
            above = session.above(ask.question)
            explained[ask.id] = replace(answers[ask.id], error=_ended(above) if above else "")
    return explained


def _ended(cell: CellResult) -> str:
    if cell.status is not Status.RETURNED:
        return cell.error
    return f"the cell above it raised {cell.error}" if cell.error else ""


def _stopped_cells(session: Session) -> list[str]:
    return [
        f"{result.error.capitalize()}."
        for result in session.cells.values()
        if result.status in (Status.TIMED_OUT, Status.CRASHED)
    ]


def _unreadable(submission: Submission, assignment: Assignment, reason: str) -> Report:
    verdicts = tuple(
        Verdict(name, 0.0, question.points, Outcome.MISSING, reason)
        for name, question in assignment.week.questions.items()
    )
    return Report(submission.student, assignment.week.name, verdicts, unreadable=reason)
