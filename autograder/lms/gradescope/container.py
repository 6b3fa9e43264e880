"""Runs in Gradescope's container and grades one submission into results.json.

    python -m autograder.lms.gradescope.container /autograder

The zip's `private` folder holds the hidden values and the solutions. Only root may read it, and the
submission runs as a user who owns nothing. If anything fails, results.json says so.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError
from autograder.lms.gradescope import results_json
from autograder.output.files import write_whole

if TYPE_CHECKING:
    from autograder.intake.find import Wanted

PRIVATE = Path("source", "private")
SETTINGS = "settings.json"
WEEKS = "weeks"
RELEASED, SOLVED, VALUES, OWN = "released.ipynb", "solved.ipynb", "values.npz", "earlier_weeks.py"
_LIMIT_FILES = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
SMALLEST_CONTAINER = 768 * 2**20
"""Gradescope's default."""


def main(folder: Path) -> None:
    """Grade folder/submission into folder/results/results.json."""
    try:
        written = grade(folder)
    except AutograderError as error:
        written = _failed(str(error), type(error).__name__)
    except MemoryError:
        written = _failed("the container ran out of memory", "MemoryError")
    except Exception as error:
        written = _failed(f"{type(error).__name__}: {error}", type(error).__name__)
    write(folder / "results" / "results.json", written)


def grade(folder: Path) -> dict[str, Any]:
    """Grade the submission in folder/submission.

    Args:
        folder: laid out as Gradescope's /autograder.

    Raises:
        AutograderError: if the grader itself fails.
    """
    from autograder.dispatch.local import persistently
    from autograder.grading import pipeline
    from autograder.intake.find import Wanted
    from autograder.records import Submission
    from autograder.sandbox.session import Sandbox

    metadata = folder / "submission_metadata.json"
    about = results_json.read_metadata(metadata)
    _keep_from_others(folder, metadata)
    assignment = load(folder / PRIVATE)
    limits = replace(assignment.limits(), memory=submission_memory(container_memory()))
    week = assignment.week
    wanted = Wanted(week.stem, week.name, assignment.cell_names)
    path = find_notebook(folder / "submission", wanted)
    submission = Submission("", week.name, path)
    with Sandbox(isolation(), limits, assignment.libraries) as sandbox:
        report = persistently(
            lambda each, sandbox: pipeline.grade(each, assignment, sandbox), submission, sandbox
        )
    by_hand = {name: written.points for name, written in week.written.items()}
    return results_json.results(report, about, by_hand)


def load(private: Path) -> Any:
    """Load the assignment from the zip's private folder.

    Raises:
        AutograderError: if the folder is incomplete or of another version.
    """
    from autograder.grading.assignment import Assignment
    from autograder.intake.read import read_notebook
    from autograder.questions import catalogue

    catalogue.use(private / WEEKS)
    try:
        settings = json.loads((private / SETTINGS).read_text(encoding="utf-8"))
        stem, secret = settings["assignment"], bytes.fromhex(settings["secret"])
        not_as_asked = float(settings["not_as_asked"])
        decided = dict(settings["decided"])
        own = private / OWN
        own_text = own.read_text(encoding="utf-8") if own.is_file() else ""
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AutograderError(
            f"{private} is incomplete ({error}). Next: build the zip again"
        ) from None
    return Assignment(
        catalogue.week(stem),
        read_notebook(private / RELEASED),
        read_notebook(private / SOLVED),
        secret,
        own=own_text,
        carried=private / VALUES,
        not_as_asked=not_as_asked,
        decided=decided,
    )


def find_notebook(folder: Path, wanted: Wanted) -> Path:
    """The assignment's notebook among the submitted files, or the folder if it is unclear."""
    from autograder.intake.file_names import is_notebook, notebook_stem
    from autograder.intake.find import notebook_in
    from autograder.intake.week_of import fault_of_file

    # A link could point to a file that is not the student's.
    found = sorted(
        path
        for path in folder.rglob("*")
        if is_notebook(path.name)
        and path.is_file()
        and not path.is_symlink()
        and not any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)
    )
    named = [path for path in found if notebook_stem(path.name) == wanted.assignment]
    # `week06 (1).ipynb` is what a browser makes of a second download.
    like = [path for path in found if path.stem.startswith(wanted.week)]
    for choice in (named, like):
        if len(choice) == 1 and not fault_of_file(choice[0], wanted.week, wanted.names):
            return choice[0]
    chosen = notebook_in(folder, wanted)
    if fault_of_file(chosen, wanted.week, wanted.names):
        return next(iter((*named, *like)), chosen)
    return chosen


def isolation() -> str:
    """The strongest isolation that this container allows."""
    from autograder.sandbox.mounts import isolation_available

    if isolation_available() == "bubblewrap":
        return "bubblewrap"
    return "user" if os.geteuid() == 0 else "process"


def container_memory() -> int:
    """The bytes that this container may use; Gradescope's smallest if no limit is found."""
    for path in _LIMIT_FILES:
        try:
            limit = int(path.read_text())
        except (OSError, ValueError):
            continue
        if limit < 2**40:
            return limit
    return SMALLEST_CONTAINER


def submission_memory(container: int) -> int:
    """The bytes that a submission may use; the grader itself needs about 250 MiB."""
    return min(2 * 2**30, max(256 * 2**20, container - 384 * 2**20))


def write(path: Path, written: dict[str, Any]) -> None:
    """Write results.json atomically, as JSON that every reader accepts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(written, indent=1, allow_nan=False).encode(), 0o644)


def _failed(reason: str, kind: str) -> dict[str, Any]:
    return results_json.failure(
        f"The autograder could not grade this submission: {reason}. The notebook is not at fault. "
        "Next: submit again; if that fails too, tell the instructor.",
        [kind],
    )


def _keep_from_others(folder: Path, metadata: Path) -> None:
    """Take all access to the grader's files from the user that runs the submission."""
    if os.geteuid() != 0:
        return
    for path, mode in (
        (folder / PRIVATE, 0o700),
        (folder / "source", 0o700),
        (metadata, 0o600),
        (folder / "results", 0o755),
    ):
        if path.exists():
            path.chmod(mode)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
