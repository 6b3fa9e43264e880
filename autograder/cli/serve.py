"""`autograder serve`: the web service to which students submit from the LMS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import CourseOption, IsolationOption, WorkersOption
from autograder.errors import CourseError


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(serve)


def serve(
    course: CourseOption = Path("."),
    host: Annotated[
        str, typer.Option(help="Where to listen; a proxy in front does TLS (docs/lti.md).")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.")] = 8000,
    address: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="What browsers and the LMS call the service (default: address in course.toml).",
        ),
    ] = "",
    workers: WorkersOption = 0,
    isolation: IsolationOption = "bubblewrap",
    cluster: Annotated[
        str, typer.Option(help="A Dask scheduler, such as tls://host:8786, or local:4.")
    ] = "",
) -> None:
    """Let students submit from the LMS, grade at once, and send the grades back (docs/lti.md)."""
    from autograder.course import directory as courses

    try:
        from autograder.service import run
        from autograder.service.worker import How
    except ModuleNotFoundError as missing:
        raise CourseError(
            f"`autograder serve` needs {missing.name}, which is not installed; run pip install "
            "with the extras `grading,serve`"
        ) from None
    run.serve(courses.load(course), host, port, address, How(isolation, workers, cluster))
