"""The fork server: the first process in the sandbox, which forks one child for each submission.

It has imported NumPy and an IPython shell, and never runs a student's code itself. Over its control
socket it receives `open` with the socket that becomes the submission's channel, and later `end`, or
`gone` if that channel has closed. It replies with how the submission's processes ended. In between
it watches what they use together.

Under bubblewrap each submission has namespaces of its own, begun by two small processes:

    fork server ─▶ process in new namespaces ─▶ init (process 1 there) ─▶ the submission

Without them it deletes what a submission has left behind; if it cannot, it exits and is replaced.
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
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.sandbox.inside import namespaces, processes
from autograder.sandbox.inside.serve import serve
from autograder.sandbox.inside.shell import NotebookShell, start_shell
from autograder.sandbox.inside.wire import Channel

_SHORTEST_WATCH, _LONGEST_WATCH = 10, 100
_BYTES_A_MILLISECOND = 2**24
"""Hardly any machine can fill new memory faster, even on all cores."""
_GONE_MILLISECONDS = 500
_MAX_CONTROL = 4096
_MAX_LEFTOVERS = 10_000
_WORK = "/work"
_MAX_DESCRIPTORS = 96
_SIGNALED = 128
_OUTSIDE = (0, 1)
"""Who sends from outside: a process that has no number here, and the fork server."""
_HIGHEST_SIGNAL = 64
_AWAITED = (signal.SIGCHLD, signal.SIGTERM)
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP = 1, 4, 22
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38
_SECCOMP_MODE_FILTER = 2
_LIBC = ctypes.CDLL(None, use_errno=True)


def main(argument: str) -> None:
    """Serve submissions until the control socket closes.

    Args:
        argument: JSON with the control socket's descriptor, the directories that a notebook may
            write, the import statements to execute first, whether each submission has
            namespaces of its own (`nested`), and the limits.
    """
    try:
        _serve_submissions(json.loads(argument))
    except Exception:
        # The shell has replaced sys.stderr; errors here are meant for the grader.
        traceback.print_exc(file=sys.__stderr__)
        raise SystemExit(1) from None


def _serve_submissions(configuration: dict[str, Any]) -> None:
    control = socket.socket(fileno=configuration["control"])
    directories: list[str] = configuration["directories"]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # No child can open this process's memory or descriptors through /proc, or trace it.
    _prctl(_PR_SET_DUMPABLE, 0)
    # Nor gain privileges through a program such as su.
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    for statement in configuration["preload"]:
        # A missing module is reported by the cell that needs it.
        with contextlib.suppress(ImportError):
            exec(statement, {})
    shell = start_shell()
    gc.collect()
    gc.freeze()
    gc.enable()
    limits = _limits(configuration)
    # Without namespaces of their own, submissions would share this one.
    single_use = processes.IN_NAMESPACE and not configuration["nested"]
    shared, _ = processes.held()
    control.send(b'{"ready": true}')
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MAX_CONTROL, 1)
        if not message:
            return
        before = time.process_time()
        child = _fork(control, descriptors[0], shell, limits, configuration)
        report, word = _watch(control, child, shared, configuration)
        if configuration["nested"]:
            _ask_to_end(child)
        seconds, peak = processes.kill_all(child)
        clean = configuration["nested"] or (not single_use and _empty_all(directories))
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
    shell: NotebookShell,
    limits: dict[int, int],
    configuration: dict[str, Any],
) -> int:
    # Until `_end_as` waits for it, SIGTERM stays pending in the child.
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
        os.close(descriptor)
        return child
    try:
        control.close()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if configuration["nested"]:
            _begin_namespaces(descriptor, configuration)
        _confine(configuration["directories"][0], limits)
        _filter_system_calls(bytes.fromhex(configuration["filter"]))
        serve(Channel(socket.socket(fileno=descriptor)), shell)
    except Exception:
        # Once the submission runs, this is /dev/null.
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(0)


def _begin_namespaces(descriptor: int, configuration: dict[str, Any]) -> None:
    """Go on in a grandchild that has namespaces of its own; this process and its child wait for it.

    The child is process 1 there: it collects orphans, and everything there ends with it. It is not
    the submission, because the kernel lets process 1 ignore signals that end any other.
    """
    directories, size, files = (
        configuration[name] for name in ("directories", "file_size", "files")
    )
    namespaces.enter(namespaces.Space(directories, size, files))
    if init := os.fork():
        os.close(descriptor)
        _end_as(init, lambda: os.kill(init, signal.SIGTERM))
    if child := os.fork():
        os.close(descriptor)
        _end_as(child, processes.kill_others)
    namespaces.drop_capabilities()


def _end_as(child: int, end: Callable[[], None]) -> NoReturn:
    """Wait for a child and exit with its status, or with 128 plus the signal that ended it.

    SIGTERM from outside the namespace calls `end`. Everything is waited for, so that its CPU time
    is counted.
    """
    status = -int(signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            number, how = os.waitpid(-1, os.WNOHANG)
            if number == child:
                status = os.waitstatus_to_exitcode(how)
                processes.kill_others()
            elif not number:
                received = signal.sigwaitinfo(_AWAITED)
                if received.si_signo == signal.SIGTERM and received.si_pid in _OUTSIDE:
                    end()
    os._exit(status if status >= 0 else _SIGNALED - status)


def _confine(directory: str, limits: dict[int, int]) -> None:
    """Drop what this new process inherited, and set its limits.

    It does little, since every memory page that a new process writes to has to be copied first.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
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
    """The kernel's limits for a submission's process; call it after all imports."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: processes.address_space() + configuration["memory"],
        resource.RLIMIT_FSIZE: configuration["file_size"],
        resource.RLIMIT_NOFILE: _MAX_DESCRIPTORS,
        resource.RLIMIT_CPU: configuration["cpu_seconds"],
    }
    if processes.IN_NAMESPACE or configuration.get("alone"):
        # The kernel ignores this limit if the real root started the sandbox; `_watch` enforces it.
        # It counts all processes of a user, so it is only set for a user who has no others.
        wanted[resource.RLIMIT_NPROC] = configuration["processes"]
    highest = {kind: resource.getrlimit(kind)[1] for kind in wanted}
    return {
        kind: limit if highest[kind] == resource.RLIM_INFINITY else min(limit, highest[kind])
        for kind, limit in wanted.items()
    }


def _watch(
    control: socket.socket, child: int, shared: int, configuration: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """Wait until the child ends, the grader asks for its end, or a limit is passed.

    Args:
        control: the socket to the grader.
        child: its process id.
        shared: bytes of this process's memory, which the child shares.
        configuration: the limits.

    Returns:
        How it ended (`status`: the exit status, or minus the signal, or None if it still ran;
        `why`: the limit that was passed), and the grader's message if one was received.
    """
    descriptor = os.pidfd_open(child)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(descriptor, select.POLLIN)
    word, why = b"", ""
    ready: set[int] = set()
    left = configuration["memory"]
    while not ready and not why:
        # Look again before the remaining memory could be filled.
        pause = min(max(left // _BYTES_A_MILLISECOND, _SHORTEST_WATCH), _LONGEST_WATCH)
        ready = {number for number, _ in poll.poll(pause)}
        if not ready:
            why, left = _excess(shared, configuration)
    if control.fileno() in ready:
        word = control.recv(_MAX_CONTROL)
        if word == b"gone":
            # A dying process closes its channel shortly before it can be waited for.
            poll.unregister(control)
            ready |= {number for number, _ in poll.poll(_GONE_MILLISECONDS)}
    status = _status(child, configuration["nested"]) if descriptor in ready else None
    os.close(descriptor)
    return {"status": status, "why": why}, word


def _ask_to_end(child: int) -> None:
    """Let the submission's namespaces end in order; killed from outside, their CPU time is lost."""
    descriptor = os.pidfd_open(child)
    os.kill(child, signal.SIGTERM)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.poll(_GONE_MILLISECONDS)
    os.close(descriptor)


