"""The fork server: the first process in the sandbox, which forks one child for each submission.

It has NumPy and an IPython shell loaded and never runs a student's code itself. Over its control
socket it receives `open` with a socket that becomes the submission's own channel, and then `end`,
or `gone` where that channel has closed; it answers either with how the submission's processes
ended. In between it watches what they use together. Whatever it cannot clean up, it leaves to its
own death: the outside starts another.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
import traceback
from typing import Any

from autograder.sandbox.inside import processes
from autograder.sandbox.inside.serve import serve
from autograder.sandbox.inside.shell import NotebookShell, start_shell
from autograder.sandbox.inside.wire import Channel

_SHORTEST_WATCH, _LONGEST_WATCH = 10, 100
_BYTES_A_MILLISECOND = 2**24
"""Hardly any machine fills new memory faster, with all its cores."""
_GONE_MILLISECONDS = 500
_MAX_CONTROL = 4096
_MAX_LEFTOVERS = 10_000
_WORK = "/work"
_MAX_DESCRIPTORS = 256
_NEW_OBJECTS = 5_000
"""Allocations between two garbage collections: fewer than by Python's default, and yet often enough
that code which leaves its memory behind in cycles does not run out of it."""
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP = 1, 4, 22
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38
_SECCOMP_MODE_FILTER = 2
_LIBC = ctypes.CDLL(None, use_errno=True)


def main(argument: str) -> None:
    """Serve submissions until the control socket closes.

    Args:
        argument: JSON with the control socket's descriptor, the directories that a notebook may
            write, the import statements to execute first, and the limits.
    """
    try:
        _serve_submissions(json.loads(argument))
    except Exception:
        # The shell has taken over sys.stderr; what goes wrong here is for the outside.
        traceback.print_exc(file=sys.__stderr__)
        raise SystemExit(1) from None


def _serve_submissions(configuration: dict[str, Any]) -> None:
    control = socket.socket(fileno=configuration["control"])
    directories: list[str] = configuration["directories"]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # No child may open this process's memory or descriptors through /proc, or trace it.
    _prctl(_PR_SET_DUMPABLE, 0)
    # Nor gain rights through a program such as su.
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _filter_system_calls(bytes.fromhex(configuration.get("filter", "")))
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    for statement in configuration["preload"]:
        # What cannot be imported is for the cell that needs it to say.
        with contextlib.suppress(ImportError):
            exec(statement, {})
    shell = start_shell()
    gc.collect()
    gc.freeze()
    gc.enable()
    limits = _limits(configuration)
    shared, _ = processes.held()
    gc.set_threshold(_NEW_OBJECTS)
    control.send(b'{"ready": true}')
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MAX_CONTROL, 1)
        if not message:
            return
        before = time.process_time()
        child = _fork(control, descriptors[0], directories[0], shell, limits)
        report, word = _watch(control, child, shared, configuration)
        seconds, peak = processes.kill_all(child)
        clean = _empty_all(directories)
        if not (word or control.recv(_MAX_CONTROL)):
            return
        seconds += time.process_time() - before
        used = {"cpu_seconds": seconds, "peak": peak, "clean": clean}
        control.send(json.dumps({**report, **used}).encode())
        if not clean:
            return


def _fork(
    control: socket.socket,
    descriptor: int,
    directory: str,
    shell: NotebookShell,
    limits: dict[int, int],
) -> int:
    child = os.fork()
    if child:
        os.close(descriptor)
        return child
    try:
        control.close()
        _confine(directory, limits)
        serve(Channel(socket.socket(fileno=descriptor)), shell)
    finally:
        os._exit(0)


def _confine(directory: str, limits: dict[int, int]) -> None:
    """Take from this new process what its parent had, and limit it.

    It does little: whatever a new process touches first is copied for it, page by page.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    work = directory + _WORK
    os.mkdir(work)
    os.chdir(work)
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))


