"""A term, from a course of nbgrader's to another machine: is everybody's grade right throughout?"""

from __future__ import annotations

import csv
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.main import app
from autograder.course import directory
from autograder.course.create_database import create
from autograder.course.roster import Student
from autograder.questions import catalogue
from tests.owner.term import command, grade_by_hand, graded, page
from tests.submissions import hand_in, write_submission

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
WRITTEN = "why_blame_is_cheap"
CONFIG = b"c = get_config()\nc.CourseDirectory.course_id = 'stats101'  # mine\n"
SETTINGS = b"""\
title = "Statistics 101"
timezone = "Europe/Berlin"
late = "zero"
[due]
week06 = 2025-12-01T23:59:00
"""
BOB = 74.67  # of 80, for what the demo's averages-twice hands in
IN_TIME, LATE = "2025-12-01 22:00:00 UTC", "2025-12-03 05:00:00 UTC"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """A course that nbgrader has kept so far, with files of the instructor's."""
    root = tmp_path_factory.mktemp("term") / "stats101"
    write_submission(root / "nbgrader_config.py", CONFIG)
    write_submission(root / "source" / "header.ipynb", b"{}")
    write_submission(root / "source" / "ps1" / "data.csv", b"a,b\r\n1,2\r\n")
    create(
        f"sqlite:///{root}/gradebook.db",
        "stats101",
        [Student("ada", "Lovelace", "Ada"), Student("bob", "Builder"), Student("eve", "Even")],
    )
    yield root
    catalogue.use(None)


def files_of(root: Path) -> dict[Path, bytes]:
    """What the instructor has written, by path in the course."""
    places = [root / "nbgrader_config.py", root / "course.toml", root / "source" / "header.ipynb"]
    places += [root / "source" / "ps1" / "data.csv", *(root / "weeks").rglob("*.py")]
    return {place.relative_to(root): place.read_bytes() for place in places if place.is_file()}


def points(root: Path, *words: str, code: int = 0) -> dict[str, float]:
    """Grade; what the gradebook then has of everybody, as the export says it."""
    graded(root, *words, code=code)
    target = root.parent / "grades.csv"
    command(root, "export", "csv", "6", "--with-waiting", "--output", str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    column = next(number for number, title in enumerate(rows[0]) if "week06" in title)
    return {row[0]: float(row[column]) for row in rows[1:] if row[column]}


def alone(*words: object) -> None:
    """Run a command that is not run in a course."""
    done = CliRunner().invoke(app, list(map(str, words)))
    assert done.exit_code == 0, done.output


def closed_to_the_group(root: Path) -> list[str]:
    """What another grader of the same group could not read or change."""
    found = []
    for path in (root, *root.rglob("*")):
        mode = path.lstat().st_mode
        needed = stat.S_IRGRP
        if path.is_dir():
            needed |= stat.S_IWGRP | stat.S_IXGRP | stat.S_ISGID
        elif "autograded" not in path.parts:  # where files are replaced, not changed
            needed |= stat.S_IWGRP
        if mode & needed != needed and not path.is_symlink():
            found.append(f"{path.relative_to(root)} {mode & 0o7777:o}")
    return found


@pytest.mark.beyond_sample
def test_is_a_term_played_through_without_a_loss(theirs, released_course, tmp_path):
    root = theirs
    alone("init", "--here", root)
    config = (root / "nbgrader_config.py").read_bytes()
    assert config.startswith(CONFIG)
    # The secret of a course whose hidden values are computed already.
    for name in ("secret", "references"):
        source, target = (each / ".autograder" / name for each in (released_course, root))
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, target)
    (root / "course.toml").write_bytes(SETTINGS)
    mine = files_of(root)
    assert len(mine) == 4

    said = command(root, "release", "6")
    assert "Due 2025-12-01 22:59 UTC." in said
    assert files_of(root) == mine

    # In time, late, and not at all.
    hand_in(root, "ada", at=IN_TIME, ada="right")
    hand_in(root, at=LATE, bob="averages-twice")
    assert points(root) == {"ada": 80.0, "bob": 0.0}
    assert "1 missing" in command(root, "status", "6")

    # More time than was needed, then less; and more again.
    command(root, "extend", "bob", "6", "48h")
    assert points(root) == {"ada": 80.0, "bob": BOB}
    command(root, "extend", "bob", "6", "1h")
    assert points(root)["bob"] == 0.0
    command(root, "extend", "bob", "6", "2d")

    # Somebody without a word is nobody; after a word, a late joiner.
    hand_in(root, at=IN_TIME, zoe="right-by-einsum")
    assert points(root, code=3) == {"ada": 80.0, "bob": BOB}
    command(root, "roster", "add", "zoe", "--last-name", "Zola")
    assert points(root) == {"ada": 80.0, "bob": BOB, "zoe": 80.0}

    # By hand; whatever is graded again.
    for student, score in (("ada", 18.0), ("bob", 10.0), ("zoe", 20.0)):
        grade_by_hand(root, student, WRITTEN, score)
    whole = {"ada": 98.0, "bob": BOB + 10, "zoe": 100.0}
    assert points(root) == points(root, "--force") == whole

    # An adapted week that nobody has edited is the same week.
    command(root, "adapt", "6")
    mine = {**files_of(root), **mine}
    assert points(root) == whole
    command(root, "feedback", "6")
    assert f"{BOB + 10:g} of 100 points" in page(root, "bob")

    # Another machine.
    saved = tmp_path / "saved.tar.gz"
    command(root, "backup", "--output", str(saved))
    root.rename(root.with_name("old machine"))
    other = tmp_path / "another" / "machine"
    alone("restore", saved, other)
    assert files_of(other) == mine
    assert points(other) == whole
    assert not any(each["judged_again"] for each in graded(other).values())
    assert directory.load(other).secret == directory.load(root.with_name("old machine")).secret

    # A second grader.
    for words in (["chmod", "-R", "g+rwX", other], ["find", other, "-type", "d", "-exec"]):
        more = ["chmod", "g+s", "{}", "+"] if words[0] == "find" else []
        subprocess.run([*words, *more], check=True)
    before = os.umask(0o022)
    try:
        hand_in(other, at=IN_TIME, eve="mean-error")
        subprocess.run(["chmod", "-R", "g+rwX", other / "submitted"], check=True)
        command(other, "extend", "eve", "6", "1h")
        assert points(other, "--force").keys() == {*whole, "eve"}
        command(other, "feedback", "6")
        command(other, "adapt", "2")
        command(other, "release", "2")
    finally:
        os.umask(before)
    assert not closed_to_the_group(other), closed_to_the_group(other)
