"""Text made safe for a terminal or a page, and text in the form in which names are compared."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import Literal

# For lines alone: 3 to 1 on the grounds of light and of dark themes. Text keeps the theme's colour.
RIGHT_COLOR = "#2a9d52"
WRONG_COLOR = "#cc6f1a"
CALM_COLOR = "#868686"

# Control characters that a terminal would execute, and Unicode's bidirectional controls.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Longer than any name, so that no name is cut between a letter and its accent.
_PIECE = 300


def printable(text: str) -> str:
    """The text without control characters, except tabs and line feeds."""
    return _CONTROLS.sub("", text)


def normalize(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """`unicodedata.normalize` piece by piece: it sorts the marks on one letter, and slowly."""
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)


def fold(text: str) -> str:
    """The text for comparing names: NFKC, case-folded, no format characters, single spaces."""
    plain = normalize("NFKC", normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def as_html(message: str, *, right: bool, attempted: bool = True, outcome: str = "") -> str:
    """A verdict's message as one HTML block, with everything in it escaped.

    Args:
        message: the verdict's text; its first line becomes the heading, and indented lines are
            set in monospace.
        right: whether the answer is right.
        attempted: if false, the block is grey.
        outcome: a word before the heading, for whoever sees no colour or has the page read aloud.
    """
    if not attempted:
        color, mark = CALM_COLOR, "○"
    elif right:
        color, mark = RIGHT_COLOR, "✓"
    else:
        color, mark = WRONG_COLOR, "△"
    first, _, rest = message.partition("\n")
    heading = f"{outcome} · {first}" if outcome else first
    lines = "".join(_line(line) for line in rest.splitlines())
    return (
        f'<div style="border-left:4px solid {color};padding:0.3em 0.9em;margin:0.3em 0;'
        f'max-width:46em;line-height:1.5;overflow-wrap:anywhere">'
        f'<div style="font-weight:600"><span aria-hidden="true">{mark}</span> {escape(heading)}'
        f"</div>{lines}</div>"
    )


def _line(line: str) -> str:
    style = ' style="font-family:monospace;white-space:pre-wrap"' if line.startswith("  ") else ""
    return f"<div{style}>{escape(line)}</div>"
