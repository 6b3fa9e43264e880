"""The entry point of `autograder` and `python -m autograder`."""

from __future__ import annotations

import sys

from autograder.light_imports import loading


def main() -> None:
    """Run the command line; without the `grading` extra, say what is missing."""
    try:
        with loading():
            from autograder.cli.main import main as run
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        sys.exit(
            f"autograder: the command line needs {package}, which is not installed; "
            "run pip install with the `grading` extra. In a notebook, check(...) works without it."
        )
    run()


if __name__ == "__main__":
    main()
