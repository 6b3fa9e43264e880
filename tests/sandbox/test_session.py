"""Does a submission become outputs and answers, and does each culprit cost itself alone?"""

from __future__ import annotations

import platform
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.errors import SandboxError
from autograder.sandbox import mounts
from autograder.sandbox.session import (
    Ask,
    Cell,
    CellResult,
    Hold,
    Libraries,
    Limits,
    Sandbox,
    encode_asks,
)
from autograder.tree import Opaque, Tree

EXIT = 60 if platform.machine() == "x86_64" else 93
"""The system call that ends one thread."""
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


@pytest.fixture(
    scope="module",
    params=[pytest.param("bubblewrap", marks=pytest.mark.bubblewrap), "process"],
)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, LIMITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def walled() -> Iterator[Sandbox]:
    with Sandbox("bubblewrap", LIMITS) as opened:
        yield opened


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


def test_outputs_have_nbformats_form(sandbox: Sandbox) -> None:
    """Are streams merged in order, results numbered, and errors shown as in Jupyter?"""
    source = """
        import sys
        from IPython.display import HTML
        print('a')
        print('b')
        print('c', file=sys.stderr)
        display(HTML('<b>x</b>'))
        print('\\x1b[31md')
        3
    """
    source = textwrap.dedent(source)
    with sandbox.open([Cell(4, source), Cell(5, "1 / 0"), Cell(9, "Out[1] + _")]) as session:
        *streams, display, printed, result = session.cells[4].outputs
        assert streams == [
            {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
            {"output_type": "stream", "name": "stderr", "text": "c\n"},
        ]
        assert display["data"]["text/html"] == "<b>x</b>"
        assert printed["text"] == "d\n"
        assert result["execution_count"] == 1 and result["data"] == {"text/plain": "3"}
        (error,) = session.cells[5].outputs
        assert (
            error["ename"] == "ZeroDivisionError" and "Cell In[2], line 1" in error["traceback"][2]
        )
        assert session.cells[5].error == "ZeroDivisionError: division by zero"
        assert session.cells[5].status is Status.RETURNED
        assert session.cells[9].outputs[0]["data"] == {"text/plain": "6"}


def test_a_function_is_asked_as_it_stood_at_its_check(sandbox: Sandbox) -> None:
    """Does a later definition leave a held function alone, and a missing one stay missing?"""
    steps = [
        Cell(0, "from autograder import check\ndef f(x):\n    return 2 * x\ncheck('f')"),
        Hold(1, "f", "f"),
        Hold(1, "g", "g"),
        Cell(2, "def f(x):\n    return 0\ndef g():\n    return 1"),
    ]
    asks = encode_asks([Ask(0, "f", "", {"x": np.arange(3.0)}), Ask(1, "g", "", {})])
    for _ in range(2):
        with sandbox.open(steps) as session:
            answers = session.ask(asks)
            assert answers[0].value.tolist() == [0.0, 2.0, 4.0]
            assert answers[1].status is Status.MISSING
            usage = session.close()
            assert usage.cpu_seconds > 0 and usage.peak_memory > 2**20


def test_an_answer_says_what_happened(sandbox: Sandbox) -> None:
    """Do changed arguments, warnings, exceptions and strange values come out as facts?"""
    source = """
        import numpy as np
        def changes(x, y):
            x += 1
            return np.exp(y)
        def raises(x):
            raise ValueError(x.shape)
        def strange():
            return {'a': object(), 'b': [1, 2]}
    """
    arguments = {"x": np.ones(2), "y": np.array([1e5])}
    asks = [
        Ask(0, "changes", "", arguments),
        Ask(1, "raises", "", {"x": np.ones(2)}),
        Ask(2, "strange", "", {}),
        Ask(3, "changes", "def drive(f, n):\n    return [f(np.ones(1), 0.0 * n)] * n", {"n": 2}),
    ]
    answers = ask_all(sandbox, textwrap.dedent(source), asks)
    assert answers[0].changed == ("x",) and answers[0].warned == ("overflow",)
    assert answers[1].error == "ValueError: (2,)" and "raise ValueError" in answers[1].line
    assert answers[2].value["a"] == Opaque("object") and answers[2].value["b"].tolist() == [1, 2]
    assert np.array_equal(np.array(answers[3].value), np.ones(2))


def test_what_is_printed_while_asked_is_dropped(sandbox: Sandbox) -> None:
    """Can a hidden input reach the notebook's outputs?"""
    source = "seen = []\ndef f(x):\n    print(x)\n    seen.append(x)\n    display(x)"
    with sandbox.open([Cell(0, source), Hold(1, "f", "f")]) as session:
        session.ask([Ask(0, "f", "", {"x": 41.5})])
        assert session.cells[0].outputs == ()


def test_a_replaced_function_is_answered_from_outside(sandbox: Sandbox) -> None:
    """Is only the named global replaced, only for its ask, and do errors arrive?"""
    source = "def g(x, y=1):\n    return x, y\ndef f(x):\n    a, b = g(x, y=2)\n    return a + b"
    calls = []

    def on_call(name: str, arguments: list[Tree], keywords: dict[str, Tree]) -> Tree:
        calls.append((name, float(arguments[0]), float(keywords["y"])))
        if arguments[0] > 5:
            raise ValueError("expected less")
        return [10 * arguments[0], 1.0]

    asks = [
        Ask(0, "f", "", {"x": 3.0}, ("g",)),
        Ask(1, "f", "", {"x": 9.0}, ("g",)),
        Ask(2, "f", "", {"x": 3.0}),
    ]
    answers = ask_all(sandbox, source, asks, on_call=on_call)
    assert calls == [("g", 3.0, 2.0), ("g", 9.0, 2.0)]
    assert answers[0].value == 31.0
    assert answers[1].error == "RuntimeError: g: expected less"
    assert answers[2].value == 5.0


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("exit()", "SystemExit"),
        ("quit", "SystemExit"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("input('name?')", "EOFError: input() is not available while a notebook is graded"),
        ("print 1", "SyntaxError"),
        ("b = bytearray(10**11)", "MemoryError"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", "KeyboardInterrupt"),
        ("f = open('big', 'wb')\nwhile True: f.write(bytes(10**6))", "OSError: [Errno 27]"),
    ],
)
def test_ordinary_errors(sandbox: Sandbox, source: str, error: str) -> None:
    """Are these errors of their cell, after which the notebook goes on?"""
    result = run_cell(sandbox, source)
    assert result.status is Status.RETURNED and result.error.startswith(error)
    assert result.outputs[-1]["output_type"] == "error"


def test_endless_recursion(sandbox: Sandbox) -> None:
    """Is it an error of its cell, though IPython takes a second to write its traceback?"""
    with Sandbox(sandbox.isolation, replace(LIMITS, cell_seconds=20)) as patient:
        result = run_cell(patient, "def f(): f()\nf()")
    assert result.status is Status.RETURNED and result.error.startswith("RecursionError")
    assert result.outputs[-1]["output_type"] == "error"


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


def test_memory_is_counted_over_all_processes(sandbox: Sandbox) -> None:
    """Are processes stopped that together hold too much, each of them too little?"""
    source = "import os\nfor _ in range(4): os.fork()\nb = bytearray(b'x') * 10**8\nwhile 1: pass"
    # Time enough to touch the memory on a busy machine.
    with Sandbox(sandbox.isolation, replace(LIMITS, cell_seconds=20)) as patient:
        result = run_cell(patient, source)
    assert result.status is Status.CRASHED
    assert result.error == "cell 1 used more than 300 MiB of memory"


def test_memory_is_counted_where_the_first_thread_has_ended(sandbox: Sandbox) -> None:
    """Is what a process holds seen when only its other threads are left?"""
    source = (
        "import ctypes, os, threading, time\n"
        "def hoard():\n    kept = b'x' * (2 * 10**8)\n    time.sleep(100)\n"
        "os.fork()\n"
        "threading.Thread(target=hoard).start()\n"
        f"ctypes.CDLL(None).syscall({EXIT}, 0)"
    )
    with Sandbox(sandbox.isolation, replace(LIMITS, cell_seconds=20)) as patient:
        result = run_cell(patient, source)
    assert result.error == "cell 1 used more than 300 MiB of memory"


def test_garbage_is_found_before_memory_ends(sandbox: Sandbox) -> None:
    """Does code pass that leaves more behind, in cycles, than it may hold?"""
    source = """
        for _ in range(1000):
            first = last = [b"x" * 10**6]
            for _ in range(30):
                last = [last]
            first.append(last)
        print("done")
    """
    with Sandbox(sandbox.isolation, replace(LIMITS, cell_seconds=20)) as patient:
        result = run_cell(patient, textwrap.dedent(source))
    assert text_of(result) == "done\n", result.error


def test_a_fork_bomb_is_stopped(sandbox: Sandbox) -> None:
    """Is it ended by the watch, or refused by the kernel where the grader is no root?"""
    result = run_cell(sandbox, "import os\nwhile True: os.fork()")
    stopped = "cell 1 started more than 20 processes"
    assert result.error == stopped or result.error.startswith("BlockingIOError")


def test_a_forked_copy_does_not_answer(sandbox: Sandbox) -> None:
    """Does a cell that forks once have one result?"""
    result = run_cell(sandbox, "import os\nprint('once' if os.fork() else 'twice')")
    assert text_of(result) == "once\n" and result.error == ""


def test_a_flood_of_output_is_cut(sandbox: Sandbox) -> None:
    """Does printing without end cost little and say that it was cut?"""
    for source in ("for _ in range(10**5): print('y')", "print('x' * 10**8)", "'x' * 10**7"):
        result = run_cell(sandbox, source)
        shown = text_of(result) + str([output.get("data") for output in result.outputs])
        assert len(shown) < 1.1 * LIMITS.output
        assert text_of(result).endswith("[The rest of this cell's output was cut.]\n")


def test_a_process_that_outlives_the_child_is_ended(sandbox: Sandbox) -> None:
    """Is a daemonised grandchild gone before the next submission?"""
    source = """
        import os, time
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(writing, str(os.getpid()).encode())
                time.sleep(30)
            os._exit(0)
        os.wait()
        os.read(reading, 20).decode()
    """
    result = run_cell(sandbox, textwrap.dedent(source))
    number = result.outputs[0]["data"]["text/plain"].strip("'")
    assert run_cell(sandbox, f"import os\nos.kill({number}, 0)").error.startswith("ProcessLookup")


def test_a_question_that_hangs_or_crashes_costs_itself(sandbox: Sandbox) -> None:
    """Are its remaining cases answered alike, and the other questions asked?"""
    source = (
        "import os\ndef hangs(n):\n    while n: pass\n    return n\n"
        "def crashes():\n    os.abort()\ndef fine():\n    return 1"
    )
    asks = [
        Ask(0, "hangs", "", {"n": 0}),
        Ask(1, "hangs", "", {"n": 1}),
        Ask(2, "crashes", "", {}),
        Ask(3, "hangs", "", {"n": 0}),
        Ask(4, "fine", "", {}),
    ]
    answers = ask_all(sandbox, source, asks)
    assert [answers[n].status.name for n in range(5)] == [
        *["RETURNED", "TIMED_OUT", "CRASHED", "TIMED_OUT", "RETURNED"]
    ]
    assert answers[3].error == "hangs was stopped after 0.5 s"
    assert answers[2].error == "crashes ended the process with signal SIGABRT"


def test_no_answer_is_lost_with_the_process_that_gave_it(sandbox: Sandbox) -> None:
    """Answers travel together: do those before a crash count, however often it crashes?"""
    source = "import os\ndef fine(n):\n    return n\ndef crash():\n    os.abort()\n"
    source += "".join(f"crash{n} = crash\n" for n in range(LIMITS.restarts + 2))
    asks = [Ask(n, "fine", "", {"n": n}) for n in range(20)]
    asks += [Ask(100 + n, f"crash{n}", "", {}) for n in range(LIMITS.restarts + 2)]
    answers = ask_all(sandbox, source, asks)
    assert [answers[n].value for n in range(20)] == list(range(20))
    assert {answers[ask.id].status for ask in asks[20:]} == {Status.CRASHED}
    assert "stopped" in answers[asks[-1].id].error


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


FORGE = """
import os, socket, stat
for n in range(3, 30):
    try:
        if stat.S_ISSOCK(os.fstat(n).st_mode):
            os.write(n, {data!r})
    except OSError:
        pass
"""


@pytest.mark.parametrize("data", [b"garbage" * 10, b"nnfs\x04\x00\x00\x00" + bytes(8) + b"true"])
def test_forged_messages_cost_the_forger(sandbox: Sandbox, data: bytes) -> None:
    """Is a cell that writes into the channel stopped, and everything else graded?"""
    result = run_cell(sandbox, FORGE.format(data=data))
    assert result.status is Status.CRASHED
    assert result.error.startswith("cell 1 sent no result that can be read")


def test_one_submission_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    """Are names, files, modules and the working directory those of a fresh start?"""
    place = "import os, tempfile; base = tempfile.gettempdir()\n"
    run_cell(
        sandbox,
        place + "os.makedirs(base + '/a/b'); open(base + '/a/b/c', 'w'); os.chmod(base + '/a', 0)",
    )
    seen = run_cell(sandbox, place + "os.listdir(base), os.listdir()")
    assert seen.outputs[0]["data"]["text/plain"] == "(['work'], [])"


def test_a_function_is_asked_where_cells_run(sandbox: Sandbox) -> None:
    """Does a module of the student's own find IPython also when its function is asked?"""
    files = {"own.py": "def f(x):\n    return 2 * x if get_ipython().user_ns['a'] else 0\n"}
    with sandbox.open([Cell(0, "from own import f\na = 1\nf(1)"), Hold(1, "f", "f")], files) as own:
        assert own.cells[0].outputs[0]["data"]["text/plain"] == "2"
        assert own.ask([Ask(7, "f", "", {"x": 1.0})])[7].value == 2.0


def test_plots_are_pictures(sandbox: Sandbox) -> None:
    """Does a figure appear below its cell, and does a preloaded module cost nothing?"""
    with Sandbox(sandbox.isolation, LIMITS, Libraries(("import matplotlib.pyplot",))) as loaded:
        result = run_cell(loaded, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
        again = run_cell(loaded, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    (shown,) = [o for o in result.outputs if "image/png" in o.get("data", {})]
    assert shown["output_type"] == "display_data" and shown["data"]["image/png"][:4] == "iVBO"
    assert "image/png" in again.outputs[-1]["data"]


@pytest.mark.bubblewrap
@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import os\nos.kill(1, 9); os.kill(1, 15); os.kill(1, 2)", ""),
        ("for n in range(100): open(f'/tmp/{n}', 'wb').write(bytes(10**6))", "OSError: [Errno 28]"),
        (
            "for n in range(99): open(f'/dev/shm/{n}', 'wb').write(bytes(10**6))",
            "OSError: [Errno 28]",
        ),
        ("import os; os.memfd_create('x')", "PermissionError"),
        ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "OSError: [Errno 101]"),
        ("import socket; socket.socket(socket.AF_VSOCK)", "PermissionError"),
        ("open('/proc/1/mem', 'rb')", "PermissionError"),
        ("open('/proc/1/environ', 'rb')", "PermissionError"),
        ("import os; [os.readlink(f'/proc/1/fd/{n}') for n in range(9)]", "PermissionError"),
        ("open('/proc/sys/vm/drop_caches', 'w')", "OSError: [Errno 30]"),
        ("import ctypes; assert ctypes.CDLL(None).shmget(0, 100, 0o1777) == -1", ""),
        ("import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == -1", ""),
        ("import tensorflow", "ModuleNotFoundError"),
        ("import keras", "ModuleNotFoundError"),
        ("import nbgrader", "ModuleNotFoundError"),
        ("import autograder.questions", "ModuleNotFoundError"),
        ("import course_lib.gradients", "ModuleNotFoundError"),
    ],
)
def test_walls(walled: Sandbox, source: str, error: str) -> None:
    """Does the sandbox hold against what reaches beyond it?"""
    result = run_cell(walled, source)
    assert result.status is Status.RETURNED
    assert result.error.startswith(error) and bool(result.error) == bool(error)


