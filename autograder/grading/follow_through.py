"""Right functions, lent to a submission whose own are wrong, for follow-through.

They run in a sandbox of their own: a student's code chooses the arguments, and could ask for an
array of 10 gigabytes or a training that never ends. The student's code never meets them.
"""

from __future__ import annotations

import numpy as np

from autograder.answer import Status
from autograder.course import own_functions
from autograder.grading.assignment import Assignment
from autograder.grading.recorded_answers import ask_digest
from autograder.sandbox.inside.wire import encode
from autograder.sandbox.requests import Ask, Cell, Hold
from autograder.sandbox.session import Sandbox, Session
from autograder.tree import Tree

_DRIVER = "def drive(function, arguments, keywords):\n    return function(*arguments, **keywords)"


class RightFunctions:
    """The lesson's own functions, started when the first of them is called.

    They are as pure as a question's reference, and serve the class from one process as long as
    each call returns: starting them costs as much as grading a submission.

    Args:
        assignment: whose lesson holds them.
        sandbox: that of the submission; they get one beside it.
    """

    def __init__(self, assignment: Assignment, sandbox: Sandbox) -> None:
        self._assignment = assignment
        self._sandbox = sandbox
        self._session: Session | None = None

    def start(self) -> None:
        """Be ready to be called, so that starting costs no student's question its time."""
        if self._session is None:
            self._session = self._open()

    def __call__(self, name: str, arguments: list[Tree], keywords: dict[str, Tree]) -> Tree:
        """What the right function of this name returns.

        Raises:
            RuntimeError: when it returns nothing, or not within a submission's limits.
        """
        ask = Ask(0, name, _DRIVER, {"arguments": arguments, "keywords": keywords})
        # A class makes the same mistakes, and so the same calls.
        digest, known = ask_digest(ask), self._assignment.lent
        if (value := known.find(digest)) is None:
            value = self._ask(ask)
            known.keep(digest, value, len(encode(value)))
        return value

    def _ask(self, ask: Ask) -> Tree:
        self.start()
        assert self._session is not None
        answer = self._session.ask([ask])[0]
        if answer.status is not Status.RETURNED:
            raise RuntimeError(answer.error)
        return _numbers(answer.value)

    def _open(self) -> Session:
        steps: list[Cell | Hold] = self._assignment.lesson()
        names = [*self._assignment.week.questions, *self._assignment.own_functions]
        steps += [Hold(len(steps) + place, name, name) for place, name in enumerate(names)]
        own = self._assignment.own
        return self._sandbox.standing(steps, {own_functions.FILE: own} if own else {})


def _numbers(value: Tree) -> Tree:
    """Arrays without axes as the plain numbers that the function returned."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return value[()] if isinstance(value, np.ndarray) else value
