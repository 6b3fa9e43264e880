"""Are calls to the solution's functions answered by one process, apart from the student's code?"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import SandboxError, WorkerLost
from autograder.grading import grade_class
from autograder.grading.assignment import Assignment, load_assignment
from autograder.grading.follow_through import SolutionFunctions
from autograder.records import Report
from autograder.sandbox.open_calls import OpenCalls
from autograder.sandbox.session import Sandbox
from tests.faults.footprint import descendants

pytestmark = pytest.mark.bubblewrap

DOUT, Z = np.array([[1.0, 2.0, 3.0]]), np.array([[-1.0, 0.5, 0.0]])


@pytest.fixture
def assignment(released_course) -> Assignment:
    return load_assignment(directory.load(released_course), demo.WEEK)


def call(solution: SolutionFunctions, *arguments: Any) -> Any:
    """What comes of a call of `relu_backward`, or "error: ..."."""
    calls = OpenCalls(["relu_backward"])
    message = {"call": "relu_backward", "arguments": list(arguments), "keywords": {}, "shared": []}
    reply = solution.exchange(calls.of_submission(message), calls, 10.0)
    return reply.get("value", f"error: {reply.get('error')}")


def call_solution(assignment: Assignment, sandbox: Sandbox, *arguments: np.ndarray) -> Any:
    return call(SolutionFunctions(assignment, sandbox), *arguments)


def test_is_a_call_answered_by_the_solution(assignment):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        assert call_solution(assignment, sandbox, DOUT, Z).tolist() == [[0.0, 2.0, 0.0]]
        assert call_solution(assignment, sandbox, DOUT, -Z).tolist() == [[1.0, 0.0, 0.0]]
        sandbox.stop()
        with pytest.raises(SandboxError):
            call_solution(assignment, sandbox, DOUT, Z)


def test_does_one_process_serve_submission_after_submission(assignment):
    """Starting one costs as much as grading a submission."""
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        served = [SolutionFunctions(assignment, sandbox) for _ in range(3)]
        for each in served:
            call(each, DOUT, Z)
        assert len({id(each._session) for each in served}) == 1


def test_is_a_function_that_raises_asked_again(assignment):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        for _ in range(2):
            reply = call_solution(assignment, sandbox, np.ones((2, 3)), np.ones((4, 5)))
            assert reply.startswith("error: ValueError: operands could not be broadcast")


def kill_solution(sandbox: Sandbox, place: int) -> None:
    """Kill one of the solution's processes: bubblewrap, the worker, or its child (from 0 to 2)."""
    inner = sandbox._trusted_sandbox
    assert inner is not None and inner._worker is not None
    outermost = inner._worker._process.pid
    victim = sorted({outermost, *descendants(outermost)})[place]
    os.kill(victim, signal.SIGKILL)
    # A namespace ends shortly after the process outside that started it.
    time.sleep(0.5)


@pytest.mark.parametrize("place", [0, 1, -1], ids=["bubblewrap", "worker", "child"])
def test_is_a_killed_solution_a_lost_worker_and_then_replaced(assignment, place):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        call_solution(assignment, sandbox, DOUT, Z)
        kill_solution(sandbox, place)
        with pytest.raises(WorkerLost, match="killed from outside"):
            call_solution(assignment, sandbox, DOUT, Z)
        assert call_solution(assignment, sandbox, DOUT, Z).tolist() == [[0.0, 2.0, 0.0]]


def borrower(course, monkeypatch: pytest.MonkeyPatch, kills: int) -> tuple[Report, int]:
    """Grade a student who needs the solution's functions, which are killed at the first calls."""
    opened = directory.load(course)
    demo.hand_in(opened, [demo.Pupil("ada", demo.MISTAKES["transposes-dW"])])
    assignment = load_assignment(opened, demo.WEEK)
    killed: list[str] = []
    real = SolutionFunctions.exchange

    def exchange(self, message, calls, seconds):
        self.start()
        if len(killed) < kills:
            killed.append(message["call"])
            kill_solution(self._sandbox, -1)
        return real(self, message, calls, seconds)

    monkeypatch.setattr(SolutionFunctions, "exchange", exchange)
    handed_in = grade_class.submissions(opened, assignment)
    (report,) = grade_class.grade_course(opened, assignment, handed_in, workers=1, force=True)
    return report, len(killed)


def test_does_a_killed_solution_cost_its_borrower_a_try_and_no_points(fresh_course, monkeypatch):
    undisturbed, _ = borrower(fresh_course, monkeypatch, 0)
    report, killed = borrower(fresh_course, monkeypatch, 1)
    assert killed == 1
    assert (report.points, report.key) == (undisturbed.points, undisturbed.key)
    assert [v.message for v in report.verdicts] == [v.message for v in undisturbed.verdicts]


def test_is_a_borrower_whose_solution_is_always_killed_graded_again_next_time(
    fresh_course, monkeypatch
):
    report, killed = borrower(fresh_course, monkeypatch, 100)
    assert killed == 3 and not report.key
    assert "killed from outside" in report.unreadable
