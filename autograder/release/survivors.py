"""Solutions with one small step changed that still earn all points: gaps in a question's cases."""

from __future__ import annotations

import ast
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autograder.answer import ask
from autograder.judging.compare import differences
from autograder.judging.judge import Judge
from autograder.questions.define import Question
from autograder.release.mutants import Mutant, mutants

SECONDS = 4
"""A mutant may loop forever. CPU time: on a busy machine a survivor may take long as well."""


class _Stopped(BaseException):
    """A mutant ran for too long."""


def survivors(
    judge: Judge, question: Question, solution: str, namespace: Mapping[str, Any]
) -> list[str]:
    """The changes of a solution that no case notices, such as `a > b -> a >= b`.

    Args:
        judge: has the question's probes.
        question: asks for what the solution defines.
        solution: the text of the lesson's cell that answers it.
        namespace: what the lesson defines.
    """
    try:
        ast.parse(solution)
    except SyntaxError:
        # A cell with magics is no Python.
        return []
    return [
        mutant.change
        for mutant in mutants(solution)
        if not is_wrong(judge, question, mutant, namespace)
    ]


def is_wrong(
    judge: Judge, question: Question, mutant: Mutant, namespace: Mapping[str, Any]
) -> bool:
    """Whether some case notices a mutant; one that fails or runs for too long is noticed."""
    own = dict(namespace)
    try:
        with _stopped_after(SECONDS):
            exec(compile(mutant.source, "<mutant>", "exec"), own)
            for probe in judge.probes[question.name]:
                answer = ask(own.get(question.calls), question.handed(probe.inputs), question.drive)
                answer = question.measured(answer, probe.inputs)
                stability = question.cases[probe.case].stability
                if differences(answer, probe.expected, question.returns, stability=stability):
                    return True
    except (Exception, _Stopped):
        return True
    return False


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise _Stopped

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
