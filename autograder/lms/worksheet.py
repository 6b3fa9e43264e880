"""A table downloaded from an LMS, of which some cells are filled and every other byte is kept.

The csv module forgets how a file was written; an LMS may mind. So the text is kept, and each cell
knows its place in it.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Cell:
    """One cell: what it holds, and where it is written."""

    value: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class Worksheet:
    """A downloaded table; `rows[0]` is its header, rows without text are left out."""

    name: str
    text: str
    mark: bytes
    encoding: str
    separator: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def header(self) -> list[str]:
        return [cell.value.strip() for cell in self.rows[0]]

    def column(self, number: int) -> list[str]:
        """What a column's cells hold, below the header; empty where a row is shorter."""
        return [self.value(row, number) for row in range(1, len(self.rows))]

    def value(self, row: int, number: int) -> str:
        """What a cell holds, without spaces around it."""
        cells = self.rows[row]
        return cells[number].value.strip() if 0 <= number < len(cells) else ""

    def filled(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The file's bytes with new values at some (row, column); all others as they were.

        Raises:
            CourseError: when a row has no such cell.
        """
        written, end = [], 0
        for (row, number), value in sorted(changes.items()):
            if number >= len(self.rows[row]):
                raise CourseError(
                    f"{self.name}: row {row + 1} has {len(self.rows[row])} cells, expected "
                    f"{len(self.rows[0])} as in the header. Next: download the file again"
                )
            cell = self.rows[row][number]
            written += [self.text[end : cell.start], self._written(value, cell)]
            end = cell.end
        text = "".join([*written, self.text[end:]])
        return self.mark + text.encode(self.encoding)

    def _written(self, value: str, cell: Cell) -> str:
        if cell.quoted or any(sign in value for sign in (self.separator, '"', "\n", "\r")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read(path: Path) -> Worksheet:
    """Read a downloaded table in the encoding and with the separator that it has.

    Raises:
        CourseError: when it is no table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"the template {path} cannot be read: {error.strerror}") from None
    mark, encoding = _encoding(content)
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise CourseError(
            f"{path.name} is neither UTF-8 nor UTF-16. Next: download it again, and fill it "
            "before a spreadsheet program has saved it"
        ) from None
    if content.startswith(b"PK") or "\0" in text:
        raise CourseError(
            f"{path.name} is no text file; expected the CSV that the LMS offers, not a workbook"
        )
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    rows = tuple(row for row in _rows(text, separator) if any(cell.value for cell in row))
    _compare(path.name, text, separator, rows)
    if len(rows) < 2:
        raise CourseError(f"{path.name} holds no students below its header")
    return Worksheet(path.name, text, mark, encoding, separator, rows)


def _encoding(content: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return mark, encoding
    if content[1:2] == b"\0":
        return b"", "utf-16-le"
    return b"", "utf-8"


def _rows(text: str, separator: str) -> Iterator[tuple[Cell, ...]]:
    place, cells = 0, []
    while place < len(text):
        cell = _cell(text, place, separator)
        cells.append(cell)
        place = cell.end
        if text[place : place + 1] == separator:
            place += 1
            if place < len(text):
                continue
            cells.append(Cell("", place, place, False))
        place += 2 if text.startswith("\r\n", place) else 1
        yield tuple(cells)
        cells = []


def _cell(text: str, start: int, separator: str) -> Cell:
    if not text.startswith('"', start):
        ends = [text.find(sign, start) for sign in (separator, "\r", "\n")]
        end = min((place for place in ends if place >= 0), default=len(text))
        return Cell(text[start:end], start, end, False)
    place = start + 1
    while (place := text.find('"', place)) >= 0 and text.startswith('""', place):
        place += 2
    end = len(text) if place < 0 else place + 1
    return Cell(text[start + 1 : end - 1].replace('""', '"'), start, end, True)


def _compare(name: str, text: str, separator: str, rows: tuple[tuple[Cell, ...], ...]) -> None:
    """Python's own reader must see the same cells, or none of ours is sure."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        expected = [row for row in reader if any(row)]
    except csv.Error as error:
        raise CourseError(f"{name} is damaged: {error}. Next: download it again") from None
    if expected != [[cell.value for cell in row] for row in rows]:
        raise CourseError(f"{name} is not written as CSV. Next: download it again")
