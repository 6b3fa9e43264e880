"""Find the student of the roster who handed something in; nobody is guessed.

What a platform knows is compared with the roster exactly, after differences that no reader sees
(Unicode forms, upper and lower case, spaces, punctuation, directional marks) are taken away.
Accents are seen by readers, so they count.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from autograder.course.roster import Student
from autograder.intake.collect.attempts import Claims
from autograder.output.names import fold

# Platforms drop these from names without leaving a space.
_DROPPED = frozenset("'’‘ʼ`´\"“”„«»&<>|:/\\*?")


@dataclass(frozen=True)
class Match:
    """The student and by what; or no student, why not, and the nearest of the roster."""

    student: Student | None
    by: str = ""
    reason: str = ""
    nearest: tuple[str, ...] = ()


def words(name: str) -> tuple[str, ...]:
    """A name's words, folded; commas, underscores and hyphens only separate them."""
    kept = "".join(letter for letter in name if letter not in _DROPPED)
    folded = fold(kept)
    return tuple("".join(c if _in_word(c) else " " for c in folded if c not in _DROPPED).split())


def squeeze(name: str) -> str:
    """A name's letters and digits alone, folded: what is left of it in a Canvas file name."""
    kept = "".join(letter for letter in name if _in_word(letter))
    return "".join(letter for letter in fold(kept) if _in_word(letter))


def _in_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" or unicodedata.category(letter) == "Nd"


class Roster:
    """The students, found by everything that a platform may know of them."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = list(students)
        self._by: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for number, student in enumerate(self.students):
            self._enter(number, student)

    def _enter(self, number: int, student: Student) -> None:
        for kind, value in (
            ("id", student.id),
            ("e-mail", student.email),
            ("LMS id", student.lms_user_id),
        ):
            if value:
                self._by[kind][value].add(number)
                self._by[f"{kind} folded"][fold(value)].add(number)
        for name in full_names(student):
            self._by["name"][" ".join(words(name))].add(number)
            self._by["squeezed name"][squeeze(name)].add(number)
        self._by["name"].pop("", None)
        self._by["squeezed name"].pop("", None)

    def match(self, claims: Claims) -> Match:
        """Who this is, by id, e-mail and LMS id, and where none of them is known by full name."""
        for by, hits in self._hits(claims):
            if len(hits) == 1:
                return Match(self.students[hits.pop()], by)
            if hits:
                people = tuple(describe(self.students[number]) for number in sorted(hits))
                return Match(None, "", f"the {by} fits {len(people)} students", people)
        return Match(None, "", "fits no student", self._nearest(claims))

    def _hits(self, claims: Claims) -> Iterable[tuple[str, set[int]]]:
        kinds = (("id", claims.ids), ("e-mail", claims.emails), ("LMS id", claims.lms_ids))
        known = {kind: self._known(kind, values) for kind, values in kinds}
        used = [kind for kind, hits in known.items() if hits]
        # Together: an id of one student beside the e-mail of another decides nothing.
        yield " or ".join(used), set().union(*known.values())
        for name in claims.names:
            if claims.squeezed:
                yield "name", set(self._by["squeezed name"].get(squeeze(name), ()))
            elif key := " ".join(words(name)):
                yield "name", set(self._by["name"].get(key, ()))

    def _known(self, kind: str, values: Sequence[str]) -> set[int]:
        for value in values:
            hits = self._by[kind].get(value) or self._by[f"{kind} folded"].get(fold(value))
            if hits:
                return set(hits)
        return set()

    def _nearest(self, claims: Claims) -> tuple[str, ...]:
        form = squeeze if claims.squeezed else fold
        forms = self._forms(claims.squeezed)
        close = [
            found
            for text in dict.fromkeys((*claims.names, *claims.emails, *claims.ids))
            for found in difflib.get_close_matches(form(text), forms, 3, 0.7)
        ]
        numbers = dict.fromkeys(forms[text] for text in close)
        return tuple(describe(self.students[number]) for number in list(numbers)[:3])

    @cache  # noqa: B019  (a roster lives for one command)
    def _forms(self, squeezed: bool) -> dict[str, int]:
        """What each student could have been called, for looking through by eye."""
        form = squeeze if squeezed else fold
        forms: dict[str, int] = {}
        for number, student in enumerate(self.students):
            for text in (student.id, student.email or "", *full_names(student)):
                forms.setdefault(form(text), number)
        forms.pop("", None)
        return forms


def full_names(student: Student) -> tuple[str, ...]:
    """The full name in both orders."""
    parts = [part for part in (student.first_name, student.last_name) if part]
    return tuple(dict.fromkeys((" ".join(parts), " ".join(reversed(parts))))) if parts else ()


def describe(student: Student) -> str:
    """A student as the instructor knows them: the id and the name."""
    name = " ".join(part for part in (student.first_name, student.last_name) if part)
    return f"{student.id} ({name})" if name else student.id
