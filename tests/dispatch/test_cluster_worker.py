"""Does a worker do its job, or say why it cannot, and end its sandboxes with itself?"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.errors import AutograderError, ClusterError, SandboxError, WorkerLost

pytest.importorskip("distributed", reason="--cluster needs the `cluster` extra")

from autograder.dispatch.cluster_worker import JobPlugin  # noqa: E402 (only where it is installed)

WORKER = SimpleNamespace(address="tcp://here:1")


class Box:
    """In place of a sandbox."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Job:
    """Raises what it is given; otherwise says it in capitals."""

    name = "job"

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.boxes: list[Box] = []

    def prepare(self) -> None:
        if self.refusal:
            raise AutograderError(self.refusal)

    def sandbox(self) -> Any:
        self.boxes.append(Box())
        return self.boxes[-1]

    def do(self, content: Any, sandbox: Any) -> bytes:
        if isinstance(content, Exception):
            raise content
        return str(content).upper().encode()


def plugin(job: Job) -> JobPlugin:
    made = JobPlugin(job)
    asyncio.run(made.setup(WORKER))
    return made


def test_is_work_done_in_one_sandbox_a_thread():
    job = Job()
    made = plugin(job)
    assert [made.do(word) for word in ("a", "b")] == [("done", b"A"), ("done", b"B")]
    assert len(job.boxes) == 1
    asyncio.run(made.teardown(WORKER))
    assert job.boxes[0].closed == 1
    assert made.do("c") == ("refused", b"")


def test_is_a_lost_sandbox_told_from_a_machine_that_cannot_grade():
    made = plugin(Job())
    assert made.do(WorkerLost("killed")) == ("lost", b"killed")
    what, reason = made.do(SandboxError("no bubblewrap"))
    assert what == "refused" and b"(tcp://here:1) cannot grade: no bubblewrap" in reason


def test_does_a_worker_that_does_not_fit_say_so_at_once_and_whenever_it_is_asked():
    job = Job("it has numpy 1.0")
    made = JobPlugin(job)
    with pytest.raises(ClusterError, match="cannot grade: it has numpy 1.0"):
        asyncio.run(made.setup(WORKER))
    what, reason = made.do("a")
    assert what == "refused" and b"it has numpy 1.0" in reason and not job.boxes
