"""Which column of an LMS's file holds a week's grades: the named one, or one that is sure.

A course has other columns beside the notebook's: attendance in week 6, a quiz on the same topic.
Grades in a wrong column are worse than none. So without `--column` a column is taken only if it
alone names the week or its topic, says nothing else, and is worth the same points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course.person import squeeze
from autograder.errors import CourseError
from autograder.lms.exporter import WeekGrades
from autograder.output.did_you_mean import nearest

_WEEK = re.compile(r"(?<![^\W\d_])(?:week|wk)[\W_]*0*(\d+)(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.,])0*(\d+)(?![\d.,]*\d)")
_WORD = re.compile(r"[^\W\d_]+|\d+")
# Words that say no more than that there is something to hand in.
_PLAIN = frozenset(
    {"assignment", "exercise", "exercises", "homework", "notebook", "the", "of", "and", "for", "in"}
)
# Words of a topic that any other title may have too.
_COMMON = frozenset(
    {"the", "and", "not", "one", "how", "what", "when", "where", "with", "from", "come", "here"}
    | {"start", "whole", "against"}
)
_SHORTEST, _STEM = 3, 6
"""Letters of the shortest word of a topic, and of the beginning that is enough of a longer one."""
# Titles are short, so even one that is only roughly similar may be meant.
_LIKE_A_TITLE, _LIKE_A_WORD = 0.3, 0.8
_SAME = 0.005
"""LMSs keep two decimals."""
_LISTED = 8


@dataclass(frozen=True)
class Item:
    """A column that holds the grades of one item.

    Attributes:
        column: its number.
        header: its whole title in the file.
        title: the item's name, without what the LMS adds to it.
        id: the LMS's own id for it; may be empty.
        points: what it is worth; None if the file does not say.
    """

    column: int
    header: str
    title: str
    id: str = ""
    points: float | None = None

    def __str__(self) -> str:
        worth = "" if self.points is None else f" ({self.points:g} points)"
        return f"{self.header!r}{worth}"


def grade_column(
    name: str, items: Sequence[Item], week: WeekGrades, wanted: str, kind: str
) -> Item:
    """The column for a week's grades.

    Args:
        name: of the file.
        items: the columns that can hold grades.
        week: the grades.
        wanted: the title or id of the column; empty to find it by the week.
        kind: what such a column is called, for the message.

    Raises:
        CourseError: if it is not certain which column is meant.
    """
    if wanted:
        return _named(name, items, wanted.strip(), kind)
    about = f"{week.week} ({week.title}, {week.max_points:g} points)"
    sure = [each for each in items if _names_week(each.title, week) or _has_topic(each, week)]
    likely = [each for each in items if each in sure or _on_topic(each, week)]
    if any(squeeze(each.title) == squeeze(week.title) for each in sure):
        # Titles of neighbouring weeks share words with this one.
        likely = sure
    if not likely:
        raise CourseError(f"{name} has no {kind} for {about}{_choices(items)}")
    doubt = _doubt(likely, items, week)
    if doubt:
        raise CourseError(
            f"{name}: it is uncertain which {kind} is for {about}: {doubt}. Nothing was written. "
            f"Next: name it with --column, by its id or whole title: "
            f"{' or '.join(repr(each.id or each.title) for each in likely)}"
        )
    return likely[0]


def _named(name: str, items: Sequence[Item], wanted: str, kind: str) -> Item:
    """The column of this id or title, in whatever case; the whole title, since others begin so."""
    folded = wanted.casefold()
    found = (
        [each for each in items if wanted in (each.header, each.title)]
        or [each for each in items if each.id and wanted == each.id]
        or [e for e in items if folded in (e.header.casefold(), e.title.casefold())]
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise CourseError(
            f"{name}: {wanted!r} matches {', '.join(repr(each.header) for each in found)}. "
            "Next: name one by its id or its whole title with --column"
        )
    raise CourseError(f"{name} has no {kind} {wanted!r}{_choices(items, wanted)}")


def _choices(items: Sequence[Item], wanted: str = "") -> str:
    next_step = (
        "Next: name one by its id or title with --column, or create it in the LMS and export again"
    )
    if not items:
        return f"; it has none at all. {next_step}"
    by_title = {each.title: each for each in items}
    like = nearest(wanted, by_title, 3, _LIKE_A_TITLE) if wanted else ()
    shown = [by_title[title] for title in like] or list(items)[:_LISTED]
    word = "most similar" if like else "it has"
    more = ", ..." if not like and len(items) > _LISTED else ""
    return f"; {word}: {', '.join(repr(each.header) for each in shown)}{more}. {next_step}"


def _doubt(likely: Sequence[Item], items: Sequence[Item], week: WeekGrades) -> str:
    """Why the first likely column may not be the one; empty if it is."""
    if len(likely) > 1:
        return f"{' and '.join(str(each) for each in likely)} all fit"
    (item,) = likely
    if more := _says_more(item.title, week):
        return f"{item.header!r} also says {' '.join(more)!r}"
    if item.points is None:
        return f"the file does not say what {item.header!r} is worth"
    if not _same_points(item, week):
        return f"{item.header!r} is worth {item.points:g} points"
    rivals = [
        each
        for each in items
        if each is not item
        and not _WEEK.search(each.title)
        and _number(week) in map(int, _NUMBER.findall(each.title))
        and (each.points is None or _same_points(each, week))
    ]
    return f"{rivals[0].header!r} has the same number as {item.header!r}" if rivals else ""


def _number(week: WeekGrades) -> int:
    return int(week.week.removeprefix("week"))


def _same_points(item: Item, week: WeekGrades) -> bool:
    """Whether an item is worth what the week is; of a week without students nobody knows."""
    if item.points is None:
        return False
    return not week.everyone or abs(item.points - week.max_points) < _SAME


def _names_week(title: str, week: WeekGrades) -> bool:
    return _number(week) in map(int, _WEEK.findall(title))


def _has_topic(item: Item, week: WeekGrades) -> bool:
    """Whether a title holds the whole topic, as in `The nudge: backpropagation`."""
    topic = squeeze(week.title.rpartition(":")[2])
    return bool(topic) and topic in squeeze(item.title)


def _on_topic(item: Item, week: WeekGrades) -> bool:
    """Whether a title that names no week may name the topic, however it is spelled."""
    if _WEEK.search(item.title):
        return False
    squeezed, words = squeeze(item.title), _words(item.title)
    return any(
        word in words
        or (len(word) >= _STEM and word[:_STEM] in squeezed)
        or (len(word) > _SHORTEST and bool(nearest(word, words, 1, _LIKE_A_WORD)))
        for word in _words(week.title)
        if len(word) >= _SHORTEST and word not in _COMMON
    )


def _says_more(title: str, week: WeekGrades) -> list[str]:
    """The words of a title that name neither the week nor its topic."""
    rest = title.replace(week.stem, " ")
    rest = _WEEK.sub(lambda found: " " if int(found[1]) == _number(week) else found[0], rest)
    known = {*_words(week.title), *_PLAIN}
    return [word for word in _words(rest) if word not in known]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
