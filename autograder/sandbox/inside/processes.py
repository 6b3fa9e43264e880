"""All processes of one submission: how many there are, what they use, and how to end them.

Runs inside the sandbox, in the fork server.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
from pathlib import Path

_HELD = re.compile(rb"^(RssAnon|RssShmem|Threads):\s*(\d+)", re.MULTILINE)
_MAX_STATUS = 2**14
_PAGE = os.sysconf("SC_PAGE_SIZE")

IN_NAMESPACE = os.getpid() == 1
"""Whether this is the first process of a PID namespace, which then contains only submissions."""


def running() -> list[int]:
    """Ids of all processes of a submission, however they were started."""
    ids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    if IN_NAMESPACE:
        return [number for number in ids if number != 1]
    parents = {number: _parent(number) for number in ids}
    family = {os.getpid()}
    while grown := {n for n, parent in parents.items() if parent in family and n not in family}:
        family |= grown
    return sorted(family - {os.getpid()})


def _parent(number: int) -> int:
    try:
        return int(Path(f"/proc/{number}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return 0


def held(number: int | str = "self") -> tuple[int, int]:
    """A process's bytes of anonymous and shared memory, and its threads; zeros if it has ended."""
    memory, threads = _status(f"/proc/{number}/status")
    if not memory and threads > 1:
        # Its first thread has ended, and the kernel shows memory only for the others.
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{number}/task"):
                memory = max(memory, _status(f"/proc/{number}/task/{task}/status")[0])
    return memory, threads


def _status(path: str) -> tuple[int, int]:
    try:
        with open(path, "rb", buffering=0) as file:
            found = dict(_HELD.findall(file.read(_MAX_STATUS)))
    except OSError:
        return 0, 0
    kilobytes = int(found.get(b"RssAnon", 0)) + int(found.get(b"RssShmem", 0))
    return 1024 * kilobytes, int(found.get(b"Threads", 0))


def address_space() -> int:
    """Bytes of address space that this process has mapped."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE


def kill_all(child: int) -> tuple[float, int]:
    """End all processes of the submission and wait for them.

    Args:
        child: the submission's first process, which leads a process group.

    Returns:
        CPU seconds of all that ended, and the largest resident size of any, in bytes.
    """
    seconds, peak = 0.0, 0
    while True:
        _signal_all(child)
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            return seconds, peak
        seconds += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss * 1024)


def kill_others() -> None:
    """End all other processes of this PID namespace; outside of one, do nothing."""
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)


def _signal_all(child: int) -> None:
    # Never -1 outside of a PID namespace, where it means every process of this user. The group
    # comes first: its members, killed all at once, cannot fork faster than they are killed.
    for target in [-1] if IN_NAMESPACE else [-child, *running()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)
