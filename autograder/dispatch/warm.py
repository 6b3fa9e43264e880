"""Sandboxes that stay: a service that grades one submission now and one later waits for no start.

A crew is made for one kind of sandbox, which a week determines by its libraries and limits, and
keeps a thread with a sandbox for each piece of work that it may do at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from queue import Queue
from typing import Any

from autograder.dispatch.local import cores, persistently
from autograder.errors import SandboxError, WorkerLost
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Libraries, Sandbox

MOST_CREWS = 3
"""So many weeks have sandboxes at once: each sandbox holds its libraries in memory."""
STOP_SECONDS = 5.0

Do = Callable[[Any, Sandbox], Any]
Lost = Callable[[Any, WorkerLost], Any]
_Job = tuple[Any, Do, Lost, Queue[Any]]
_Kind = tuple[str, Limits | None, Libraries]


class WarmSandboxes:
    """Sandboxes of the last few kinds that were asked for; a context manager.

    Args:
        workers: sandboxes of each kind; 0 for one per core.
        isolation: see `Sandbox`.
    """

    def __init__(self, workers: int = 0, isolation: str = "bubblewrap") -> None:
        self._workers = workers or cores()
        self._isolation = isolation
        self._crews: dict[_Kind, _Crew] = {}

    def __enter__(self) -> WarmSandboxes:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all sandboxes."""
        while self._crews:
            self._crews.pop(next(iter(self._crews))).close()

    def start(self, limits: Limits | None, libraries: Libraries) -> None:
        """Start the sandboxes of a kind, before there is work for them."""
        self._crew(limits, libraries)

    def run(
        self,
        work: Sequence[Any],
        do: Do,
        *,
        lost: Lost,
        limits: Limits | None,
        libraries: Libraries,
    ) -> Generator[Any]:
        """Do every piece of work, and yield results as they complete; see `local.run`.

        Raises:
            SandboxError: when a sandbox fails at every try of the same piece of work.
        """
        crew = self._crew(limits, libraries)
        results: Queue[Any] = Queue()
        for piece in work:
            crew.jobs.put((piece, do, lost, results))
        for _ in work:
            result = results.get()
            if isinstance(result, BaseException):
                self._drop(crew)
                raise result
            yield result

    def _crew(self, limits: Limits | None, libraries: Libraries) -> _Crew:
        kind = self._isolation, limits, libraries
        # The last one that was asked for stands last.
        crew = self._crews.pop(kind, None) or _Crew(self._workers, kind)
        self._crews[kind] = crew
        while len(self._crews) > MOST_CREWS:
            self._crews.pop(next(iter(self._crews))).close()
        return crew

    def _drop(self, crew: _Crew) -> None:
        """After an error, other pieces may still be running; their results are for nobody."""
        self._crews = {kind: each for kind, each in self._crews.items() if each is not crew}
        crew.close()


class _Crew:
    """Threads, each with a sandbox of its own: the kernel ends a sandbox with its thread."""

    def __init__(self, count: int, kind: _Kind) -> None:
        self.jobs: Queue[_Job | None] = Queue()
        self._kind = kind
        self._sandboxes: list[Sandbox] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _serve(self) -> None:
        sandbox: Sandbox | None = None
        try:
            sandbox = Sandbox(*self._kind)
            self._sandboxes.append(sandbox)
            with suppress(SandboxError):
                # The first submission need not wait until the libraries are loaded.
                sandbox.fork().end()
        except BaseException as error:
            self._refuse(error)
            return
        with sandbox:
            while (job := self.jobs.get()) is not None:
                piece, do, lost, results = job
                try:
                    results.put(_tried(piece, do, lost, sandbox))
                except BaseException as error:
                    results.put(error)

    def _refuse(self, error: BaseException) -> None:
        """Answer all work with the reason why there is no sandbox."""
        while (job := self.jobs.get()) is not None:
            job[3].put(error)

    def close(self) -> None:
        for _ in self._threads:
            self.jobs.put(None)
        for sandbox in self._sandboxes:
            sandbox.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS / len(self._threads))


def _tried(piece: Any, do: Do, lost: Lost, sandbox: Sandbox) -> Any:
    try:
        return persistently(do, piece, sandbox)
    except WorkerLost as error:
        return lost(piece, error)
