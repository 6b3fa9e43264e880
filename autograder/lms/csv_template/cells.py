"""Edit cells of a CSV text in place; every other character stays as it is.

The csv module does not keep how cells were written: quotes, line endings, spaces. An instructor's
file should come back unchanged except for the column that was filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

QUOTE = '"'


class Cell(NamedTuple):
    """A cell's value and its place in the text, quotes included."""

    value: str
    start: int
    end: int


def scan(text: str, delimiter: str) -> list[list[Cell]]:
    """The rows of a CSV text. As in the csv module, a blank line is a row without cells."""
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    place = 0
    unquoted = re.compile(f"[^{re.escape(delimiter)}\r\n]*")
    while place < len(text):
        if not row and text[place] in "\r\n":
            rows.append([])
            place = _after_line(text, place)
            continue
        cell = _cell(text, place, unquoted)
        row.append(cell)
        place = cell.end
        if place < len(text) and text[place] == delimiter:
            place += 1
            if place < len(text):
                continue
            row.append(Cell("", place, place))
        rows.append(row)
        row = []
        place = _after_line(text, place)
    return rows


def replace(text: str, changes: Mapping[Cell, str]) -> str:
    """The text with new values for these cells; a quoted cell stays quoted."""
    pieces: list[str] = []
    place = 0
    for cell in sorted(changes, key=lambda each: each.start):
        value = changes[cell]
        quoted = text[cell.start : cell.start + 1] == QUOTE or any(c in value for c in '",;\t\r\n')
        pieces += [text[place : cell.start], _quote(value) if quoted else value]
        place = cell.end
    return "".join([*pieces, text[place:]])


def delimiter_of(text: str, known: str = ",;\t") -> str:
    """The known delimiter that splits the first row into the most cells."""
    first = _first_row(text)
    return max(known, key=lambda each: len(next(iter(scan(first, each)), [])))


def _first_row(text: str) -> str:
    """The first line, and the following ones while a quoted cell is open."""
    end = 0
    while end < len(text):
        end = _after_line(text, _line_end(text, end))
        if text.count(QUOTE, 0, end) % 2 == 0:
            break
    return text[:end]


def _line_end(text: str, place: int) -> int:
    found = [at for at in (text.find("\n", place), text.find("\r", place)) if at >= 0]
    return min(found, default=len(text))


def _after_line(text: str, place: int) -> int:
    return place + (2 if text.startswith("\r\n", place) else 1)


def _cell(text: str, start: int, unquoted: re.Pattern[str]) -> Cell:
    if not text.startswith(QUOTE, start):
        rest = unquoted.match(text, start)
        assert rest
        return Cell(rest[0], start, rest.end())
    value, place = _quoted(text, start + 1)
    rest = unquoted.match(text, place)
    assert rest
    return Cell(value + rest[0], start, rest.end())


def _quoted(text: str, place: int) -> tuple[str, int]:
    """The text between quotes, with doubled quotes undone, and the place after the last quote."""
    pieces: list[str] = []
    while True:
        close = text.find(QUOTE, place)
        if close < 0:
            return "".join([*pieces, text[place:]]), len(text)
        pieces.append(text[place:close])
        if not text.startswith(QUOTE, close + 1):
            return "".join(pieces), close + 1
        pieces.append(QUOTE)
        place = close + 2


def _quote(value: str) -> str:
    return f"{QUOTE}{value.replace(QUOTE, QUOTE * 2)}{QUOTE}"
