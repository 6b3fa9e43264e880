"""What a student's process is busy with, in memory that its warm parent sees too.

Results leave a student's process several at a time. Where it is stopped before the last of them
have left, this tells which cell or question stopped it.
"""

from __future__ import annotations

import mmap
import struct
from contextlib import AbstractContextManager

_NUMBER = struct.Struct("<q")
NOTHING = -1


class Progress(AbstractContextManager["Progress"]):
    """A number that one process writes and another reads; both have it through a fork.

    Each submission has its own: in memory that stays, one could leave a word for the next.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _NUMBER.size)
        self.now(NOTHING)

    def now(self, number: int) -> None:
        """Say what is begun: the index of a cell, or the id of an ask."""
        _NUMBER.pack_into(self._memory, 0, number)

    def last(self) -> int:
        """What was begun last; a student's code may have written any number."""
        return int(_NUMBER.unpack_from(self._memory)[0])

    def __exit__(self, *error: object) -> None:
        self._memory.close()
