"""`autograder new question`: start a question from an example that already works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.cli.display import screen

_app = typer.Typer(help="Add to the course itself, in a checkout of its repository.")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.add_typer(_app, name="new")


@_app.callback()
def _new() -> None:
    pass


@_app.command()
def question(
    week: Annotated[str, typer.Argument(help="Such as week06 or 6.")],
    name: Annotated[str, typer.Argument(help="The function that students write, such as relu.")],
) -> None:
    """Write a question that works, and its cells in the week's lesson, for you to edit."""
    from autograder.questions import catalogue
    from autograder.release.new_question import write_question

    found = catalogue.week(week)
    written = write_question(found, name)
    for line in (
        f"The question: {_short(written.file)}",
        f"Its cells in the lesson: {_short(written.lesson)}, line {written.line}",
        "Next: edit both (they contain an example that works, worth 0 points), and run",
        f"  make references assignments WEEK={found.name}",
        "  UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest -q tests/laws tests/judging "
        f'-k "{found.name} or {name}"',
    ):
        screen.print(escape(line), soft_wrap=True, highlight=False)


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
