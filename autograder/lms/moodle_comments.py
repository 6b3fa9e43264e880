"""Put our comment into a cell of Moodle's worksheet that may hold a person's.

Moodle replaces a student's feedback comment by whatever the cell says. It exports comments without
their tags and line breaks, so ours is found again by its first and last words.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from autograder.feedback.comment import OPENING

END = "(End of the automatic checks.)"
_OURS = re.compile(rf"(?:<p>\s*)?{re.escape(OPENING)}.*?{re.escape(END)}(?:\s*</p>)?", re.DOTALL)
_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|i|em|strong|a|h\d|table)\b[^<>]*>", re.IGNORECASE
)


class Merged(NamedTuple):
    """A cell's new text; whether it keeps a person's words, and whether ours had no end there."""

    text: str
    kept: bool = False
    endless: bool = False


def merged(cell: str, comment: str) -> Merged:
    """The cell with this comment below a person's, in place of an earlier one of ours.

    Args:
        cell: what the worksheet has.
        comment: ours, as plain text that begins with `OPENING`.
    """
    others = _OURS.sub("\n", cell).strip()
    # Earlier versions wrote no end. They replaced the cell, so that ours is all there is.
    endless = others.removeprefix("<p>").startswith(OPENING)
    if endless:
        others = ""
    ours = as_html(f"{comment.replace(END, '')}\n{END}")
    if not others:
        return Merged(ours, endless=endless)
    return Merged((others if _TAG.search(others) else as_html(others)) + ours, kept=True)


def as_html(text: str) -> str:
    """A plain text as HTML, which is what Moodle's comments are."""
    return "<p>" + "<br>".join(escape(line, quote=False) for line in text.splitlines()) + "</p>"
