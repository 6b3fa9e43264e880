"""Does a submission become results and answers, whatever a cell or a question does?"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from autograder.answer import Status
from autograder.errors import WorkerLost
from autograder.sandbox.child import Child
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Ask, Cell, Hold, Sandbox
from tests.faults.footprint import descendants
from tests.sandbox.notebooks import LIMITS, Lesson, Outside, ask_all, run_cell

HANGS = "import os\ndef hangs(n):\n    while n: pass\n    return n\ndef fine():\n    return 1\n"


def test_a_case_that_hangs_or_crashes_costs_itself(sandbox: Sandbox) -> None:
    """Are the question's other cases answered, before it and after it, and other questions?"""
    source = HANGS + "def crashes(n):\n    if n: os.abort()\n    return n\n"
    asks = [
        Ask(0, "hangs", "", {"n": 0}),
        Ask(1, "hangs", "", {"n": 1}),
        Ask(2, "crashes", "", {"n": 1}),
        Ask(3, "hangs", "", {"n": 0}),
        Ask(4, "fine", "", {}),
        Ask(5, "crashes", "", {"n": 0}),
        Ask(6, "hangs", "", {"n": 0}, hidden=True),
    ]
    answers = ask_all(sandbox, source, asks)
    assert [answers[n].status.name for n in range(7)] == [
        *["RETURNED", "TIMED_OUT", "CRASHED", "RETURNED", "RETURNED", "RETURNED", "RETURNED"]
    ]
    assert answers[1].error == "hangs was stopped after 0.5 s"
    assert answers[2].error == "crashes ended the process with signal SIGABRT"


