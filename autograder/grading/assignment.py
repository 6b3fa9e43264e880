"""What all submissions of one week share: questions, notebooks, references, and encoded asks."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.course import own_functions
from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.grading import released_week
from autograder.grading.decisions import Decisions
from autograder.grading.plain_cells import files_beside, is_test
from autograder.grading.recorded_answers import ask_digest
from autograder.intake.experiments import Experiments
from autograder.intake.metadata import checks_in, grade_id_of, points_of, stamp_of
from autograder.intake.read import read_notebook
from autograder.intake.released import Released, Role, role_of
from autograder.intake.week_of import graded_names, names_of
from autograder.judging.bounded_measures import BoundedMeasures
from autograder.judging.judge import Judge
from autograder.judging.points import NOT_AS_ASKED
from autograder.questions import catalogue, references
from autograder.questions.catalogue import Week
from autograder.questions.define import Inputs, Question
from autograder.questions.keys import digest, question_keys
from autograder.release.start_here.first_cell import CELL
from autograder.sandbox.libraries import Libraries
from autograder.sandbox.limits import Limits
from autograder.sandbox.requests import (
    Ask,
    Cell,
    EncodedAsks,
    Hold,
    KnownAnswers,
    encode_asks,
)
from course_lib.quiet import import_keras


@dataclass
class Assignment:
    """What all submissions of one week share.

    Args:
        week: its questions.
        released: the notebook that students received (locked cells, cell ids, points).
        source: the same notebook with its solutions, which follow-through calls; None on a
            student's machine.
        secret: the course's secret, which seeds the hidden cases.
        cache: the file with reference answers to the hidden cases; None for public cases only.
        own: the course's version of the students' own file of earlier functions; empty when the
            notebook defines them itself.
        run_experiments: run all experiments, also those that nothing depends on.
        carried: a file of hidden values that another machine computed, in place of `cache`.
        not_as_asked: the share of its points that is kept by what is right but not as asked.
        decided: what the instructor has decided about questions, by name (see `decisions`).
        former: cells as earlier releases had them (see `intake.former`).
        tests: the sources of the instructor's own tests, with their hidden parts, by name.
        companions: files that the instructor has released beside the notebook, by name.
    """

    week: Week
    released: Any
    source: Any = None
    secret: bytes = references.PUBLIC_SECRET
    cache: Path | None = None
    own: str = ""
    run_experiments: bool = False
    carried: Path | None = None
    not_as_asked: float = NOT_AS_ASKED
    decided: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    companions: Mapping[str, bytes] = field(default_factory=dict)
    decisions: Decisions = field(init=False, default_factory=Decisions)
    judge: Judge = field(init=False)
    _numbers: Iterator[int] = field(init=False, default_factory=itertools.count)
    _follow_ups: dict[Hashable, EncodedAsks] = field(init=False, default_factory=dict)
    _known_follow_ups: KnownAnswers = field(init=False, default_factory=KnownAnswers)

    def __post_init__(self) -> None:
        if self.source is not None:
            # What was released counts, whatever the package asks and gives since then.
            points = points_of(self.released)
            asked = checks_in(self.released)
            gone = {name: points[name] for name in asked if name not in self.week.questions}
            self.decisions = Decisions(self.decided, gone)
            self.week = self.week.only(points).worth(points)
        questions = self.week.questions
        if "keras" in self.week.libraries:
            # Judging may call Keras on what students returned. Imported this way, TensorFlow
            # prints no notices.
            import_keras()
        public = references.public(questions.values(), self.week.stem)
        hidden = None
        if self.carried:
            again = "build the zip again"
            hidden = references.carried(questions.values(), self.secret, self.carried, again)
        elif self.cache:
            hidden = references.hidden(questions.values(), self.secret, self.cache)
        measures = BoundedMeasures(
            self.week.stem, weeks=self.week.folder.parent if self.week.own else None
        )
        self.judge = Judge(
            questions, public, hidden, self.secret, measures, not_as_asked=self.not_as_asked
        )

    @cached_property
    def released_cells(self) -> Released:
        """The cells of `released`, in a form that finds them in submissions."""
        return Released(self.released)

    @cached_property
    def cell_names(self) -> frozenset[str]:
        """The names of the week's answer and check cells, which tell its notebook from others."""
        if self.source is not None:
            return graded_names(self.released)
        return names_of(self.week)

    @cached_property
    def experiments(self) -> Experiments:
        """The lesson's experiments, which run where the student changed or needs them."""
        return Experiments(self.released_cells)

    def steps(self, notebook: Any) -> list[Cell | Hold]:
        """What the sandbox does, in the order of the notebook: run a cell, or hold a function.

        Args:
            notebook: a restored submission, nbformat 4.
        """
        steps: list[Cell | Hold] = []
        experiments = self.experiments.to_run(notebook["cells"])
        for index, cell in enumerate(notebook["cells"]):
            # Keys, not attributes: a NotebookNode looks up attributes slowly.
            if cell["cell_type"] != "code":
                continue
            if (name := grade_id_of(cell)) in self.week.questions:
                steps.append(Hold(index, name, self.week.questions[name].calls))
            elif name in self.tests or not self.experiments.name_of(cell):
                steps.append(Cell(index, cell["source"]))
            elif self.run_experiments or index in experiments:
                steps.append(Cell(index, cell["source"], optional=True))
        return steps

    @cached_property
    def asks(self) -> EncodedAsks:
        """Every case of every question, in the judge's order, encoded once for the class."""
        cases = [
            (question, probe.inputs, not probe.public)
            for name, question in self.week.questions.items()
            for probe in self.judge.probes[name]
        ]
        return encode_asks(
            ask_for(number, question, given, hidden=hidden)
            for number, (question, given, hidden) in enumerate(cases)
        )

    def follow_up_asks(
        self, question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> EncodedAsks:
        """What the judge asks beyond a question's own cases.

        Asks that use a question's own inputs are encoded once for the class, and equal answers to
        them are decoded once.

        Args:
            question: the question.
            given: one set of named inputs per ask.
            replaced: names of the functions that the solution replaces.
        """
        # Ids are safe as keys: the probes keep these inputs alive.
        key = (question.name, tuple(replaced), tuple(map(id, given)))
        if found := self._follow_ups.get(key):
            return found
        probes = self.judge.probes[question.name]
        # Inputs that are not those of a public case may derive from a hidden one.
        public = {id(probe.inputs) for probe in probes if probe.public}
        asks = [
            ask_for(
                next(self._numbers), question, inputs, replaced, hidden=id(inputs) not in public
            )
            for inputs in given
        ]
        if not {id(probe.inputs) for probe in probes}.issuperset(map(id, given)):
            return encode_asks(asks)
        self._follow_ups[key] = encode_asks(asks, self._known_follow_ups)
        return self._follow_ups[key]

    @cached_property
    def digests(self) -> dict[str, list[bytes]]:
        """Digests of every question's cases, in the judge's order (see `recorded_answers`)."""
        digests: dict[str, list[bytes]] = {name: [] for name in self.week.questions}
        for ask in self.asks.asks:
            digests[ask.question].append(ask_digest(ask))
        return digests

    def follow_up_digests(
        self, question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[bytes]:
        """Digests of `follow_up_asks`, which has the same arguments."""
        return [ask_digest(ask) for ask in self.follow_up_asks(question, given, replaced).asks]

    @cached_property
    def question_keys(self) -> dict[str, str]:
        """A hash of all that decides each question's verdict (see `questions.keys`)."""
        keys = question_keys(self.week)
        if self.not_as_asked == NOT_AS_ASKED:
            return keys
        share = repr(self.not_as_asked).encode()
        return {name: digest(key.encode(), share).hex() for name, key in keys.items()}

    @cached_property
    def public_asks(self) -> EncodedAsks:
        """The asks whose inputs a student may be shown."""
        return self.asks.where(lambda ask: not ask.hidden)

    @cached_property
    def hidden_asks(self) -> EncodedAsks:
        """The asks whose inputs stay secret."""
        return self.asks.where(lambda ask: ask.hidden)

    def culprits(self, name: str, at_fault: Container[str], calls: Sequence[str] = ()) -> list[str]:
        """Functions that a wrong answer may have called and that are, or may be, wrong.

        Args:
            name: the question.
            at_fault: names of the earlier questions that are wrong.
            calls: those of them that the answer calls and the question does not list.
        """
        called = [*self.week.questions[name].builds_on, *calls]
        return [*(each for each in called if each in at_fault), *self.own_functions]

    @cached_property
    def callees(self) -> dict[str, tuple[str, ...]]:
        """By question, the functions that it may call and that the solution can replace."""
        if self.source is None:
            return {}
        return {name: each.builds_on for name, each in self.week.questions.items()}

    @cached_property
    def worth_of_tests(self) -> dict[str, float]:
        """The points of the instructor's own tests, by name."""
        return {
            name: worth for name, worth in points_of(self.released).items() if name in self.tests
        }

    @cached_property
    def libraries(self) -> Libraries:
        """What a worker imports before it forks: libraries, and what read-only cells import."""
        imports = tuple(
            statement
            for cell in self.released.cells
            if cell.cell_type == "code"
            and (stamp := stamp_of(cell)).get("locked")
            and stamp.get("grade_id") != CELL
            for statement in _imports(cell.source)
        )
        # NumPy imports it only when it is used, in each submission again.
        drawn = ("import numpy.random",) if b"np.random" in self.asks.frame else ()
        return Libraries((*imports, *drawn), self.week.libraries)

    def limits(self, given: Limits | None = None) -> Limits:
        """What a submission may use, including the time that this week's training questions need.

        Args:
            given: the limits without that time; the default limits if None.
        """
        limits = given or Limits()
        training = sum(ask.seconds for ask in self.asks.asks)
        return replace(limits, notebook_seconds=limits.notebook_seconds + training)

    def lesson(self) -> list[Cell | Hold]:
        """The lesson's cells with their solutions; they never run beside a student's code."""
        return [
            Cell(index, cell.source)
            for index, cell in enumerate(self.source.cells)
            if cell.cell_type == "code"
            and role_of(cell) is not Role.EXPERIMENT
            and not stamp_of(cell).get("grade")
        ]

    @cached_property
    def own_functions(self) -> list[str]:
        """Names of earlier weeks' functions that each student brings along, right or wrong."""
        return own_functions.names(self.own)


def load_assignment(course: Course, week: str, *, as_released: bool = False) -> Assignment:
    """A week of a course, with its notebooks and reference answers.

    Args:
        course: the course.
        week: any of the week's names, such as "week06" or "6".
        as_released: whether to grade a week as released that has changed since.

    Raises:
        CourseError: when the week has not been released in this course, or has changed since.
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
    decided = released_week.decided(course, found, released)
    record = released_week.refuse_difference(
        course, found, released, decided, as_released=as_released
    )
    own = notebooks[1].with_name(own_functions.FILE)
    own_text = own.read_text(encoding="utf-8") if own.is_file() else ""
    share = course.settings.not_as_asked
    return Assignment(
        found,
        released,
        source,
        course.secret,
        course.hidden_values(found.stem),
        own_text,
        not_as_asked=NOT_AS_ASKED if share is None else share,
        decided=decided,
        former=record.former,
        tests=_tests(course, found, released),
        companions=_companions(course, found),
    )


def _tests(course: Course, week: Week, released: Any) -> dict[str, str]:
    """The instructor's own tests as the gradebook has them: hidden parts and autotests included."""
    from sqlalchemy import select

    from autograder.light_imports import api

    names = [
        name
        for cell in released.cells
        if is_test(cell)
        and (name := grade_id_of(cell)) not in week.questions
        and cell.source.strip() != f'check("{name}")'
    ]
    if not names:
        return {}
    whole = (
        select(api.SourceCell.name, api.SourceCell.source)
        .join(api.Notebook, api.Notebook.id == api.SourceCell.notebook_id)
        .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
        .where(api.Assignment.name == week.stem, api.SourceCell.name.in_(names))
    )
    with connected(course.db_url) as connection:
        return {row.name: row.source for row in connection.execute(whole)}


def _companions(course: Course, week: Week) -> dict[str, bytes]:
    """What the instructor has put beside the notebook and released with it."""
    released = course.folder("release", week.stem)
    found = files_beside(course.folder("source", week.stem))
    return {
        name: content
        for name, content in found.items()
        if name != own_functions.FILE and (released / name).is_file()
    }


def _imports(source: str) -> list[str]:
    """The import statements of a cell that can be executed without it."""
    try:
        statements = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # In `autograder check` the locked cells are a student's copy. The cell itself will fail.
        return []
    found = [each for each in statements if isinstance(each, (ast.Import, ast.ImportFrom))]
    return [ast.unparse(each) for each in found if not _needs_its_module(each)]


def _needs_its_module(statement: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(statement, ast.ImportFrom) and (
        statement.level > 0 or statement.module == "__future__"
    )


def ask_for(
    number: int,
    question: Question,
    given: Inputs,
    replaced: Sequence[str] = (),
    *,
    hidden: bool,
) -> Ask:
    """One case of one question.

    Args:
        number: the ask's id.
        question: the question.
        given: its named inputs.
        replaced: names of the functions that the solution replaces.
        hidden: whether the inputs must stay secret.
    """
    return Ask(
        number,
        question.name,
        question.driver_source,
        question.handed(given),
        tuple(replaced),
        question.seconds,
        hidden,
    )
