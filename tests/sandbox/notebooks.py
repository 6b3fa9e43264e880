"""Small notebooks in a sandbox with short limits."""

from __future__ import annotations

from typing import Any

from autograder.answer import Answer, Status
from autograder.sandbox.session import Ask, Cell, CellResult, Hold, Limits, Sandbox

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


def text_of(result: CellResult) -> str:
    return "".join(output.get("text", "") for output in result.outputs)
