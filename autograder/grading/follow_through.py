"""Follow-through: the solution's functions answer calls in place of a student's wrong ones.

They run in a sandbox of their own, apart from the student's code. Student code chooses the
arguments, and so could request an array of 10 gigabytes or a training loop that never ends.
"""

from __future__ import annotations

from autograder.course import own_functions
from autograder.grading.assignment import Assignment
from autograder.sandbox.inside.calls import Message
from autograder.sandbox.open_calls import OpenCalls
from autograder.sandbox.requests import Cell, Hold
from autograder.sandbox.session import Sandbox, Session


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

    def exchange(self, message: Message, calls: OpenCalls, seconds: float) -> Message:
        """Send a message of the student's process to the solution's, and return the next one back.

        Args:
            message: a call, or the return of a call that the solution made.
            calls: those that have not returned.
            seconds: the longest that it may take.

        Raises:
            Stopped: when the solution's process was stopped, for what the student asked of it;
                `abandon` it then.
            WorkerLost: when it was killed from outside.
        """
        self.start()
        assert self._session is not None
        return self._session.exchange(message, calls, seconds)

    def abandon(self) -> None:
        """End a process whose calls will not return; the next call starts another one."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _open(self) -> Session:
        steps: list[Cell | Hold] = self._assignment.lesson()
        names = [*self._assignment.week.questions, *self._assignment.own_functions]
        steps += [Hold(len(steps) + place, name, name) for place, name in enumerate(names)]
        own = self._assignment.own
        return self._sandbox.trusted(steps, {own_functions.FILE: own} if own else {})
