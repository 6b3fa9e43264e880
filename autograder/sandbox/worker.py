"""The grader's handle on the fork server in the sandbox: start it, fork children, end it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from autograder.errors import SandboxError, WorkerLost
from autograder.sandbox import control_group, mounts, seccomp
from autograder.sandbox.inside.wire import Channel
from autograder.sandbox.libraries import Libraries
from autograder.sandbox.limits import Limits, readable_size

UNPRIVILEGED_USER = 61184
"""The user id for submissions under isolation "user"; systems do not assign it to people."""
_MAX_CONTROL = 4096
_START_SECONDS = 120.0
_END_SECONDS = 20.0
_KILLED = "The sandbox's process was killed from outside, perhaps because memory was short."
THREADS_A_PROCESS = 8
_KERNEL_MEMORY = 256 * 2**20
"""Bytes that the kernel may hold for a submission, beside its own memory and its files."""


@dataclass(frozen=True)
class Ended:
    """How a submission's processes ended, and what they used.

    Attributes:
        status: the exit status, or minus the signal; None when they were stopped from outside or
            for passing a limit.
        why: the limit that was passed.
        cpu_seconds: of all processes together.
        peak_memory: bytes of the largest process.
    """

    status: int | None = None
    why: str = ""
    cpu_seconds: float = 0.0
    peak_memory: int = 0

    def predicate(self, limits: Limits) -> str:
        """The end of a sentence about the cell or question that was running."""
        if self.why == "memory":
            return f"used more than {readable_size(limits.memory)} of memory"
        if self.why == "processes":
            return f"started more than {limits.processes} processes"
        if self.why == "threads":
            return f"started more than {limits.processes * THREADS_A_PROCESS} threads"
        if self.why == "files":
            return f"made more than {limits.files} files"
        if self.status is None:
            return "ended the process in a way that left no trace"
        if self.status < 0:
            return f"ended the process with signal {_signal_name(-self.status)}"
        return f"ended the process with exit status {self.status}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _configuration(control: int, limits: Limits, libraries: Libraries) -> dict[str, Any]:
    """What `fork_server.main` is told, apart from directories and the system-call filter."""
    return {
        "control": control,
        "preload": libraries.statements,
        "memory": limits.memory,
        "processes": limits.processes,
        "threads": limits.processes * THREADS_A_PROCESS,
        "files": limits.files,
        "file_size": limits.file_size,
        "filter": "",
        "nested": False,
        "cpu_seconds": 2 * int(limits.notebook_seconds) + 1,
    }


class Worker:
    """A process in the sandbox that forks one child at a time, each for one submission.

    Bubblewrap ends when the thread that started it ends, so start it in a thread that lives on.

    Args:
        isolation: "bubblewrap", "process" or "user", see `Sandbox`.
        limits: what each submission may use.
        libraries: what it imports before it forks, and what notebooks may import.

    Raises:
        SandboxError: when it cannot be started; the message has the next step.
        WorkerLost: when it was killed while it started.
    """

    def __init__(self, isolation: str, limits: Limits, libraries: Libraries) -> None:
        self._isolation = isolation
        self._killed = False
        self._cleanup = contextlib.ExitStack()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed below)
        self._cleanup.callback(self._errors.close)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._cleanup.callback(self._control.close)
        self._group = control_group.create() if isolation == "bubblewrap" else None
        if self._group:
            self._cleanup.callback(self._group.remove)
        self._times_full = 0
        with theirs:
            try:
                self._process = self._start(theirs.fileno(), limits, libraries)
                self._cleanup.callback(self._stop)
            except BaseException:
                self._cleanup.close()
                raise
        self._wait_until_ready()
        self._bound_memory(limits)

    def _start(self, control: int, limits: Limits, libraries: Libraries) -> Any:
        argument = _configuration(control, limits, libraries)
        variables: dict[str, str] = {}
        owner: dict[str, Any] = {}
        if self._isolation == "bubblewrap":
            argument["directories"] = [mounts.TEMPORARY_DIRECTORY, "/dev/shm"]
            argument["nested"] = mounts.nested_namespaces_available()
            argument["filter"] = seccomp.filter_program().hex()
            command = mounts.bubblewrap_command(
                json.dumps(argument), limits, libraries.allowed, nested=argument["nested"]
            )
            if self._group:
                command = self._group.entered_by(command)
        else:
            base = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory()))
            temporary = base / "tmp"
            temporary.mkdir()
            argument["directories"] = [str(temporary)]
            if self._isolation == "user":
                owner = {"user": UNPRIVILEGED_USER, "group": UNPRIVILEGED_USER, "extra_groups": []}
                argument["alone"] = True
                argument["filter"] = seccomp.filter_program().hex()
                base.chmod(0o755)
                os.chown(temporary, UNPRIVILEGED_USER, UNPRIVILEGED_USER)
            allowed = libraries.allowed
            command = mounts.process_command(json.dumps(argument), base / "grader", allowed)
            variables = mounts.environment(str(temporary), allowed)
            variables["PATH"] = os.environ.get("PATH", variables["PATH"])
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[control],
                env=variables,
                start_new_session=True,
                **owner,
            )
        except OSError as error:
            raise SandboxError(f"the sandbox cannot be started: {error}") from None

    def _wait_until_ready(self) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            ready = self._control.recv(_MAX_CONTROL)
        except OSError:
            ready = b""
        if ready:
            return
        self._errors.seek(0)
        message = self._errors.read()[-4000:].decode(errors="replace")
        self.close()
        if self._killed:
            raise WorkerLost(_KILLED)
        if "bwrap:" in message:
            raise SandboxError(mounts.explain_refusal(message))
        last = (message.strip().splitlines() or ["it gave no reason"])[-1]
        raise SandboxError(f"the sandbox's Python did not start: {last}")

    def _bound_memory(self, limits: Limits) -> None:
        """Limit the control group, if there is one, now that the libraries are loaded."""
        if self._group:
            try:
                # /tmp and /dev/shm hold as many bytes each as one file may have.
                self._group.bound(limits.memory + 2 * limits.file_size + _KERNEL_MEMORY)
            except OSError as error:
                self.close()
                raise WorkerLost(f"The sandbox's memory cannot be limited: {error}.") from None

    def open(self) -> Channel:
        """Fork a child for a submission and return the channel to it.

        Raises:
            OSError: when the worker is gone.
        """
        if self._group:
            self._times_full = self._group.times_full()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"open"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return Channel(ours)

    def end(self, gone: bool = False) -> Ended | None:
        """End the submission and everything that it started.

        Args:
            gone: whether its channel has closed, so that it is about to end by itself.

        Returns:
            How it ended; None when the worker ended too.

        Raises:
            WorkerLost: when the worker was killed from outside; nothing inside can kill it, but
                for the kernel when the submission has filled the control group.
        """
        self._control.settimeout(_END_SECONDS)
        try:
            self._control.send(b"gone" if gone else b"end")
            report = json.loads(self._control.recv(_MAX_CONTROL))
            ended = Ended(
                None if report["status"] is None else int(report["status"]),
                str(report["why"]),
                float(report["cpu_seconds"]),
                int(report["peak"]),
            )
            if ended.status == -signal.SIGKILL and self._has_filled_its_group():
                ended = replace(ended, why="memory")
            if not report["clean"]:
                self.close()
            return ended
        except (OSError, ValueError, KeyError, TypeError):
            full = self._has_filled_its_group()
            self.close()
            if self._killed and full:
                return Ended(why="memory")
            if self._killed:
                raise WorkerLost(_KILLED) from None
            return None

    def _has_filled_its_group(self) -> bool:
        """Whether the submission has used up the group's memory, so that the kernel killed."""
        return self._group is not None and self._group.times_full() > self._times_full

    def stop(self) -> None:
        """Tell the worker to end, from any thread; calls that wait for it then fail."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the worker, and with it everything inside."""
        self._cleanup.close()

    def _stop(self) -> None:
        self._control.close()
        try:
            # Bubblewrap reports a signal inside as 128 + its number, like a shell.
            self._killed = self._process.wait(2) in (-signal.SIGKILL, 128 + signal.SIGKILL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
