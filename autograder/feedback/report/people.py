"""The students' labels on the page, and whether a text names a student."""

from __future__ import annotations

import builtins
import hashlib
import hmac
import keyword
import re
import unicodedata
from collections.abc import Iterable, Mapping

from autograder.gradebook.totals import Total
from autograder.output.text import normalize

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Shorter names occur inside too many other words; as whole words they are always compared.
_INSIDE_WORDS = 4


class People:
    """The class, by name or anonymously.

    Args:
        totals: everybody in the gradebook.
        graded: the students with a report; nbgrader knows only the id of some.
        key: shuffles the numbers of an anonymous class, so that they are not alphabetical.
        anonymous: whether labels hide names and ids.
        course_words: the course's own texts, whose words do not count as names: with a student
            called Max, `np.max` names nobody.
    """

    def __init__(
        self,
        totals: Iterable[Total],
        graded: Iterable[str],
        key: bytes,
        *,
        anonymous: bool,
        course_words: str = "",
    ) -> None:
        self.anonymous = anonymous
        known = {total.student: total for total in totals}
        ids = sorted({*known, *graded}, key=lambda each: _digest(key, each))
        self._labels = _numbered(ids) if anonymous else {each: _name(known, each) for each in ids}
        self._order = {each: place for place, each in enumerate(ids)}
        self._ids = {_plain(each) for each in ids}
        ordinary = set(_words(course_words)) | _PYTHON
        self._names = {
            word
            for total in known.values()
            for text in (total.first_name, total.last_name, total.email, total.lms_id)
            for word in _words(text)
        } - ordinary
        self._names |= self._ids - ordinary
        long = sorted(name for name in self._names if len(name) >= _INSIDE_WORDS)
        self._long = re.compile("|".join(map(re.escape, long))) if long else None
        self._ordinary = ordinary

    def label(self, student: str) -> str:
        """A student's label on the page."""
        return self._labels.get(student, "a student")

    def shuffled(self, students: Iterable[str]) -> list[str]:
        """These students in a fixed order that reveals nothing about their names."""
        return sorted(students, key=lambda each: self._order.get(each, 0))

    def names_somebody(self, text: str) -> bool:
        """Whether a text contains, or may contain, a student's name, e-mail address or id."""
        plain = _plain(text)
        if any(each in plain for each in self._ids if len(each) >= _INSIDE_WORDS):
            return True
        words = set(_words(text)) - self._ordinary
        return bool(words & self._names) or (
            self._long is not None and any(self._long.search(word) for word in words)
        )

    def cleared(self, text: str) -> str:
        """The text; in an anonymous report, a placeholder for a text that names somebody."""
        if self.anonymous and self.names_somebody(text):
            return "Left out, because the text names a student."
        return text


def _numbered(ids: list[str]) -> dict[str, str]:
    width = len(str(len(ids)))
    return {each: f"Student {number:0{width}}" for number, each in enumerate(ids, 1)}


def _name(known: Mapping[str, Total], student: str) -> str:
    total = known.get(student)
    name = " ".join(part for part in (total.first_name, total.last_name) if part) if total else ""
    return f"{name} ({student})" if name else student


def _digest(key: bytes, student: str) -> bytes:
    return hmac.digest(key, f"class report {student}".encode(), hashlib.sha256)


def _plain(text: str) -> str:
    """In lower case and without accents, as people write names in code."""
    decomposed = normalize("NFKD", text)
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()


def _words(text: str) -> Iterable[str]:
    apart = _HUMP.sub(" ", text)
    return (word for word in _WORD.findall(_plain(apart)) if len(word) > 1)


_PYTHON = {word for name in (*keyword.kwlist, *dir(builtins)) for word in _words(name)}
