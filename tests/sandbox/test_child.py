"""Does what hangs, ends its process or takes too long cost itself alone?"""

from __future__ import annotations

import pytest

from autograder.answer import Status
from autograder.sandbox.session import Ask, Cell, Limits, Sandbox
from tests.sandbox.notebooks import ask_all, run_cell


@pytest.mark.parametrize(
    ("source", "status", "error"),
    [
        ("while True: pass", Status.TIMED_OUT, "cell 1 was stopped after 1 s"),
        ("import os; os._exit(3)", Status.CRASHED, "cell 1 ended the process with exit status 3"),
        (
            "import ctypes; ctypes.string_at(0)",
            Status.CRASHED,
            "cell 1 ended the process with signal SIGSEGV",
        ),
    ],
    ids=["hangs", "exits", "segfaults"],
)
def test_culprits(sandbox: Sandbox, source: str, status: Status, error: str) -> None:
    """Does a cell that hangs or ends its process cost itself and nothing else?"""
    result = run_cell(sandbox, source)
    assert (result.status, result.error) == (status, error)


def test_each_question_has_its_own_time(sandbox: Sandbox) -> None:
    """Is an answer neither late because a long one follows, nor given a long one's time?"""
    source = (
        "import time\ndef quick():\n    return 1\ndef slow():\n    time.sleep(0.8)\n    return 2\n"
        "def hangs():\n    time.sleep(60)"
    )
    asks = [
        Ask(0, "quick", "", {}),
        Ask(1, "slow", "", {}, seconds=5.0),
        Ask(2, "quick", "", {}, seconds=5.0),
        Ask(3, "hangs", "", {}),
    ]
    answers = ask_all(sandbox, source, asks)
    assert [answers[n].status.name for n in range(4)] == [*["RETURNED"] * 3, "TIMED_OUT"]
    assert answers[3].error == "hangs was stopped after 0.5 s"


@pytest.mark.slow
def test_the_notebook_has_a_deadline_of_its_own() -> None:
    """Does a notebook of many slow cells end?"""
    # One cell alone fits with room to spare, so that a busy machine changes nothing.
    limits = Limits(cell_seconds=5, notebook_seconds=1.5)
    with Sandbox("process", limits) as hasty:
        steps = [Cell(n, "import time; time.sleep(0.9)") for n in range(2)]
        with hasty.open(steps) as session:
            (slow,) = [r for r in session.cells.values() if r.status is not Status.RETURNED]
    assert slow.status is Status.TIMED_OUT
    assert slow.error.endswith("was running when the notebook's 1.5 s were over")
