"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CourseOption = Annotated[Path, typer.Option("--course", help="The course directory.")]
IsolationOption = Annotated[
    str,
    typer.Option(help="`bubblewrap`, or `process`: process limits only, without a sandbox."),
]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers", "-j", help="Number of sandboxes (0: choose from cores and class size)."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of a table.")
]
