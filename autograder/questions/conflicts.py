"""Finds the marks that git leaves where two sides changed the same lines of a week."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.errors import QuestionError
from autograder.questions import places

_MARK = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
_BEGIN = b"<<<<<<< "
HOW_TO_DECIDE = (
    "choose between the lines after <<<<<<< and those after =======, and delete the three marks"
)


def conflicts_in(content: bytes) -> list[int]:
    """The lines, counted from 1, at which an undecided conflict begins."""
    found = [
        (content.count(b"\n", 0, mark.start()) + 1, mark[0]) for mark in _MARK.finditer(content)
    ]
    begins = [line for line, mark in found if mark == _BEGIN]
    return begins or [line for line, _ in found]


def refuse_conflicts(folder: Path) -> None:
    """Refuse a week that an upgrade left with conflicts.

    Args:
        folder: the week's folder.

    Raises:
        QuestionError: with the first file and line, and what to do.
        OSError: when the folder cannot be read.
    """
    for path in places.code_files(folder):
        if lines := conflicts_in(path.read_bytes()):
            raise QuestionError(
                f"{path}, line {lines[0]}: a conflict of an upgrade is not decided yet; "
                f"{HOW_TO_DECIDE}, then run `autograder validate {folder.name[:6]}`"
            )
