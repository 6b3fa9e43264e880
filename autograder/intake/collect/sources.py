"""Detect which platform a source comes from, and list what was handed in.

The platform is the one whose parser in `platforms` explains every notebook. If none does, the
source is a plain folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from autograder.errors import UnusableSource
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt
from autograder.intake.collect.platforms import PARSERS
from autograder.intake.file_names import is_notebook

_ONE_DOWNLOAD = timedelta(hours=1)
# Their mark is in every path, whatever folders a student has made inside.
_UNMISTAKABLE = ("gradescope", "moodle")


def attempts(
    entries: Sequence[Entry], assignment: str, week: str, kind: str = ""
) -> tuple[str, list[Attempt]]:
    """The platform of a source and everything handed in there.

    Args:
        entries: the source's files.
        assignment: name of the assignment and its notebook, such as week06_backpropagation.
        week: such as week06.
        kind: a name in `PARSERS`; empty to detect it.

    Raises:
        UnusableSource: if it is empty, not of this kind, or could be of several.
    """
    if not entries:
        raise UnusableSource("The source contains no files.")
    if kind and kind not in PARSERS:
        raise UnusableSource(f"--from cannot be {kind!r}; choose one of {', '.join(PARSERS)}")
    kind = kind or _recognise(entries, assignment, week)
    found = PARSERS[kind](entries, assignment, week)
    if not found:
        raise UnusableSource(
            f"The source is not laid out like an export of {kind}; the first of its "
            f"{len(entries)} files is {entries[0].path}. Next: leave --from out to detect it."
        )
    return kind, found


def _recognise(entries: Sequence[Entry], assignment: str, week: str) -> str:
    notebooks = {str(each.path) for each in entries if is_notebook(each.path.name)}
    everything = notebooks or {str(each.path) for each in entries}
    explained = {
        name: {
            str(file.entry.path) for one in parse(entries, assignment, week) for file in one.files
        }
        & everything
        for name, parse in PARSERS.items()
        if name != "plain"
    }
    if own := explained["nbgrader"]:
        # Notebooks at the same depth belong to other assignments, which are ignored.
        depth = min(path.count("/") for path in own)
        own |= {path for path in everything if path.count("/") >= depth}
    candidates = [name for name, paths in explained.items() if paths]
    complete = [name for name in candidates if explained[name] == everything]
    if not candidates:
        return "plain"
    if complete and (len(candidates) == 1 or complete[0] in _UNMISTAKABLE):
        return complete[0]
    said = ", ".join(f"{name} ({len(explained[name])})" for name in candidates)
    raise UnusableSource(
        f"It is unclear which platform this is from. Of its {len(everything)} files some look like "
        f"{said}. Next: choose one of "
        + ", ".join(f"--from {name}" for name in [*candidates, "plain"])
    )


def without_download_times(kind: str, found: list[Attempt]) -> tuple[list[Attempt], bool]:
    """Drop times that are not submission times.

    Canvas and Moodle may stamp each entry when they write the archive, and copying a folder stamps
    its files. So times that are all within an hour are probably those of the download. Work that
    the platform marks as late keeps its time: it was handed in no later than that.

    Returns:
        The attempts, and whether their times are submission times.
    """
    if kind in ("gradescope", "nbgrader"):
        return found, True
    times = [attempt.time for attempt in found if attempt.time]
    if times and max(times) - min(times) > _ONE_DOWNLOAD:
        return found, True
    return [replace(each, time=each.time if each.late else None) for each in found], False
