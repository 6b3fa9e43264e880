"""How a student's process talks to the grader: length-framed trees of arrays.

A frame is a header (magic, length of the JSON, length of the payload), the JSON of a tree, and its
arrays' bytes one after another (see `tree.pack`). Where questions are answered, eight bytes of time
follow each frame (`SECONDS`), so that equal answers are equal frames. What the grader sends in the
other direction has a payload only (`inward`).

Whatever arrives is untrusted: every length is checked before memory is allocated for it.
"""

from __future__ import annotations

import socket
import struct
import sys
import time

from autograder.errors import ProtocolError
from autograder.tree import MAX_BYTES, MAX_JSON, Tree, pack, unpack

MAX_FRAME = MAX_BYTES + 16 * 2**20

SECONDS = struct.Struct("<d")
"""The seconds that an answer took."""
_HEADER = struct.Struct("<4sIQ")
_MAGIC = b"nnfs"
_CHUNK = 2**16


def encode(tree: Tree) -> bytes:
    """One frame for a tree of dicts, lists, tuples, arrays, `Opaque`, text and numbers.

    Raises:
        ProtocolError: when the tree holds something else or is larger than a frame may be.
    """
    text, buffers = pack(tree)
    payload = sum(map(len, buffers))
    _check_lengths(len(text), payload, MAX_FRAME)
    return b"".join([_HEADER.pack(_MAGIC, len(text), payload), text, *buffers])


def wrap(payload: bytes) -> bytes:
    """A frame without JSON, for `Channel.receive_payload`."""
    return _HEADER.pack(_MAGIC, 0, len(payload)) + payload


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
    return unpack(text, memoryview(frame)[_HEADER.size + json_length :])


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
            ProtocolError: when it has no valid header, or announces more than `limit` bytes.
        """
        return self._take(deadline, limit, 0)

    def receive_timed(self, deadline: float, limit: int) -> tuple[bytes, float]:
        """Like `receive_frame`, with the unchecked seconds that follow the frame."""
        return _with_time(self._take(deadline, limit, SECONDS.size))

    def receive_payload(self) -> memoryview:
        """The payload that the grader wrapped; being trusted, it has no limit of time or size."""
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
