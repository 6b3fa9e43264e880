"""Measures of students' answers, in a process with limits of its own.

A question's `measure` computes with arrays that a student chose: two small ones can broadcast to
terabytes, and a few numbers can keep a loop busy for hours. Where the grader serves a whole class,
this is done in another process (`measure_process`), and costs that question alone.

Sending the arrays takes several times as long as measuring them. So answers with exactly the shapes
and types of a right answer are measured in place, which takes the memory that the right one took.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.errors import ProtocolError, SandboxError, WorkerLost
from autograder.judging.measures import Figures, Measures
from autograder.questions.define import TOO_LARGE, UNUSABLE, Inputs, Question
from autograder.sandbox.inside.wire import Channel, decode, encode
from autograder.tree import Tree

MEMORY = 2**30
"""Bytes that a measure may use, beyond what its process uses when it has started."""
SECONDS = 10
"""CPU time for the measures of one question, for all of its cases together."""
_LONGEST_WAIT = 12 * SECONDS
"""Wall time for the same; on a busy machine it is much longer than the CPU time."""
_START_SECONDS = 120.0
_TRIES = 2
_SETTINGS = 16
_MOST_EXPECTED = 10_000
_LOST = "The process that measures answers was killed, perhaps because memory was short."
_MAIN = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from {module} import main; main()"
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
"""Each thread takes address space, which is limited."""


class BoundedMeasures(Measures):
    """Measures answers in processes with limits of memory and time.

    A process is started at the first measure and serves one thread at a time.

    Args:
        stem: the week whose questions are measured, such as `week07_sgd`.
        memory: bytes that a measure may use.
        seconds: CPU time for one question's cases.
        weeks: the course's folder of weeks, if the week is one of its own.
    """

    def __init__(
        self,
        stem: str,
        memory: int = MEMORY,
        seconds: int = SECONDS,
        weeks: Path | None = None,
    ) -> None:
        self._stem = stem
        self._weeks = weeks
        self._memory = memory
        self._seconds = seconds
        self._idle: list[_Process] = []
        self._expected: set[tuple[str, int, Hashable]] = set()
        weakref.finalize(self, _close_all, self._idle)

    def measured(
        self, question: Question, answers: Sequence[Answer], given: Sequence[Inputs]
    ) -> list[Answer]:
        """Like `Measures.measured`.

        Raises:
            WorkerLost: when the process is killed from outside at every try.
        """
        if question.measured_by is None:
            return list(answers)
        measured = list(answers)
        returned = []
        for place, (answer, inputs) in enumerate(zip(answers, given, strict=True)):
            if self._is_expected(question, answer, inputs):
                measured[place] = question.measured(answer, inputs)
            elif answer.status is Status.RETURNED:
                returned.append(place)
        try:
            requests = [_request(question, "measure", answers[n].value, given[n]) for n in returned]
        except ProtocolError as error:
            for place in returned:
                measured[place] = _judged(answers[place], {"error": str(error)})
            return measured
        for place, reply in zip(returned, self._replies(requests), strict=True):
            measured[place] = _judged(answers[place], reply)
        return measured

    def expect(
        self, question: Question, answers: Sequence[Answer], given: Sequence[Inputs]
    ) -> None:
        """Measure answers in place from now on that have the shapes and types of these.

        Args:
            question: what was asked.
            answers: right ones, one per case, which have been measured.
            given: the inputs of each case; they have to stay alive as long as this object.
        """
        if question.measured_by is None or len(self._expected) > _MOST_EXPECTED:
            return
        for answer, inputs in zip(answers, given, strict=True):
            self._expected.add((question.name, id(inputs), _signature(answer.value)))

    def _is_expected(self, question: Question, answer: Answer, given: Inputs) -> bool:
        if answer.status is not Status.RETURNED or not self._expected:
            return False
        return (question.name, id(given), _signature(answer.value)) in self._expected

    def figures(self, question: Question, answer: Answer, given: Inputs) -> Figures:
        """Like `Measures.figures`.

        Raises:
            WorkerLost: when the process is killed from outside at every try.
        """
        if question.figured_by is None or answer.status is not Status.RETURNED:
            return ()
        if self._is_expected(question, answer, given):
            return question.figures(answer, given)
        try:
            (reply,) = self._replies([_request(question, "figure", answer.value, given)])
        except ProtocolError:
            return ()
        return tuple((name, float(number)) for name, number in reply.get("figures", ()))

    def _replies(self, requests: Sequence[bytes]) -> list[dict[str, Any]]:
        """One reply per request; after a request that ended the process, its error for the rest."""
        if not requests:
            return []
        for _ in range(_TRIES):
            try:
                return self._tried(requests)
            except WorkerLost as error:
                lost = error
        raise lost

    def _tried(self, requests: Sequence[bytes]) -> list[dict[str, Any]]:
        try:
            process = self._idle.pop()
        except IndexError:
            process = _Process(self._stem, self._weeks, self._memory, self._seconds)
        replies = []
        try:
            for reply in process.replies(requests):
                replies.append(reply)
        except _Ended as ended:
            return replies + [{"error": str(ended)}] * (len(requests) - len(replies))
        except BaseException:
            process.close()
            raise
        self._idle.append(process)
        return replies


class _Ended(Exception):
    """The process has ended over an answer, for the reason that the message states."""


class _Process:
    """A running `measure_process`."""

    def __init__(self, stem: str, weeks: Path | None, memory: int, seconds: int) -> None:
        self._seconds = seconds
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        argument = {
            "socket": theirs.fileno(),
            "week": stem,
            "weeks": str(weeks or ""),
            "memory": memory,
            "seconds": seconds,
        }
        main = _MAIN.format(module=f"{__package__}.measure_process")
        with theirs, tempfile.TemporaryFile() as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", main, json.dumps(sys.path), json.dumps(argument)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **_ONE_THREAD},
                # Ctrl-C in a terminal is for the grader, which closes the channel.
                start_new_session=True,
            )
            theirs.close()
            self._wait_until_ready(errors)

    def _wait_until_ready(self, errors: IO[bytes]) -> None:
        try:
            self._channel.receive_frame(time.monotonic() + _START_SECONDS)
        except (OSError, EOFError):
            if self._ended_by() in (-signal.SIGKILL, -signal.SIGTERM):
                raise WorkerLost(_LOST) from None
            errors.seek(0)
            lines = errors.read()[-4000:].decode(errors="replace").strip().splitlines()
            reason = lines[-1] if lines else "it gave no reason"
            raise SandboxError(
                f"the process that measures answers did not start: {reason}"
            ) from None

    def replies(self, requests: Sequence[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the reply to each request.

        Raises:
            _Ended: when one of them ended the process.
            WorkerLost: when it was killed from outside.
        """
        until = time.monotonic() + _LONGEST_WAIT
        try:
            self._channel.send(encode({"requests": len(requests)}), until)
            for request in requests:
                self._channel.send(request, until)
                yield decode(self._channel.receive_frame(until))
        except TimeoutError:
            self.close()
            raise _Ended(self._too_long()) from None
        except (OSError, EOFError):
            raise self._reason(self._ended_by()) from None

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()

    def _ended_by(self) -> int:
        """The exit status, or minus the signal, of a process that has closed its channel."""
        self._channel.close()
        try:
            return self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.close()
            return 0

    def _reason(self, status: int) -> Exception:
        if status == -signal.SIGXCPU:
            return _Ended(self._too_long())
        if status in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
            return WorkerLost(_LOST)
        # A library that has no memory left may end the process rather than raise.
        return _Ended(TOO_LARGE)

    def _too_long(self) -> str:
        return f"working with it takes more than {self._seconds} s"


def _signature(tree: Tree) -> Hashable:
    """What decides how much memory and time a measure takes: structure, shapes, types, settings."""
    if isinstance(tree, dict):
        return "dict", *((name, _signature(item)) for name, item in tree.items())
    if isinstance(tree, (list, tuple)):
        return "list", *map(_signature, tree)
    if isinstance(tree, np.ndarray):
        # A few numbers may be settings, such as a layer's strides.
        values = tree.tobytes() if tree.size <= _SETTINGS else b""
        return tree.dtype.str, tree.shape, values
    return type(tree).__name__, str(tree)


def _close_all(processes: list[_Process]) -> None:
    while processes:
        processes.pop().close()


def _request(question: Question, kind: str, value: Tree, given: Inputs) -> bytes:
    return encode({"question": question.name, "kind": kind, "value": value, "given": given})


def _judged(answer: Answer, reply: dict[str, Any]) -> Answer:
    if "error" in reply:
        error = f"{UNUSABLE}{reply['error']}"
        return replace(answer, status=Status.RAISED, value=None, error=error)
    return replace(answer, value=reply["value"])
