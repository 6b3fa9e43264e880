"""Does docs/instructor.md work from top to bottom as it stands?"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path

import nbformat
import pytest
import typer
from typer.testing import CliRunner

from autograder.cli.main import app
from autograder.course import directory
from autograder.course.create_database import create
from autograder.course.roster import Student
from autograder.questions import catalogue
from tests.conftest import EXHAUSTIVE, REPOSITORY
from tests.owner.term import STEM
from tests.submissions import hand_in, write_submission

GUIDE = (REPOSITORY / "docs" / "instructor.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(autograder [a-z][^`]*)`")
CLASS = "id,last_name,first_name,email\nada,Lovelace,Ada,ada@example.org\nbob,Builder,Bob,\n"
GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,Week 06 (42)\n"
    "    Points Possible,,,,100\n"
    '"Lovelace, Ada",7,ada,A,\n"Builder, Bob",8,bob,A,\n'
)


def blocks(language: str = "") -> list[list[list[str]]]:
    """The guide's blocks, each as the words of its lines, without comments."""
    found = [text for tag, text in BLOCK.findall(GUIDE) if tag == language]
    lines = [[shlex.split(line, comments=True) for line in text.splitlines()] for text in found]
    return [[words for words in block if words] for block in lines]


def test_is_every_command_there_with_its_arguments_and_options():
    inline = [shlex.split(text) for text in INLINE.findall(GUIDE)]
    whole = [words for block in blocks() for words in block if words[0] == "autograder"]
    assert len(whole) > 35
    for words in [*whole, *inline]:
        command, rest, context = typer.main.get_command(app), words[1:], None
        while rest and hasattr(command, "get_command"):
            context = command.make_context(command.name, ["there"], parent=context)
            found = command.get_command(context, rest[0])
            assert found, words
            command, rest = found, rest[1:]
        # A word that the command does not take, or one that is missing, is an error here; a text
        # may name a command alone.
        if words in whole or rest:
            command.make_context(command.name, rest, parent=context)


def test_is_every_command_of_the_program_in_the_guide():
    for_developers = {"demo", "gradescope-zip", "check"}
    names = typer.main.get_command(app).commands
    assert len(names) > 20
    assert {name for name in names if f"autograder {name}" not in GUIDE} <= for_developers


def test_does_the_guide_stay_one_page():
    assert GUIDE.count("\n") <= 260


# What needs a network or another account's rights, and what is run in its place.
IN_ITS_PLACE = {
    "git clone": ["true"],
    "pip install": ["true"],
    "chgrp -R": ["chgrp", "-R", str(os.getgid()), "."],
}


class Instructor:
    """Follows the guide: each block begins in the course, once there is one."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.course = place / "my-course"

    def follow(self, block: list[list[str]]) -> None:
        os.chdir(self.course if self.course.is_dir() else self.place)
        for words in block:
            if words[0] == "cd":
                os.chdir(self.place / words[1])
            elif words[0] == "autograder":
                self.run(words[1:])
            else:
                subprocess.run(IN_ITS_PLACE.get(" ".join(words[:2]), words), check=True)

    def run(self, words: list[str]) -> None:
        done = CliRunner().invoke(app, words, input="y\n")
        told = f"{words}: {done.output} {done.exception}"
        # doctor ends with 3 where a machine lacks something, grade where somebody has to look.
        assert done.exit_code in ((0, 3) if words[0] in ("doctor", "grade") else (0,)), told


def plain_assignment(course: Path) -> None:
    """An assignment of the instructor's own, which ada has handed in."""
    metadata = {"schema_version": 3, "locked": True, "solution": False, "task": False}
    cell = nbformat.v4.new_code_cell("assert 1 + 1 == 2")
    cell.metadata.nbgrader = {**metadata, "grade": True, "grade_id": "adds", "points": 2}
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    for folder in ("source/ps1", "submitted/ada/ps1"):
        write_submission(course / folder / "problem1.ipynb", notebook)


@pytest.mark.slow
@pytest.mark.bubblewrap
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(not EXHAUSTIVE, reason="a minute; `make test-all` runs it")
def test_does_every_command_of_the_guide_work_in_its_order(released_course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roster.csv").write_text(CLASS)
    old = tmp_path / "old-course"
    write_submission(old / "source" / "header.ipynb", "{}")
    create(f"sqlite:///{old}/gradebook.db", "old", [Student("ada")])
    instructor = Instructor(tmp_path)
    course = instructor.course
    first, *rest = blocks()
    instructor.follow(first)
    # The secret of a course whose hidden values are computed already.
    for name in ("secret", "references"):
        source, target = (each / ".autograder" / name for each in (released_course, course))
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)
    shutil.copy(tmp_path / "roster.csv", course)
    (course / "gradebook.csv").write_text(GRADEBOOK)
    (settings,) = (text for tag, text in BLOCK.findall(GUIDE) if tag == "toml")
    (course / "course.toml").write_text(settings)
    plain_assignment(course)
    try:
        for block in rest:
            if ["autograder", "collect"] in [words[:2] for words in block]:
                handed_in(course)
            instructor.follow(block)
    finally:
        catalogue.use(None)
    assert (tmp_path / "moved" / "gradebook.db").is_file()
    assert not (course / "submitted" / "ada").exists()


def handed_in(course: Path) -> None:
    """What ada and bob hand in: he as with nbgrader, she through an LMS."""
    opened = directory.load(course)
    hand_in(opened, ada="right", bob="averages-twice")
    with zipfile.ZipFile(course / "submissions.zip", "w") as archive:
        archive.write(opened.notebook("submitted", STEM, "ada"), f"ada/{STEM}.ipynb")
    shutil.rmtree(opened.folder("submitted", STEM, "ada"))
