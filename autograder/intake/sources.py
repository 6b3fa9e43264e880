"""Whose are these files? Recognise what a platform exported, and sort its files into attempts.

Each platform is one function from the files to attempts; a source is recognised by the one
function that explains its notebooks. What none explains is a plain folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from autograder.errors import UnusableSource
from autograder.intake.archives import Entry

_ONE_DOWNLOAD = timedelta(hours=1)

_CANVAS = re.compile(
    r"(?:(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d+)|(?P<hidden_late>LATE_)?(?P<hidden>anon_[^\W_]+))"
    r"_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.DOTALL,
)
_MOODLE = re.compile(
    r"(?P<name>.*)_(?P<participant>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.+)|_?)", re.DOTALL
)
_INBOUND = re.compile(r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-[^+]+)(?:\+.*)?")
_GRADESCOPE = "submission_metadata.yml"
_TIMESTAMP = "timestamp.txt"
_OFFSET = re.compile(r" (?=[+-]\d\d:?(?:\d\d)?$)")
_COPY = re.compile(r"(?: ?\((\d+)\)|[-_ ](\d{1,2})|[-_ ][Cc]opy(\d*))$")


@dataclass(frozen=True)
class Claims:
    """What a platform says about who handed in; `shown` is how the instructor knows it there."""

    shown: str
    ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    lms_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    squeezed: bool = False
    """Names have lost their spaces and punctuation, as Canvas writes them."""


@dataclass(frozen=True)
class File:
    """One file of an attempt under the name that the student gave it.

    `order` is the platform's own running number, where it has one.
    """

    name: str
    entry: Entry
    order: int = 0


@dataclass(frozen=True)
class Attempt:
    """What one person, or one group, handed in at one time.

    `account` tells two people of the platform apart who have the same name. `time` is None where
    nothing says when it was handed in; `order` is then the platform's own running number.
    """

    claims: tuple[Claims, ...]
    files: tuple[File, ...]
    account: str = ""
    time: datetime | None = None
    order: int = 0
    late: bool = False


# Their mark is on every path; inside it a student may have built any folders.
_UNMISTAKABLE = ("gradescope", "moodle")

Parser = Callable[[Sequence[Entry], str, str], list[Attempt]]


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


def _canvas(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """One flat folder; Canvas writes who, whether late, and two numbers before the file's name."""
    grouped: dict[str, list[tuple[re.Match[str], Entry]]] = {}
    for entry in entries:
        if match := _CANVAS.fullmatch(entry.path.name):
            grouped.setdefault(match["user"] or match["hidden"], []).append((match, entry))
    return [_of_canvas(user, parts) for user, parts in grouped.items()]


def _of_canvas(user: str, parts: list[tuple[re.Match[str], Entry]]) -> Attempt:
    name = parts[0][0]["name"] or ""
    anonymous = user.startswith("anon_")
    claims = Claims(
        user if anonymous else f"{name} (Canvas user {user})",
        lms_ids=(user,),
        names=() if anonymous or not name else (name,),
        squeezed=True,
    )
    files = tuple(
        File(match["file"] or f"{match['entry']}.html", entry, int(match["attachment"] or 0))
        for match, entry in parts
    )
    return Attempt(
        (claims,),
        files,
        user,
        _newest(files),
        max(file.order for file in files),
        any(match["late"] or match["hidden_late"] for match, _ in parts),
    )


