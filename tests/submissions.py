"""How tests hand in: members of the demo class by name, or any file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.cli import demo
from autograder.course import directory
from autograder.course.directory import Course


def hand_in(course: Course | Path, *names: str, at: str = "", **work: str) -> None:
    """Hand in members of the demo class.

    Args:
        course: where week 06 is released; or its folder.
        names: members who hand in their own work.
        at: the time that stands in their `timestamp.txt`, where it is not the demo's.
        work: by student (`_` for `-`), the member whose work the student hands in.
    """
    course = directory.load(course) if isinstance(course, Path) else course
    edits = {member.name: member.edit for member in demo.members()}
    work = {name: name for name in names} | {k.replace("_", "-"): v for k, v in work.items()}
    demo.hand_in(course, [demo.Pupil(name, edits[kind]) for name, kind in work.items()])
    if at:
        for name in work:
            (course.folder("submitted", demo.STEM, name) / "timestamp.txt").write_text(at)


def write_submission(path: Path, content: Any = "{}") -> Path:
    """Write one file, and its folders.

    Args:
        path: where it is handed in.
        content: text, bytes or a notebook; None for an empty folder.

    Returns:
        The file, or the empty folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        return path.parent
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content if isinstance(content, bytes) else demo.to_bytes(content))
    return path
