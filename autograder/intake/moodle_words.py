"""The words and numbers that Moodle translates, in all languages that are known.

Source: see `moodle_titles.json`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources

from autograder.output.text import fold

_ENGLISH_DATE = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day, ", re.IGNORECASE)
# Besides point and comma: the Arabic decimal separator, and the full stop that Urdu has for it.
_DECIMAL_MARKS = ",٫۔．"


@cache
def titles(kind: str) -> frozenset[str]:
    """What Moodle calls something, in all languages that are known."""
    file = resources.files("autograder.intake") / "moodle_titles.json"
    languages = json.loads(file.read_text(encoding="utf-8"))["titles"]
    # Versions and variants of one language differ, so each kind is a list.
    return frozenset(fold(word) for each in languages.values() for word in each.get(kind, ()))


def is_locked(word: str) -> bool | None:
    """Whether `Grade can be changed` says no; None for a word that is unknown or ambiguous."""
    folded = fold(word)
    means_no, means_yes = folded in titles("no"), folded in titles("yes")
    return means_no if means_no != means_yes else None


def is_in_english(date: str) -> bool:
    """Whether Moodle can read a date of its own worksheet again: it only reads English ones."""
    return bool(_ENGLISH_DATE.match(date))


def is_nobodys_name(name: str) -> bool:
    """Whether a name is the word that Moodle writes in place of everybody's name."""
    return fold(name) in titles("participant")


def decimal(text: str) -> float | None:
    """The number in a text with any decimal mark and any digits; None if it is not a number."""
    for mark in _DECIMAL_MARKS:
        text = text.replace(mark, ".")
    try:
        return float(text.strip())
    except ValueError:
        return None


def decimal_mark(text: str) -> str:
    """The character between the digits of `100,00`; a point if there is none."""
    marks = [c for c in text if not c.isdigit() and not unicodedata.category(c).startswith("Z")]
    return marks[-1] if len(marks) == 1 and marks[0] in _DECIMAL_MARKS else "."
