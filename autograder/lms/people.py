"""Who a row of an LMS's table is, among the gradebook's students; never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from autograder.gradebook.totals import Total


class People:
    """The gradebook's students by what an LMS may know of them.

    Args:
        everyone: all of them, also those whose grades are not exported: two who share a name
            must not be taken for one.
    """

    def __init__(self, everyone: Iterable[Total]) -> None:
        self._by: dict[tuple[str, str], set[str]] = {}
        for each in everyone:
            self._add("address", each.email, each.student)
            for known in (each.student, each.lms_id):
                self._add("id", known, each.student)
            # Many courses' ids are addresses, and many LMS's user names are what stands before
            # the at sign.
            if "@" in each.student:
                self._add("address", each.student, each.student)
            self._add("login", each.email.partition("@")[0], each.student)
            for name in names(each.first_name, each.last_name):
                self._add("name", name, each.student)

    def _add(self, kind: str, text: str, student: str) -> None:
        if key := _key(text):
            self._by.setdefault((kind, key), set()).add(student)

    def find(
        self, addresses: Sequence[str] = (), ids: Sequence[str] = (), names: Sequence[str] = ()
    ) -> str:
        """The one student who has one of these, the surest first; empty where there is not one."""
        for kind, texts in (("address", addresses), ("id", ids), ("login", ids), ("name", names)):
            for text in texts:
                found = self._by.get((kind, _key(text)), set())
                if len(found) == 1:
                    return next(iter(found))
                if found:
                    return ""
        return ""


def names(first: str, last: str) -> list[str]:
    """The ways in which an LMS writes a full name."""
    if not first or not last:
        return [first or last]
    return [f"{first} {last}", f"{last} {first}", f"{last}, {first}"]


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
