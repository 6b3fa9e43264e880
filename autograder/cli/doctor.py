"""`autograder doctor`: what this machine and this course give, and what is missing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

SOMETHING_MISSING = 3


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(doctor)


def doctor(
    course: Annotated[
        Path | None, typer.Option(help="A course directory; this one where it is one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what isolation this machine gives, what is installed, and who can read the course.

    Exit code 3 says that something is missing; its line has the next step.
    """
    from rich.markup import escape

    from autograder.cli.display import screen
    from autograder.cli.doctor_checks import examine
    from autograder.course.directory import CONFIG_FILE

    here = Path(".")
    root = course or (here if (here / CONFIG_FILE).is_file() else None)
    findings = examine(root)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        for finding in findings:
            mark = "ok     " if finding.good else "missing"
            line = f"{mark}  {finding.what}: {finding.found}"
            screen.print(escape(line), highlight=False, soft_wrap=True)
            if finding.next_step:
                screen.print(escape(f"         Next: {finding.next_step}"), soft_wrap=True)
    if not all(finding.good for finding in findings):
        raise typer.Exit(SOMETHING_MISSING)
