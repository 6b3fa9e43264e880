"""How a student's process talks to the grader: length-framed JSON and raw array buffers.

A frame is a header (magic, length of the JSON, length of the payload), the JSON, and the arrays'
bytes one after another. The JSON describes a tree. Words, numbers, truth values and null stand for
themselves; everything else is a list whose first item says what it is, so that nothing a student
returns can be mistaken for another kind of node:

    ["list", [node, ...]]     ["tuple", [node, ...]]     ["dict", {name: node, ...}]
    ["array", "<f8", [7, 5]]  ["scalar", "<f8"]          (the next bytes of the payload)
    ["opaque", "function"]

Where questions are answered, eight bytes of time follow each frame (`SECONDS`), so that equal
answers are equal frames. What the grader says in the other direction is a payload alone (`inward`).

Whatever arrives is untrusted: nothing is unpickled or evaluated, dtypes come from a list, and
every size is checked before memory is taken for it. Arrays travel without the `.npy` header,
because NumPy parses that header as Python source.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import sys
import time
from typing import Any

import numpy as np

from autograder.answer import (
    MAX_BYTES,
    MAX_LEAVES,
    Opaque,
    Tree,
)
from autograder.errors import ProtocolError

MAX_FRAME = MAX_BYTES + 16 * 2**20
MAX_JSON = 8 * 2**20
MAX_CONTAINERS = MAX_JSON // 16
MAX_NODES = MAX_LEAVES + 1_000
MAX_NESTING = 32
MAX_DIMENSIONS = 32
MAX_AXIS = 2**31

SECONDS = struct.Struct("<d")
"""How long an answer took."""
_HEADER = struct.Struct("<4sIQ")
_MAGIC = b"nnfs"
_CHUNK = 2**16

_DTYPES = {
    name: np.dtype(name)
    for name in (
        ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"]
        + ["<f2", "<f4", "<f8", "<c8", "<c16"]
    )
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_PLAIN = frozenset({str, bool, int, float, type(None)})
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def encode(tree: Tree) -> bytes:
    """One frame for a tree of dicts, lists, tuples, arrays, `Opaque`, words and numbers.

    Raises:
        ProtocolError: when the tree holds something else or is larger than a frame may be.
    """
    buffers: list[bytes] = []
    try:
        node = _Packer(buffers).pack(tree, MAX_NESTING)
        text = _JSON.encode(node).encode()
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError(f"a value cannot be sent: {type(error).__name__}") from None
    payload = sum(map(len, buffers))
    _check_lengths(len(text), payload, MAX_FRAME)
    return b"".join([_HEADER.pack(_MAGIC, len(text), payload), text, *buffers])


def wrap(payload: bytes) -> bytes:
    """A frame without JSON, for `Channel.receive_payload`."""
    return _HEADER.pack(_MAGIC, 0, len(payload)) + payload


class _Packer:
    def __init__(self, buffers: list[bytes]) -> None:
        self.buffers = buffers
        self.nodes = MAX_NODES

    def pack(self, tree: Tree, depth: int) -> Any:
        self.nodes -= 1
        if depth == 0 or self.nodes < 0:
            raise ProtocolError("a value is nested too deeply or has too many parts to be sent")
        if type(tree) in _PLAIN:
            return tree
        if isinstance(tree, dict):
            packed = {}
            for key, item in tree.items():
                if not isinstance(key, str):
                    raise ProtocolError("expected names as the keys of a dict that is sent")
                packed[key] = self.pack(item, depth - 1)
            return ["dict", packed]
        if isinstance(tree, (list, tuple)):
            kind = "tuple" if isinstance(tree, tuple) else "list"
            return [kind, [self.pack(item, depth - 1) for item in tree]]
        if isinstance(tree, (np.ndarray, np.generic)):
            return self._pack_array(tree)
        if isinstance(tree, Opaque):
            return ["opaque", tree.kind]
        raise ProtocolError(f"expected numbers or text to send, received {type(tree).__name__}")

    def _pack_array(self, value: Any) -> list[Any]:
        array = np.asarray(value)
        name = _NAMES.get(array.dtype)
        if name is None:
            if array.dtype.kind not in "biufc":
                raise ProtocolError(f"expected an array of numbers to send, received {array.dtype}")
            array = array.astype(_portable(array.dtype))
            name = array.dtype.str
        self.buffers.append(array.tobytes())
        if isinstance(value, np.generic):
            return ["scalar", name]
        return ["array", name, list(array.shape)]


def _portable(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The same numbers little-endian; long doubles, whose size differs by machine, as doubles."""
    name = dtype.newbyteorder("<").str
    return _DTYPES.get(name, _DTYPES["<c16" if dtype.kind == "c" else "<f8"])


def decode(frame: bytes | bytearray) -> Tree:
    """The tree of one frame.

    Raises:
        ProtocolError: when the bytes are anything but a frame within the limits.
    """
    if len(frame) < _HEADER.size:
        raise ProtocolError("expected a frame's header, received fewer bytes")
    json_length, payload_length = _parse_header(frame, MAX_FRAME)
    if len(frame) != _HEADER.size + json_length + payload_length:
        raise ProtocolError("a frame's length differs from what its header says")
    text = bytes(frame[_HEADER.size : _HEADER.size + json_length])
    if text.count(b"[") + text.count(b"{") > MAX_CONTAINERS:
        raise ProtocolError("a frame has too many parts")
    try:
        unpacker = _Unpacker(memoryview(frame)[_HEADER.size + json_length :])
        tree = unpacker.unpack(json.loads(text), MAX_NESTING)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError(f"a frame cannot be read: {type(error).__name__}") from None
    if unpacker.position != payload_length:
        raise ProtocolError("a frame carries more array bytes than its arrays have")
    return tree


