"""One submission in the sandbox: its notebook is run, then its functions are asked.

A cell or case that hangs or kills its process costs only itself. The process is killed, and a
fresh child runs the notebook again, without that cell, for the other cases.
"""

from __future__ import annotations

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any

from autograder.answer import Answer, Status
from autograder.errors import SandboxError, WorkerLost
from autograder.sandbox import responses
from autograder.sandbox.child import Child, Stopped
from autograder.sandbox.inside import inward
from autograder.sandbox.inside.calls import Message
from autograder.sandbox.inside.wire import MAX_FRAME, decode
from autograder.sandbox.libraries import Libraries
from autograder.sandbox.limits import Limits
from autograder.sandbox.mounts import isolation_available
from autograder.sandbox.open_calls import OpenCalls, Solution
from autograder.sandbox.requests import (
    Answers,
    Ask,
    Cell,
    CellResult,
    EncodedAsks,
    Hold,
    KnownAnswers,
    Steps,
    Usage,
    encode_asks,
    write_asks,
)
from autograder.sandbox.stopped import Asked, StoppedQuestions, asked
from autograder.sandbox.worker import Worker

__all__ = [
    "Ask",
    "Cell",
    "CellResult",
    "EncodedAsks",
    "Hold",
    "Libraries",
    "Limits",
    "Sandbox",
    "Session",
    "Usage",
    "encode_asks",
    "isolation_available",
]

NUMPY_ALONE = Libraries()
Files = Mapping[str, str | bytes]
NO_FILES: Files = {}
Callees = Mapping[str, Sequence[str]]
NO_CALLEES: Callees = {}

_LOST = "A process of the sandbox ended before its first cell, perhaps because memory was short."
_SOLUTION_LOST = "The solution's process was killed from outside, perhaps because memory was short."
_MAX_NAMES = 3
_SLACK = 2**16
_CUT: tuple[dict[str, Any], ...] = (
    {
        "output_type": "stream",
        "name": "stderr",
        "text": "[The notebook shows too much; this cell's outputs were cut.]\n",
    },
)


