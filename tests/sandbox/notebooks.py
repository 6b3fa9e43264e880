"""Small notebooks in a sandbox with short limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.answer import Answer, Status
from autograder.sandbox.inside.calls import Message
from autograder.sandbox.open_calls import OpenCalls
from autograder.sandbox.session import Ask, Cell, CellResult, Hold, Limits, Sandbox, Session

LIMITS = Limits(
    cell_seconds=1.0,
    question_seconds=0.5,
    notebook_seconds=6.0,
    memory=300 * 2**20,
    processes=20,
    output=20_000,
    picture=100_000,
    file_size=8 * 2**20,
    restarts=3,
)


def run_cell(sandbox: Sandbox, source: str) -> CellResult:
    """Run a cell between two others, and see that those are unharmed."""
    steps = [
        Cell(0, "a = 1"),
        Cell(1, source),
        Cell(2, "def f():\n    return a + 1"),
        Hold(3, "f", "f"),
    ]
    with sandbox.open(steps) as session:
        assert session.cells[0] == CellResult(0)
        assert session.cells[2].status is Status.RETURNED
        assert session.ask([Ask(7, "f", "", {})])[7].value == 2
        return session.cells[1]


def ask_all(sandbox: Sandbox, source: str, asks: list[Ask], **options: Any) -> dict[int, Answer]:
    holds = [Hold(1, name, name) for name in dict.fromkeys(ask.question for ask in asks)]
    with sandbox.open([Cell(0, source), *holds]) as session:
        return session.ask(asks, **options)


class Outside:
    """Answers calls of replaced functions, by one function that stands in the test."""

    def __init__(self, reply: Callable[[str, list[Any]], Any]) -> None:
        self.calls: list[tuple[str, list[Any], dict[str, Any]]] = []
        self._reply = reply

    def exchange(self, message: Message, calls: OpenCalls, seconds: float) -> Message:
        self.calls.append((message["call"], message["arguments"], message["keywords"]))
        try:
            value = self._reply(message["call"], message["arguments"])
        except ValueError as error:
            return calls.of_solution({"error": str(error), "shared": []})
        return calls.of_solution({"value": value, "shared": []})

    def abandon(self) -> None:
        raise AssertionError("a call was left open")


class Lesson:
    """Answers them by functions that a lesson defines, in a process of its own."""

    def __init__(self, sandbox: Sandbox, source: str, *names: str) -> None:
        self._sandbox = sandbox
        self._steps = [Cell(0, source), *(Hold(1, name, name) for name in names)]
        # At once, so that this takes none of a case's time.
        self._session: Session | None = sandbox.trusted(self._steps)
        self.messages = self.abandoned = 0

    def exchange(self, message: Message, calls: OpenCalls, seconds: float) -> Message:
        self.messages += 1
        if self._session is None:
            self._session = self._sandbox.trusted(self._steps)
        return self._session.exchange(message, calls, seconds)

    def abandon(self) -> None:
        self.abandoned += 1
        if self._session is not None:
            self._session.close()
        self._session = None


def text_of(result: CellResult) -> str:
    return "".join(output.get("text", "") for output in result.outputs)
