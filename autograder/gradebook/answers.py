"""What each submission answered, kept beside its report so that a mended question can be judged
again without running the student's code.

The answers hold a student's work and what the hidden cases brought out of it: they are for the
instructor alone and never leave the course directory. A file belongs to the report with its key.
"""

from __future__ import annotations

from pathlib import Path

from autograder.output.files import PRIVATE, write_whole
from autograder.records import Report


def save(root: Path, assignment: str, report: Report) -> None:
    """Keep a report's answers in place of the student's earlier ones.

    Raises:
        OSError: when they cannot be written.
    """
    path = _path(root, assignment, report.student)
    if not report.answers or not report.key:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, report.key.encode() + b"\n" + report.answers, PRIVATE)


def find(root: Path, assignment: str, report: Report) -> bytes:
    """The answers that led to this report; empty where they are not kept."""
    try:
        key, _, answers = _path(root, assignment, report.student).read_bytes().partition(b"\n")
    except OSError:
        return b""
    return answers if report.key and key == report.key.encode() else b""


def folder(root: Path, assignment: str) -> Path:
    """Where an assignment's answers are kept."""
    return root / ".autograder" / "answers" / assignment


def _path(root: Path, assignment: str, student: str) -> Path:
    return folder(root, assignment) / f"{student}.answers"
