"""Is what libraries want done in forked processes left out where, and only where, it should be?"""

from __future__ import annotations

import subprocess
import sys

from autograder.sandbox.session import Cell, Sandbox

SAYS = """
import os
from autograder.sandbox import at_fork
with at_fork.kept_back():
    os.register_at_fork(after_in_child=lambda: os.write(1, b"kept back "))
os.register_at_fork(after_in_child=lambda: os.write(1, b"done "))

def in_a_fork(do):
    child = os.fork()
    if not child:
        do()
        os._exit(0)
    os.waitpid(child, 0)

in_a_fork(lambda: (at_fork.as_ever(), os.write(1, b"| "), in_a_fork(lambda: None)))
"""
LOCKS = """
import logging, os, threading

def held():
    return sum(lock._is_owned() for lock in (logging._lock, threading._active_limbo_lock))

logging._lock.acquire(), threading._active_limbo_lock.acquire()
if os.fork() == 0:
    os._exit(10 + held())
print(held(), os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_is_it_done_by_forks_of_a_submission_alone() -> None:
    said = subprocess.run([sys.executable, "-c", SAYS], stdout=subprocess.PIPE, check=True).stdout
    assert said == b"done | done kept back "


def test_have_processes_that_a_student_forks_new_locks() -> None:
    with Sandbox("process") as sandbox, sandbox.open([Cell(1, LOCKS)]) as session:
        assert session.cells[1].outputs[0]["text"] == "2 10\n", session.cells[1]
