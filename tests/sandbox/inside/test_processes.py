"""Are all processes of a submission found, counted and ended?"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

from autograder.sandbox.inside import processes
from autograder.sandbox.session import Sandbox
from tests.sandbox.notebooks import LIMITS, run_cell

EXIT = 60 if platform.machine() == "x86_64" else 93
"""The system call that ends one thread."""


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


def test_is_what_a_process_fills_counted_and_what_has_ended_nothing() -> None:
    before, threads = processes.held()
    filled = b"x" * (64 * 2**20)
    assert processes.held()[0] - before > 0.9 * len(filled) and threads >= 1
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    assert processes.held(ended.pid) == (0, 0)
    assert processes.address_space() > len(filled)


def test_are_grandchildren_found() -> None:
    """Also those in a session of their own, which no group holds together."""
    code = (
        "import subprocess as s\n"
        "own = s.Popen(['sleep', '60'], start_new_session=True)\n"
        "print(own.pid, flush=True)\n"
        "own.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        try:
            assert {child.pid, grandchild} <= set(processes.running())
        finally:
            os.kill(grandchild, signal.SIGKILL)
    assert not {child.pid, grandchild} & set(processes.running())
