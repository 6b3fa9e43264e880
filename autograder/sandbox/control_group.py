"""A control group around each sandbox, where the machine gives one: its memory has a limit.

The kernel's own memory (buffers of sockets and pipes, tables of processes) belongs to no process,
so only a group counts it. A group is made below or beside the grader's own, in version 1 or 2 of
the kernel's interface, and removed with its sandbox. Elsewhere there is none: kernel memory is then
bounded by the system-call filter and the numbers of processes and descriptors alone.

See "Control Group v2" and "Memory Resource Controller" in the kernel's documentation.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_NAME = "autograder-{process}-{number}"
_NUMBERS = itertools.count()
_REMOVE_SECONDS = 1.0
_PROCESSES = "cgroup.procs"
# The shell moves itself, so that nothing which the command starts can be left outside.
_ENTER = 'echo $$ > "$0" && exec "$@"'


@dataclass(frozen=True)
class _Interface:
    """A group's files: the limit, what is used, how often it was full, and the limit of swap space.

    `together` says that the limit of swap space is one of memory and swap space together.
    """

    limit: str
    used: str
    full: str
    swap: str
    together: bool


_VERSION_1 = _Interface(
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "memory.failcnt",
    "memory.memsw.limit_in_bytes",
    together=True,
)
_VERSION_2 = _Interface(
    "memory.max", "memory.current", "memory.events", "memory.swap.max", together=False
)
_SLACK = 2**20
"""So much must the second limit of version 1 be larger, or the kernel counts the first as unmet."""
_FULL = re.compile(r"^(?:oom )?(\d+)$", re.MULTILINE)


class ControlGroup:
    """A group without processes and without a limit.

    Args:
        parent: an existing group in which it is made.
        interface: the names of its files.

    Raises:
        OSError: when the machine does not allow it.
    """

    def __init__(self, parent: Path, interface: _Interface) -> None:
        name = _NAME.format(process=os.getpid(), number=next(_NUMBERS))
        self._directory = parent / name
        self._interface = interface
        self._directory.mkdir()

    def entered_by(self, command: list[str]) -> list[str]:
        """The command that enters the group and then becomes this command."""
        return ["/bin/sh", "-c", _ENTER, str(self._directory / _PROCESSES), *command]

    def bound(self, more: int) -> None:
        """Allow so many bytes beyond those that are used now, in memory and not in swap space.

        Raises:
            OSError: when the kernel refuses the limit.
        """
        limit = int(self._read(self._interface.used)) + more
        self._write(self._interface.limit, limit)
        # The kernel may have been built without limits of swap space.
        with contextlib.suppress(OSError):
            self._write(self._interface.swap, limit + _SLACK if self._interface.together else 0)

    def times_full(self) -> int:
        """How often its memory has reached the limit."""
        with contextlib.suppress(OSError):
            if found := _FULL.search(self._read(self._interface.full)):
                return int(found[1])
        return 0

    def remove(self) -> None:
        """Remove the group, whose processes have ended or are about to."""
        until = time.monotonic() + _REMOVE_SECONDS
        while not _removed(self._directory) and time.monotonic() < until:
            time.sleep(0.01)

    def _read(self, name: str) -> str:
        return (self._directory / name).read_text()

    def _write(self, name: str, value: int) -> None:
        (self._directory / name).write_text(str(value))


def create() -> ControlGroup | None:
    """A new group; None where the machine gives none."""
    with contextlib.suppress(OSError):
        if place := _place(_ROOT, _OWN):
            return ControlGroup(*place)
    return None


def is_available() -> bool:
    """Whether the sandboxes of this process have control groups around them."""
    return _place(_ROOT, _OWN) is not None


@functools.cache
def _place(root: Path, own: Path) -> tuple[Path, _Interface] | None:
    """The group in which groups with a limit can be made and entered, tried once."""
    for parent, interface in _candidates(root, own):
        _remove_old(parent)
        with contextlib.suppress(OSError):
            trial = ControlGroup(parent, interface)
            try:
                trial.bound(2**30)
                command = trial.entered_by(["true"])
                entered = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
            finally:
                trial.remove()
            if entered.returncode == 0:
                return parent, interface
    return None


def _candidates(root: Path, own: Path) -> list[tuple[Path, _Interface]]:
    """Existing groups that limit the memory of groups in them."""
    groups: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        for line in own.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            groups |= dict.fromkeys(controllers.split(","), path.lstrip("/"))
    if "memory" in groups:
        return [(root / "memory" / groups["memory"], _VERSION_1)]
    if "" not in groups:
        return []
    # With version 2 a group that holds processes, as the grader's does, cannot limit others in it.
    beside = (root / groups[""]).parent if groups[""] else root
    with contextlib.suppress(OSError):
        if "memory" in (beside / "cgroup.subtree_control").read_text().split():
            return [(beside, _VERSION_2)]
    return []


def _remove_old(parent: Path) -> None:
    """Remove the groups of graders that were killed."""
    for group in parent.glob(_NAME.format(process="*", number="*")):
        process = group.name.split("-")[1]
        if not Path("/proc", process).exists():
            _removed(group)


def _removed(directory: Path) -> bool:
    try:
        directory.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
