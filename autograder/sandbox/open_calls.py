"""Which calls between a submission and the solution have not returned, and what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autograder.errors import ProtocolError
from autograder.sandbox.inside.calls import Message
from autograder.tree import Tree


class Solution(Protocol):
    """The process that answers for functions which a submission got wrong."""

    def exchange(self, message: Message, calls: OpenCalls, seconds: float) -> Message:
        """Send it a message of the submission's process, and return its own next one.

        Args:
            message: a call, or the return of a call that the solution made.
            calls: those that have not returned.
            seconds: the longest that it may take.
        """

    def abandon(self) -> None:
        """Its calls will not return, because the submission's process was stopped."""


class OpenCalls:
    """The calls that have not returned: each was made while the one before it was running.

    Args:
        names: the functions that the submission may call by name.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._callers: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._callers)

    def of_submission(self, message: Tree) -> Message:
        """A message of the submission's process, once it is known to be one.

        Raises:
            ProtocolError: when it is neither a call that is allowed nor the return of the last
                call.
        """
        return self._checked(message, "submission", self._names)

    def of_solution(self, message: Tree) -> Message:
        """The same for the solution's process, which calls functions by their numbers alone."""
        return self._checked(message, "solution", ())

    def _checked(self, message: Tree, sender: str, names: Sequence[str]) -> Message:
        match message:
            case {"shared": list(shared)} if not _only(shared, names):
                pass
            case {
                "call": str(function) | int(function),
                "arguments": list(),
                "keywords": dict(),
                "shared": list(),
            } if len(message) == 4 and self._allowed(function, names):
                self._callers.append(sender)
                return dict(message)
            case {"value": _, "shared": list()} | {"error": str(), "shared": list()} if (
                len(message) == 2 and self._callers and self._callers[-1] != sender
            ):
                self._callers.pop()
                return dict(message)
        raise ProtocolError("expected a call or its return, received something else")

    def _allowed(self, function: str | int, names: Sequence[str]) -> bool:
        """A function that was passed on is called by its number, while a call is open."""
        return function in names if isinstance(function, str) else bool(self._callers)


def _only(shared: list[Tree], names: Sequence[str]) -> bool:
    """Whether the functions that are passed on by name may be called."""
    return all(each in names for each in shared if isinstance(each, str))
