"""Detect which platform a source comes from, and list what was handed in.

The platform is the one whose parser in `platforms` explains every notebook. If none does, the
source is a plain folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from autograder.errors import UnusableSource
from autograder.intake.collect import moodle
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, work_time
from autograder.intake.collect.platforms import LISTING, PARSERS
from autograder.intake.file_names import is_notebook

_ONE_DOWNLOAD = timedelta(hours=1)
_CLOCKS_DIFFER = timedelta(minutes=10)
# These platforms write down when something was handed in.
SAY_TIMES = ("gradescope", "nbgrader")
_NO_ZONE = (
    "The times in the archive are local times of an unknown time zone, so they are not used as "
    "submission times, or for late penalties. Next: collect again with the zone of the server that "
    "wrote the archive, such as --timezone Europe/Berlin."
)
_ASSUMED = (
    "The archive names no time zone; its times were read as those of {}, which course.toml has. "
    "Next: give another one with --timezone if the server that wrote it is elsewhere."
)
_DOWNLOADED = (
    "All files are from the same hour, which is probably when they were downloaded. So their times "
    "are not used as submission times, or for late penalties."
)
_LATE_SINCE = (
    " The platform marks {} as late and does not say since when, so no late penalty is computed "
    "for them.{}"
)
_ASK_CANVAS = (
    " Next: collect again with --course-id and --assignment-id, and your token in CANVAS_TOKEN, so "
    "that Canvas is asked for the times; or set the penalties in formgrader."
)
_BY_HAND = " Next: set their penalties in formgrader."
# Folders that somebody has named by hand may look like these.
_DOUBTFUL = "ilias"
# These write local times into the names of files or folders.
_NAME_TIMES = ("blackboard", "brightspace")


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
    if _DOUBTFUL not in complete:
        candidates = [name for name in candidates if name != _DOUBTFUL]
    if not candidates:
        return "plain"
    # One student can name files and folders as another platform does, but not everybody's.
    sure = complete
    if len(complete) > 1:
        sure = [each for each in complete if _leads(each, complete, entries)]
    if len(sure) == 1:
        return sure[0]
    said = ", ".join(f"{name} ({len(explained[name])})" for name in candidates)
    raise UnusableSource(
        f"It is unclear which platform this is from. Of its {len(everything)} files some look like "
        f"{said}. Next: choose one of "
        + ", ".join(f"--from {name}" for name in [*candidates, "plain"])
    )


def _leads(kind: str, complete: Sequence[str], entries: Sequence[Entry]) -> bool:
    """Whether a platform's mark is where no student can have put it: outermost in every path."""
    if kind == "moodle":
        return all(len(e.path.parts) > 1 and moodle.is_folder(e.path.parts[0]) for e in entries)
    if kind == "gradescope" and not {"brightspace", _DOUBTFUL} & set(complete):
        return any(each.path.name == LISTING and len(each.path.parts) <= 2 for each in entries)
    return False


@dataclass(frozen=True)
class Times:
    """What is known of the times at which work was handed in.

    Attributes:
        known: whether the files' times are submission times.
        about: a sentence for the instructor, if there is something to know about them.
        in_future: the attempts whose stated time lies in the future, as the platform shows them.
    """

    known: bool
    about: str = ""
    in_future: tuple[str, ...] = ()


def settle_times(
    kind: str,
    found: Sequence[Attempt],
    zone: tzinfo | None = None,
    *,
    unpacked: bool = False,
    assumed: bool = False,
    confirmed: bool = False,
) -> tuple[list[Attempt], Times]:
    """Keep the times that are submission times, in UTC; drop the others.

    Canvas and Moodle may stamp each entry when they write the archive, and copying a folder stamps
    its files. So times that are all within an hour are probably those of the download; this is so
    for work that the platform marks as late, too, and when it was handed in is unknown.

    Args:
        kind: the platform. Gradescope and nbgrader write down when something was handed in.
        found: what was handed in.
        zone: of the local times in an archive; without it they are unknown.
        unpacked: whether the source is a folder. What an unpacked Moodle archive has are local
            times of the server that were read as this machine's.
        assumed: whether the zone is the course's, and not known to be the archive's.
        confirmed: whether another file of the platform's has the same times.

    Raises:
        UnusableSource: if a time lies in the future in this zone, which is a wrong one then.
    """
    if kind in SAY_TIMES:
        return _without_future(found, Times(True))
    if unpacked and kind == "moodle":
        found = [_each_entry(one, _as_local) for one in found]
    if kind == "canvas" and _of_one_hour(found):
        # Canvas stamps files when it writes the archive, so that no zone makes them known.
        return _unknown(kind, found, _DOWNLOADED)
    local = any(file.entry.local for one in found for file in one.files if file.entry.time)
    if zone:
        found = [_each_entry(one, lambda entry: entry.in_zone(zone)) for one in found]
        _refuse_future(found, zone)
    elif local:
        return _unknown(kind, found, _NO_ZONE)
    sure = confirmed or kind in _NAME_TIMES
    if any(one.time for one in found) and (sure or not _of_one_hour(found)):
        about = _ASSUMED.format(zone) if local and assumed else ""
        return _without_future(found, Times(True, about))
    return _unknown(kind, found, _DOWNLOADED)


def _of_one_hour(found: Sequence[Attempt]) -> bool:
    times = [one.time for one in found if one.time]
    return not times or max(times) - min(times) <= _ONE_DOWNLOAD


def _unknown(kind: str, found: Sequence[Attempt], reason: str) -> tuple[list[Attempt], Times]:
    about = reason + _about_late(kind, found)
    return [replace(one, time=None) for one in found], Times(False, about)


def _about_late(kind: str, found: Sequence[Attempt]) -> str:
    """A sentence on work of unknown time that is known to be late, which gets no penalty."""
    late = sum(one.late for one in found)
    if not late:
        return ""
    count = f"{late} submission{'s' * (late != 1)}"
    return _LATE_SINCE.format(count, _ASK_CANVAS if kind == "canvas" else _BY_HAND)


def _each_entry(attempt: Attempt, change: Callable[[Entry], Entry]) -> Attempt:
    files = tuple(replace(file, entry=change(file.entry)) for file in attempt.files)
    return replace(attempt, files=files, time=work_time(files))


def _as_local(entry: Entry) -> Entry:
    """An unpacked file with the time that its archive held, however this machine read it."""
    if entry.local or not entry.time:
        return entry
    return replace(entry, time=entry.time.astimezone().replace(tzinfo=UTC), local=True)


def _refuse_future(found: Sequence[Attempt], zone: tzinfo) -> None:
    newest = max((one.time for one in found if one.time), default=None)
    if newest and newest > datetime.now(UTC) + _CLOCKS_DIFFER:
        raise UnusableSource(
            f"In the time zone {zone}, the newest work was handed in at {newest:%Y-%m-%d %H:%M} "
            "UTC, which lies in the future. Nothing was collected. Next: give the zone of the "
            "server that wrote the archive, such as --timezone Europe/Berlin"
        )


def _without_future(found: Sequence[Attempt], times: Times) -> tuple[list[Attempt], Times]:
    limit = datetime.now(UTC) + _CLOCKS_DIFFER
    future = [one for one in found if one.time and one.time > limit]
    shown = tuple(person.shown for one in future for person in one.people)
    kept = [replace(one, time=None) if one in future else one for one in found]
    return kept, replace(times, in_future=shown)
