"""Cells that a spreadsheet shows and never runs, and the CSV made of them.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | float | int | None
# A cell that begins so is a formula to Excel, LibreOffice or Google Sheets; the wide forms are
# what East Asian keyboards type.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def number(value: float) -> str:
    """At most two decimals, as the platforms compare them, and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def cell(value: Cell) -> str:
    """One cell: numbers stay numbers, text is made safe, None is empty."""
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else number(value)


def to_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as RFC 4180 in UTF-8 with a byte-order mark, without which Excel misreads accents."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([cell(each) for each in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")
