"""`nnfs`, the students' command: `nnfs check FILE`, `nnfs explain MISTAKE`.

It takes no more than `check` in a notebook does, so it is there with the students' package alone.
A notebook is run here from top to bottom in a process that knows nothing of earlier runs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import autograder
from autograder.answer import last_line
from autograder.check import verdict_on
from autograder.errors import AutograderError, UnreadableNotebook
from autograder.notebook import TRIED
from autograder.records import Outcome, Verdict
from autograder.student.explain import explained
from autograder.student.listing import Listing
from autograder.student.notebook_file import CodeCell, NotebookFile, read

FAILED = 1
INCOMPLETE = 3
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code: 0 if nothing is missing, 1 for an error, 3 if something is missing, 130 after
        Ctrl-C. Wrong usage exits with 2.
    """
    given = _parser().parse_args(arguments)
    try:
        if given.command == "explain":
            print(explained(given.mistake))
            return 0
        listing = check_file(Path(given.file))
    except AutograderError as error:
        print(f"nnfs: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("nnfs: stopped before the notebook came to its end", file=sys.stderr)
        return INTERRUPTED
    for verdict in listing.verdicts:
        if verdict.attempted and not verdict.right:
            print(verdict.message, end="\n\n")
    print(listing)
    return 0 if listing.complete else INCOMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnfs", description="Neural Networks from Scratch: your notebook before you hand it in"
    )
    parser.add_argument("--version", action="version", version=f"nnfs {autograder.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="run a notebook from top to bottom and list what is missing"
    )
    check.add_argument("file", metavar="FILE", help="your notebook, such as week06.ipynb")
    explain = commands.add_parser("explain", help="say what is behind a mistake that a check names")
    explain.add_argument("mistake", metavar="MISTAKE", help="its name, as a check shows it")
    return parser


def check_file(path: Path) -> Listing:
    """Run a notebook's cells, judge every question that it checks, and list what is missing.

    Args:
        path: a student's notebook.

    Raises:
        UnreadableNotebook: when the file is none, or checks nothing.
    """
    file = _opened(path)
    namespace, raised = _run(file, path.parent)
    verdicts = [_verdict(name, namespace) for name in file.checks]
    never = [each for each in file.cells if each.source.strip() and not each.ran]
    return Listing(file.name, verdicts, not_run=never, raised=raised)


def _opened(path: Path) -> NotebookFile:
    try:
        found = read(path)
    except OSError as error:
        raise UnreadableNotebook(f"{path} cannot be opened: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UnreadableNotebook(
            f"expected a notebook, received {path}, which is none; save it as .ipynb"
        ) from None
    if not found.checks:
        raise UnreadableNotebook(
            f"expected a notebook of the course, received {path}, which has no check; "
            "take the one that you were given and write your answers into it"
        )
    return found


def _verdict(name: str, namespace: dict[str, Any]) -> Verdict:
    try:
        return verdict_on(name, namespace)
    except AutograderError as error:
        return Verdict(name, 0.0, 0.0, Outcome.MISSING, f"{name}\n{error}")


def _run(file: NotebookFile, folder: Path) -> tuple[dict[str, Any], dict[int, str]]:
    """Run every cell where the notebook lies, without its output.

    Returns:
        The notebook's variables, and for each cell that raised, the last line of its traceback.
    """
    os.environ["MPLBACKEND"] = "agg"
    os.environ[TRIED] = "1"
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    raised = {}
    with contextlib.chdir(folder), _quiet():
        sys.path.insert(0, "")
        for cell in file.cells:
            if error := _error_of(shell, cell):
                raised[cell.number] = error
    return shell.user_ns, raised


def _error_of(shell: Any, cell: CodeCell) -> str:
    if not cell.source.strip():
        return ""
    result = shell.run_cell(cell.source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    if isinstance(error, KeyboardInterrupt):
        raise error
    if error is None or isinstance(error, NotImplementedError):
        # A stub, which is counted as not attempted.
        return ""
    return last_line(error)


@contextlib.contextmanager
def _quiet() -> Any:
    """Keep what cells show off the screen, and let nothing wait for the keyboard."""
    kept = sys.stdin
    sys.stdin = io.StringIO()
    try:
        nowhere = io.StringIO()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            yield
    finally:
        sys.stdin = kept


def run() -> None:
    """The entry point of `nnfs`."""
    sys.exit(main())