class Sandbox(AbstractContextManager["Sandbox"]):
    """Runs submissions one after another, each in a fresh child of one worker.

    Use it as a context manager, in one thread.

    Args:
        isolation: "bubblewrap"; or "process", with limits but no isolation of files and network;
            or "user", for root only, like "process" but as a user who owns nothing.
        limits: what each submission may use.
        libraries: what the worker imports and what notebooks may import.

    Raises:
        SandboxError: when it is not available on this machine; the message has the next step.
    """

    def __init__(
        self,
        isolation: str = "bubblewrap",
        limits: Limits | None = None,
        libraries: Libraries = NUMPY_ALONE,
    ) -> None:
        if isolation not in ("bubblewrap", "process", "user"):
            raise SandboxError(
                f"expected isolation bubblewrap, process or user, received {isolation!r}"
            )
        if isolation == "user" and os.geteuid() != 0:
            raise SandboxError("isolation user needs root. Next: use process")
        if isolation == "bubblewrap" and (reason := isolation_available()) != "bubblewrap":
            raise SandboxError(reason)
        self.isolation = isolation
        self.limits = limits or Limits()
        self._libraries = libraries
        self._worker: Worker | None = None
        self._trusted_sandbox: Sandbox | None = None
        self._trusted: Session | None = None
        self._stopped = False

    def trusted(self, steps: Steps, files: Files = NO_FILES) -> Session:
        """A session of the course's own code, in a second sandbox that no student's code enters.

        One session serves many submissions, as long as the steps stay the same and nothing in it
        hangs or crashes. It is closed together with this sandbox.

        Args:
            steps: cells to run and functions to hold.
            files: what stands beside the notebook, by name.
        """
        self._refuse_stopped()
        if self._trusted is None or not self._trusted.renew(steps, files):
            self._close_trusted()
            if self._trusted_sandbox is None:
                self._trusted_sandbox = Sandbox(self.isolation, self.limits, self._libraries)
            self._trusted = Session(self._trusted_sandbox, steps, files, trusted=True)
        return self._trusted

    def open(self, steps: Steps, files: Files = NO_FILES) -> Session:
        """Run a notebook's cells and hold its functions; close the session before opening another.

        Args:
            steps: cells to run and functions to hold.
            files: what stands beside the notebook, by name.
        """
        return Session(self, steps, files)

    def fork(self) -> Child:
        """A fresh child, of a new worker if the last one is gone."""
        self._refuse_stopped()
        if self._worker is not None:
            try:
                return Child(self._worker, self.limits)
            except OSError:
                # Only this worker is gone; the trusted session may still be in use.
                self._close_worker()
        self._worker = Worker(self.isolation, self.limits, self._libraries)
        self._refuse_stopped()
        return Child(self._worker, self.limits)

    def stop(self) -> None:
        """End whatever is running, from another thread; the sandbox cannot be used again.

        The thread that uses it gets a SandboxError, and closes it.
        """
        self._stopped = True
        if self._trusted_sandbox is not None:
            self._trusted_sandbox.stop()
        if (worker := self._worker) is not None:
            worker.stop()

    def _refuse_stopped(self) -> None:
        if self._stopped:
            raise SandboxError("the sandbox was stopped while a submission ran in it")

    def close(self) -> None:
        """End the workers; opening another session would start new ones."""
        self._close_trusted()
        if self._trusted_sandbox is not None:
            self._trusted_sandbox.close()
        self._close_worker()

    def _close_trusted(self) -> None:
        if self._trusted is not None:
            # If its worker is gone, so is everything that it started.
            with suppress(SandboxError):
                self._trusted.close()
            self._trusted = None

    def _close_worker(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __exit__(self, *error: object) -> None:
        self.close()


class Session(AbstractContextManager["Session"]):
    """A submission in the sandbox.

    Attributes:
        cells: the results of its cells, by index: those of the first run that came to the end.
            A later run follows hidden cases, so nothing that it shows is used.
        seconds: wall time that its functions have taken, by question.
        optional: the indices of cells that no question depends on.

    Args:
        sandbox: where it runs.
        steps: its cells and checks, in the notebook's order.
        files: what stands beside the notebook, by name; its cells may import them.
        trusted: whether all cells are the course's own. Such code does not end its process, so
            if it ends, that is nobody's answer.

    Raises:
        WorkerLost: when a process ends before its first cell; or, if it is trusted, whenever it is
            killed or a cell is stopped.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        steps: Steps,
        files: Files = NO_FILES,
        *,
        trusted: bool = False,
    ) -> None:
        self._trusted = trusted
        self._sandbox = sandbox
        self._limits = sandbox.limits
        self._steps = tuple(steps)
        self._files = dict(files)
        self._child: Child | None = None
        self._restarts = 0
        self._given_up = ""
        self._left_out: set[int] = set()
        self.optional = {each.index for each in steps if isinstance(each, Cell) and each.optional}
        self._silenced: dict[Asked, Answer] = {}
        self._stopped = StoppedQuestions(self._limits.notebook_seconds)
        self._asked_at = 0.0
        self._asked_again: set[int] = set()
        self._usage = Usage(0.0, 0)
        self._has_seen_hidden = False
        self._sealed = False
        self._changed_later: dict[str, tuple[str, ...]] = {}
        self.cells: dict[int, CellResult] = {}
        self.seconds: dict[str, float] = defaultdict(float)
        try:
            self._run_notebook()
        except BaseException:
            self.close()
            raise

    def ask(
        self,
        asks: Iterable[Ask] | EncodedAsks,
        solution: Solution | None = None,
        callees: Callees = NO_CALLEES,
    ) -> Answers:
        """Call the functions that the notebook's checks hold.

        Args:
            asks: the cases, with different ids; encode them once for a whole class.
            solution: answers calls of replaced functions.
            callees: by question, others that it may call and that can be replaced. Where one of
                these never ends, so might this one, and it is asked only with that one replaced.

        Returns:
            The answers by ask id. Once a question has hung or crashed too often, its remaining
            cases have the same answer (see `stopped`).

        Raises:
            WorkerLost: when a process was lost, this one or the solution's.
        """
        encoded = asks if isinstance(asks, EncodedAsks) else encode_asks(asks)
        answers: Answers = {}
        # A question has this room however often it is asked on in a fresh process.
        room = dict.fromkeys((ask.question for ask in encoded.asks), self._limits.answers)
        self._answer_silenced(encoded.asks, answers)
        while left := [ask for ask in encoded.asks if ask.id not in answers]:
            waiting = [ask for ask in left if not ask.hidden] or left
            self._keep_hidden_from(waiting[0])
            child = self._child or self._run_again()
            if child is None:
                gone = Answer(Status.CRASHED, error=self._given_up)
                return answers | {ask.id: gone for ask in left}
            self._asked_at = time.monotonic()
            try:
                whole = len(waiting) == len(encoded.asks)
                child.send(encoded.frame if whole else write_asks(waiting))
                self._gather(child, waiting, answers, room, encoded.known, solution)
            except Stopped as stopped:
                if self._trusted and stopped.killed:
                    raise WorkerLost(_SOLUTION_LOST) from None
                running = next(ask for ask in waiting if ask.id not in answers)
                if not self._has_another_chance(running, stopped):
                    answers[running.id] = self._stop(running, stopped, callees)
                    self._answer_silenced(left, answers)
        return answers

    def _keep_hidden_from(self, ask: Ask) -> None:
        """Start over if this ask is public and the process has seen hidden inputs."""
        if self._has_seen_hidden and not ask.hidden:
            self.close()
        self._has_seen_hidden = ask.hidden

    def renew(self, steps: Steps, files: Files) -> bool:
        """Restart the notebook's time limit, to serve another submission.

        Args:
            steps: the cells and checks that are needed.
            files: the files that are needed.

        Returns:
            Whether this session can serve it: it has the same steps and files, nothing in it has
            been stopped, and its process is not close to its CPU time limit.
        """
        same = (self._steps, self._files) == (tuple(steps), dict(files))
        return same and not self._restarts and self._child is not None and self._child.renew()

    def above(self, question: str) -> CellResult | None:
        """The result of the last cell that ran before this question's check."""
        cell = self._cell_above(question)
        return self.cells.get(cell.index) if cell else None

    def source_above(self, question: str) -> str:
        """The source of that cell, as the grader has it."""
        cell = self._cell_above(question)
        return cell.source if cell else ""

    @property
    def source(self) -> str:
        """The source of all cells and of the files beside them, as the grader has it."""
        cells = [step.source for step in self._steps if isinstance(step, Cell)]
        texts = (each for each in self._files.values() if isinstance(each, str))
        return "\n".join([*cells, *texts])

    def _cell_above(self, question: str) -> Cell | None:
        last = None
        for step in self._steps:
            if isinstance(step, Cell):
                last = step
            elif step.question == question:
                return last
        return None

    def close(self) -> Usage:
        """End everything that the submission started, and return what it used."""
        if self._child is not None:
            ended = self._child.end()
            self._child = None
            self._usage = Usage(
                self._usage.cpu_seconds + ended.cpu_seconds,
                max(self._usage.peak_memory, ended.peak_memory),
            )
        return self._usage

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run_again(self) -> Child | None:
        began = time.monotonic()
        child = self._run_notebook()
        self._stopped.spend(time.monotonic() - began)
        return child

    def _run_notebook(self) -> Child | None:
        """Run the cells in fresh children until one finishes; None after too many restarts."""
        while not self._given_up:
            steps = [step for step in self._steps if step.index not in self._left_out]
            waiting = [step.index for step in steps if isinstance(step, Cell)]
            self._child = self._sandbox.fork()
            try:
                self._run_cells(self._child, steps, waiting)
                return self._child
            except Stopped as stopped:
                if self._trusted:
                    raise WorkerLost(_SOLUTION_LOST) from None
                if waiting:
                    self._drop(waiting[0], stopped)
                else:
                    self._given_up = f"the notebook {stopped.predicate}"
                self.close()
        for step in self._steps:
            if isinstance(step, Cell) and step.index not in self.cells:
                self.cells[step.index] = CellResult(
                    step.index, error=self._given_up, status=Status.CRASHED
                )
        return None

    def _run_cells(self, child: Child, steps: Steps, waiting: list[int]) -> None:
        """Run the cells in one child; a cell is removed from `waiting` when its result arrives."""
        cells = [step for step in self._steps if isinstance(step, Cell)]
        notebook = {
            "steps": [_instruction(step) for step in steps],
            "left_out": [cell.source for cell in cells if cell.index in self._left_out],
            "files": self._files,
            "text": self._limits.output,
            "pictures": self._limits.picture,
        }
        self._start(child, inward.write(notebook))
        # JSON may need twelve bytes for one character.
        largest = 12 * self._limits.output + self._limits.picture + _SLACK
        left = self._limits.shown
        while waiting:
            frame = child.receive(self._limits.cell_seconds, largest)
            if waiting[0] in self.optional:
                child.uncharge()
            result = child.read(frame, lambda frame: responses.cell_result(frame, waiting[0]))
            left -= len(frame)
            if not self._sealed:
                self.cells[result.index] = result if left >= 0 else replace(result, outputs=_CUT)
            waiting.pop(0)
        frame = child.receive(self._limits.cell_seconds, _SLACK)
        changed = child.read(frame, responses.end_of_notebook)
        if not self._sealed:
            self._changed_later = {each: self._own_names(names) for each, names in changed.items()}
        self._sealed = True

    def _own_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """The names that stand in the notebook; the process inside could have sent any."""
        text = self.source
        return tuple(each for each in names if re.search(rf"\b{each}\b", text))[:_MAX_NAMES]

    def _start(self, child: Child, notebook: bytes) -> None:
        """Send the notebook, and wait until the child is ready for its first cell."""
        try:
            child.send(notebook)
            frame = child.receive(self._limits.cell_seconds, _SLACK)
            child.read(frame, responses.start_of_notebook)
        except Stopped:
            # None of the submission's code has run yet.
            raise WorkerLost(_LOST) from None

    def _gather(
        self,
        child: Child,
        waiting: Sequence[Ask],
        answers: Answers,
        room: dict[str, int],
        known: KnownAnswers,
        solution: Solution | None,
    ) -> None:
        """Add the child's answers to `answers` as they arrive, until all are there or it stops."""
        for ask in waiting:
            largest = min(max(room[ask.question], 0), MAX_FRAME)
            self._asked_at = time.monotonic()
            answers[ask.id], size = self._answer(child, ask, largest, known, solution)
            self._stopped.answered(asked(ask))
            room[ask.question] -= size

    def _answer(
        self, child: Child, ask: Ask, largest: int, known: KnownAnswers, solution: Solution | None
    ) -> tuple[Answer, int]:
        """The answer, and the size of its frame."""
        calls = OpenCalls(ask.replace if solution is not None else ())
        seconds = left = ask.seconds or self._limits.question_seconds
        if solution is not None and ask.replace:
            # Where thousands of calls go through the grader, they take as long as the work.
            seconds = left = 2 * seconds
        try:
            while True:
                frame, taken = child.receive_timed(left, largest)
                said = child.read(frame, lambda frame: responses.answer(frame, ask, known, calls))
                if isinstance(said, Answer):
                    self.seconds[ask.question] += responses.time_taken(taken, seconds)
                    if changed := self._changed_later.get(ask.question):
                        said = replace(said, changed_later=changed)
                    return said, len(frame)
                assert solution is not None
                # A call's own time counts too, since a student chooses the arguments' size.
                called = time.monotonic()
                child.send(inward.write(solution.exchange(said, calls, left - child.waited)))
                left = max(left - child.waited - (time.monotonic() - called), 0.0)
        except Stopped as stopped:
            if calls and solution is not None:
                solution.abandon()
            if stopped.status is Status.TIMED_OUT and stopped.had_time:
                raise Stopped(Status.TIMED_OUT, f"was stopped after {seconds:g} s") from None
            raise

    def exchange(self, message: Message, calls: OpenCalls, seconds: float) -> Message:
        """Send a call, or the return of one, and wait for the process's own.

        Args:
            message: see `inside.calls`.
            calls: those that have not returned.
            seconds: the longest that it may take.

        Raises:
            Stopped: when the process was stopped; it cannot be used again.
            WorkerLost: when it was killed from outside.
        """
        child = self._child
        if child is None:
            raise WorkerLost(_SOLUTION_LOST)
        try:
            child.send(inward.write(message))
            frame, _ = child.receive_timed(seconds, MAX_FRAME)
            return child.read(frame, lambda frame: calls.of_solution(decode(frame)))
        except Stopped as stopped:
            self.close()
            if stopped.killed:
                raise WorkerLost(_SOLUTION_LOST) from None
            raise

    def _drop(self, index: int, stopped: Stopped) -> None:
        """Run the notebook without this cell from now on."""
        if not self._sealed:
            error = f"cell {index} {stopped.predicate}"
            self.cells[index] = CellResult(index, (), error, stopped.status)
        self._left_out.add(index)
        if index not in self.optional:
            self._count_restart()

    def _has_another_chance(self, running: Ask, stopped: Stopped) -> bool:
        """Whether to ask this case again, because those before it had used up the time."""
        if self._trusted or stopped.had_time or running.id in self._asked_again:
            return False
        self._asked_again.add(running.id)
        self._count_restart()
        self.close()
        return True

    def _stop(self, running: Ask, stopped: Stopped, callees: Callees) -> Answer:
        """The answer to the case that stopped the process, and to the rest if that is enough."""
        answer = Answer(stopped.status, error=f"{running.question} {stopped.predicate}")
        self._stopped.spend(time.monotonic() - self._asked_at)
        if self._trusted or not self._stopped.ask_on(asked(running)):
            # With other functions in place of those that it calls, it is stopped for other reasons.
            if running.question not in {question for question, _ in self._silenced}:
                self._count_restart()
            self._silenced[asked(running)] = answer
            if not asked(running).replaced:
                for caller, called in callees.items():
                    if running.question in called:
                        self._silenced.setdefault(Asked(caller), answer)
        self.close()
        return answer

    def _answer_silenced(self, asks: Iterable[Ask], answers: Answers) -> None:
        """Answer the remaining asks of questions that have stopped the process too often."""
        for ask in asks:
            if ask.id not in answers and asked(ask) in self._silenced:
                answers[ask.id] = self._silenced[asked(ask)]

    def _count_restart(self) -> None:
        self._restarts += 1
        if self._restarts > self._limits.restarts:
            self._given_up = (
                f"not run: the notebook had already been stopped {self._restarts} times"
            )


def _instruction(step: Cell | Hold) -> dict[str, Any]:
    if isinstance(step, Cell):
        return {"index": step.index, "run": step.source}
    return {"index": step.index, "hold": step.question, "calls": step.calls}
