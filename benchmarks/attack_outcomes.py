"""What a grader made of one attack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Contain = Callable[[list[str], Path], str]
"""Runs a command with nothing but a folder writable; a word about its time, where that is up."""


@dataclass(frozen=True)
class Outcome:
    """What one grader made of one attack; None where there is no grade."""

    points: float | None
    neighbour: float | None
    note: str = ""
