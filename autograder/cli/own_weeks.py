"""`autograder adapt` and `autograder validate`: weeks of the course's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.cli.display import screen

CourseOption = Annotated[Path, typer.Option("--course", help="The course directory.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(adapt)


def adapt(
    week: Annotated[str, typer.Argument(help="The week, such as week06 or 6.")],
    course: CourseOption = Path("."),
) -> None:
    """Copy a week of the package into the course, where you can change all of it."""
    from autograder.course import directory as courses
    from autograder.course import own_weeks

    opened = courses.load(course)
    made = own_weeks.adapt(opened.root, week)
    _say(f"Copied {made.name}, {made.title}, to {made.folder}.")
    _say("From now on the course takes this week from there:")
    _say("  lesson.py: the lesson, with the solutions")
    _say("  __init__.py: its title, which questions it has and in which order, written questions")
    _say("  the other files: the questions, with their points, cases and mistakes")
    _say(f"Next: edit them, and run `autograder validate {made.name}`")


def _say(line: str) -> None:
    screen.print(escape(line), soft_wrap=True, highlight=False)