@pytest.mark.bubblewrap
def test_what_cannot_be_cleaned_ends_the_worker(walled: Sandbox) -> None:
    """Does a tree of 20,000 nested directories cost a new worker and no submission?"""
    source = "import os\nfor _ in range(20_000):\n    os.mkdir('d'); os.chdir('d')"
    assert run_cell(walled, source).error == ""
    assert run_cell(walled, "import os\nassert 'd' not in os.listdir()").error == ""


@pytest.mark.bubblewrap
def test_nothing_in_proc_can_be_written(walled: Sandbox) -> None:
    """Is the kernel out of reach even where the grader runs as root?"""
    source = """
        import os
        opened = []
        for root, _, names in os.walk("/proc"):
            for name in names:
                try:
                    os.close(os.open(os.path.join(root, name), os.O_WRONLY))
                    opened.append(os.path.join(root, name))
                except OSError:
                    pass
        assert not [path for path in opened if "/fd/" not in path], opened
    """
    result = run_cell(walled, textwrap.dedent(source))
    assert result.status is Status.RETURNED and result.error == ""


WALK = """
import os, re
forbidden = re.compile(
    r"(^|[/_-])(tensorflow|keras|nbgrader|gradebook\\.db|jax)|autograder/questions|\\.npz$", re.I
)
# Type stubs that jedi carries, and the example data of SciPy, NumPy and Matplotlib.
known = re.compile(r"/typeshed/stubs/|^/site-packages/(scipy|numpy|matplotlib)/.*\\.npz$")
found, files = [], 0
for root, directories, names in os.walk("/"):
    if root == "/":
        directories[:] = [d for d in directories if d != "proc"]
    files += len(names)
    for name in directories + names:
        path = os.path.join(root, name)
        if forbidden.search(path) and not known.search(path):
            found.append(path)
for text in [*os.environ.items(), *os.listdir("/proc/self/task"), open("/proc/self/maps").read()]:
    found += [line for line in str(text).splitlines() if forbidden.search(line)]
open_files = {}
for n in os.listdir("/proc/self/fd"):
    try:
        open_files[int(n)] = os.readlink(f"/proc/self/fd/{n}")
    except OSError:
        pass
print(found, files > 1000, sorted(open_files.values()))
"""


