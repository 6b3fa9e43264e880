"""Everything that must hold of a week before students meet it, and what to do where it does not."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.errors import AutograderError, MissingReference, QuestionError
from autograder.judging import case_laws, laws
from autograder.judging.judge import Judge
from autograder.questions import catalogue, places, references, time_limit
from autograder.questions.catalogue import Week
from autograder.questions.define import Question
from autograder.questions.time_limit import NOT_ENDED, at_most
from autograder.release.lesson import source_notebook
from autograder.release.survivors import survivors

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONG = 60
"""Seconds that a question may take to answer whose solution is not tried here."""
MUTANTS_SECONDS = 20
"""The same for a question whose solution is not tried with small changes."""
MOST_MUTANTS = 5


@dataclass
class Validation:
    """What was found in a week: sentences by question, those about the whole week under "".

    `advice` is worth a look and need not be followed.
    """

    week: Week
    findings: dict[str, list[str]] = field(default_factory=dict)
    advice: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, question: str, *sentences: str) -> None:
        """Add what is wrong with a question, or with the week if the name is empty."""
        if sentences:
            self.findings.setdefault(question, []).extend(sentences)


def validate(week: Week, secret: bytes, hidden: Path) -> Validation:
    """Try every law of the house on a week.

    Reference values that are missing or out of date are computed first, which may take Keras.

    Args:
        week: the week, whose code and lesson are run in this process.
        secret: the course's secret, which seeds the hidden cases.
        hidden: the file in which the course keeps the values of the week's hidden cases.
    """
    found = Validation(week)
    _about_the_week(found)
    notebook = _lesson(found)
    judge = _judge(found, secret, hidden)
    solutions = _solutions(found, notebook) if notebook else {}
    shipped = _shipped_questions(week)
    for question in week.questions.values():
        if not any(NOT_ENDED in each for each in found.findings.get(question.name, ())):
            found.add(question.name, *laws.cases_show_mix_ups(question, references.PUBLIC_SECRET))
            found.add(question.name, *laws.hidden_inputs_are_new(question, secret))
        found.add(question.name, *laws.stability_is_asked(question))
        if judge and question.name in judge.questions:
            found.add(question.name, *_about_verdicts(judge, question))
            if question.name not in shipped:
                _advise(found, judge, question)
            if question.calls in solutions:
                _try_solution(found, judge, question, solutions[question.calls])
            if notebook and question.name not in shipped and question.name not in found.findings:
                _advise_on_mutants(found, judge, question, notebook, solutions)
    return found


def _shipped_questions(week: Week) -> set[str]:
    """The questions that the package's week has: whoever wrote them has thought of their cases."""
    folder = places.PACKAGE / week.stem
    known = {path.stem for path in places.code_files(folder)} if folder.is_dir() else set()
    return {name for name, each in week.questions.items() if each.module.split(".")[-1] in known}


def _advise(found: Validation, judge: Judge, question: Question) -> None:
    probes = judge.probes[question.name]
    expected = {(question.name, each.case): each.expected for each in probes if each.public}
    # What the cases' inputs break has been told already.
    with suppress(QuestionError):
        if sentences := list(case_laws.advice(question, expected)):
            found.advice[question.name] = sentences


def _advise_on_mutants(
    found: Validation,
    judge: Judge,
    question: Question,
    notebook: NotebookNode,
    solutions: dict[str, Any],
) -> None:
    """Name small changes of the solution that earn all points, if a right one was tried."""
    cells = {cell.id: cell.source for cell in notebook.cells}
    solution = cells.get(f"solution-{question.calls}"[:64], "")
    if not question.parameters or question.seconds > MUTANTS_SECONDS:
        return
    with _quiet():
        missed = survivors(judge, question, solution, solutions)
    advice = [
        f"no case notices this change of the solution: {change}" for change in missed[:MOST_MUTANTS]
    ]
    if len(missed) > MOST_MUTANTS:
        advice.append(f"and {len(missed) - MOST_MUTANTS} small changes more go unnoticed")
    if advice:
        found.advice.setdefault(question.name, []).extend(advice)


