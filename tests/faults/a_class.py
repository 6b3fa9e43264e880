"""A class to be graded under faults, and what its gradebook says, whichever database it is."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from autograder.cli import demo
from autograder.course import directory
from autograder.gradebook.reports import folder
from tests.command import autograder

DUE = datetime(2026, 11, 20, 12, 30)
LATE = "2026-11-20 13:00:00 UTC"
PATIENCE = 60.0
STRANGE = ("untouched", "corrupt-json", "empty-folder", "deletes-cells")


def pupils(count: int) -> list[demo.Pupil]:
    """Right answers and honest mistakes, with a few strange files among them."""
    strange = [demo.Pupil(name, demo.BROKEN[name]) for name in STRANGE]
    return [*demo.harmless(count - len(strange)), *strange]


def course_of(released: Path, root: Path, count: int) -> Path:
    """A copy of the released course in which a class has handed in, every third one late."""
    shutil.copytree(released, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    opened = directory.load(root)
    members = pupils(count)
    demo.hand_in(opened, members)
    for pupil in members[::3]:
        (opened.folder("submitted", demo.STEM, pupil.name) / "timestamp.txt").write_text(LATE)
    set_due_date(opened.db_url)
    return root


def set_due_date(db_url: str, due: datetime = DUE) -> None:
    engine = create_engine(db_url)
    with Session(engine) as session, session.begin():
        session.execute(update(api.Assignment).values(duedate=due))
    engine.dispose()


def start(root: Path, *options: str, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    """`autograder grade` in a process of its own, by a command `before` it where there is one."""
    own = [sys.executable, "-m", "autograder", "grade", "week06", "--course", str(root), "-j", "2"]
    return subprocess.Popen(
        [*before, *own, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        cwd=Path(__file__).parents[2],
    )


def grade(root: Path, *options: str) -> str:
    """Grade to the end; what the command printed."""
    # The strange ones are unreadable.
    return autograder(root, "grade", "week06", "-j", "1", *options, codes=[3])


def rows(db_url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that grading writes to a gradebook, without the ids that differ by chance."""
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    owner = submission.student_id
    statements = {
        "student": select(api.Student.id),
        "submission": select(owner, submission.timestamp, submission.extension),
        "notebook": select(owner, notebook.late_submission_penalty, notebook.flagged).join(
            submission, submission.id == notebook.assignment_id
        ),
        "grade": _of_cells(
            api.Grade, "auto_score", "manual_score", "extra_credit", "needs_manual_grade"
        ),
        "comment": _of_cells(api.Comment, "auto_comment", "manual_comment"),
    }
    engine = create_engine(db_url)
    with Session(engine) as session:
        found = {
            name: sorted((tuple(row) for row in session.execute(each)), key=repr)
            for name, each in statements.items()
        }
    engine.dispose()
    return found


def _of_cells(table: Any, *fields: str) -> Any:
    submission, notebook, cell = api.SubmittedAssignment, api.SubmittedNotebook, api.BaseCell
    return (
        select(submission.student_id, cell.name, *(getattr(table, field) for field in fields))
        .join(notebook, notebook.id == table.notebook_id)
        .join(submission, submission.id == notebook.assignment_id)
        .join(cell, cell.id == table.cell_id)
    )


def report_files(root: Path) -> dict[str, int]:
    """Every kept report with the moment of its writing: what is run again is written again."""
    return {
        path.name: path.stat().st_mtime_ns for path in folder(root, demo.STEM).glob("[!.]*.json")
    }


# What is started in the background, as a suite may be, ignores Ctrl-C and all that it starts does.
_HEARS_CTRL_C = """\
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("autograder", run_name="__main__", alter_sys=True)
"""


def command_in_a_terminal(*words: str) -> subprocess.Popen[str]:
    """Start `autograder` as a terminal does: in a process group that Ctrl-C reaches."""
    return subprocess.Popen(
        [sys.executable, "-c", _HEARS_CTRL_C, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )


def leftovers(root: Path) -> list[Path]:
    """Files that a killed writer began and nobody finished or removed."""
    return [
        *root.rglob(".partial-*"),
        *root.glob("gradebook.db-journal"),
    ]


def in_a_loop(processes: set[int]) -> list[int]:
    """Those that have computed for longer than anything but an endless loop does here."""
    found = []
    for process in processes:
        with contextlib.suppress(OSError):
            ticks = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])
            if ticks > 3 * os.sysconf("SC_CLK_TCK"):
                found.append(process)
    return found


def wait_until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
