"""`course.toml`: what an instructor says about a course, in one file that a person can read.

Every key may be left out. An unknown key, or a value that cannot be used, is refused with its line
and what is expected there, so that no setting is silently without effect.
"""

from __future__ import annotations

import math
import re
import tomllib
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from autograder.course.service_settings import EXAMPLE as SERVICE_EXAMPLE
from autograder.course.service_settings import ServiceSettings, Unusable, read_service
from autograder.errors import CourseError
from autograder.output.did_you_mean import hint
from autograder.output.files import is_shared

FILE = "course.toml"

EXAMPLE = f"""\
# The course, as its instructor wants it. A line without its leading # counts.

# title = "Neural Networks from Scratch"

# The weeks that count, in their order; without this line, every week that is released.
# weeks = ["week01", "week02", "week06"]

# The language of the lessons: a tag such as en, de or pt-BR.
# language = "en"

# The share of its points that an answer keeps whose values are right and whose form is not as
# asked, such as a kept axis: from 0 to 1.
# not_as_asked = 0.67

# The place whose clock the due dates below mean.
# timezone = "Europe/Berlin"

# What late work loses: "none" (nothing) or "zero" (all of its points).
# late = "zero"

# Where students can download the package that `autograder release` makes, for notebooks that lie
# alone, as in Colab. Put the newest one there after every release.
# package_url = "https://example.edu/nn_course_check.whl"

# [due]
# week01 = 2026-10-22T23:59:00
# week02 = 2026-10-29T23:59:00

# Questions that do not count: everyone keeps the share of the points that the other answers earn,
# or what the question itself earned if that is more.
# [drop]
# week06 = ["relu_backward"]

# Questions for which everyone who handed in gets all points.
# [full_credit]
# week06 = ["tanh_backward"]
{SERVICE_EXAMPLE}"""

NOTHING: Mapping[str, datetime] = MappingProxyType({})
NO_QUESTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WEEK = re.compile(r"week\d\d", re.ASCII)
_LATE = ("none", "zero")


@dataclass(frozen=True)
class Settings:
    """What `course.toml` says.

    Args:
        title: the course's name for people; empty if it is not given.
        weeks: the names of the weeks that count, in their order; empty for all.
        language: the language of the lessons, as in `<html lang="en">`.
        not_as_asked: the share of its points that is kept by what is right but not as asked; None
            for the grader's own.
        timezone: where the due dates are meant, such as "Europe/Berlin".
        late: what late work loses, by nbgrader's names; empty for what `nbgrader_config.py` says.
        package_url: where the students' package can be downloaded; empty for nowhere.
        due: when each week is due, in UTC, by the week's name.
        drop: questions that do not count, by the week's name (see `grading.decisions`).
        full_credit: questions for which everyone gets all points, by the week's name.
        service: what `autograder serve` needs to know.
    """

    title: str = ""
    weeks: tuple[str, ...] = ()
    language: str = "en"
    not_as_asked: float | None = None
    timezone: str = ""
    late: str = ""
    package_url: str = ""
    due: Mapping[str, datetime] = field(default_factory=lambda: NOTHING)
    drop: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_QUESTIONS)
    full_credit: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_QUESTIONS)
    service: ServiceSettings = field(default_factory=ServiceSettings)

    def counts(self, week: str) -> bool:
        """Whether a week, such as "week06", is one of the course's."""
        return not self.weeks or week in self.weeks

    def counted(self, stems: Sequence[str]) -> list[str]:
        """Those of the weeks that count, such as week06_backpropagation, in the course's order."""
        if not self.weeks:
            return list(stems)
        by_name = {stem[:6]: stem for stem in stems}
        return [by_name[name] for name in self.weeks if name in by_name]


def read_settings(root: Path) -> Settings:
    """The settings of a course directory; a course without the file has the usual ones.

    Raises:
        CourseError: when the file cannot be read, or a key or value in it cannot be used.
    """
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}; it should be a UTF-8 text") from None
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} cannot be read: {error}; see https://toml.io") from None
    found = {name: _value(path, text, name, value) for name, value in given.items()}
    if "due" in found:
        found["due"] = _in_utc(path, text, found["due"], found.get("timezone", ""))
    settings = Settings(**found)
    for week in settings.due:
        if not settings.counts(week):
            raise CourseError(
                f"{path}, line {_line(text, 'due', week)}: {week} is due, but it is not among the "
                "weeks; add it there, or delete this line"
            )
    return settings


def configure(config: Any, root: Path) -> None:
    """Pass on to nbgrader what its own commands need to know.

    Args:
        config: nbgrader's settings, a traitlets Config.
        root: the course directory.
    """
    found = read_settings(root)
    if is_shared(root):
        config.CourseDirectory.groupshared = True
    if found.late:
        config.LateSubmissionPlugin.penalty_method = found.late
    if found.language != "en":
        config.HTMLExporter.language_code = found.language


