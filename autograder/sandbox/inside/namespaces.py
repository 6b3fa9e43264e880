"""Namespaces of its own for each run of a submission, nested in the sandbox's.

What a process leaves behind in them (files, limits of other processes, sockets, kernel objects)
ends with it, so neither the next submission nor a second run of the same one can find it, and no
process outside can be addressed.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass

OWN_PROC = "/grader-proc"
"""A writable /proc, through which a process maps its user; hidden before student code runs."""
PUBLIC_PROC = "/public-proc"
"""What student code finds at /proc: files about the machine, none about processes."""
_USER = 1000

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PIDS, _NEW_NETWORK = (
    0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_READ_ONLY, _NO_SUID, _NO_DEVICES, _REMOUNT, _BIND, _WITH_SUBMOUNTS = 1, 2, 4, 32, 4096, 16384
_RESTRICTIONS = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_CAPABILITY_VERSION = 0x20080522
_SET_DUMPABLE = 4
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Space:
    """Where a submission may write.

    Args:
        directories: each becomes an empty file system of its own.
        size: bytes that one of them may hold.
        files: files that one of them may hold.
    """

    directories: Sequence[str]
    size: int
    files: int


def are_available(space: Space) -> bool:
    """Whether this machine allows nested namespaces; tried in a child process."""
    child = os.fork()
    if not child:
        try:
            enter(space)
            os._exit(0)
        except OSError:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return status == 0


def enter(space: Space) -> None:
    """Move into new user, mount, IPC and network namespaces; the next fork begins a PID namespace.

    Raises:
        OSError: when the kernel refuses; this process is then unfit for a submission.
    """
    _call("unshare", _NEW_USER | _NEW_MOUNTS | _NEW_IPC | _NEW_PIDS | _NEW_NETWORK)
    # The kernel hides /proc/self from a process whose privileges have just changed.
    _call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_USER} {_USER} 1"),
        ("gid_map", f"{_USER} {_USER} 1"),
    ):
        with open(f"{OWN_PROC}/self/{name}", "w") as file:
            file.write(text)
    _call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)
    for directory in space.directories:
        options = f"size={space.size},nr_inodes={space.files},mode=0755"
        _mount("tmpfs", directory, "tmpfs", _NO_SUID | _NO_DEVICES, options)
    for name in _DEVICES:
        # They are the machine's own: their modes and times must not change. The kernel refuses
        # to lift a restriction that a mount has already.
        restrictions = os.statvfs(f"/dev/{name}").f_flag & _RESTRICTIONS
        _mount("", f"/dev/{name}", None, _REMOUNT | _BIND | _READ_ONLY | restrictions)
    for directory in ("/proc", OWN_PROC):
        _mount(PUBLIC_PROC, directory, None, _BIND | _WITH_SUBMOUNTS)


def drop_capabilities() -> None:
    """Give up every capability that `enter` gave this process in its user namespace."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    _call(
        "mount",
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode(),
    )


def _call(name: str, *arguments: object) -> None:
    converted = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    if getattr(_LIBC, name)(*converted):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
