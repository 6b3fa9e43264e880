"""Fill one column of a table that an LMS exported: what its exporters have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.person import Person
from autograder.gradebook.totals import Total
from autograder.lms.csv_template.worksheet import Worksheet
from autograder.lms.exporter import Export, WeekGrades, people
from autograder.output.spreadsheet import number


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
    reached: frozenset[str] = frozenset()
    """The students whose row is known, once `rows` has begun."""
    _capped: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, Total]]:
        """Every row whose student has a grade to export."""
        exported = {total.student: total for total in self.week.totals}
        every_row = range(1, len(self.sheet.rows))
        matched = self.week.roster.match_all({row: self.identify(row) for row in every_row})
        self.reached = frozenset(matched.students.values())
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
        missing = [
            total.student
            for total in exported.values()
            if total.points is not None and total.student not in self.reached
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


def decimal(text: str) -> float | None:
    """The number in a text with a decimal point or comma; None if it is not a number."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def filled_name(template: Path) -> str:
    """The usual name of the filled copy."""
    return f"{template.stem}-filled{template.suffix}"
