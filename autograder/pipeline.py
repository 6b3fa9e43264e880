"""READ FIRST: a submission becomes verdicts, all stages in one short function.

    notebook ──restore──▶ cells ──sandbox──▶ answers ──judge──▶ verdicts ──▶ Report

`Assignment` is what all submissions of a week share; `grade` is the path that each one takes.
"""

from __future__ import annotations

import ast
import atexit
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from nbformat import from_dict

from autograder import course as courses
from autograder.calling import Answer, Status, Tree
from autograder.course import Course
from autograder.dispatch import local
from autograder.errors import CourseError, UnknownName, UnreadableNotebook
from autograder.gradebook.bulk import BulkWriter
from autograder.gradebook.outputs import write_outputs
from autograder.intake.folders import find_submissions
from autograder.intake.notebooks import read_notebook
from autograder.intake.restore import restore
from autograder.judging import Judge, refuse_weak_mistakes
from autograder.questions import catalogue, references
from autograder.questions.catalogue import Week
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome, Report, Submission, Verdict
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Sandbox, Session
from autograder.sandbox.steps import Answers, Ask, Cell, CellResult, EncodedAsks, Hold, encode_asks

BATCH = 32
"""Reports that go to the database in one transaction."""
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
    """
    try:
        submitted = read_notebook(submission.path)
    except UnreadableNotebook as error:
        return _unreadable(submission, assignment, str(error))
    return grade_notebook(submitted, submission.student, assignment, sandbox)


def grade_notebook(
    submitted: Any, student: str, assignment: Assignment, sandbox: Sandbox
) -> Report:
    """As `grade`, for a notebook that is already in memory (nbformat 4)."""
    started = time.perf_counter()
    notebook, restored = restore(submitted, assignment.released)
    with sandbox.open(assignment.steps(notebook)) as session:
        answers = session.ask(assignment.asks)
        answers |= _why_missing(assignment, answers, session)
        verdicts = _judge(assignment, answers, session)
        usage = session.close()
    for index, result in session.cells.items():
        notebook.cells[index].outputs = [from_dict(output) for output in result.outputs]
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
) -> Iterator[Report]:
    """Grade submissions in parallel into the gradebook; yield reports as they complete.

    Args:
        workers: how many sandboxes; 0 for as many as the cores and the class justify.

    Raises:
        SandboxError: when the asked isolation is not to be had on this machine.
        CourseError: when the gradebook cannot be written.
    """
    reports = local.run(
        handed_in,
        lambda submission, sandbox: grade(submission, assignment, sandbox),
        workers=workers or min(local.cores(), 1 + len(handed_in) // SUBMISSIONS_A_SANDBOX),
        isolation=isolation,
        limits=limits,
        preload=assignment.imports,
    )
    with BulkWriter(course, assignment.week.stem) as writer:
        batch: list[Report] = []
        for report in reports:
            batch.append(report)
            if len(batch) >= BATCH:
                writer.write(batch)
                yield from batch
                batch.clear()
        writer.write(batch)
        yield from batch


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
    return grade_notebook(notebook, student, *_for_this_process(root, week))


@cache
def _for_this_process(root: Path, week: str) -> tuple[Assignment, Sandbox]:
    assignment = load_assignment(courses.load(root), week)
    sandbox = Sandbox(preload=assignment.imports)
    atexit.register(sandbox.close)
    return assignment, sandbox


def check_file(path: Path, sandbox: Sandbox) -> Report:
    """Judge a notebook on the public cases, as a student may before handing in.

    Raises:
        UnreadableNotebook: when the file is no notebook.
        UnknownName: when none of its checks belongs to a week of this course.
    """
    notebook = read_notebook(path)
    names = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    for stem in catalogue.stems():
        if names & set((week := catalogue.week(stem)).questions):
            assignment = Assignment(week, released=notebook)
            return grade_notebook(notebook, "", assignment, sandbox)
    raise UnknownName(f"{path} holds no check of any week of this course.")


@dataclass
class Assignment:
    """What all submissions of one week share.

    Args:
        week: its questions.
        released: the notebook that students received (locked cells, cell ids, points).
        source: the same notebook with its solutions, which answer follow-through's calls; a
            student's machine has none.
        secret: the course's secret, which seeds the hidden cases.
        cache: the file that keeps their reference values; without it, public cases alone.
        run_experiments: also run the cells that no question depends on.
    """

    week: Week
    released: Any
    source: Any = None
    secret: bytes = references.PUBLIC_SECRET
    cache: Path | None = None
    run_experiments: bool = False
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        questions = self.week.questions
        public = references.public(questions.values(), self.week.stem)
        hidden = (
            references.hidden(questions.values(), self.secret, self.cache) if self.cache else None
        )
        self.judge = Judge(questions, public, hidden, self.secret)

    def steps(self, notebook: Any) -> list[Cell | Hold]:
        """What the sandbox does, in the notebook's order: run a cell, or hold a function."""
        steps: list[Cell | Hold] = []
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name in self.week.questions:
                steps.append(Hold(index, name, self.week.questions[name].calls))
            elif self.run_experiments or not is_experiment(cell):
                steps.append(Cell(index, cell.source))
        return steps

    @cached_property
    def asks(self) -> EncodedAsks:
        """Every case of every question, in the judge's order, encoded once for the class."""
        cases = [
            (question, probe.inputs)
            for name, question in self.week.questions.items()
            for probe in self.judge.probes[name]
        ]
        return encode_asks(_ask(number, *case) for number, case in enumerate(cases))

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """The import statements of the read-only cells, for the warm parent to execute once."""
        return tuple(
            ast.unparse(statement)
            for cell in self.released.cells
            if cell.metadata.get("nbgrader", {}).get("locked") and cell.cell_type == "code"
            for statement in ast.walk(ast.parse(cell.source))
            if isinstance(statement, (ast.Import, ast.ImportFrom))
        )

    @cached_property
    def solutions(self) -> dict[str, Any]:
        """The lesson's own functions, run here and never in the sandbox."""
        namespace: dict[str, Any] = {"check": lambda name: None}
        for cell in self.source.cells:
            mark = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and not is_experiment(cell) and not mark.get("grade"):
                exec(compile(cell.source, "<solution>", "exec"), namespace)
        return namespace


