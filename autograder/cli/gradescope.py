"""`autograder gradescope-zip WEEK`: build the zip to upload to Gradescope."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.cli.display import screen


def register(app: typer.Typer) -> None:
    """Add `gradescope-zip` to the command line."""
    app.command("gradescope-zip")(_gradescope_zip)


def _gradescope_zip(
    week: Annotated[str, typer.Argument(help="Such as week06 or 6.")],
    course: Annotated[Path, typer.Option("--course", help="The course directory.")] = Path("."),
    output: Annotated[
        Path | None, typer.Option(help="The zip to write; gradescope-WEEK.zip by default.")
    ] = None,
) -> None:
    """Build the zip to upload to Gradescope, which then installs it and grades there."""
    from autograder.course import directory as courses
    from autograder.lms.gradescope import build_zip

    opened = courses.load(course)
    with screen.status("Building the zip"):
        made = build_zip.build(opened, week, output)
    for line in build_zip.about(made):
        screen.print(escape(line), highlight=False, soft_wrap=True)
