"""A system-call filter for what namespaces and resource limits do not cover.

It refuses three kinds of calls: those that allocate kernel memory outside of any process, which
would escape its limit (System V and POSIX message objects, kernel keys, anonymous memory files,
record locks, larger buffers of sockets and pipes); those that create namespaces; and those that a
NumPy notebook does not need.
"""

from __future__ import annotations

import errno
import platform
import struct

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000
_NEW_USER_NAMESPACE = 0x10000000
_FOREIGN_TABLE = 0x40000000  # x86-64 processes reach the x32 calls by this bit.
_UNIX_SOCKETS = 1  # asyncio needs them. No other family has a use without a network.
_FILE_COMMANDS = (6, 7, 37, 38, 1031)
"""F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, F_SETPIPE_SZ: kernel memory without a limit."""

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24

_EVERYWHERE = {
    "io_uring_setup": 425,
    "open_tree": 428,
    "fsopen": 430,
    "pidfd_getfd": 438,
    "memfd_secret": 447,
}
# From the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/unistd.h.
_TABLES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "shmget": 29,
            "fcntl": 72,
            "socket": 41,
            "setsockopt": 54,
            "clone": 56,
            "semget": 64,
            "msgget": 68,
            "ptrace": 101,
            "pivot_root": 155,
            "mount": 165,
            "umount2": 166,
            "mq_open": 240,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "setns": 308,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "memfd_create": 319,
            "bpf": 321,
            "userfaultfd": 323,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "umount2": 39,
            "mount": 40,
            "pivot_root": 41,
            "unshare": 97,
            "ptrace": 117,
            "mq_open": 180,
            "msgget": 186,
            "semget": 190,
            "shmget": 194,
            "socket": 198,
            "setsockopt": 208,
            "fcntl": 25,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "clone": 220,
            "perf_event_open": 241,
            "setns": 268,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "memfd_create": 279,
            "bpf": 280,
            "userfaultfd": 282,
        },
    ),
}
_CLONE3 = 435


def filter_program() -> bytes:
    """The filter as instructions for the kernel; empty on an unknown processor."""
    if platform.machine() not in _TABLES:
        return b""
    architecture, numbers = _TABLES[platform.machine()]
    refused = {**numbers, **_EVERYWHERE}
    clone, sockets, files = (refused.pop(name) for name in ("clone", "socket", "fcntl"))
    refuse = _instruction(_RETURN, _REFUSE | errno.EPERM)
    allow = _instruction(_RETURN, _ALLOW)
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, architecture, 1, 0),
        refuse,
        _instruction(_LOAD, _NUMBER),
        _instruction(_JUMP_AT_LEAST, _FOREIGN_TABLE, 0, 1),
        refuse,
        # clone3 hides its flags from a filter; the C library then falls back to clone.
        _instruction(_JUMP_EQUAL, _CLONE3, 0, 1),
        _instruction(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in refused.values():
        program += [_instruction(_JUMP_EQUAL, number, 0, 1), refuse]
    program += [
        _instruction(_JUMP_EQUAL, clone, 0, 4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_JUMP_ANY_BIT, _NEW_USER_NAMESPACE, 0, 1),
        refuse,
        allow,
        _instruction(_JUMP_EQUAL, sockets, 0, 4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_JUMP_EQUAL, _UNIX_SOCKETS, 1, 0),
        refuse,
        allow,
        _instruction(_JUMP_EQUAL, files, 0, 1 + 2 * len(_FILE_COMMANDS)),
        _instruction(_LOAD, _SECOND_ARGUMENT),
    ]
    for command in _FILE_COMMANDS:
        program += [_instruction(_JUMP_EQUAL, command, 0, 1), refuse]
    return b"".join([*program, allow])


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
