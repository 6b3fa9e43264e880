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

MOST_CREWS = 2
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
        self._changing = threading.Lock()

    def __enter__(self) -> WarmSandboxes:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all sandboxes."""
        with self._changing:
            crews, self._crews = [*self._crews.values()], {}
        for crew in crews:
            crew.close()

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
        results: Queue[Any] = Queue()
        crew = self._crew(limits, libraries, [(piece, do, lost, results) for piece in work])
        for _ in work:
            result = results.get()
            if isinstance(result, BaseException):
                self._drop(crew)
                raise result
            yield result

    def _crew(
        self, limits: Limits | None, libraries: Libraries, jobs: Sequence[_Job] = ()
    ) -> _Crew:
        """The crew of a kind, with these jobs in its queue."""
        kind = self._isolation, limits, libraries
        with self._changing:
            # The last one that was asked for stands last.
            crew = self._crews.pop(kind, None) or _Crew(self._workers, kind)
            self._crews[kind] = crew
            for job in jobs:
                crew.jobs.put(job)
            unused = [*self._crews][:-MOST_CREWS]
            closed = [self._crews.pop(each) for each in unused]
        for each in closed:
            each.close(at_once=False)
        return crew

    def _drop(self, crew: _Crew) -> None:
        """After an error, the next work of this kind gets new sandboxes."""
        with self._changing:
            self._crews = {kind: each for kind, each in self._crews.items() if each is not crew}
        crew.close(at_once=False)


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

    def close(self, *, at_once: bool = True) -> None:
        """End the threads: after the jobs that are in the queue, or at once."""
        for _ in self._threads:
            self.jobs.put(None)
        if not at_once:
            return
        for sandbox in self._sandboxes:
            sandbox.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS / len(self._threads))


def _tried(piece: Any, do: Do, lost: Lost, sandbox: Sandbox) -> Any:
    try:
        return persistently(do, piece, sandbox)
    except WorkerLost as error:
        return lost(piece, error)
