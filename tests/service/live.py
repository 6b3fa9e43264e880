"""A service that runs as it does for a class: by its command, in processes of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import Engine, update

from autograder.lms.lti.tables import LINE_ITEMS
from tests.lms.lti.platform import Emulator
from tests.lms.lti.platform.course import MEMBERSHIP, User
from tests.lms.lti.platform.grade_service import column_url
from tests.service.conftest import add_lms

PATIENCE = 120.0


class LiveService:
    """`autograder serve`, which can be killed and started again.

    Args:
        root: the course.
        workers: sandboxes.
    """

    def __init__(self, root: Path, workers: int = 1) -> None:
        self.root = root
        self.workers = workers
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = root.parent / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it answers when this returns."""
        command = ["-m", "autograder", "serve", "--course", str(self.root)]
        command += ["--port", str(self.port), "--address", self.url, "-j", str(self.workers)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command], stderr=log, stdout=log, start_new_session=True
            )
        wait_until(self.answers, "the service answers")

    def answers(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log.read_text()[-2000:]
        with contextlib.suppress(URLError, ConnectionError), urlopen(f"{self.url}/healthz"):
            return True
        return False

    def grader(self) -> int | None:
        """The process that grades, if it is there."""
        assert self._process
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        with contextlib.suppress(OSError):
            found = [each for path in (children, *threads) for each in path.read_text().split()]
            return int(found[0]) if found else None
        return None

    def kill(self, *, grader: bool = True, web: bool = True) -> None:
        """Kill one process or both, as a power cut would."""
        assert self._process
        if grader and (number := self.grader()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        if web:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Stop it as systemd does."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(PATIENCE)


@contextmanager
def lms_of(engine: Engine, service: LiveService, students: dict[str, str]) -> Iterator[Emulator]:
    """A strict LMS that knows the service, with the students and a column for week 06.

    Args:
        engine: the service's database, which learns of it.
        service: the tool.
        students: ids on the roster by `sub`.
    """
    lms = Emulator("strict")
    lms.taken = []  # type: ignore[attr-defined]
    with lms.running():
        lms.know(service.url)
        learner = [f"{MEMBERSHIP}#Learner"]
        lms.records.users |= {
            subject: User(subject, "student", each, each, each, f"{each}@x.org", each, learner)
            for subject, each in students.items()
        }
        lms.records.add_link("2", "Week 06", {"week": "week06"})
        address = column_url(lms, next(iter(lms.records.columns.values())))
        addresses = {k: v for k, v in lms.addresses.items() if k != "issuer"}
        add_lms(
            engine,
            lms.base,
            students,
            client_id=lms.registration.client_id,
            **addresses,
        )
        with engine.begin() as connection:
            connection.execute(update(LINE_ITEMS).values(url=address))
        yield lms


def wait_until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)
