"""`autograder report`: what a class misunderstood, as one page with its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.display import screen


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    week: Annotated[str, typer.Argument(help="The week, such as week06 or 6.")],
    course: Annotated[Path, typer.Option("--course", help="The course directory.")] = Path("."),
    output: Annotated[
        Path | None, typer.Option(help="The HTML file to write; its tables are written next to it.")
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Replace all names and ids by numbers.")
    ] = False,
    similarity: Annotated[
        bool,
        typer.Option(
            "--similarity", help="List pairs of submissions that share something unusual."
        ),
    ] = False,
) -> None:
    """Report what the class misunderstood: one page, and its numbers as CSV and JSON."""
    from autograder.course import directory as courses
    from autograder.feedback.report.write import write_report
    from autograder.questions import catalogue

    opened = courses.load(course)
    found = catalogue.week(week)
    with screen.status("Writing the report"):
        page, *tables = write_report(
            opened, found, output, anonymous=anonymous, similarity=similarity
        )
    screen.print(f"Report: {page}", soft_wrap=True, highlight=False, markup=False)
    screen.print(
        f"Tables: {', '.join(path.name for path in tables)}",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
