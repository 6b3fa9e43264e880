"""Are calls to the solution's functions answered by one process, apart from the student's code?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import SandboxError
from autograder.grading.assignment import Assignment, load_assignment
from autograder.grading.follow_through import SolutionFunctions
from autograder.sandbox.session import Sandbox

pytestmark = pytest.mark.bubblewrap

DOUT, Z = np.array([[1.0, 2.0, 3.0]]), np.array([[-1.0, 0.5, 0.0]])


@pytest.fixture
def assignment(released_course) -> Assignment:
    return load_assignment(directory.load(released_course), demo.WEEK)


def call_solution(assignment: Assignment, sandbox: Sandbox, *arguments: np.ndarray) -> np.ndarray:
    return SolutionFunctions(assignment, sandbox)("relu_backward", list(arguments), {})


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
            each("relu_backward", [DOUT, Z], {})
        assert len({id(each._session) for each in served}) == 1


def test_is_a_function_that_raises_asked_again(assignment):
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        for _ in range(2):
            with pytest.raises(RuntimeError, match="relu_backward|operands|broadcast"):
                call_solution(assignment, sandbox, np.ones((2, 3)), np.ones((4, 5)))
