"""Are calls to the solution's functions answered, and equal calls answered only once?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import SandboxError
from autograder.grading.assignment import FOLLOW_THROUGH_BYTES, Assignment, load_assignment
from autograder.grading.follow_through import SolutionFunctions
from autograder.recent import SHARE
from autograder.sandbox.session import Sandbox

pytestmark = pytest.mark.bubblewrap

DOUT, Z = np.array([[1.0, 2.0, 3.0]]), np.array([[-1.0, 0.5, 0.0]])


@pytest.fixture
def assignment(released_course) -> Assignment:
    return load_assignment(directory.load(released_course), demo.WEEK)


def call_solution(assignment: Assignment, sandbox: Sandbox, *arguments: np.ndarray) -> np.ndarray:
    return SolutionFunctions(assignment, sandbox)("relu_backward", list(arguments), {})


def test_is_an_equal_call_answered_without_a_sandbox(assignment):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        first = call_solution(assignment, sandbox, DOUT, Z)
        assert first.tolist() == [[0.0, 2.0, 0.0]]
        sandbox.stop()
        assert call_solution(assignment, sandbox, DOUT.copy(), Z).tolist() == first.tolist()
        with pytest.raises(SandboxError):
            call_solution(assignment, sandbox, DOUT, -Z)


def test_is_what_is_large_not_kept(assignment):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        large = np.ones((1, FOLLOW_THROUGH_BYTES // SHARE))
        assert call_solution(assignment, sandbox, large, large).all()
        assert not assignment.solution_results


def test_is_what_has_many_empty_parts_not_kept(assignment, monkeypatch):
    """They hold no bytes of numbers, and each is an object in the grader's memory."""
    parts = [np.zeros(0) for _ in range(FOLLOW_THROUGH_BYTES // SHARE)]
    monkeypatch.setattr(SolutionFunctions, "_ask", lambda self, ask: parts)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        assert call_solution(assignment, sandbox, DOUT, Z) is parts
    assert not assignment.solution_results


def test_is_a_function_that_raises_asked_again(assignment):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        for _ in range(2):
            with pytest.raises(RuntimeError, match="relu_backward|operands|broadcast"):
                call_solution(assignment, sandbox, np.ones((2, 3)), np.ones((4, 5)))
        assert not assignment.solution_results