def _limits(configuration: dict[str, Any]) -> dict[int, int]:
    """The kernel's limits of a submission's process, once everything is loaded."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: processes.address_space() + configuration["memory"],
        resource.RLIMIT_FSIZE: configuration["file_size"],
        resource.RLIMIT_NOFILE: _MAX_DESCRIPTORS,
        resource.RLIMIT_CPU: configuration["cpu_seconds"],
    }
    if processes.IN_NAMESPACE or configuration.get("alone"):
        # It does not bind a sandbox that the real root started; the watch over /proc does. As a
        # user who has other processes it would count them all, so it is not set there.
        wanted[resource.RLIMIT_NPROC] = configuration["processes"]
    highest = {kind: resource.getrlimit(kind)[1] for kind in wanted}
    return {
        kind: limit if highest[kind] == resource.RLIM_INFINITY else min(limit, highest[kind])
        for kind, limit in wanted.items()
    }


def _watch(
    control: socket.socket, child: int, shared: int, configuration: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """Wait until the child ends, the outside asks for its end, or a limit is passed.

    Args:
        shared: bytes of our own memory, which the child has from us.

    Returns:
        What is known of its end (`status`, the exit status or minus the signal, None where it
        still ran; `why`, the limit that was passed), and the outside's word where it was heard.
    """
    descriptor = os.pidfd_open(child)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(descriptor, select.POLLIN)
    word, why = b"", ""
    ready: set[int] = set()
    left = configuration["memory"]
    while not ready and not why:
        # What is left of the memory cannot be filled, and passed, long before the next look.
        pause = min(max(left // _BYTES_A_MILLISECOND, _SHORTEST_WATCH), _LONGEST_WATCH)
        ready = {number for number, _ in poll.poll(pause)}
        if not ready:
            why, left = _excess(shared, configuration)
    if control.fileno() in ready:
        word = control.recv(_MAX_CONTROL)
        if word == b"gone":
            # Its channel closes a moment before it can be waited for.
            poll.unregister(control)
            ready |= {number for number, _ in poll.poll(_GONE_MILLISECONDS)}
    status = _status(child) if descriptor in ready else None
    os.close(descriptor)
    return {"status": status, "why": why}, word


def _status(child: int) -> int:
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _excess(shared: int, configuration: dict[str, Any]) -> tuple[str, int]:
    """Which limit all processes together have passed, and how many bytes they have left.

    Memory still shared with us is not theirs.
    """
    running = processes.running()
    if len(running) > configuration["processes"]:
        return "processes", 0
    held = [processes.held(number) for number in running]
    if sum(threads for _, threads in held) > configuration["threads"]:
        return "threads", 0
    if processes.IN_NAMESPACE and _files(configuration["directories"]) > configuration["files"]:
        return "files", 0
    left = configuration["memory"] - sum(max(0, memory - shared) for memory, _ in held)
    return ("memory" if left < 0 else ""), left


def _files(directories: list[str]) -> int:
    """How many files there are; each is kernel memory that no process owns."""
    return sum(each.f_files - each.f_ffree for each in map(os.statvfs, directories))


def _empty_all(directories: list[str]) -> bool:
    """Delete what a submission has left behind; False where only our own end can."""
    try:
        # Most leave nothing but the directory that was made for them.
        with contextlib.suppress(OSError):
            os.rmdir(directories[0] + _WORK)
        for directory in directories:
            if os.listdir(directory):
                _empty(directory)
    except Exception:
        return False
    return True


def _empty(directory: str) -> None:
    """Delete everything in a directory; raise where that takes more than a moment."""
    found = 0
    for path, names, files in os.walk(directory, followlinks=False):
        found += len(names) + len(files)
        if found > _MAX_LEFTOVERS:
            raise OSError(f"more than {_MAX_LEFTOVERS} files are left behind")
        for name in names:
            if not os.path.islink(os.path.join(path, name)):
                os.chmod(os.path.join(path, name), 0o700)
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


class _Program(ctypes.Structure):
    """struct sock_fprog, of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _filter_system_calls(instructions: bytes) -> None:
    """Refuse system calls, where the kernel lets us; bubblewrap does so by itself."""
    if instructions:
        program = _Program(len(instructions) // 8, instructions)
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def _prctl(option: int, value: int, more: int = 0) -> None:
    word = ctypes.c_ulong
    _LIBC.prctl(option, word(value), word(more), word(0), word(0))