def _value(path: Path, text: str, name: str, value: Any) -> Any:
    if name not in _READERS:
        known = f"the keys are {', '.join(_READERS)}"
        raise CourseError(
            f"{path}, line {_line(text, name)}: there is no setting {name!r}"
            f"{hint(name, _READERS) or '.'} Expected: {known}"
        )
    try:
        return _READERS[name](value)
    except Unusable as error:
        line = _line(text, *([name, error.key] if error.key else [name]))
        shown = f"{name}.{error.key}" if error.key else name
        raise CourseError(f"{path}, line {line}: {shown} is {error.value!r}; {error}") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unusable('some words in quotes, such as "Neural Networks"', value)
    return value.strip()


def _weeks(value: Any) -> tuple[str, ...]:
    expected = 'week names in their order, each once, such as ["week01", "week02"]'
    if not isinstance(value, list) or not value or len(set(map(repr, value))) < len(value):
        raise Unusable(expected, value)
    for name in value:
        if not isinstance(name, str) or not _WEEK.fullmatch(name):
            raise Unusable(expected, name)
        _refuse_unknown(name, "a week of this course", name)
    return tuple(value)


def _language(value: Any) -> str:
    if not isinstance(value, str) or not _TAG.fullmatch(value):
        raise Unusable('a language tag such as "en", "de" or "pt-BR"', value)
    return value


def _share(value: Any) -> float:
    right = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not right or not 0 <= value <= 1:
        raise Unusable("a number from 0 to 1, such as 0.67", value)
    return float(value)


def _timezone(value: Any) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        known = zoneinfo.available_timezones()
        if not known:
            raise Unusable(
                "offsets such as 2026-10-22T23:59:00+02:00 in place of a time zone, since this "
                "machine knows none; or run `pip install tzdata`",
                value,
            ) from None
        nearest = hint(str(value), known).removeprefix("; ")
        words = f'a time zone such as "Europe/Berlin"{f" ({nearest})" if nearest else ""}'
        raise Unusable(words, value) from None
    return str(value)


def _late(value: Any) -> str:
    if value not in _LATE:
        raise Unusable('"none" (late work loses nothing) or "zero" (it scores nothing)', value)
    return str(value)


def _url(value: Any) -> str:
    parts = urlsplit(value) if isinstance(value, str) else None
    if not (parts and parts.scheme == "https" and parts.netloc and value.isprintable()):
        raise Unusable('an address such as "https://example.edu/nn_course_check.whl"', value)
    return str(value)


def _due(value: Any) -> dict[str, datetime]:
    if not isinstance(value, dict):
        raise Unusable("a section [due] with a line for each week", value)
    for name, when in value.items():
        if not _WEEK.fullmatch(name):
            raise Unusable("a week's name before the =, such as week06", name, name)
        _refuse_unknown(name, "the name of a week of this course before the =", name)
        if not isinstance(when, datetime):
            shown = when.isoformat() if isinstance(when, date) else when
            raise Unusable("a day and a time, such as 2026-10-22T23:59:00", shown, name)
    return value


def _questions(value: Any) -> Mapping[str, tuple[str, ...]]:
    expected = 'a line for each week, such as week06 = ["relu_backward"]'
    if not isinstance(value, dict):
        raise Unusable(expected, value)
    for week, names in value.items():
        if not _WEEK.fullmatch(week):
            raise Unusable("a week's name before the =, such as week06", week, week)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Unusable(expected, names, week)
    return MappingProxyType({week: tuple(names) for week, names in value.items()})


def _refuse_unknown(week: str, expected: str, key: str) -> None:
    # Imported here: it loads NumPy, which nbgrader's own commands need not wait for.
    from autograder.questions import catalogue

    known = [stem[:6] for stem in catalogue.stems()]
    if week not in known:
        raise Unusable(f"{expected}{hint(week, known) or ': ' + ', '.join(known)}", week, key)


def _in_utc(path: Path, text: str, due: dict[str, datetime], zone: str) -> Mapping[str, datetime]:
    found = {}
    for week, when in due.items():
        if when.tzinfo is None and not zone:
            raise CourseError(
                f"{path}, line {_line(text, 'due', week)}: {week} is due at {when.isoformat()}, "
                'but in no time zone; add a line such as timezone = "Europe/Berlin" at the top of '
                f"the file, or write {when.isoformat()}+01:00"
            )
        local = when if when.tzinfo else when.replace(tzinfo=zoneinfo.ZoneInfo(zone))
        found[week] = local.astimezone(UTC)
    return MappingProxyType(found)


def _line(text: str, *keys: str) -> int:
    """The line of a key, or of the value that was written as one; 1 if it is not found."""
    lines = text.splitlines()
    place = 0
    for key in keys:
        named = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
        for number, line in enumerate(lines[place:], place):
            if named.match(line):
                place = number
                break
    return place + 1


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "title": _text,
    "weeks": _weeks,
    "language": _language,
    "not_as_asked": _share,
    "timezone": _timezone,
    "late": _late,
    "package_url": _url,
    "due": _due,
    "drop": _questions,
    "full_credit": _questions,
    "service": read_service,
}
