"""`check("name")` in a notebook: the grader's own judge, on the public cases, in this process.

nbgrader's variable `NBGRADER_EXECUTION` selects one of three modes. Without it, in Jupyter, the
verdict is shown and nothing is raised. `nbgrader validate` gets an AssertionError with the same
text when points are missing; plain `nbgrader autograde` gets the points alone.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError
from autograder.records import Outcome, Verdict

if TYPE_CHECKING:
    from autograder.answer import Answer
    from autograder.judging.judge import Judge
    from autograder.questions.define import Inputs, Question


def check(name: str, *, hint: int = 0) -> Verdict | float:
    """Check one answer on the public cases and say what is wrong and why.

    Args:
        name: the question's name, as in its check cell.
        hint: 1 says where it goes wrong, 2 why, and 3 shows a small case with your numbers beside
            the expected ones; 0 checks as usual.

    Returns:
        The verdict, which Jupyter displays; under nbgrader the points, as a float.

    Raises:
        AssertionError: under `nbgrader validate`, when points are missing.
    """
    mode = os.environ.get("NBGRADER_EXECUTION", "")
    notebook = sys._getframe(1).f_globals
    try:
        verdict = verdict_on(name, notebook)
        if hint and not mode:
            verdict = _hinted(name, notebook, verdict, hint)
        elif verdict.right:
            verdict = _with_reason(name, notebook, verdict)
    except AutograderError as error:
        verdict = Verdict(name, 0.0, 0.0, Outcome.MISSING, str(error))
    if mode == "validate" and not verdict.right:
        raise AssertionError(verdict.message)
    if mode:
        # nbgrader reads the cell's output as points and warns about anything else.
        return float(verdict.points)
    if not (hasattr(sys, "ps1") or "IPython" in sys.modules):
        print(verdict.message)
    return verdict


def verdict_on(name: str, notebook: dict[str, Any]) -> Verdict:
    """What `check` says of a question in a notebook with these variables.

    Raises:
        AutograderError: when there is no such question.
    """
    with _settings_apart() as of_notebook:
        return _judged(name, notebook, of_notebook)


def _hinted(name: str, notebook: dict[str, Any], verdict: Verdict, step: int) -> Verdict:
    from autograder.questions.small_cases import Step
    from autograder.student.hints import hinted

    probes = _judge(name).probes[name]
    public = [Step(probe.case, probe.inputs, probe.expected) for probe in probes]
    with asking(name, notebook) as (question, ask):
        return hinted(question, verdict, step, ask, public)


def _with_reason(name: str, notebook: dict[str, Any], verdict: Verdict) -> Verdict:
    from autograder.student.reasons import with_reason

    return with_reason(_judge(name).questions[name], verdict, notebook)


@contextmanager
def asking(
    name: str, notebook: dict[str, Any]
) -> Iterator[tuple[Question, Callable[[Inputs], Answer]]]:
    """A question, and what puts other inputs of it to the notebook's function.

    Raises:
        AutograderError: when there is no such question.
    """
    from autograder.answer import MISSING
    from autograder.double_precision import double_precision

    question = _judge(name).questions[name]

    def ask(inputs: Inputs) -> Answer:
        if (target := notebook.get(question.calls, MISSING)) is MISSING:
            return _missing(question, notebook)
        with of_notebook(), double_precision(notebook):
            return _ask(target, question, inputs)

    with _settings_apart() as of_notebook:
        yield question, ask


@contextmanager
def _settings_apart() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Keep the notebook's settings for warnings from the grader's own code.

    It may divide by 0 where `np.seterr(all="raise")` in the notebook would make that an exception.

    Yields:
        A context in which the notebook's settings hold, to ask its functions.
    """
    import numpy as np

    kinds, filters = np.geterr(), list(warnings.filters)

    @contextmanager
    def of_notebook() -> Iterator[None]:
        with np.errstate(**kinds), warnings.catch_warnings():
            warnings.filters[:] = filters  # type: ignore[index]
            yield

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield of_notebook