def _moodle(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """A folder a person, or a flat name; the number is the participant's, not the user's."""
    grouped: dict[str, tuple[str, list[File]]] = {}
    for entry in entries:
        for part in entry.path.parts:
            if match := _MOODLE.fullmatch(part):
                file = File(match["file"] or entry.path.name, entry)
                grouped.setdefault(match["participant"], (match["name"], []))[1].append(file)
                break
    # Group assignments put the group's name before every student's.
    in_groups = len(grouped) > 1 and all("-" in name for name, _ in grouped.values())
    found = []
    for participant, (name, files) in grouped.items():
        parts = name.split("-") if in_groups else [name]
        names = tuple("-".join(parts[start:]) for start in range(len(parts)))
        claims = Claims(f"{name} (participant {participant})", names=names)
        found.append(Attempt((claims,), tuple(files), participant, _newest(files)))
    return found


def _gradescope(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """A folder a submission, and one YAML file that says whose each one is."""
    listing = next((each for each in entries if each.path.name == _GRADESCOPE), None)
    if listing is None:
        return []
    grouped: dict[str, list[File]] = {}
    root = len(listing.path.parts) - 1
    for entry in entries:
        if (
            len(entry.path.parts) > root + 1
            and entry.path.parts[:root] == listing.path.parts[:root]
        ):
            grouped.setdefault(entry.path.parts[root], []).append(File(entry.path.name, entry))
    document = _yaml(listing)
    found = []
    for folder, files in grouped.items():
        about = document.get(folder)
        about = about if isinstance(about, dict) else {}
        submitters = about.get(":submitters")
        people = [
            _of_gradescope(person)
            for person in (submitters if isinstance(submitters, list) else [])
            if isinstance(person, dict)
        ]
        claims = tuple(people) or (Claims(folder),)
        found.append(Attempt(claims, tuple(files), folder, parse_time(about.get(":created_at"))))
    return found


def _of_gradescope(person: dict[Any, Any]) -> Claims:
    name, sid, email = (str(person.get(key) or "") for key in (":name", ":sid", ":email"))
    return Claims(
        f"{name or email or sid} (Gradescope)",
        ids=(sid,) if sid else (),
        emails=(email,) if email else (),
        lms_ids=(sid,) if sid else (),
        names=(name,) if name else (),
    )


def _yaml(listing: Entry) -> dict[Any, Any]:
    import yaml

    try:
        document = yaml.load(listing.read(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise UnusableSource(f"{listing.path} cannot be read: {reason}") from None
    return document if isinstance(document, dict) else {}


def _nbgrader(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """STUDENT/ASSIGNMENT/ as in submitted/, or the folders of an exchange's inbound."""
    grouped: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        folders = entry.path.parts[:-1]
        place = next((i for i, part in enumerate(folders) if _is_attempt(part, assignment)), None)
        if place is not None and (place > 0 or _INBOUND.fullmatch(folders[0])):
            grouped.setdefault(folders[: place + 1], []).append(entry)
    return [_of_nbgrader(folders, parts) for folders, parts in grouped.items()]


def _is_attempt(folder: str, assignment: str) -> bool:
    inbound = _INBOUND.fullmatch(folder)
    return inbound["assignment"] == assignment if inbound else folder == assignment


def _of_nbgrader(folders: tuple[str, ...], parts: list[Entry]) -> Attempt:
    inbound = _INBOUND.fullmatch(folders[-1])
    student = inbound["student"] if inbound else folders[-2]
    time = parse_time(inbound["time"]) if inbound else None
    for entry in parts:
        if entry.path.name == _TIMESTAMP and entry.size < 200:
            time = parse_time(entry.read().decode("utf-8", "replace").strip()) or time
    files = tuple(File(each.path.name, each) for each in parts if each.path.name != _TIMESTAMP)
    # Its folders are named by ids; nothing else says who it is.
    return Attempt((Claims(student, ids=(student,), emails=(student,)),), files, "", time)


def _plain(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """A folder a person, or files named by their people."""
    depth = _shared_depth(entries)
    grouped: dict[str, list[File]] = {}
    for entry in entries:
        inside = entry.path.parts[depth:]
        if len(inside) == 1 and entry.path.suffix != ".ipynb":
            continue
        who = inside[0] if len(inside) > 1 else entry.path.stem
        name = entry.path.name if len(inside) > 1 else f"{assignment}.ipynb"
        grouped.setdefault(who, []).append(File(name, entry))
    return [
        Attempt(
            (_of_plain(who, assignment, week),), tuple(files), "", _newest(files), copy_number(who)
        )
        for who, files in grouped.items()
    ]


def _shared_depth(entries: Sequence[Entry]) -> int:
    """How many folders merely wrap the students' own: a zip often holds one folder."""
    folders = [entry.path.parts[:-1] for entry in entries]
    depth = 0
    while all(len(parts) > depth + 1 for parts in folders) and (
        len({parts[depth] for parts in folders}) == 1
    ):
        depth += 1
    wraps_files = all(len(parts) > depth for parts in folders) and (
        len({parts[depth] for parts in folders}) == 1
    )
    # One folder of several flat files wraps them; one folder of one file is a person's.
    return depth + 1 if wraps_files and len(entries) > 1 and _are_people(entries) else depth


def _are_people(entries: Sequence[Entry]) -> bool:
    names = {base_name(entry.path.stem) for entry in entries if entry.path.suffix == ".ipynb"}
    return len(names) > 1


def _of_plain(who: str, assignment: str, week: str) -> Claims:
    pattern = rf"(?:^|[\s_.-])(?:{re.escape(assignment)}|{re.escape(week)})(?=$|[\s_.-])"
    bare = re.sub(pattern, " ", who, flags=re.IGNORECASE).strip(" _.-")
    # As it stands first: a student's id may well end in a number.
    forms = tuple(dict.fromkeys(form for form in (who, bare, base_name(bare)) if form))
    return Claims(who, ids=forms, emails=forms, lms_ids=forms, names=forms)


def base_name(stem: str) -> str:
    """A file's name without what a browser or platform adds to a copy: ` (1)`, `-2`."""
    return _COPY.sub("", stem)


def copy_number(stem: str) -> int:
    """The number in what was added, 0 for an original."""
    match = _COPY.search(stem)
    return int(next((number for number in match.groups() if number), "1")) if match else 0


def parse_time(said: Any) -> datetime | None:
    """A platform's own time in UTC, or None when it cannot be understood."""
    from nbgrader.utils import parse_utc

    try:
        if isinstance(said, str) and (exact := _OFFSET.sub("", said)) != said:
            # nbgrader reads +0200 as 200 seconds.
            said = datetime.fromisoformat(exact)
        time = parse_utc(said) if isinstance(said, (str, datetime)) else None
    except (ValueError, OverflowError):
        return None
    return time.replace(tzinfo=UTC) if time else None


def _newest(files: Sequence[File]) -> datetime | None:
    """The files' own times; `without_download_times` says whether they can be believed."""
    return max((file.entry.time for file in files if file.entry.time), default=None)


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


PARSERS: dict[str, Parser] = {
    "gradescope": _gradescope,
    "moodle": _moodle,
    "canvas": _canvas,
    "nbgrader": _nbgrader,
    "plain": _plain,
}