def _about_the_week(found: Validation) -> None:
    week = found.week
    if not week.points_by_name:
        found.add("", "it has no questions; add one with `autograder new question`")
    for written in week.written.values():
        if not written.rubric.strip():
            found.add(written.name, "its rubric is empty; say for what graders give points")
        if written.points < 0:
            found.add(written.name, f"it is worth {written.points:g} points; expected 0 or more")
    try:
        catalogue.weeks()
    except QuestionError as error:
        found.add("", str(error))


def _lesson(found: Validation) -> NotebookNode | None:
    week = found.week
    if not week.lesson.is_file():
        found.add("", f"its lesson {week.lesson} does not exist")
        return None
    try:
        return source_notebook(week.lesson, week.points_by_name, week.answer_cells)
    except QuestionError as error:
        found.add("", str(error))
        return None


def _judge(found: Validation, secret: bytes, hidden: Path) -> Judge | None:
    """A judge of the questions whose values can be computed."""
    week = found.week
    usable: dict[str, Question] = {}
    for question in week.questions.values():
        try:
            references.hidden([question], secret, hidden)
        except AutograderError as error:
            found.add(question.name, str(error))
        except Exception as error:
            found.add(question.name, _failed("the reference or a case", error))
        else:
            usable[question.name] = question
    if not usable:
        return None
    questions = usable.values()
    try:
        public = references.public(questions, week.stem)
    except MissingReference:
        try:
            path = references.write_public(questions, week.stem)
        except OSError as error:
            found.add("", f"{week.values} cannot be written: {error.strerror}")
            return None
        found.notes.append(f"Computed the values of the public cases: {path}")
        public = references.public(questions, week.stem)
    return Judge(usable, public, references.hidden(questions, secret, hidden), secret)


def _about_verdicts(judge: Judge, question: Question) -> Iterator[str]:
    try:
        yield from laws.stub_is_not_attempted(judge, question)
        yield from laws.parts_follow(judge, question)
        for other in question.alternatives.values():
            yield from laws.alternative_is_right(judge, question, other)
        for mistake in question.mistakes.values():
            named = list(laws.mistake_is_named(judge, question, mistake))
            yield from named or laws.mistake_is_visible(judge, question, mistake)
    except AutograderError as error:
        yield str(error)
    except Exception as error:
        yield _failed("a mistake or an alternative", error)


def _try_solution(found: Validation, judge: Judge, question: Question, solution: Any) -> None:
    if question.seconds > LONG:
        found.notes.append(f"{question.name} trains for minutes, so its solution was not tried")
        return
    try:
        with _quiet():
            wrong = list(laws.solution_is_right(judge, question, solution))
            if not wrong:
                wrong += laws.single_precision_is_right(judge, question, solution)
                rng = np.random.default_rng(0)
                wrong += laws.rounding_changes_nothing(judge, question, solution, rng)
    except QuestionError as error:
        wrong = [str(error)]
    found.add(question.name, *wrong)


def _solutions(found: Validation, notebook: NotebookNode) -> dict[str, Any]:
    try:
        with _quiet():
            namespace = solved(notebook)
    except Exception as error:
        found.add("", _failed("the lesson", error))
        return {}
    if found.week.questions and namespace["check"] is _no_check:
        found.add(
            "", "its lesson does not import check; add `from autograder import check` at its start"
        )
    return namespace


def solved(notebook: NotebookNode) -> dict[str, Any]:
    """What the lesson's solutions define, without its checks and experiments.

    Args:
        notebook: what `source_notebook` made; its code is run in this process.
    """
    namespace: dict[str, Any] = {"check": _no_check}
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        experiment = "experiment" in cell.metadata.get("tags", ())
        if cell.cell_type == "code" and not experiment and not mark.get("grade"):
            # The cell's name tells where an exception comes from.
            code = compile(cell.source, mark.get("grade_id", "a cell"), "exec")
            with at_most(time_limit.REFERENCE_SECONDS, f"{mark.get('grade_id', 'a cell')}"):
                exec(code, namespace)
    return namespace


def _no_check(name: str) -> None:
    """Stands for `check` until the lesson imports it."""


class _quiet(warnings.catch_warnings):
    """Without warnings, which a solution may cause on purpose."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")


def _failed(what: str, error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    file = os.path.basename(trace.tb_frame.f_code.co_filename) if trace else ""
    where = f" ({file}, line {trace.tb_lineno})" if trace else ""
    return f"{what} raises {type(error).__name__}: {error}{where}"
