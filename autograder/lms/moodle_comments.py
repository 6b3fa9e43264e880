"""Put our comment into a cell of Moodle's worksheet that may hold a person's.

Moodle replaces a student's feedback comment by whatever the cell says. It exports comments without
their tags and line breaks, so ours is found again by its first and last words.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from autograder.feedback.comment import CUT, OPENING

END = "(End of the automatic checks.)"
_OURS = re.compile(rf"(?:<p>\s*)?{re.escape(OPENING)}.*?{re.escape(END)}(?:\s*</p>)?", re.DOTALL)
_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|i|em|strong|a|h\d|table)\b[^<>]*>", re.IGNORECASE
)


# Lines of a comment that can be told from a person's words by their form alone: the first, others.
_FIRST = re.compile(rf"(?:<p>)?{re.escape(OPENING)}(?:[\d.]+ of [\d.]+ points\.)?")
_LINE = re.compile(rf"Right: \w+(?:, \w+)*\.|{re.escape(CUT)}")
_BREAK = re.compile(r"(?:\s|</?p>|<br ?/?>)*")


class Merged(NamedTuple):
    """A cell's new text.

    Attributes:
        text: the whole cell, as HTML.
        kept: whether it keeps words that are not from us.
        doubtful: whether these stand below a comment of ours whose end is unknown, so that some of
            them may be ours.
    """

    text: str
    kept: bool = False
    doubtful: bool = False


def merged(cell: str, comment: str) -> Merged:
    """The cell with this comment below a person's, in place of an earlier one of ours.

    Args:
        cell: what the worksheet has.
        comment: ours, as plain text that begins with `OPENING`.
    """
    others = _OURS.sub("\n", cell).strip()
    # Earlier versions wrote no end.
    endless = _FIRST.match(others)
    if endless:
        others = _below(others[endless.end() :], comment)
    ours = as_html(f"{comment.replace(END, '')}\n{END}")
    if not others:
        return Merged(ours)
    shown = others if _TAG.search(others) else as_html(others)
    return Merged(shown + ours, kept=True, doubtful=bool(endless))


def _below(cell: str, comment: str) -> str:
    """What stands in a cell below the lines that are certainly ours.

    They have a known form, or are lines of the new comment. The reason for a mistake that the
    new comment does not name is kept, since it looks like a person's words.
    """
    lines = filter(None, comment.removeprefix(OPENING).splitlines())
    known = [text for line in lines for text in (escape(line, quote=False), line)]
    place = 0
    while True:
        breaks = _BREAK.match(cell, place)
        place = breaks.end() if breaks else place
        line = _LINE.match(cell, place)
        found = line[0] if line else next((t for t in known if cell.startswith(t, place)), "")
        if not found:
            break
        place += len(found)
    rest = cell[place:].strip()
    return rest.removesuffix("</p>") if rest.count("</p>") > rest.count("<p>") else rest


def as_html(text: str) -> str:
    """A plain text as HTML, which is what Moodle's comments are."""
    return "<p>" + "<br>".join(escape(line, quote=False) for line in text.splitlines()) + "</p>"
