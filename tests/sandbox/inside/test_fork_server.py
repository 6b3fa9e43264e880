"""Is each submission watched while it runs, and gone before the next one?"""

from __future__ import annotations

import textwrap
from dataclasses import replace

from autograder.answer import Status
from autograder.sandbox.session import Cell, Libraries, Sandbox
from tests.sandbox.notebooks import LIMITS, run_cell, text_of


def test_memory_is_counted_over_all_processes(sandbox: Sandbox) -> None:
    """Are processes stopped that together hold too much, each of them too little?"""
    source = "import os\nfor _ in range(4): os.fork()\nb = bytearray(b'x') * 10**8\nwhile 1: pass"
    # Time enough to touch the memory on a busy machine.
    with Sandbox(sandbox.isolation, replace(LIMITS, cell_seconds=20)) as patient:
        result = run_cell(patient, source)
    assert result.status is Status.CRASHED
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


def test_one_submission_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    """Are names, files, modules and the working directory those of a fresh start?"""
    place = "import os, tempfile; base = tempfile.gettempdir()\n"
    run_cell(
        sandbox,
        place + "os.makedirs(base + '/a/b'); open(base + '/a/b/c', 'w'); os.chmod(base + '/a', 0)",
    )
    seen = run_cell(sandbox, place + "os.listdir(base), os.listdir()")
    assert seen.outputs[0]["data"]["text/plain"] == "(['work'], [])"


def test_an_import_that_fails_is_for_its_cell_to_say(sandbox: Sandbox) -> None:
    """Does the worker start although a read-only cell imports what is not there?"""
    statement = "import no_such_module"
    with (
        Sandbox(sandbox.isolation, libraries=Libraries((statement,))) as unprepared,
        unprepared.open([Cell(0, statement)]) as session,
    ):
        assert session.cells[0].error.startswith("ModuleNotFoundError")