def load_assignment(course: Course, week: str) -> Assignment:
    """A week of a course, with its notebooks and reference values.

    Raises:
        CourseError: when the week has not been released in this course.
    """
    found = catalogue.week(week)
    notebooks = [course.notebook(step, found.stem) for step in ("release", "source")]
    for path in notebooks:
        if not path.is_file():
            raise CourseError(
                f"{found.name} is not released in {course.root}; "
                f"run `autograder release {found.name}`"
            )
    released, source = (read_notebook(path) for path in notebooks)
    cache_file = course.root / ".autograder" / "references" / f"{found.stem}.npz"
    return Assignment(found, released, source, course.secret, cache_file)


def is_experiment(cell: Any) -> bool:
    """Whether the lesson marks a cell as an experiment, on which no question depends."""
    return "experiment" in cell.metadata.get("tags", ())


def _ask(number: int, question: Question, given: Inputs, replace: Sequence[str] = ()) -> Ask:
    return Ask(number, question.name, question.driver_source, given, tuple(replace))


def _judge(assignment: Assignment, answers: Answers, session: Session) -> list[Verdict]:
    def right_answer(name: str, arguments: list[Tree], named: dict[str, Tree]) -> Tree:
        return assignment.solutions[name](*arguments, **named)

    def ask_again(
        question: Question, given: Sequence[Inputs], replace: Sequence[str]
    ) -> list[Answer]:
        asks = [_ask(number, question, inputs, replace) for number, inputs in enumerate(given)]
        again = session.ask(asks, on_call=right_answer)
        return [again[number] for number in range(len(given))]

    in_order = iter(sorted(answers))
    verdicts: list[Verdict] = []
    for name in assignment.week.questions:
        own = [answers[next(in_order)] for _ in assignment.judge.probes[name]]
        culprits = [verdict.question for verdict in verdicts if _at_fault(verdict)]
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


def _at_fault(verdict: Verdict) -> bool:
    return verdict.points < verdict.max_points


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
