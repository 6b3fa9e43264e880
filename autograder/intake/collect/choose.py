"""Choose the assignment's notebook among a submission's files, even if it was renamed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from autograder.intake.collect.archives import MAX_FILE
from autograder.intake.collect.attempts import File, base_name, copy_number

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def notebook(
    files: Sequence[File], assignment: str, week: str, *, times: bool
) -> tuple[File | None, str]:
    """The notebook to grade, if there is one.

    Args:
        files: all files of the submission.
        assignment: name of the assignment, such as week06_backpropagation.
        week: such as week06.
        times: whether the files' times are submission times.

    Returns:
        The notebook and a note on other notebooks; or None and the reason.
    """
    notebooks = [file for file in files if file.name.lower().endswith(".ipynb")]
    if not files:
        return None, "has no files"
    if not notebooks:
        names = ", ".join(sorted({file.name for file in files})[:3])
        return None, f"has no notebook, only {names}{_about_archives(files)}"
    fitting = {file: _fits(file.name, assignment, week) for file in notebooks}
    best = [file for file, fit in fitting.items() if fit == max(fitting.values())]
    if len({_plain_name(file.name) for file in best}) > 1:
        names = ", ".join(sorted(file.name for file in best)[:4])
        return None, f"has {len(best)} notebooks, none with the assignment's name: {names}"
    chosen = newest(best, times=times)
    if chosen is None:
        return None, f"has {len(best)} notebooks called {best[0].name}, and none is the newest"
    if chosen.entry.size > MAX_FILE:
        size = chosen.entry.size / 2**20
        return None, f"{chosen.name} has {size:.0f} MB; at most {MAX_FILE / 2**20:.0f} are read"
    others = len(notebooks) - 1
    return chosen, f"and {others} other notebook{'s' * (others > 1)}" if others else ""


def beside(files: Sequence[File], name: str, *, times: bool) -> File | None:
    """The newest file with this name, numbered copies included."""
    return newest([file for file in files if _plain_name(file.name) == name], times=times)


def newest(files: Sequence[File], *, times: bool) -> File | None:
    """The newest file by the platform's number, time and copy number; None if two are equal."""

    def age(file: File) -> tuple[int, datetime, int]:
        time = file.entry.time if times and file.entry.time else _LONG_AGO
        return file.order, time, copy_number(PurePosixPath(file.name).stem)

    ordered = sorted(files, key=age)
    if not ordered or (len(ordered) > 1 and age(ordered[-1]) == age(ordered[-2])):
        return None
    return ordered[-1]


def _fits(name: str, assignment: str, week: str) -> int:
    plain = _plain_name(name).removesuffix(".ipynb")
    if plain in (assignment.lower(), week.lower()):
        return 2
    return int(week.lower() in plain)


def _plain_name(name: str) -> str:
    path = PurePosixPath(name.lower())
    # A copy of a copy has both suffixes.
    return base_name(base_name(path.stem)) + path.suffix


def _about_archives(files: Sequence[File]) -> str:
    archives = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
    if any(file.name.lower().endswith(archives) for file in files):
        return "; an archive inside a submission is not opened"
    return ""
