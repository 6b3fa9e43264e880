"""The command line in this process, which has imported what a new one would import first.

Only what is killed, stopped or denied rights needs a process of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from typer.testing import CliRunner

from autograder.cli.main import app


def autograder(root: Path, *words: str, codes: Collection[int] = (0, 3)) -> str:
    """Run a command in a course.

    Args:
        root: the course directory.
        words: the command, its arguments and its options.
        codes: the exit codes that it may end with.

    Returns:
        What it printed, errors too.
    """
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words, "--course", str(root)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code in codes, done.output
    return done.output