def test_a_question_that_never_answers_is_asked_twice(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does an endless loop take its time limit twice, and not once for each case?"""
    asks = [Ask(n, "hangs", "", {"n": 1}) for n in range(6)] + [Ask(6, "fine", "", {})]
    forked = []
    fork = sandbox.fork
    monkeypatch.setattr(sandbox, "fork", lambda: forked.append(fork()) or forked[-1])
    answers = ask_all(sandbox, HANGS, asks)
    assert len(forked) == 3
    assert {answers[n].status for n in range(6)} == {Status.TIMED_OUT}
    assert answers[6].value == 1


@pytest.mark.bubblewrap
def test_a_case_is_not_to_blame_for_the_time_of_those_before_it(walled: Sandbox) -> None:
    """Is it asked again in a fresh process, if it ran when the notebook's time was over?"""
    source = "import time\ndef waits(n):\n    time.sleep(0.4)\n    return n"
    asks = [Ask(n, "waits", "", {"n": n}) for n in range(7)]
    with Sandbox(walled.isolation, replace(LIMITS, notebook_seconds=2.0)) as hasty:
        answers = ask_all(hasty, source, asks)
    assert [answers[n].value for n in range(7)] == list(range(7))


def test_a_question_that_was_stopped_has_no_more_room_for_its_answers(sandbox: Sandbox) -> None:
    """The grader holds all of them: does a fresh process begin where the last one ended?"""
    source = (
        "import os\nimport numpy as np\ndef f(n):\n    if n: os.abort()\n    return np.ones(75_000)"
    )
    asks = [Ask(place, "f", "", {"n": n}) for place, n in enumerate((0, 1, 0, 1, 0))]
    with Sandbox(sandbox.isolation, replace(LIMITS, answers=2**20)) as tight:
        answers = ask_all(tight, source, asks)
    assert [answers[n].status.name for n in range(5)] == ["RETURNED", *["CRASHED"] * 4]
    assert "sent no result that can be read" in answers[2].error


def test_no_answer_is_lost_with_the_process_that_gave_it(sandbox: Sandbox) -> None:
    """Do those before a crash count, however often it crashes, until it is enough?"""
    source = "import os\ndef fine(n):\n    return n\ndef crash(n):\n    os.abort()\n"
    source += "".join(f"crash{n} = crash\n" for n in range(LIMITS.restarts + 2))
    asks = [Ask(n, "fine", "", {"n": n}) for n in range(20)]
    asks += [Ask(100 + n, f"crash{n // 2}", "", {"n": n}) for n in range(2 * (LIMITS.restarts + 2))]
    answers = ask_all(sandbox, source, asks)
    assert [answers[n].value for n in range(20)] == list(range(20))
    assert {answers[ask.id].status for ask in asks[20:]} == {Status.CRASHED}
    assert "stopped" in answers[asks[-1].id].error


TRUSTED = [
    Cell(0, "import time\ndef waits(n):\n    time.sleep(n)\n    return n"),
    Hold(1, "waits", "waits"),
]


def test_a_trusted_session_serves_one_submission_after_another(sandbox: Sandbox) -> None:
    """Does it stay while it is sound, each time with the notebook's whole time?"""
    first = sandbox.trusted(TRUSTED)
    for _ in range(3):
        again = sandbox.trusted(TRUSTED)
        assert again is first
        assert again.ask([Ask(0, "waits", "", {"n": 0.3})])[0].value == 0.3
    assert sandbox.trusted(TRUSTED[:1]) is not first
    sandbox.close()


def test_a_trusted_session_that_was_stopped_serves_nobody_else(sandbox: Sandbox) -> None:
    """Is the next submission free of what the last one did to it?"""
    first = sandbox.trusted(TRUSTED)
    assert first.ask([Ask(0, "waits", "", {"n": 5.0})])[0].status is Status.TIMED_OUT
    second = sandbox.trusted(TRUSTED)
    assert second.ask([Ask(0, "waits", "", {"n": 0.0})])[0].status is Status.RETURNED
    sandbox.close()


def test_a_trusted_session_is_replaced_before_its_process_has_used_its_life(
    sandbox: Sandbox,
) -> None:
    """The limit of a process's CPU time must not fall on a later submission."""
    with Sandbox(sandbox.isolation, replace(LIMITS, notebook_seconds=0.5)) as hasty:
        first = hasty.trusted(TRUSTED)
        for _ in range(3):
            hasty.trusted(TRUSTED).ask([Ask(0, "waits", "", {"n": 0.3})])
        assert hasty.trusted(TRUSTED) is not first


def test_restarts_are_bounded(sandbox: Sandbox) -> None:
    """Does a notebook of nothing but crashes end, with a reason for what was not run?"""
    steps = [Cell(n, "import os; os._exit(1)") for n in range(6)]
    with sandbox.open([*steps, Hold(9, "f", "f")]) as session:
        assert {result.status for result in session.cells.values()} == {Status.CRASHED}
        assert session.cells[5].error == "not run: the notebook had already been stopped 4 times"
        assert session.ask([Ask(0, "f", "", {})])[0].status is Status.CRASHED


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_child_that_ends_before_its_first_cell_is_a_lost_worker(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Is it blamed on no cell, and the next submission run?"""
    if sandbox.isolation == "bubblewrap" and number != signal.SIGKILL:
        pytest.skip("the first process of a namespace ignores every other signal")
    assert run_cell(sandbox, "a = 1").error == ""
    assert sandbox._worker is not None
    worker = sandbox._worker._process.pid
    before = descendants(worker)
    fork = sandbox.fork

    def fork_and_kill() -> Child:
        child = fork()
        while not (forked := descendants(worker) - before):
            time.sleep(0.001)
        # It ignores SIGTERM until it has put its own handler in place of its parent's.
        for _ in range(50):
            with suppress(ProcessLookupError):
                os.kill(max(forked), number)
            time.sleep(0.002)
        return child

    monkeypatch.setattr(sandbox, "fork", fork_and_kill)
    with pytest.raises(WorkerLost, match="before its first cell"):
        sandbox.open([Cell(0, "a = 1")])
    monkeypatch.undo()
    assert run_cell(sandbox, "a = 1").error == ""


def test_a_cell_that_kills_its_own_process_is_to_blame(sandbox: Sandbox) -> None:
    """Only code of the course never sends itself the signal that others send."""
    result = run_cell(sandbox, "import os\nos.kill(os.getpid(), 9)")
    assert result.error == "cell 1 ended the process with signal SIGKILL"


def test_a_call_whose_answer_is_lost_costs_the_question_nothing(sandbox: Sandbox) -> None:
    """What goes wrong outside is not an exception inside; wrong arguments are."""
    source = "def lent(n):\n    return n\ndef f():\n    return lent(1)"

    def lost(name: str, arguments: list[Any]) -> None:
        raise WorkerLost("killed from outside")

    def refused(name: str, arguments: list[Any]) -> None:
        raise ValueError("too large")

    asks = [Ask(0, "f", "", {}, ("lent",))]
    with pytest.raises(WorkerLost, match="from outside"):
        ask_all(sandbox, source, asks, solution=Outside(lost))
    answers = ask_all(sandbox, source, asks, solution=Outside(refused))
    assert answers[0].error.endswith("lent: too large")


def test_how_often_may_a_replaced_function_be_called(sandbox: Sandbox) -> None:
    """As often as there is time; what counts is the time of the whole case."""
    source = "def g(n):\n    return 0\ndef f(n):\n    return sum(g(each) for each in range(n))"
    outside = Outside(lambda name, arguments: arguments[0])
    asks = [Ask(0, "f", "", {"n": 3_000}, ("g",), seconds=60.0)]
    assert ask_all(sandbox, source, asks, solution=outside)[0].value == 3_000 * 2_999 / 2
    slow = Outside(lambda name, arguments: time.sleep(0.4) or 1.0)
    asks = [Ask(0, "f", "", {"n": 3}, ("g",))]
    answer = ask_all(sandbox, source, asks, solution=slow)[0]
    assert (answer.status, answer.error) == (Status.TIMED_OUT, "f was stopped after 1 s")


CALLS_BACK = "def twice(f, x):\n    return f(f(x))"


def test_may_the_solution_call_the_function_that_it_was_given(sandbox: Sandbox) -> None:
    """One that itself calls a replaced function, and one that ends or hangs in the process."""
    source = """
import os, time
def twice(f, x): return None
def half(x): return None
def f(x): return twice(lambda each: half(each) + 1, x)
def ends(x): return twice(os._exit, x)
def hangs(x): return twice(time.sleep, x)
"""
    lesson = Lesson(sandbox, f"{CALLS_BACK}\ndef half(x):\n    return x / 2", "twice", "half")
    asks = [
        Ask(0, "f", "", {"x": 8.0}, ("twice", "half"), seconds=20.0),
        Ask(1, "ends", "", {"x": 8}, ("twice",)),
        Ask(2, "hangs", "", {"x": 8.0}, ("twice",)),
        Ask(3, "f", "", {"x": 4.0}, ("twice", "half"), seconds=20.0),
    ]
    answers = ask_all(sandbox, source, asks, solution=lesson)
    assert [answers[number].value for number in (0, 3)] == [3.5, 2.5]
    assert [answers[number].status for number in (1, 2)] == [Status.CRASHED, Status.TIMED_OUT]
    assert lesson.abandoned == 2
    sandbox.close()


def test_is_a_solution_that_hangs_the_end_of_the_case_that_called_it(sandbox: Sandbox) -> None:
    """A student chooses the arguments; the next case has another process of the solution."""
    lesson = Lesson(sandbox, "import time\ndef waits(n):\n    time.sleep(n)\n    return n", "waits")
    source = "def waits(n): return None\ndef f(n): return waits(n)"
    asks = [Ask(n, "f", "", {"n": seconds}, ("waits",)) for n, seconds in enumerate((5.0, 0.0))]
    answers = ask_all(sandbox, source, asks, solution=lesson)
    assert (answers[0].status, answers[0].error) == (
        Status.TIMED_OUT,
        "f was stopped after 1 s",
    )
    assert answers[1].value == 0.0
    sandbox.close()


FORGED = """
import socket
from autograder.sandbox.inside.wire import Channel, encode, SECONDS
def twice(f, x): return None
def secret(x): return None
def forge(message):
    import gc
    channel = next(each for each in gc.get_objects() if type(each) is Channel)
    channel.send(encode(message) + SECONDS.pack(0.0))
    channel.receive_payload()
def other_name(x): forge({"call": "secret", "arguments": [x], "keywords": {}, "shared": []})
def passed_on(x): forge({"call": "twice", "arguments": [["shared", 0], x], "keywords": {},
                         "shared": ["secret"]})
def number(x): forge({"call": 0, "arguments": [x], "keywords": {}, "shared": []})
def returns(x): forge({"value": x, "shared": []})
def answers(x):
    twice(lambda each: forge({"id": 4, "status": "returned", "value": None, "changed": [],
                              "warned": [], "error": "", "line": ""}), x)
"""


def test_may_a_process_call_only_what_is_replaced(sandbox: Sandbox) -> None:
    """Nor pass another function on, nor return where nothing was called, nor answer in a call."""
    lesson = Lesson(sandbox, f"{CALLS_BACK}\ndef secret(x):\n    return x", "twice", "secret")
    names = ("other_name", "passed_on", "number", "returns", "answers")
    asks = [Ask(n, name, "", {"x": 1.0}, ("twice",), 20.0) for n, name in enumerate(names)]
    # Each stops its process, so each has a notebook of its own.
    for ask in asks:
        answer = ask_all(sandbox, FORGED, [ask], solution=lesson)[ask.id]
        assert answer.status is Status.CRASHED and "received something else" in answer.error
    assert lesson.messages == 1
    sandbox.close()


def test_do_the_outputs_of_the_first_whole_run_stay(sandbox: Sandbox) -> None:
    """A later run follows hidden cases, so what its cells show must reach no page."""
    shows = (
        "import os; seen = os.urandom(8).hex(); print(seen)\ndef f(): os._exit(1)\ndef g(): 1 / 0"
    )
    steps = [Cell(0, shows), Hold(1, "f", "f"), Hold(2, "seen", "seen")]
    with sandbox.open(steps) as session:
        before = session.cells[0]
        answers = session.ask(
            [Ask(0, "f", "", {}, hidden=True), Ask(1, "seen", "", {}, hidden=True)]
        )
        assert answers[0].status is Status.CRASHED and answers[1].status is Status.RETURNED
        assert str(answers[1].value) not in str(before.outputs)
        assert session.cells[0] is before


@pytest.mark.slow
@pytest.mark.beyond_sample
def test_does_an_experiment_that_is_stopped_or_slow_cost_nothing() -> None:
    limits = Limits(cell_seconds=1.0, notebook_seconds=1.5, restarts=0)
    cells = [
        Cell(0, "import os, time"),
        Cell(1, "time.sleep(0.7)", optional=True),
        Cell(2, "time.sleep(0.7)", optional=True),
        Cell(3, "while True: pass", optional=True),
        Cell(4, "os._exit(1)", optional=True),
        Cell(5, "def f(x): return 2 * x"),
    ]
    with (
        Sandbox("process", limits) as sandbox,
        sandbox.open([*cells, Hold(6, "f", "f")]) as session,
    ):
        answers = session.ask([Ask(0, "f", "", {"x": 4})])
    assert (answers[0].status, answers[0].value) == (Status.RETURNED, 8)
    statuses = [session.cells[index].status for index in range(6)]
    assert statuses[3:5] == [Status.TIMED_OUT, Status.CRASHED]
    assert {*statuses[:3], statuses[5]} == {Status.RETURNED}
