"""One command runs it all: the web server here, and the worker with the outbox beside it.

    autograder serve ── web server
        └── python -m autograder.service.run ── worker, outbox

The second process is started again when it ends, and ends when the first one does, whatever ends
that: it holds the other end of a pipe. A lock in the course lets one of them work at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

import uvicorn

from autograder.course import database as databases
from autograder.course import directory as courses
from autograder.course.directory import Course
from autograder.errors import AutograderError, CourseError
from autograder.gradebook import exported
from autograder.light_imports import api
from autograder.lms.lti.addresses import LOOPBACK, origin
from autograder.lms.lti.store import open_course_store
from autograder.questions import catalogue
from autograder.sandbox.mounts import isolation_available
from autograder.service import logs
from autograder.service.deliver import Outbox
from autograder.service.web import state
from autograder.service.web.app import make_app
from autograder.service.weeks import Weeks
from autograder.service.worker import How, Worker

LOCK = Path(".autograder", "service.lock")
LOWER_PRIORITY = 5
"""Pages are answered first: whoever reads one waits in front of it."""
AGAIN_SECONDS = 1.0
STOP_SECONDS = 60.0
"""How long what is being graded may take to its end when the service is stopped."""
WARM_WEEKS = 2


def serve(course: Course, host: str, port: int, address: str = "", how: How | None = None) -> None:
    """Run the service until it is told to stop by SIGTERM or Ctrl-C.

    Args:
        course: the course.
        host: the address to listen at; a proxy in front of it does TLS.
        port: to listen at; 0 for any that is free.
        address: what browsers and the LMS call the service, if course.toml does not say it.
        how: how submissions are run.

    Raises:
        CourseError: when the address is not known, or another service runs for the course.
    """
    logs.set_up()
    databases.keep_engines()
    how = how or How()
    called = address or course.settings.service.address or _own_address(host, port)
    if how.isolation != "bubblewrap" and origin(called)[1] not in LOOPBACK:
        raise CourseError(
            "without bubblewrap, students' code could read the course and its secret: a service at "
            f"{called} needs it. --isolation {how.isolation} is for trying it on this machine"
        )
    if how.isolation == "bubblewrap" and (reason := isolation_available()) != "bubblewrap":
        raise CourseError(reason)
    with lock(course, "web"), _listening(host, port) as listener:
        port = listener.getsockname()[1]
        engine = open_course_store(course)
        grader = GradingProcess(course.root, how)
        app = make_app(state.make(engine, course.root, called, grader.is_alive))
        # Loaded before somebody comes, and not while they wait.
        assert api
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            timeout_graceful_shutdown=10,
        )
        logs.event("starts", address=called, host=host, port=port, isolation=how.isolation)
        # uvicorn ends its server at a signal, and then sends the signal once more.
        signal.signal(signal.SIGTERM, lambda *_: None)
        with grader, contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
        engine.dispose()
    logs.event("stopped")


def _listening(host: str, port: int) -> socket.socket:
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except (OSError, OverflowError) as error:
        if listener:
            listener.close()
        raise CourseError(
            f"cannot listen at {host}, port {port}: {error}. Stop whatever listens there, or "
            "choose another --port"
        ) from None
    return listener


def _own_address(host: str, port: int) -> str:
    """The address of a service that is tried on this machine alone."""
    if host not in LOOPBACK or not port:
        raise CourseError(
            "expected the address that browsers and the LMS use, such as address = "
            '"https://nn.example.edu" in the section [service] of course.toml, received none'
        )
    return f"http://{host}:{port}"


@contextlib.contextmanager
def lock(course: Course, part: str, patience: float = 0.0) -> Iterator[None]:
    """Let one process at a time do a part of a course's service.

    Args:
        course: whose service.
        part: "web" or "worker".
        patience: seconds to wait for another one to end.

    Raises:
        CourseError: when another one holds the lock.
    """
    import fcntl  # missing on Windows

    path = course.root / LOCK.with_suffix(f".{part}.lock")
    with path.open("w") as file:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise CourseError(
                        f"another `autograder serve` runs for {course.root}; stop it first"
                    ) from None
                time.sleep(0.1)
        yield


class GradingProcess:
    """The process of worker and outbox; a context manager that starts it again when it ends.

    Args:
        root: the course directory.
        how: how submissions are run.
    """

    def __init__(self, root: Path, how: How) -> None:
        self._command = [
            sys.executable,
            "-m",
            "autograder.service.run",
            str(root),
            json.dumps(asdict(how)),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, daemon=True)

    def __enter__(self) -> GradingProcess:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        if self._process and self._process.stdin:
            # It finishes what it is grading.
            self._process.stdin.close()
        self._thread.join(STOP_SECONDS)
        if self._process and self._process.poll() is None:
            self._process.kill()

    def is_alive(self) -> bool:
        """Whether it is running."""
        return self._process is not None and self._process.poll() is None

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, start_new_session=True
            )
            code = self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            if not self._stopping.is_set():
                logs.event("worker ended", code=code)
                self._stopping.wait(AGAIN_SECONDS)


def grade(root: Path, how: How) -> None:
    """Grade and send until the standard input is closed."""
    databases.keep_engines()
    with contextlib.suppress(OSError):
        os.nice(LOWER_PRIORITY)
    # Ctrl-C reaches the first process, which then tells this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_until_told, args=(stop,), daemon=True).start()
    weeks = Weeks(root)
    # One that was orphaned a moment ago may still be finishing.
    with lock(weeks.course, "worker", patience=STOP_SECONDS):
        engine = open_course_store(weeks.course)
        outbox = Outbox(engine, told=partial(_remember, weeks))
        worker = Worker(engine, weeks, how, outbox.wake)
        sender = threading.Thread(target=outbox.run, args=(stop,))
        sender.start()
        worker.warm_up(_likely(weeks.course))
        worker.run(stop)
        outbox.wake()
        sender.join()
        engine.dispose()


def _remember(weeks: Weeks, assignment: str, points: Mapping[str, float]) -> None:
    """Note which grades the LMS has, for `autograder status`."""
    exported.remember(weeks.course, assignment, "lti", points)


def _until_told(stop: threading.Event) -> None:
    """Wait until the first process closes the pipe, or has ended."""
    sys.stdin.buffer.read()
    stop.set()


def _likely(course: Course) -> list[str]:
    """The weeks that are handed in next: those released last."""
    released = [
        stem
        for stem in course.settings.counted(catalogue.stems())
        if course.notebook("release", stem).is_file()
    ]
    newest = sorted(released, key=lambda stem: course.notebook("release", stem).stat().st_mtime)
    return newest[-WARM_WEEKS:]


def main() -> None:
    """The second process, by its command line: the course directory, and how to run submissions."""
    logs.set_up()
    try:
        grade(courses.load(Path(sys.argv[1])).root, How(**json.loads(sys.argv[2])))
    except AutograderError as error:
        # The first process starts it again: the database may be there by then.
        logs.trouble("worker cannot start", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
