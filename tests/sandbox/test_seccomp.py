"""Are the system calls refused that namespaces and limits do not bound, and no others?"""

from __future__ import annotations

import platform

import pytest

from autograder.answer import Status
from autograder.sandbox import seccomp
from autograder.sandbox.session import Sandbox
from tests.sandbox.notebooks import run_cell


@pytest.mark.bubblewrap
@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import os; os.memfd_create('x')", "PermissionError"),
        ("import socket; socket.socket(socket.AF_VSOCK)", "PermissionError"),
        ("import ctypes; assert ctypes.CDLL(None).shmget(0, 100, 0o1777) == -1", ""),
        ("import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == -1", ""),
        ("import socket; socket.socket(socket.AF_INET)", "PermissionError"),
        ("import socket; socket.socketpair()[0].setsockopt(1, 7, 10**7)", "PermissionError"),
        ("import fcntl, os; fcntl.fcntl(os.pipe()[0], 1031, 2**20)", "PermissionError"),
        ("import fcntl; fcntl.lockf(open('a', 'w'), fcntl.LOCK_EX)", "PermissionError"),
        ("import fcntl, os; fcntl.fcntl(os.pipe()[0], fcntl.F_GETFL)", ""),
        ("import asyncio; asyncio.new_event_loop().close()", ""),
        ("import threading; threading.Thread(target=print).start()", ""),
    ],
)
def test_which_calls_are_refused(walled: Sandbox, source: str, error: str) -> None:
    result = run_cell(walled, source)
    assert result.status is Status.RETURNED
    assert result.error.startswith(error) and bool(result.error) == bool(error)


def test_does_no_jump_lead_beyond_the_program() -> None:
    """The kernel refuses a filter of which one does, and a sandbox could not start."""
    program = seccomp.filter_program()
    count = len(program) // 8
    assert len(program) == 8 * count and count < 4096
    for place in range(count):
        code, if_true, if_false = program[8 * place], *program[8 * place + 2 : 8 * place + 4]
        if code & 0x07 == 0x05:
            assert place + 1 + max(if_true, if_false) < count
    assert program[-8] == 0x06  # ends by returning


def test_is_there_no_filter_for_a_processor_without_a_table(monkeypatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert seccomp.filter_program() == b""