@pytest.mark.bubblewrap
def test_nothing_of_the_grader_is_in_sight(walled: Sandbox) -> None:
    """Is there no reference, question, database or Keras in files, environment or memory map?"""
    with Sandbox(limits=Limits()) as sandbox, sandbox.open([Cell(0, WALK)]) as session:
        result = session.cells[0]
    assert result.error == ""
    found, _, rest = text_of(result).partition("] True ")
    assert found == "["
    assert rest.count("socket:") == 1 and rest.count("/dev/null") == 3 and rest.count("'") == 8


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel/apparmor_restrict_unprivileged_userns": "1"}, "AppArmor"),
        ({"user/max_user_namespaces": "0"}, "switched off"),
        ({}, "inside a container"),
    ],
)
def test_refusals_have_a_next_step(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: str
) -> None:
    """Is a machine's refusal explained?"""
    monkeypatch.setattr(mounts, "kernel_setting", lambda name: settings.get(name, ""))
    reason = mounts.explain_refusal("bwrap: setting up uid map: Permission denied\n")
    assert "setting up uid map" in reason and words in reason and "Next:" in reason


def test_without_bubblewrap_there_is_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a missing bubblewrap one line for the person who reads it?"""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SandboxError, match="not installed. Next: install it"):
        Sandbox()
    with pytest.raises(SandboxError, match="expected isolation"):
        Sandbox("docker")


def test_an_import_that_fails_is_for_its_cell_to_say(sandbox: Sandbox) -> None:
    """Does the worker start although a read-only cell imports what is not there?"""
    statement = "import no_such_module"
    with (
        Sandbox(sandbox.isolation, libraries=Libraries((statement,))) as unprepared,
        unprepared.open([Cell(0, statement)]) as session,
    ):
        assert session.cells[0].error.startswith("ModuleNotFoundError")
