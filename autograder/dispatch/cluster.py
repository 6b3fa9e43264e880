"""Grades submissions on the workers of a Dask cluster, and yields results as they complete.

Dask schedules, reassigns the submissions of a lost worker, and lets workers join and leave. Each
thread of a worker keeps one warm sandbox. Needs the `cluster` extra.
"""

from __future__ import annotations

import contextlib
import logging
import re
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from itertools import count, islice
from typing import Any, Generic, TypeVar

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, Security, as_completed
from distributed.scheduler import NoWorkerError

from autograder.dispatch.cluster_worker import Answer, Job, JobPlugin, do_on_worker
from autograder.errors import ClusterError, WorkerLost

Work = TypeVar("Work")
Result = TypeVar("Result")

LOST_WORKERS = 3
"""After losing this many workers, a piece of work is given up: it may be the cause."""
IN_FLIGHT_A_THREAD = 32
"""Pieces sent and not yet returned, per thread. Dask's adaptive scaling sees only these."""
PIECES_A_TASK = 4
"""Submissions per Dask task, which share the cost of scheduling it."""
IN_FLIGHT_LEAST, IN_FLIGHT_MOST = 64, 4096
LOOK_SECONDS = 0.05
CONNECT_SECONDS = 20
_LOCAL = re.compile(r"local:([1-9]\d{0,2})")
# By default Dask keeps the last thousand messages of each connection, with their payload.
_FLAT = {"distributed.admin.low-level-log-length": 10}
_HERE = {
    "distributed.scheduler.allowed-failures": LOST_WORKERS - 1,
    # The profiler samples each worker a hundred times a second, for nobody.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    # A killed worker restarts by itself; on a busy machine that can take longer than Dask's default
    # of 15 s, after which it would be given up.
    "distributed.deploy.lost-worker-timeout": "1h",
    "distributed.scheduler.no-workers-timeout": "10m",
    # No status pages: everybody on this machine could read them.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
# A terminal sends Ctrl-C to every process; the grader's own process ends the workers.
# The second part keeps jsonschema from importing an optional URL checker, which takes 0.7 s.
_BEFORE = """\
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.modules.setdefault("rfc3987_syntax", None)
"""


def run(
    work: Iterable[tuple[Work, Any]],
    job: Job,
    receive: Callable[[Work, bytes], Result],
    *,
    address: str,
    lost: Callable[[Work, WorkerLost], Result],
) -> Generator[Result]:
    """Do every piece of work on a cluster, and yield results as they complete.

    Args:
        work: pairs of a piece, which stays here, and its content, which is sent; read only as
            fast as they are done, so that memory stays flat.
        job: what workers do with a content.
        receive: makes a result from a piece and the returned bytes.
        address: a scheduler, such as tls://host:8786, or local:4 for four workers here.
        lost: makes the result of a piece of work whose worker was lost at every try.

    Raises:
        ClusterError: when the cluster is unavailable, goes away, or is incompatible.
    """
    with _connected(address) as client, _prepared(client, job), _interruption() as interrupted:
        flow = _Flow[Work](client, job.name, interrupted)
        try:
            blamed: list[tuple[Work, Any]] = []
            for piece, content, answer in flow.answers(work):
                if answer is None:
                    blamed.append((piece, content))
                else:
                    yield _result(piece, answer, receive, lost)
            # Pieces of the same task, and waiting ones, are blamed too: now each is tried alone.
            for each in blamed:
                for piece, _, answer in flow.answers([each]):
                    yield _result(piece, answer, receive, lost)
        finally:
            flow.cancel()


def _result(
    piece: Work,
    answer: Answer | None,
    receive: Callable[[Work, bytes], Result],
    lost: Callable[[Work, WorkerLost], Result],
) -> Result:
    if answer is None:
        return lost(piece, WorkerLost(f"{LOST_WORKERS} workers were lost while they graded it."))
    what, content = answer
    if what == "lost":
        return lost(piece, WorkerLost(content.decode()))
    if what == "refused":
        raise ClusterError(content.decode())
    return receive(piece, content)


class _Flow(Generic[Work]):
    """Keeps a bounded number of pieces in flight."""

    def __init__(self, client: Client, name: str, interrupted: threading.Event) -> None:
        self._client = client
        self._name = name
        self._interrupted = interrupted
        self._numbers = count()
        # One group of keys, so that tasks without a free worker wait at the scheduler.
        self._group = f"grade-{name}-{time.time_ns():x}"
        self._sent: dict[Future, list[tuple[Work, Any]]] = {}
        self._threads = 0
        self._asked = 0.0

    def answers(
        self, work: Iterable[tuple[Work, Any]]
    ) -> Iterator[tuple[Work, Any, Answer | None]]:
        """Each piece with its content and answer; None if all its workers were lost."""
        waiting = iter(work)
        completed = as_completed(loop=self._client.loop)
        more = True
        while more or self._sent:
            while more and len(self._sent) * PIECES_A_TASK < self._most():
                if more := bool(pieces := list(islice(waiting, PIECES_A_TASK))):
                    completed.add(self._send(pieces))
            if self._sent:
                self._wait(completed)
                future = next(completed)
                answers: Sequence[Answer | None] = self._result_of(future)
                pieces = self._sent.pop(future)
                answers = answers or [None for _ in pieces]
                for (piece, content), answer in zip(pieces, answers, strict=True):
                    yield piece, content, answer

    def cancel(self) -> None:
        """Cancel everything that is in flight."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._sent), force=True)
        self._sent.clear()

    def _wait(self, completed: as_completed) -> None:
        while not (self._interrupted.is_set() or completed.has_ready()):
            self._interrupted.wait(LOOK_SECONDS)
        if self._interrupted.is_set():
            raise KeyboardInterrupt

    def _send(self, pieces: list[tuple[Work, Any]]) -> Future:
        contents = [content for _, content in pieces]
        future = self._client.submit(
            do_on_worker,
            self._name,
            contents,
            key=(self._group, next(self._numbers)),
            pure=False,
        )
        self._sent[future] = pieces
        return future

    def _result_of(self, future: Future) -> list[Answer]:
        """The answers to a task's pieces; empty if all its workers were lost."""
        try:
            # Not what Dask says of the task's status now: a result may be lost with its worker
            # before it is fetched, and then this waits for the task to be done again.
            return future.result()  # type: ignore[no-any-return]
        except KilledWorker:
            return []
        except NoWorkerError:
            raise ClusterError("the cluster has no workers; start some and grade again") from None
        except CancelledError:
            raise ClusterError(
                "the scheduler is gone; what was graded is saved. Start it and grade again"
            ) from None
        except Exception as error:
            raise ClusterError(f"a worker failed ({type(error).__name__}: {error})") from None

    def _most(self) -> int:
        """How many pieces may be in flight, given the current workers."""
        if time.monotonic() - self._asked > 1.0:
            self._threads = sum(self._client.nthreads().values())
            self._asked = time.monotonic()
        wanted = min(self._threads * IN_FLIGHT_A_THREAD, IN_FLIGHT_MOST)
        return max(wanted, IN_FLIGHT_LEAST, 2 * self._threads)


@contextlib.contextmanager
def _interruption() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, instead of raising; a second Ctrl-C raises.

    Dask has callbacks in the garbage collector, and an exception in one of them would be lost.
    """
    heard = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = signal.getsignal(signal.SIGINT)

    def hear(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        heard.set()

    signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _prepared(client: Client, job: Job) -> Iterator[None]:
    """Register the job on every worker, including those that join later; remove it at the end."""
    try:
        client.register_plugin(JobPlugin(job), name=job.name)
    except (ImportError, AttributeError) as error:
        raise ClusterError(
            f"the cluster's workers do not have this version of autograder ({error}); install it "
            "there"
        ) from None
    except OSError as error:
        raise ClusterError(f"the cluster is gone ({error})") from None
    try:
        yield
    finally:
        # Nothing to remove on a cluster that has ended.
        with contextlib.suppress(Exception):
            client.unregister_worker_plugin(job.name)


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of the cluster at an address, or of a temporary one on this machine."""
    here = _LOCAL.fullmatch(address)
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(_FLAT))
        stack.enter_context(_quiet(logging.getLogger("distributed.client")))
        try:
            if here:
                stack.enter_context(dask.config.set(_HERE))
                address = stack.enter_context(_workers_here(int(here[1])))
            with warnings.catch_warnings():
                # `Job.prepare` compares the versions that can affect a grade.
                warnings.simplefilter("ignore")
                client = stack.enter_context(
                    Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
                )
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            reason = str(error).partition("\n")[0]
            raise ClusterError(
                f"expected a Dask scheduler at {address} or local:N, found none ({reason}); "
                "docs/scaling.md says how to start one"
            ) from None
        yield client


@contextlib.contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Silence a logger: failures are reported once, by a ClusterError."""
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextlib.contextmanager
def _workers_here(number: int) -> Iterator[LocalCluster]:
    """A cluster on this machine that only this process can connect to."""
    with LocalCluster(
        n_workers=number,
        threads_per_worker=1,
        memory_limit=0,
        # Dask opens a port for its pages even if it has none.
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        security=Security.temporary(),
        silence_logs=logging.CRITICAL,
        preload=[_BEFORE],
    ) as cluster:
        yield cluster
