"""Hands submissions to warm sandboxes on this machine and yields reports as they complete.

The student's code runs in the sandboxes' own processes; a thread here only waits, judges and
writes, so threads are enough to keep the cores busy, and there is one process to watch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TypeVar

from autograder.errors import SandboxError
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Sandbox

Work = TypeVar("Work")
Result = TypeVar("Result")


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    work: Iterable[Work],
    do: Callable[[Work, Sandbox], Result],
    *,
    workers: int = 0,
    isolation: str = "bubblewrap",
    limits: Limits | None = None,
    preload: Sequence[str] = (),
) -> Iterator[Result]:
    """Do every piece of work in one of several warm sandboxes; yield results as they complete.

    Args:
        work: submissions; read only as fast as they are done, so memory stays flat.
        do: what to do with one of them, given a sandbox that nobody else uses meanwhile.
        workers: how many sandboxes; all cores by default.
        isolation: see `Sandbox`.
        limits: see `Sandbox`.
        preload: see `Sandbox`.

    Raises:
        SandboxError: when a sandbox fails twice at the same piece of work.
    """
    workers = workers or cores()
    idle: SimpleQueue[Sandbox] = SimpleQueue()
    sandboxes = [Sandbox(isolation, limits, preload) for _ in range(workers)]
    for sandbox in sandboxes:
        idle.put(sandbox)

    def one(piece: Work) -> Result:
        sandbox = idle.get()
        try:
            try:
                return do(piece, sandbox)
            except SandboxError:
                # A lost worker costs a second try, never a grade.
                sandbox.close()
                return do(piece, sandbox)
        finally:
            idle.put(sandbox)

    pending: set[Future[Result]] = set()
    try:
        with ThreadPoolExecutor(workers) as pool:
            try:
                for piece in work:
                    if len(pending) >= 2 * workers:
                        done, pending = wait(pending, return_when=FIRST_COMPLETED)
                        yield from (future.result() for future in done)
                    pending.add(pool.submit(one, piece))
                while pending:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        for sandbox in sandboxes:
            sandbox.close()
