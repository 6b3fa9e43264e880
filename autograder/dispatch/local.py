"""Grades submissions in warm sandboxes on this machine, and yields results as they complete.

Students' code runs in the sandboxes' own processes. A thread here only waits, judges and writes, so
threads keep all cores busy, and there is only one process to supervise.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from typing import Generic, TypeVar

from autograder.errors import SandboxError, WorkerLost
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import NUMPY_ALONE, Libraries, Sandbox

Work = TypeVar("Work")
Result = TypeVar("Result")

TRIES = 3
"""After losing this many workers, a piece of work is given up: it may be the cause."""
STOP_SECONDS = 5.0
"""How long to wait for a sandbox that is just starting; after that it exits by itself."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    work: Iterable[Work],
    do: Callable[[Work, Sandbox], Result],
    *,
    lost: Callable[[Work, WorkerLost], Result] | None = None,
    workers: int = 0,
    isolation: str = "bubblewrap",
    limits: Limits | None = None,
    libraries: Libraries = NUMPY_ALONE,
) -> Generator[Result]:
    """Do every piece of work in one of several warm sandboxes, and yield results as they complete.

    Args:
        work: submissions, read only as fast as they are done, so that memory stays flat.
        do: grades one of them in a sandbox that no other thread uses meanwhile.
        lost: makes the result of a piece of work whose worker was killed at every try.
        workers: the number of sandboxes; by default one per core.
        isolation: see `Sandbox`.
        limits: see `Sandbox`.
        libraries: see `Sandbox`.

    Raises:
        SandboxError: when a sandbox fails at every try of the same piece of work.
    """
    count = workers or cores()
    crew = _Crew(iter(work), do, lost, count)
    threads = [
        # The kernel ends a sandbox with the thread that started it, so each thread has its own.
        threading.Thread(target=crew.serve, args=(isolation, limits, libraries), daemon=True)
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(count):
            yield from crew.results_until_one_stops()
    finally:
        crew.stop()
        until = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


class _Crew(Generic[Work, Result]):
    """Threads that share one list of work and one queue of results."""

    def __init__(
        self,
        work: Iterator[Work],
        do: Callable[[Work, Sandbox], Result],
        lost: Callable[[Work, WorkerLost], Result] | None,
        count: int,
    ) -> None:
        self._work = work
        self._do = do
        self._lost = lost
        self._taking = threading.Lock()
        self._stopped = threading.Event()
        self._sandboxes: list[Sandbox] = []
        self._results: Queue[tuple[Result] | BaseException | None] = Queue(maxsize=2 * count)

    def serve(self, isolation: str, limits: Limits | None, libraries: Libraries) -> None:
        """Run one thread: start a sandbox, and do pieces of work until there are no more."""
        try:
            with Sandbox(isolation, limits, libraries) as sandbox:
                self._sandboxes.append(sandbox)
                for piece in self._pieces():
                    self._results.put((self._try(piece, sandbox),))
        except BaseException as error:
            self._results.put(error)
        self._results.put(None)

    def results_until_one_stops(self) -> Iterator[Result]:
        """Results as they come, until one of the threads has finished."""
        while (result := self._results.get()) is not None:
            if isinstance(result, BaseException):
                raise result
            yield result[0]

    def stop(self) -> None:
        """Stop the threads: hand out no work, interrupt the sandboxes, make room in the queue."""
        self._stopped.set()
        for sandbox in self._sandboxes:
            sandbox.stop()
        with suppress(Empty):
            while True:
                self._results.get_nowait()

    def _pieces(self) -> Iterator[Work]:
        while not self._stopped.is_set():
            with self._taking:
                piece = next(self._work, self)
            if piece is self:
                return
            yield piece  # type: ignore[misc]

    def _try(self, piece: Work, sandbox: Sandbox) -> Result:
        try:
            return persistently(self._do, piece, sandbox)
        except WorkerLost as error:
            if self._lost is None:
                raise
            return self._lost(piece, error)


def persistently(do: Callable[[Work, Sandbox], Result], piece: Work, sandbox: Sandbox) -> Result:
    """Do a piece of work, and retry if its sandbox fails.

    Raises:
        SandboxError: when it fails at every try.
    """
    for _ in range(TRIES - 1):
        with suppress(SandboxError):
            return do(piece, sandbox)
        # A lost worker costs another try, never a grade.
        sandbox.close()
    return do(piece, sandbox)
