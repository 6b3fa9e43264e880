"""Choose the assignment's notebook among a submission's files, even if it was renamed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from autograder.intake.collect.archives import MAX_FILE
from autograder.intake.collect.attempts import File, base_name, copy_number
from autograder.intake.file_names import is_checkpoint, is_notebook, notebook_stem
from autograder.intake.read import MAX_BYTES
from autograder.intake.week_of import fault, holds

_MOST_READ = 10
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def notebook(
    files: Sequence[File],
    assignment: str,
    week: str,
    *,
    times: bool,
    names: Collection[str] = (),
) -> tuple[File | None, str]:
    """The notebook to grade, if there is one.

    Args:
        files: all files of the submission.
        assignment: name of the assignment, such as week06_backpropagation.
        week: such as week06.
        times: whether the files' times are submission times.
        names: of the week's graded cells, which tell its notebook where file names do not.

    Returns:
        The notebook and a note on other notebooks; or None and the reason.
    """
    if not files:
        return None, "has no files"
    notebooks = [file for file in files if is_notebook(file.name)]
    notebooks = [file for file in notebooks if not is_checkpoint(file.name)] or notebooks
    if not notebooks:
        return _under_another_name(files, week, names)
    fitting = {file: _fits(file.name, assignment, week) for file in notebooks}
    best = [file for file, fit in fitting.items() if fit == max(fitting.values())]
    # Names that are all alike decide nothing, and a name may promise what the file does not hold.
    if len(notebooks) > 1 and (_differ(best) or _all_at_fault(best, week, names)):
        best = _of_the_week(notebooks, names) or best
    if _differ(best):
        shown = ", ".join(sorted(file.name for file in best)[:4])
        return None, f"has {len(best)} notebooks, none with the assignment's name: {shown}"
    chosen = newest(best, times=times)
    if chosen is None:
        return None, f"has {len(best)} notebooks called {best[0].name}, and none is the newest"
    if chosen.entry.size > MAX_FILE:
        size = chosen.entry.size / 2**20
        return None, f"{chosen.name} has {size:.0f} MB; at most {MAX_FILE / 2**20:.0f} are read"
    others = len(notebooks) - 1
    return chosen, f"and {others} other notebook{'s' * (others > 1)}" if others else ""


def _under_another_name(
    files: Sequence[File], week: str, names: Collection[str]
) -> tuple[File | None, str]:
    """The only file, if it is a notebook in spite of its name; or None and the reason."""
    # A link, which is not followed, has no size.
    alone = files[0] if len(files) == 1 and 0 < files[0].entry.size <= MAX_BYTES else None
    reason = fault(alone.entry.read(), week, names) if alone else ""
    if alone and not reason:
        return alone, ""
    shown = ", ".join(sorted({file.name for file in files})[:3])
    told = f": {reason}" if reason else ""
    return None, f"has no notebook, only {shown}{_about_archives(files)}{told}"


def _differ(files: Sequence[File]) -> bool:
    return len({_plain_name(file.name) for file in files}) > 1


def _all_at_fault(files: Sequence[File], week: str, names: Collection[str]) -> bool:
    return all(fault(read, week, names) for read in _contents(files).values())


def _of_the_week(files: Sequence[File], names: Collection[str]) -> list[File]:
    """The files that are known to be notebooks of the week."""
    return [file for file, read in _contents(files).items() if holds(read, names)]


def _contents(files: Sequence[File]) -> dict[File, bytes]:
    """The contents of the files, without those that are too large for a notebook."""
    some = files[:_MOST_READ]
    return {file: file.entry.read() for file in some if file.entry.size <= MAX_BYTES}


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
    if stem := notebook_stem(path.name):
        path = PurePosixPath(f"{stem}.ipynb")
    # A copy of a copy has both suffixes.
    return base_name(base_name(path.stem)) + path.suffix


def _about_archives(files: Sequence[File]) -> str:
    archives = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
    if any(file.name.lower().endswith(archives) for file in files):
        return "; an archive inside a submission is not opened"
    return ""
