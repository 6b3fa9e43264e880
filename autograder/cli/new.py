"""`autograder new week` and `new question`: start from an example that already works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.cli.display import screen

if TYPE_CHECKING:
    from autograder.questions.catalogue import Week
    from autograder.release.new_question import NewQuestion

CourseOption = Annotated[Path, typer.Option("--course", help="The course directory.")]

_app = typer.Typer(help="Start a week of your own, or a question.")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.add_typer(_app, name="new")


@_app.callback()
def _new() -> None:
    pass


@_app.command()
def week(
    name: Annotated[str, typer.Argument(help="Its number and topic: week16_convolution.")],
    title: Annotated[str, typer.Option(help="Its title; made from the name by default.")] = "",
    course: CourseOption = Path("."),
) -> None:
    """Write a week of the course's own: a lesson and two questions that work, to be edited."""
    from autograder.course import directory as courses
    from autograder.release.new_week import write_week

    opened = courses.load(course)
    made = write_week(opened.root, name, title)
    _say(f"{made.name}, {made.title}: {_short(made.folder)}")
    for file, what in (
        ("lesson.py", "the lesson with its solutions"),
        ("__init__.py", "title, order of the questions, written questions"),
        *((f"{part}.py", "a question: its points, cases and mistakes") for part in made.questions),
    ):
        _say(f"  {file}: {what}")
    _say("Next: edit them, and run")
    _say(f"  autograder validate {made.name}")
    _say(f"  autograder release {made.name}")


@_app.command()
def question(
    week: Annotated[str, typer.Argument(help="Such as week06 or 6.")],
    name: Annotated[str, typer.Argument(help="The function that students write, such as relu.")],
    course: CourseOption = Path("."),
) -> None:
    """Write a question that works, and its cells in the week's lesson, to be edited."""
    from autograder.course import directory as courses
    from autograder.errors import CourseError
    from autograder.questions import catalogue
    from autograder.release.new_question import write_question

    courses.use_weeks(course)
    found = catalogue.week(week)
    if courses.is_course(course) and not found.own:
        raise CourseError(
            f"{found.name} is the package's: first run `autograder adapt {found.name}`, then this "
            "command again"
        )
    _tell(write_question(found, name), found, name)


def _tell(written: NewQuestion, week: Week, name: str) -> None:
    _say(f"The question: {_short(written.file)}")
    _say(f"Its cells in the lesson: {_short(written.lesson)}, line {written.line}")
    _say("Next: edit both (they contain an example that works, worth 0 points), and run")
    if week.own:
        _say(f"  autograder validate {week.name}")
        return
    _say(f"  make references assignments WEEK={week.name}")
    _say(
        "  UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest -q tests/laws tests/judging "
        f'-k "{week.name} or {name}"'
    )


def _say(line: str) -> None:
    screen.print(escape(line), soft_wrap=True, highlight=False)


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
