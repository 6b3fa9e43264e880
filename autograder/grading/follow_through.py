"""Follow-through: the solution's functions answer calls in place of a student's wrong ones.

They run in a sandbox of their own, apart from the student's code. Student code chooses the
arguments, and so could request an array of 10 gigabytes or a training loop that never ends.
"""

from __future__ import annotations

import numpy as np

from autograder.answer import Status
from autograder.course import own_functions
from autograder.grading.assignment import Assignment
from autograder.sandbox.requests import Ask, Cell, Hold
from autograder.sandbox.session import Sandbox, Session
from autograder.tree import Tree

_DRIVER = "def drive(function, arguments, keywords):\n    return function(*arguments, **keywords)"


class SolutionFunctions:
    """The functions of the lesson's solution, started when the first of them is called.

    They are pure, so one process serves a whole class; starting one costs as much CPU as grading
    a submission.

    Args:
        assignment: the week whose solution notebook defines them.
        sandbox: runs the submission, and opens a second sandbox for the solution.
    """

    def __init__(self, assignment: Assignment, sandbox: Sandbox) -> None:
        self._assignment = assignment
        self._sandbox = sandbox
        self._session: Session | None = None

    def start(self) -> None:
        """Start now, so that start-up is not charged to a question's time limit."""
        if self._session is None:
            self._session = self._open()

    def __call__(self, name: str, arguments: list[Tree], keywords: dict[str, Tree]) -> Tree:
        """The value that the solution's function returns.

        Args:
            name: the function.
            arguments: positional arguments.
            keywords: keyword arguments.

        Raises:
            RuntimeError: when it raises, or exceeds a submission's limits.
        """
        self.start()
        assert self._session is not None
        ask = Ask(0, name, _DRIVER, {"arguments": arguments, "keywords": keywords})
        answer = self._session.ask([ask])[0]
        if answer.status is not Status.RETURNED:
            raise RuntimeError(answer.error)
        return _numbers(answer.value)

    def _open(self) -> Session:
        steps: list[Cell | Hold] = self._assignment.lesson()
        names = [*self._assignment.week.questions, *self._assignment.own_functions]
        steps += [Hold(len(steps) + place, name, name) for place, name in enumerate(names)]
        own = self._assignment.own
        return self._sandbox.trusted(steps, {own_functions.FILE: own} if own else {})


def _numbers(value: Tree) -> Tree:
    """Zero-dimensional arrays as plain numbers, which is what the function returned."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return value[()] if isinstance(value, np.ndarray) else value
