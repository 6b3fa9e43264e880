"""Plain nbgrader: `zip_collect` for what comes in an archive, and `autograde`."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from autograder.cli import demo
from autograder.course import directory as courses
from benchmarks.attack_outcomes import Outcome, contained, hand_in
from benchmarks.plain_course import BIN
from tests.attacks import archives
from tests.attacks.attack import ATTACKER, NEIGHBOUR

Beside = Callable[[Path], None]
Upload = Callable[[bytes], tuple[str, bytes]]
LARGE = 10**8
"""Bytes that unpacking an archive leaves on the disk, from which on they are worth a word."""


class Course:
    """A course of nbgrader as it comes, copied afresh for every attack.

    Args:
        root: the course.
        folder: where to copy it to.
    """

    name = "nbgrader"

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self.complete = demo.solved(courses.Course(root, "plain", "", b"", None))

    def grade(
        self, attacker: bytes, beside: Beside | None = None, upload: Upload | None = None
    ) -> Outcome:
        """Grade an attacker and a neighbour in a fresh copy of the course."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            root = Path(folder, "course")
            shutil.copytree(self._root, root)
            config = root / "nbgrader_config.py"
            config.write_text(config.read_text().replace(str(self._root), str(root)))
            note = self._hand_in(root, attacker, beside, upload)
            started = time.monotonic()
            late = contained([str(BIN / "nbgrader"), "autograde", demo.STEM], root)
            seconds = time.monotonic() - started
            points = scores(root / "gradebook.db")
            mine, theirs = (
                points.get(student)
                if (root / "autograded" / student / demo.STEM / f"{demo.STEM}.ipynb").is_file()
                else None
                for student in (ATTACKER, NEIGHBOUR)
            )
            return Outcome(mine, theirs, late or note, seconds)

    def _hand_in(
        self, root: Path, attacker: bytes, beside: Beside | None, upload: Upload | None
    ) -> str:
        """Put both submissions in their places; a word about what that did to the disk."""
        theirs = demo.to_bytes(self.complete)
        if upload:
            return zip_collect(root, upload(attacker), theirs)
        opened = courses.Course(root, "plain", "", b"", None)
        mine = hand_in(opened, ATTACKER, attacker)
        hand_in(opened, NEIGHBOUR, theirs)
        if beside:
            beside(mine.path.parent)
        return ""


def zip_collect(root: Path, archive: tuple[str, bytes], neighbour: bytes) -> str:
    """Have nbgrader unpack an attacker's archive and take a neighbour's notebook beside it."""
    place = root / "downloaded" / demo.STEM / "archive"
    place.mkdir(parents=True)
    name, content = archive
    (place / archives.by_nbgrader(ATTACKER, name)).write_bytes(content)
    (place / archives.by_nbgrader(NEIGHBOUR, f"{demo.STEM}.ipynb")).write_bytes(neighbour)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.FileNameCollectorPlugin.named_regexp = {archives.BY_NBGRADER!r}\n")
    late = contained([str(BIN / "nbgrader"), "zip_collect", demo.STEM], root)
    left = sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and not p.is_symlink())
    full = f"**{left / 10**6:.0f} MB left on the disk**" if left > LARGE else ""
    return late or full


def scores(database: Path) -> dict[str, float]:
    """Every student's points, a person's own score first, as nbgrader itself adds them."""
    query = """
        select s.student_id, sum(coalesce(g.manual_score, g.auto_score, 0.0))
        from grade g
        join submitted_notebook n on n.id = g.notebook_id
        join submitted_assignment s on s.id = n.assignment_id
        group by s.student_id
    """
    try:
        with closing(sqlite3.connect(database, timeout=20)) as opened:
            return {student: round(points, 2) for student, points in opened.execute(query)}
    except sqlite3.Error:
        return {}
