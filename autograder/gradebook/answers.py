"""Each submission's saved answers, for regrading a corrected question without running code.

Answers contain a student's work and its results on hidden cases, so they are private to the
instructor and never leave the course directory. A file belongs to the report with the same key.
"""

from __future__ import annotations

from pathlib import Path

from autograder.output.files import PRIVATE, make_private, write_whole
from autograder.records import Report


def save(root: Path, assignment: str, report: Report) -> None:
    """Save a report's answers, replacing the student's earlier ones.

    Raises:
        OSError: when they cannot be written.
    """
    path = _path(root, assignment, report.student)
    if not report.answers or not report.key:
        path.unlink(missing_ok=True)
        return
    make_private(path.parent)
    write_whole(path, report.key.encode() + b"\n" + report.answers, PRIVATE)


def find(root: Path, assignment: str, report: Report) -> bytes:
    """The answers behind this report; empty if they are not saved."""
    try:
        key, _, answers = _path(root, assignment, report.student).read_bytes().partition(b"\n")
    except OSError:
        return b""
    return answers if report.key and key == report.key.encode() else b""


def folder(root: Path, assignment: str) -> Path:
    """The folder with an assignment's answers."""
    return root / ".autograder" / "answers" / assignment


def _path(root: Path, assignment: str, student: str) -> Path:
    return folder(root, assignment) / f"{student}.answers"