def _judged(
    name: str,
    notebook: dict[str, Any],
    of_notebook: Callable[[], AbstractContextManager[None]],
) -> Verdict:
    from autograder.answer import MISSING
    from autograder.double_precision import FLOAT32, double_precision

    judge = _judge(name)
    targets = {
        question.name: notebook.get(question.calls, MISSING)
        for question in judge.questions.values()
    }

    def ask_again(
        question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        if targets[question.name] is MISSING:
            return [_missing(question, notebook)] * len(given)
        # A student's machine has no correct functions to replace the student's by.
        precision = double_precision(notebook) if FLOAT32 in replaced else nullcontext()
        with of_notebook(), precision:
            return [_ask(targets[question.name], question, inputs) for inputs in given]

    def own_verdict(each: str, culprits: Sequence[str] = ()) -> Verdict:
        given = [probe.inputs for probe in judge.probes[each]]
        answers = ask_again(judge.questions[each], given, ())
        return judge.judge(each, answers, ask_again, culprits, replaceable=False)

    called = _names_in(targets[name], notebook)
    built_on = [own_verdict(each) for each in judge.questions[name].builds_on if each in called]
    return own_verdict(name, [each.question for each in built_on if not each.right])


def _names_in(target: Any, notebook: dict[str, Any]) -> set[str]:
    """The globals that a function names, and those that the notebook's functions behind them do."""
    waiting, found = [target], set[str]()
    while waiting:
        code = getattr(waiting.pop(), "__code__", None)
        inner = [code] if isinstance(code, CodeType) else []
        for each in inner:
            inner += [part for part in each.co_consts if isinstance(part, CodeType)]
            new = set(each.co_names) & notebook.keys() - found
            found |= new
            waiting += [notebook[name] for name in new]
    return found


def _ask(target: Any, question: Question, inputs: Inputs) -> Answer:
    """The answer, unless the grader would have stopped the call."""
    from autograder.answer import Answer, Status, ask
    from autograder.sandbox.limits import Limits

    started = time.perf_counter()
    answer = ask(target, question.handed(inputs), question.drive)
    seconds = time.perf_counter() - started
    limit = question.seconds or Limits().question_seconds
    if seconds <= limit:
        return answer
    error = f"{question.calls} took {seconds:.0f} s; the grader stops a case after {limit:g} s"
    return Answer(Status.TIMED_OUT, error=error)


def _missing(question: Question, notebook: dict[str, Any]) -> Answer:
    """The answer of a notebook that does not define a question's name, with a similar name."""
    from autograder.answer import Answer, Status
    from autograder.output.did_you_mean import nearest

    taken = set(names_asked(question).values())
    own = [name for name in notebook if not name.startswith("_") and name not in taken]
    near = nearest(question.calls, own, 1, 0.7)
    return Answer(Status.MISSING, error=f"the notebook defines `{near[0]}`" if near else "")


def names_asked(question: Question) -> dict[str, str]:
    """The questions of this one's week, and the names that a notebook defines for them."""
    from autograder.questions import packaged

    if packaged.is_here():
        return packaged.index()[question.week]
    from autograder.questions import catalogue

    return {each.name: each.calls for each in catalogue.week(question.week).questions.values()}


@cache
def _judge(name: str) -> Judge:
    """Judges a question by its public cases: from its code, or as a students' package holds it."""
    from autograder.judging.judge import Judge
    from autograder.questions import packaged, references

    if packaged.is_here():
        found = packaged.load(name)
        return Judge(found.questions, found.public, mistaken=found.mistaken)
    from autograder.questions import catalogue

    _use_own_weeks()
    question = catalogue.question(name)
    week = catalogue.week(question.week)
    related = [
        name,
        *question.builds_on,
        *([question.derivative.of] if question.derivative else []),
    ]
    questions = {each: week.questions[each] for each in dict.fromkeys(related)}
    return Judge(questions, references.public(questions.values(), week.stem))


def _use_own_weeks() -> None:
    """Where an instructor tries a lesson, in a course directory, its own weeks count too."""
    from autograder.questions import catalogue

    with suppress(OSError):
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "nbgrader_config.py").is_file():
                catalogue.use(folder / "weeks")
                return


def _calm_stubs() -> None:
    """Replace the traceback of a cell that calls an unwritten exercise by one calm line.

    The names such a cell would have defined are remembered, so that a later cell that needs them
    says why they are missing. The cell counts as successful: after a failure, "Run All" stops.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or "NBGRADER_EXECUTION" in os.environ:
        return

    undefined: set[str] = set()
    forgiven: list[BaseException] = []

    def not_attempted(
        shell: Any, kind: type, value: BaseException, trace: Any, tb_offset: Any = None
    ) -> None:
        if isinstance(value, NameError) and value.name not in undefined:
            shell.showtraceback((kind, value, trace), tb_offset=tb_offset)
            return
        from autograder.student.defined import defined

        forgiven.append(value)
        undefined.update(defined(shell.history_manager.input_hist_raw[-1:]) or ())
        if isinstance(value, NameError):
            print(f"`{value.name}` is not defined, because a cell above is not written yet.")
            return
        while trace.tb_next:
            trace = trace.tb_next
        where = trace.tb_frame.f_code.co_name
        what = "This cell" if where == "<module>" else f"`{where}`"
        print(f"{what} is not written yet.")

    def forgive(result: Any) -> None:
        if result.error_in_exec in forgiven:
            result.error_in_exec = None
        forgiven.clear()

    shell.set_custom_exc((NotImplementedError, NameError), not_attempted)
    shell.events.register("post_run_cell", forgive)


_calm_stubs()
