"""What the exporters that fill a downloaded table have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.people import Person
from autograder.errors import CourseError
from autograder.gradebook.totals import Total
from autograder.lms.csv_template.worksheet import Worksheet
from autograder.lms.exporter import Export, WeekGrades, people
from autograder.output.spreadsheet import number

_NUMBER = re.compile(r"week\s*0*(\d+)", re.IGNORECASE)


@dataclass
class Filling:
    """A worksheet while it is filled with one week's grades.

    Args:
        sheet: what was downloaded.
        week: the grades.
        column: the number of the column that takes them.
        maximum: what the LMS's item is worth; 0 where it does not say.
        identify: what a row says of the student; its key is not used.
        comma: whether numbers have a decimal comma.
        cap: whether the LMS refuses points above its maximum.
    """

    sheet: Worksheet
    week: WeekGrades
    column: int
    maximum: float
    identify: Callable[[int], Person]
    comma: bool = False
    cap: bool = False
    changes: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _capped: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, Total]]:
        """Every row whose student has a grade that is exported."""
        exported = {total.student: total for total in self.week.totals}
        every_row = range(1, len(self.sheet.rows))
        matched = self.week.roster.match_all({row: self.identify(row) for row in every_row})
        for row in every_row:
            total = exported.get(matched.students.get(row, ""))
            if total and total.points is not None:
                yield row, total
        if matched.left_out:
            self.problems += [f"{sentence}." for sentence in matched.left_out]
        if matched.strangers:
            self.problems.append(
                f"{people(matched.strangers)} of {self.sheet.name} match no student of the "
                "gradebook by e-mail, id or full name; their rows were left as they are."
            )
        present = set(matched.students.values())
        missing = [
            total.student
            for total in exported.values()
            if total.points is not None and total.student not in present
        ]
        if missing:
            self.problems.append(
                f"{people(missing)} with a grade have no row in {self.sheet.name}."
            )

    def grade(self, row: int, total: Total) -> None:
        """Put a student's points into their row, on the LMS's scale and within it."""
        assert total.points is not None
        points = total.points
        if self.maximum and self.week.max_points:
            points *= self.maximum / self.week.max_points
        if self.maximum and points > self.maximum and self.cap:
            self._capped.append(total.student)
            points = self.maximum
        text = number(points)
        self.changes[row, self.column] = text.replace(".", ",") if self.comma else text

    def finish(self, name: str) -> Export:
        """The filled file, and what is to be said of it."""
        count = sum(number == self.column for _, number in self.changes)
        said = [f"{count} grades in the column {self.sheet.header[self.column]!r}."]
        if self.maximum and self.maximum != self.week.max_points:
            said.append(
                f"Rescaled: {self.week.week} is worth {self.week.max_points:g} points in the "
                f"gradebook and {self.maximum:g} in the LMS."
            )
        if self._capped:
            said.append(
                f"{people(self._capped)} have more than the maximum of {self.maximum:g}, which "
                "the LMS would refuse; the maximum was written."
            )
        content = self.sheet.filled(self.changes)
        return Export({name: content}, (*said, *self.notes), tuple(self.problems))


def grade_column(
    sheet: Worksheet, candidates: Sequence[int], week: WeekGrades, wanted: str, kind: str
) -> int:
    """The column that takes a week's grades: the one that was named, or the one that matches.

    Args:
        sheet: what was downloaded.
        candidates: the columns that can take grades.
        week: whose grades they are.
        wanted: the column's title or id where it was given, or nothing.
        kind: what such a column is called, for the error.

    Raises:
        CourseError: when there is not one.
    """
    titles = {column: sheet.header[column] for column in candidates}
    if wanted:
        asked = wanted.strip().casefold()
        exact = [c for c, title in titles.items() if title.casefold() == asked]
        found = exact or [c for c, title in titles.items() if asked in _ids(title)]
        found = found or [c for c, title in titles.items() if title.casefold().startswith(asked)]
    else:
        digits = int(_NUMBER.findall(week.week)[0])
        found = [
            column
            for column, title in titles.items()
            if digits in map(int, _NUMBER.findall(title))
            or (week.title.casefold() in title.casefold() and week.title)
        ]
        if not found and len(titles) == 1 and not _NUMBER.search(" ".join(titles.values())):
            found = list(titles)
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(title) for title in titles.values()) or "none"
    raise CourseError(
        f"{sheet.name}: expected one {kind} for {wanted or week.week!r}, found "
        f"{len(found)}; the file has {listed}. Next: name one with --column, or make the item in "
        "the LMS and download the file again"
    )


def _ids(title: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|()\[\]<>]", title.casefold())]


def decimal(text: str) -> float | None:
    """A number as an LMS writes it, with a point or a comma; None where it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def filled_name(template: Path) -> str:
    """The usual name of the filled file: the template stays as it is."""
    return f"{template.stem}-filled{template.suffix}"
