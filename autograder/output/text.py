"""How a verdict looks in a notebook: one block, everything in it escaped."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

RIGHT_COLOR = "#1b7837"
WRONG_COLOR = "#b35806"
CALM_COLOR = "#5a5a5a"

# What a terminal obeys instead of showing, and what turns the direction of writing around.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text without characters that a terminal would obey; tabs and new lines stay."""
    return _UNSEEN.sub("", text)


# A class has many equal verdicts.
@lru_cache(maxsize=1_000)
def as_html(message: str, *, right: bool, attempted: bool = True) -> str:
    """A verdict's message as one HTML block.

    Args:
        message: the verdict's text; its first line becomes the heading, an indented line is
            evidence.
        right: whether nothing is wrong.
        attempted: an untouched answer is shown in a calm grey.
    """
    if not attempted:
        color, mark = CALM_COLOR, "○"
    elif right:
        color, mark = RIGHT_COLOR, "✓"
    else:
        color, mark = WRONG_COLOR, "△"
    first, _, rest = message.partition("\n")
    lines = "".join(_line(line) for line in rest.splitlines())
    return (
        f'<div style="border-left:4px solid {color};padding:0.3em 0.9em;margin:0.3em 0;'
        f'max-width:46em;line-height:1.5;overflow-wrap:anywhere">'
        f'<div style="color:{color};font-weight:600">{mark} {escape(first)}</div>{lines}</div>'
    )


def _line(line: str) -> str:
    style = ' style="font-family:monospace;white-space:pre-wrap"' if line.startswith("  ") else ""
    return f"<div{style}>{escape(line)}</div>"
