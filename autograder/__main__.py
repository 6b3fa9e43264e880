"""`autograder` and `python -m autograder`: the command line, where it is installed."""

from __future__ import annotations

import sys

from autograder.light_imports import loading


def main() -> None:
    """Run a command; a student's light install says what it lacks."""
    try:
        with loading():
            from autograder.cli.main import main as run
    except ModuleNotFoundError as missing:
        sys.exit(
            f"autograder: the command line needs {missing.name}, which is not installed; "
            "run pip install with the `grading` extra. In a notebook, check(...) works without it."
        )
    run()


if __name__ == "__main__":
    main()
