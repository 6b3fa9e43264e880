"""What is this source, and what was handed in there? Recognised from its content.

A source is what the one function of `platforms` takes it for that explains its notebooks; what
none explains is a plain folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from autograder.errors import UnusableSource
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt
from autograder.intake.collect.platforms import PARSERS

_ONE_DOWNLOAD = timedelta(hours=1)
# Their mark is on every path; inside it a student may have built any folders.
_UNMISTAKABLE = ("gradescope", "moodle")


def attempts(
    entries: Sequence[Entry], assignment: str, week: str, kind: str = ""
) -> tuple[str, list[Attempt]]:
    """The kind of source and everything handed in there.

    Args:
        entries: its files.
        assignment: name of the assignment and its notebook, such as week06_backpropagation.
        week: such as week06.
        kind: a name in `PARSERS`, or empty to find it out.

    Raises:
        UnusableSource: when it is empty, not of that kind, or could be of several kinds.
    """
    if not entries:
        raise UnusableSource("The source holds no files.")
    if kind and kind not in PARSERS:
        raise UnusableSource(f"There is no kind {kind!r}; choose one of {', '.join(PARSERS)}")
    kind = kind or _recognise(entries, assignment, week)
    found = PARSERS[kind](entries, assignment, week)
    if not found:
        raise UnusableSource(
            f"Nothing in the source is laid out as {kind} does it; first of its "
            f"{len(entries)} files: {entries[0].path}. Leave --from out to have it recognised."
        )
    return kind, found


def _recognise(entries: Sequence[Entry], assignment: str, week: str) -> str:
    notebooks = {str(each.path) for each in entries if each.path.suffix == ".ipynb"}
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
        # As deep as its own lie those of other assignments, which are known and left alone.
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
        f"It is not clear what this source is. Of its {len(everything)} files some look like "
        f"{said}. Say which it is: "
        + ", ".join(f"--from {name}" for name in [*candidates, "plain"])
    )


def without_download_times(kind: str, found: list[Attempt]) -> tuple[list[Attempt], bool]:
    """Take files' times for hand-in times only where they can be, and say whether they were.

    Canvas and Moodle may stamp each entry while they write the archive, and a copied folder is
    stamped while it is copied. So times that all lie within an hour say when that was done. Work
    that the platform itself calls late keeps the time: it was handed in no later.
    """
    if kind in ("gradescope", "nbgrader"):
        return found, True
    times = [attempt.time for attempt in found if attempt.time]
    if times and max(times) - min(times) > _ONE_DOWNLOAD:
        return found, True
    return [replace(each, time=each.time if each.late else None) for each in found], False
