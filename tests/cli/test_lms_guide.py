"""Do the commands of docs/lms.md work as they stand?"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
import typer.core
from nbgrader.api import Gradebook

from autograder.cli.main import app
from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.questions import catalogue
from autograder.release import generate
from tests.conftest import REPOSITORY
from tests.intake.exports import canvas_name, moodle_folder, write_zip
from tests.lms.canvas.fake_canvas import TOKEN, FakeCanvas, serving
from tests.lms.import_rules import Blackboard, Brightspace, Canvas
from tests.lms.moodle_model import Assignment, Person
from tests.submissions import hand_in

GUIDE = (REPOSITORY / "docs" / "lms.md").read_text(encoding="utf-8")
BLOCK_LINE = re.compile(r"^    (autograder (?:.*\\\n)*.*)$", re.MULTILINE)
INLINE = re.compile(r"`(autograder (?:[a-z-]+ )*[^`]*)`")
STEM = "week06_backpropagation"
CLASS = [
    Student("ada", "Lovelace", "Ada", "ada@uni.example", "900"),
    Student("bob", "O'Neil", "Séan", "bob@uni.example", "901"),
]
PEOPLE = {each.id: (str(each.last_name), str(each.first_name)) for each in CLASS}
GROUPS = {71: "Team A", 72: "Team B"}


def split(line: str) -> list[str]:
    return shlex.split(line.replace("\\\n", " "), comments=True)[1:]


def lines(text: str) -> list[list[str]]:
    """The commands of blocks, as a shell splits them."""
    return [split(found) for found in BLOCK_LINE.findall(text)]


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.slow
def test_has_every_command_of_the_guide_its_options():
    """Also those in the middle of a sentence."""
    found = [*lines(GUIDE), *map(split, INLINE.findall(GUIDE))]
    assert len(found) > 20
    for words in found:
        command, rest = typer.main.get_command(app), words
        while isinstance(command, typer.core.TyperGroup) and rest:
            name, *rest = rest
            command = command.get_command(
                command.make_context("", [], resilient_parsing=True), name
            )
            assert command is not None, words
        known = {option for each in command.params for option in each.opts + each.secondary_opts}
        assert {word for word in rest if word.startswith("--")} <= known, words


@pytest.fixture
def guided(fresh_course, monkeypatch) -> directory.Course:
    """A course with a class of two, in which a person who reads the guide stands."""
    monkeypatch.chdir(fresh_course)
    course = directory.load(fresh_course)
    enrol(course, CLASS)
    generate.release(course, catalogue.week("week05"))
    return course


@pytest.fixture
def type_in(capsys):
    """Type a command; what it printed."""

    def call(words: list[str]) -> str:
        done = app(words, standalone_mode=False)
        captured = capsys.readouterr()
        assert not done, captured.out + captured.err
        return captured.out

    return call


def notebooks_of(course: directory.Course) -> dict[str, bytes]:
    """What the class hands in, which is not collected yet."""
    hand_in(course, ada="right-in-loops", bob="mean-error")
    found = {}
    for each in CLASS:
        found[each.id] = course.notebook("submitted", STEM, each.id).read_bytes()
        shutil.rmtree(course.root / "submitted" / each.id)
    return found


def grade_by_hand(course: directory.Course) -> None:
    """What happens in formgrader."""
    with Gradebook(course.db_url, course.course_id) as gradebook:
        for each in CLASS:
            for grade in gradebook.find_submission_notebook(STEM, STEM, each.id).grades:
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 8.0, False
        gradebook.db.commit()


def worth(course: directory.Course) -> float:
    with Gradebook(course.db_url, course.course_id) as gradebook:
        return float(gradebook.find_assignment(STEM).max_score)


def from_canvas(points: float) -> None:
    """The files that an instructor downloads from Canvas."""
    Path("gradebook.csv").write_bytes(Canvas({"42": ("Week 6", points)}, dict(PEOPLE)).export())


def zipped(notebooks: dict[str, bytes], name) -> None:
    files = {name(number, each): notebooks[each.id] for number, each in enumerate(CLASS)}
    write_zip(Path("submissions.zip"), files)


def in_canvas(number: int, each: Student) -> str:
    who = f"{each.last_name}, {each.first_name}"
    return canvas_name(who, str(each.lms_user_id), 70 + number, f"{STEM}.ipynb")


def in_moodle(number: int, each: Student) -> str:
    return f"{moodle_folder(f'{each.first_name} {each.last_name}', number)}/{STEM}.ipynb"


def in_a_group_of_moodle(number: int, each: Student) -> str:
    return f"{moodle_folder(GROUPS[71 + number], 71 + number)}/{STEM}.ipynb"


def moodle_worksheet(groups: dict[int, str]) -> None:
    people = [
        Person(number, f"{each.first_name} {each.last_name}", str(each.email), 71 + number)
        for number, each in enumerate(CLASS)
    ]
    Path("worksheet.csv").write_bytes(Assignment(people, groups).worksheet())


def push(words: list[str], points: float, type_in, monkeypatch) -> str:
    users = [
        {"id": int(str(each.lms_user_id)), "name": each.id, "email": each.email} for each in CLASS
    ]
    fake = FakeCanvas(users, {"points_possible": points})
    with serving(fake):
        monkeypatch.setenv("CANVAS_URL", fake.url)
        monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
        monkeypatch.setattr("autograder.lms.canvas.push.POLL_SECONDS", 0.001)
        said = type_in([{"12": "7", "345": "42"}.get(word, word) for word in words])
    assert all(each["score"] is None for each in fake.submissions.values()) == (
        "--dry-run" in words
    )
    return said


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_do_the_commands_work_in_their_order(guided, type_in, monkeypatch):
    """Only `gradescope-zip` is left to its own tests: it builds wheels."""
    notebooks, points = notebooks_of(guided), worth(guided)
    from_canvas(points)
    zipped(notebooks, in_canvas)
    collect, grade, export = lines(GUIDE.partition("## ")[0])
    assert "2 new" in type_in(collect)
    type_in([word for word in collect if word != "--dry-run"])
    type_in(grade)
    grade_by_hand(guided)
    assert "2 cells changed" in type_in(export)
    for words in lines(section("Canvas")):
        if "--push" in words:
            assert "2 of 2 students" in push(words, points, type_in, monkeypatch)
        else:
            assert "2 cells changed" in type_in(words)

    zipped(notebooks, in_moodle)
    moodle_worksheet({})
    *alone, for_groups = lines(section("Moodle"))
    for words in alone:
        said = type_in(words)
    assert "2 grades written" in said and "2 feedback pages in the zip" in said
    zipped(notebooks, in_a_group_of_moodle)
    moodle_worksheet(GROUPS)
    assert "one for each group, 2 students in all" in type_in(for_groups)

    items = {"42": ("Week 6", points)}
    Path("export.csv").write_bytes(Brightspace(dict(items), dict(PEOPLE)).export())
    Path("gc_download.xls").write_bytes(Blackboard(dict(items), dict(PEOPLE)).export())
    for words in lines(section("Brightspace and Blackboard")):
        said = type_in(words)
        assert words[0] == "feedback" or "2 grades written" in said
    for title in ("Any other LMS", "What the class misunderstood"):
        for words in lines(section(title)):
            type_in(words)
    assert type_in(["export", "gradescope", "week06"]).startswith("Wrote ")
