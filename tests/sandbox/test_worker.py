"""Is a worker that cannot go on replaced, and told from what a submission did?"""

from __future__ import annotations

import sys
import time

import pytest

from autograder.errors import SandboxError
from autograder.sandbox import mounts
from autograder.sandbox.libraries import Libraries
from autograder.sandbox.session import Sandbox
from autograder.sandbox.worker import Ended, Worker
from tests.sandbox.notebooks import LIMITS, run_cell


@pytest.mark.bubblewrap
def test_what_cannot_be_cleaned_ends_the_worker(walled: Sandbox) -> None:
    """Does a tree of 20,000 nested directories cost a new worker and no submission?"""
    source = "import os\nfor _ in range(20_000):\n    os.mkdir('d'); os.chdir('d')"
    assert run_cell(walled, source).error == ""
    assert run_cell(walled, "import os\nassert 'd' not in os.listdir()").error == ""


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended(why="memory"), "used more than 300 MiB of memory"),
        (Ended(why="processes"), "started more than 20 processes"),
        (Ended(why="threads"), "started more than 160 threads"),
        (Ended(why="files"), "made more than 50000 files"),
        (Ended(0), "ended the process with exit status 0"),
        (Ended(-9), "ended the process with signal SIGKILL"),
        (Ended(-1000), "ended the process with signal 1000"),
        (Ended(), "ended the process in a way that left no trace"),
    ],
)
def test_is_every_end_said(ended: Ended, said: str) -> None:
    assert ended.predicate(LIMITS) == said


def test_is_what_a_child_used_known_and_the_worker_ready_for_the_next() -> None:
    worker = Worker("process", LIMITS, Libraries())
    try:
        for _ in range(2):
            worker.open().close()
            ended = worker.end(gone=True)
            assert ended is not None and ended.status == 0 and ended.peak_memory > 2**20
    finally:
        worker.close()
    with pytest.raises(OSError):
        worker.open()


@pytest.mark.bubblewrap
def test_is_a_submission_ended_at_once_that_has_only_begun() -> None:
    """A signal that came before it was waited for would be found after half a second."""
    worker = Worker("bubblewrap", LIMITS, Libraries())
    seconds = []
    try:
        for _ in range(5):
            channel = worker.open()
            began = time.monotonic()
            worker.end()
            seconds.append(time.monotonic() - began)
            channel.close()
    finally:
        worker.close()
    assert min(seconds) < 0.4


@pytest.mark.slow
def test_does_a_python_that_cannot_start_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('no NumPy for this processor')"]
    monkeypatch.setattr(mounts, "process_command", lambda *arguments: broken)
    with pytest.raises(SandboxError, match="did not start: no NumPy for this processor"):
        Worker("process", LIMITS, Libraries())