def _status(child: int, nested: bool) -> int:
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
    if nested and _SIGNALED < status <= _SIGNALED + _HIGHEST_SIGNAL:
        return _SIGNALED - status
    return status


def _excess(shared: int, configuration: dict[str, Any]) -> tuple[str, int]:
    """The limit that all processes together have passed, and the bytes that they have left.

    Memory that is still shared with this process is not counted.
    """
    running = processes.running()
    if len(running) - (2 if configuration["nested"] else 0) > configuration["processes"]:
        return "processes", 0
    held = [processes.held(number) for number in running]
    if sum(threads for _, threads in held) > configuration["threads"]:
        return "threads", 0
    # In namespaces of its own, a file system of its own limits their number.
    watched = processes.IN_NAMESPACE and not configuration["nested"]
    if watched and _files(configuration["directories"]) > configuration["files"]:
        return "files", 0
    left = configuration["memory"] - sum(max(0, memory - shared) for memory, _ in held)
    return ("memory" if left < 0 else ""), left


def _files(directories: list[str]) -> int:
    """How many files exist; each takes kernel memory that counts for no process."""
    return sum(each.f_files - each.f_ffree for each in map(os.statvfs, directories))


def _empty_all(directories: list[str]) -> bool:
    """Delete what a submission has left behind; False if only ending this process can."""
    try:
        # Most submissions leave only the directory that was created for them.
        with contextlib.suppress(OSError):
            os.rmdir(directories[0] + _WORK)
        for directory in directories:
            if os.listdir(directory):
                _empty(directory)
    except Exception:
        return False
    return True


def _empty(directory: str) -> None:
    """Delete everything in a directory; raise if there is too much to do so quickly."""
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
    """Install a system-call filter if one is given.

    Raises:
        OSError: when the kernel refuses it; no student's code may run then.
    """
    if instructions:
        program = _Program(len(instructions) // 8, instructions)
        if _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program)):
            raise OSError(ctypes.get_errno(), "the kernel refuses the system-call filter")


def _prctl(option: int, value: int, more: int = 0) -> int:
    word = ctypes.c_ulong
    return int(_LIBC.prctl(option, word(value), word(more), word(0), word(0)))
