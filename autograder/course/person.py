"""A person as a platform knows them, and the forms in which names are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.roster import Student
from autograder.output.text import fold

ID, EMAIL, LMS_ID = "id", "e-mail", "LMS id"
ACCOUNT = "account"
"""The LMS id, or the student's own id if the roster has no LMS id for them."""
# Platforms drop these from names without leaving a space.
_DROPPED = frozenset("'’‘ʼ`´\"“”„«»&<>|:/\\*?")


@dataclass(frozen=True)
class Identifier:
    """Something that should belong to one person only.

    Attributes:
        spellings: how it may be written; the first one that some student has counts.
        kinds: what it may be, such as `ID` or `EMAIL` for a login.
        field: what the platform calls it: `EMAIL`, `LMS_ID`, or the name or number of a column.
            Empty if nobody can be told from another by it, such as part of a folder's name.
    """

    spellings: tuple[str, ...]
    kinds: tuple[str, ...] = (ID, EMAIL)
    field: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody as a platform knows them.

    Attributes:
        shown: how the platform shows them.
        identifiers: ids, logins and e-mail addresses.
        names: full names; the first one that some student has counts.
        squeezed: whether the names have lost spaces and punctuation, as in Canvas's file names.
    """

    shown: str
    identifiers: tuple[Identifier, ...] = ()
    names: tuple[str, ...] = ()
    squeezed: bool = False


def in_grade_file(account: str, ids: Iterable[str], name: str, email: str = "") -> Person:
    """A person in an LMS's grade file or API.

    Args:
        account: the LMS's own number for them; may be empty.
        ids: student numbers and logins, in the same order for everybody; each may be empty.
        name: the full name, in either order.
        email: the e-mail address; may be empty.
    """
    known = [Identifier((each,), field=f"id {n}") for n, each in enumerate(ids) if fold(each)]
    if fold(account):
        known.insert(0, Identifier((account,), (ACCOUNT,), LMS_ID))
    if fold(email):
        known.append(Identifier((email,), field=EMAIL))
    number = f" ({known[0].spellings[0]})" if known else ""
    return Person(f"{name or 'somebody without a name'}{number}", tuple(known), (name,))


def words(name: str) -> str:
    """A name's words in lower case; commas, underscores and hyphens only separate words."""
    folded = fold("".join(letter for letter in name if letter not in _DROPPED))
    kept = (c if _in_word(c) else " " for c in folded if c not in _DROPPED)
    return " ".join("".join(kept).split())


def squeeze(name: str) -> str:
    """A name's letters and digits in lower case, for Canvas's file names, which lack separators."""
    kept = "".join(letter for letter in name if _in_word(letter))
    return "".join(letter for letter in fold(kept) if _in_word(letter))


def _in_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" or unicodedata.category(letter) == "Nd"


def full_names(student: Student) -> tuple[str, ...]:
    """The full name in both orders."""
    parts = [part for part in (student.first_name, student.last_name) if part]
    return tuple(dict.fromkeys((" ".join(parts), " ".join(reversed(parts))))) if parts else ()


def without_space(student: Student) -> tuple[str, ...]:
    """The full name in both orders as Moodle's interface in Chinese, Japanese or Korean has it."""
    first, last = student.first_name, student.last_name
    return (f"{last}{first}", f"{first}{last}") if first and last else ()


def describe(student: Student) -> str:
    """A student's id and name, for messages."""
    name = " ".join(part for part in (student.first_name, student.last_name) if part)
    return f"{student.id} ({name})" if name else student.id
