"""The code that runs on a Dask worker: one warm sandbox per thread, kept between submissions."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from distributed import WorkerPlugin, get_worker

from autograder.dispatch.local import persistently
from autograder.errors import AutograderError, ClusterError, WorkerLost
from autograder.sandbox.session import Sandbox

Answer = tuple[str, bytes]
"""A status ("done", "lost" or "refused"), and the result or the reason."""


class Job(Protocol):
    """The work of a worker; sent to each worker once."""

    @property
    def name(self) -> str:
        """Identifies the job."""

    def prepare(self) -> None:
        """Load what all pieces of work share.

        Raises:
            AutograderError: when this machine cannot do the job.
        """

    def sandbox(self) -> Sandbox:
        """A sandbox for one thread."""

    def do(self, content: Any, sandbox: Sandbox) -> bytes:
        """Do one piece of work."""


class JobPlugin(WorkerPlugin):  # type: ignore[misc]
    """A job on a worker: Dask creates one on every worker, including those that join later."""

    def __init__(self, job: Job) -> None:
        self.job = job

    async def setup(self, worker: Any) -> None:
        """Prepare the job; a worker that cannot do it refuses now and at every request."""
        self._place = f"{socket.gethostname()} ({worker.address})"
        self._refusal = ""
        self._seats: list[_Seat] = []
        self._own = threading.local()
        self._ended = False
        try:
            await asyncio.to_thread(self.job.prepare)
        except AutograderError as error:
            self._refusal = f"the worker on {self._place} cannot grade: {error}"
            raise ClusterError(self._refusal) from None

    async def teardown(self, worker: Any) -> None:
        """End the sandboxes; one that is in use ends after its submission."""
        self._ended = True
        await asyncio.to_thread(self._end_idle)

    def do(self, content: Any) -> Answer:
        """Do one piece of work in this thread's sandbox."""
        if self._refusal or self._ended:
            return "refused", self._refusal.encode()
        try:
            seat = self._seat()
            with seat.taken:
                return "done", persistently(self.job.do, content, seat.sandbox)
        except WorkerLost as error:
            return "lost", str(error).encode()
        except AutograderError as error:
            return "refused", f"the worker on {self._place} cannot grade: {error}".encode()
        finally:
            if self._ended:
                self._end_idle()

    def _seat(self) -> _Seat:
        if not hasattr(self._own, "seat"):
            self._own.seat = _Seat(self.job.sandbox())
            self._seats.append(self._own.seat)
        seat: _Seat = self._own.seat
        return seat

    def _end_idle(self) -> None:
        for seat in self._seats:
            if seat.taken.acquire(blocking=False):
                with contextlib.ExitStack() as stack:
                    stack.callback(seat.taken.release)
                    seat.sandbox.close()


class _Seat:
    """A thread's sandbox, and a lock that is held while a submission is in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.taken = threading.Lock()


def do_on_worker(name: str, contents: Sequence[Any]) -> list[Answer]:
    """The task that Dask runs on a worker: a few pieces of work, one after the other."""
    worker = get_worker()
    plugin = worker.plugins.get(name)
    if plugin is None:
        reason = f"the worker at {worker.address} was not given its job"
        return [("refused", reason.encode()) for _ in contents]
    return [plugin.do(content) for content in contents]