class _Unpacker:
    def __init__(self, payload: memoryview) -> None:
        self.payload = payload
        self.position = 0
        self.nodes = MAX_NODES

    def unpack(self, node: Any, depth: int) -> Tree:
        self.nodes -= 1
        if depth == 0 or self.nodes < 0:
            raise ProtocolError("a received value is nested too deeply or has too many parts")
        if isinstance(node, str):
            return _clean(node)
        if type(node) in _PLAIN:
            return node
        match node:
            case ["dict", dict(items)]:
                return {_clean(k): self.unpack(item, depth - 1) for k, item in items.items()}
            case ["list", list(items)]:
                return [self.unpack(item, depth - 1) for item in items]
            case ["tuple", list(items)]:
                return tuple([self.unpack(item, depth - 1) for item in items])
            case ["array", str(dtype), list(shape)]:
                return self._take(dtype, shape)
            case ["scalar", str(dtype)]:
                return self._take(dtype, [])[()]
            case ["opaque", str(kind)]:
                return Opaque(_clean(kind))
        raise ProtocolError("a frame holds a node of no known kind")

    def _take(self, name: str, shape: list[Any]) -> np.ndarray[Any, Any]:
        dtype = _DTYPES.get(name)
        if dtype is None:
            raise ProtocolError("a received array has a dtype that is not on the list")
        if len(shape) > MAX_DIMENSIONS or not all(
            type(axis) is int and 0 <= axis <= MAX_AXIS for axis in shape
        ):
            raise ProtocolError("a received array has an impossible shape")
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.payload) - self.position:
            raise ProtocolError("a received array is larger than its bytes")
        stored = np.dtype("|u1") if dtype.kind == "b" else dtype
        array = np.ndarray(tuple(shape), stored, self.payload, self.position)
        self.position += size
        # Copied so that it is aligned; by astype, so that a bool's byte is never other than 0 or 1.
        return array.astype(dtype)


def _clean(text: str) -> str:
    """Text that can be written as UTF-8: half a surrogate pair would stop the grade's writing."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _parse_header(frame: bytes | bytearray, limit: int) -> tuple[int, int]:
    magic, json_length, payload_length = _HEADER.unpack_from(frame)
    if magic != _MAGIC:
        raise ProtocolError("expected the start of a frame, received other bytes")
    _check_lengths(json_length, payload_length, limit)
    return json_length, payload_length


def _check_lengths(json_length: int, payload_length: int, limit: int) -> None:
    if json_length > MAX_JSON or json_length + payload_length > limit:
        raise ProtocolError(f"a frame is larger than {limit // 2**20} MiB or its text too long")


def _with_time(taken: bytes) -> tuple[bytes, float]:
    (seconds,) = SECONDS.unpack_from(taken, len(taken) - SECONDS.size)
    return taken[: -SECONDS.size], seconds


class Channel:
    """Frames over one stream socket, with deadlines on the monotonic clock."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._received = bytearray()

    def send(self, frames: bytes, deadline: float | None = None) -> None:
        """Send encoded frames.

        Raises:
            TimeoutError: when they are not taken before the deadline.
            OSError: when the other side is gone.
        """
        with memoryview(frames) as rest:
            sent = 0
            while sent < len(rest):
                self._set_timeout(deadline)
                sent += self._socket.send(rest[sent : sent + 2**20])

    def receive_frame(self, deadline: float | None = None, limit: int = MAX_FRAME) -> bytes:
        """The next frame, still encoded.

        Raises:
            TimeoutError: when it is not complete before the deadline.
            EOFError: when the other side has closed or died.
            ProtocolError: when its header is none or announces more than `limit` bytes.
        """
        return self._take(deadline, limit, 0)

    def receive_timed(self, deadline: float, limit: int) -> tuple[bytes, float]:
        """A frame with the time behind it, whatever that says; see `receive_frame`."""
        return _with_time(self._take(deadline, limit, SECONDS.size))

    def receive_payload(self) -> memoryview:
        """What the grader wrapped: it knows no limit of time or size, being trusted."""
        return memoryview(self._take(None, sys.maxsize, 0))[_HEADER.size :]

    def close(self) -> None:
        self._socket.close()

    def _take(self, deadline: float | None, limit: int, behind: int) -> bytes:
        self._fill(_HEADER.size, deadline)
        length = _HEADER.size + sum(_parse_header(self._received, limit)) + behind
        self._fill(length, deadline)
        taken = bytes(self._received[:length])
        del self._received[:length]
        return taken

    def _fill(self, length: int, deadline: float | None) -> None:
        while (missing := length - len(self._received)) > 0:
            self._set_timeout(deadline)
            chunk = self._socket.recv(min(max(missing, _CHUNK), 2**20))
            if not chunk:
                raise EOFError("the other side of the sandbox closed its channel")
            self._received += chunk

    def _set_timeout(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
