"""The grader's handle on one forked process: timed messages, and its end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

from autograder.answer import Status
from autograder.errors import ProtocolError
from autograder.sandbox.inside.wire import Channel
from autograder.sandbox.limits import Limits
from autograder.sandbox.worker import Ended, Worker

Received = TypeVar("Received")

_SENT = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""Signals that a process is sent; a fault in its own code causes others, such as SIGSEGV."""


class Stopped(Exception):
    """The child was stopped, or ended itself.

    Attributes:
        status: TIMED_OUT or CRASHED.
        predicate: ends a sentence about the cell or question that was running, such as
            "was stopped after 20 s".
        killed: whether a signal that code only gets from somebody else ended it. A submission
            may send that signal to itself; the course's own code does not.
        had_time: whether what was running had its own time, and not the rest of the notebook's.
    """

    def __init__(
        self, status: Status, predicate: str, *, killed: bool = False, had_time: bool = True
    ) -> None:
        super().__init__(predicate)
        self.status = status
        self.predicate = predicate
        self.killed = killed
        self.had_time = had_time


class Child:
    """A forked process that runs one notebook and answers questions about it.

    Only the time the grader spends waiting is charged to the child; `waited` is the seconds that
    the last message took.

    Args:
        worker: forks the child.
        limits: what the submission may use.

    Raises:
        OSError: when the worker is gone.
    """

    def __init__(self, worker: Worker, limits: Limits) -> None:
        self._worker = worker
        self._limits = limits
        self._channel: Channel = worker.open()
        self._spent = 0.0
        self._spent_before = 0.0
        self._not_charged = 0.0
        self._ended: Ended | None = None
        self.waited = 0.0

    def send(self, frames: bytes) -> None:
        """Send encoded frames.

        Raises:
            Stopped: when the child does not read them in time.
        """
        try:
            self._channel.send(frames, time.monotonic() + self._limits.cell_seconds)
        except OSError as error:
            self._stop(error, self._limits.cell_seconds)

    def receive(self, seconds: float, largest: int) -> bytes:
        """Wait for the next message.

        Args:
            seconds: the longest that it may take.
            largest: the most bytes that it may have.

        Returns:
            The message as an encoded frame, for `read`.

        Raises:
            Stopped: when no frame of that size arrives in time.
        """
        return self._wait(seconds, lambda until: self._channel.receive_frame(until, largest))

    def receive_timed(self, seconds: float, largest: int) -> tuple[bytes, float]:
        """Like `receive`, with the seconds that the child says its answer took."""
        return self._wait(seconds, lambda until: self._channel.receive_timed(until, largest))

    def _wait(self, seconds: float, receive: Callable[[float], Received]) -> Received:
        started = time.monotonic()
        left = self._limits.notebook_seconds - self._spent
        try:
            return receive(started + min(seconds, left))
        except (OSError, EOFError, ProtocolError) as error:
            self._stop(error, seconds if seconds <= left else None)
        finally:
            self.waited = time.monotonic() - started
            self._spent += self.waited

    def uncharge(self) -> None:
        """Do not charge the last message's time to the notebook, up to as much again as it has."""
        # The process's CPU time limit is twice the notebook's time limit.
        spared = min(self.waited, self._limits.notebook_seconds - self._not_charged)
        self._spent -= spared
        self._not_charged += spared

    def read(self, frame: bytes, read: Callable[[bytes], Received]) -> Received:
        """Decode a message.

        Args:
            frame: what `receive` returned.
            read: decodes the expected message, or raises ProtocolError.

        Raises:
            Stopped: when the message cannot be decoded.
        """
        try:
            return read(frame)
        except ProtocolError as error:
            self._stop(error, None)

    def renew(self) -> bool:
        """Restart the notebook's time limit.

        Returns:
            False when the process has ended, or is close to the limit of its whole CPU time.
        """
        self._spent_before += self._spent
        self._spent = 0.0
        # The process's CPU time limit is twice the notebook's time limit.
        return self._ended is None and self._spent_before < self._limits.notebook_seconds

    def end(self, gone: bool = False) -> Ended:
        """End the child and everything that it started; a second call does nothing.

        Args:
            gone: whether its channel has closed.

        Raises:
            WorkerLost: when the worker was killed from outside; on the first call only.
        """
        if self._ended is None:
            self._ended = Ended()
            try:
                self._ended = self._worker.end(gone) or self._ended
            finally:
                self._channel.close()
        return self._ended

    def _stop(self, error: Exception, seconds: float | None) -> NoReturn:
        late = isinstance(error, TimeoutError)
        ended = self.end(gone=not late and not isinstance(error, ProtocolError))
        if late and not ended.why:
            whole = f"was running when the notebook's {self._limits.notebook_seconds:g} s were over"
            predicate = whole if seconds is None else f"was stopped after {seconds:g} s"
            raise Stopped(Status.TIMED_OUT, predicate, had_time=seconds is not None) from None
        if isinstance(error, ProtocolError):
            predicate = f"sent no result that can be read ({error})"
            raise Stopped(Status.CRASHED, predicate) from None
        killed = not ended.why and (ended.status is None or -ended.status in _SENT)
        raise Stopped(Status.CRASHED, ended.predicate(self._limits), killed=killed) from None
