"""Read a table downloaded from an LMS in its own encoding and separator, and fill its cells."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.lms.csv_template.cells import (
    Cell,
    delimiter_of,
    replace,
    scan,
)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Worksheet:
    """A downloaded table. `rows[0]` is the header; rows without text are left out."""

    name: str
    text: str
    mark: bytes
    encoding: str
    separator: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def header(self) -> list[str]:
        return [cell.value.strip() for cell in self.rows[0]] if self.rows else []

    def column(self, number: int) -> list[str]:
        """The values of a column below the header; empty for rows that are too short."""
        return [self.value(row, number) for row in range(1, len(self.rows))]

    def value(self, row: int, number: int) -> str:
        """The value of a cell without spaces around it; empty if the row is too short."""
        cells = self.rows[row]
        return cells[number].value.strip() if 0 <= number < len(cells) else ""

    def filled(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The file's bytes with new values at some (row, column); everything else is unchanged.

        Raises:
            CourseError: if a row has no such cell.
        """
        for row, number in changes:
            if number >= len(self.rows[row]):
                raise CourseError(
                    f"{self.name}: row {row + 1} has {len(self.rows[row])} cells, expected "
                    f"{len(self.rows[0])} as in the header. Next: download the file again"
                )
        placed = {self.rows[row][number]: value for (row, number), value in changes.items()}
        return self.mark + replace(self.text, placed).encode(self.encoding)


def read(path: Path) -> Worksheet:
    """Read a downloaded table of students.

    Raises:
        CourseError: if it is not a table, or has no rows below its header.
    """
    sheet = read_table(path)
    if len(sheet.rows) < 2:
        raise CourseError(f"{path.name} has no students below its header")
    return sheet


def read_table(path: Path) -> Worksheet:
    """Read a downloaded table in the encoding and with the separator that it has.

    Raises:
        CourseError: if it is not a table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"the template {path} cannot be read: {error.strerror}") from None
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"<")):
        raise CourseError(
            f"{path.name} is a workbook or a web page; expected the CSV file that the LMS offers "
            "for download"
        )
    mark, encoding = _encoding(content)
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise CourseError(
            f"{path.name} is neither UTF-8 nor UTF-16. Next: download it again, and do not save it "
            "in a spreadsheet program"
        ) from None
    separator = delimiter_of(text)
    rows = tuple(tuple(row) for row in scan(text, separator) if any(cell.value for cell in row))
    _compare(path.name, text, separator, rows)
    return Worksheet(path.name, text, mark, encoding, separator, rows)


def _encoding(content: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return mark, encoding
    if content[1:2] == b"\0":
        return b"", "utf-16-le"
    return b"", "utf-8"


def _compare(name: str, text: str, separator: str, rows: tuple[tuple[Cell, ...], ...]) -> None:
    """Check against Python's csv module, so that no cell is ever misplaced."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        expected = [row for row in reader if any(row)]
    except csv.Error as error:
        raise CourseError(f"{name} is damaged: {error}. Next: download it again") from None
    if expected != [[cell.value for cell in row] for row in rows]:
        raise CourseError(f"{name} is not valid CSV. Next: download it again")
