"""Fill one column of a table that an LMS exported: what its exporters have in common."""

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
    """A worksheet that is being filled with one week's grades.

    Args:
        sheet: the downloaded table.
        week: the grades.
        column: the number of the column to fill.
        maximum: the points that the item is worth in the LMS; 0 if the file does not say.
        identify: who the student of a row is, according to the row.
        comma: whether numbers have a decimal comma.
        cap: whether the LMS rejects points above its maximum.
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
        """Every row whose student has a grade to export."""
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
                "gradebook by id, e-mail or full name; their rows are unchanged."
            )
        present = set(matched.students.values())
        missing = [
            total.student
            for total in exported.values()
            if total.points is not None and total.student not in present
        ]
        if missing:
            self.problems.append(f"No row in {self.sheet.name} for {people(missing)} with a grade.")

    def grade(self, row: int, total: Total) -> None:
        """Put a student's points into their row, on the LMS's scale."""
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
        """The filled file with notes and problems."""
        count = sum(number == self.column for _, number in self.changes)
        title = self.sheet.header[self.column]
        said = [f"{count} grade{'s' * (count != 1)} written to the column {title!r}."]
        if self.maximum and self.maximum != self.week.max_points:
            said.append(
                f"Rescaled: {self.week.week} is worth {self.week.max_points:g} points in the "
                f"gradebook and {self.maximum:g} in the LMS."
            )
        if self._capped:
            said.append(
                f"{people(self._capped)} above the maximum of {self.maximum:g}, which the LMS "
                "would reject; the maximum was written."
            )
        content = self.sheet.filled(self.changes)
        return Export({name: content}, (*said, *self.notes), tuple(self.problems))


def grade_column(
    sheet: Worksheet, candidates: Sequence[int], week: WeekGrades, wanted: str, kind: str
) -> int:
    """The number of the column for a week's grades: the named one, or the only one that matches.

    Args:
        sheet: the downloaded table.
        candidates: the columns that can hold grades.
        week: the grades.
        wanted: the title or id of the column; empty to find it by the week.
        kind: what such a column is called, for the error message.

    Raises:
        CourseError: if not exactly one column matches.
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
    """The number in a text with a decimal point or comma; None if it is not a number."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def filled_name(template: Path) -> str:
    """The usual name of the filled copy."""
    return f"{template.stem}-filled{template.suffix}"
