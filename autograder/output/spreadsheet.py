"""CSV whose cells a spreadsheet shows and never evaluates.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | float | int | None
# Excel, LibreOffice and Google Sheets evaluate cells with these first characters; the full-width
# forms are typed on East Asian keyboards.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def safe(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would evaluate it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def number(value: float) -> str:
    """At most two decimals, which is what LMSs compare, without trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def cell(value: Cell) -> str:
    """One cell: numbers stay numbers, text is made safe, None is empty."""
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else number(value)


def to_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as RFC 4180, in UTF-8 with the byte-order mark that Excel needs for accents."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([cell(each) for each in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")
