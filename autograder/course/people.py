"""Which student somebody on a platform is: by ids first, then by full name. Nobody is guessed.

An id is looked up exactly as it stands. Only if no student has it so is it compared as readers see
it, without differences of case, Unicode form, spaces and invisible marks. That way a folder `S001`
beside the student `s001` is one more student, and both are still found.

Names are always compared as readers see them. Accents are visible, so they count.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.course.roster import Student
from autograder.output import did_you_mean
from autograder.output.text import fold

ID, EMAIL, LMS_ID = "id", "e-mail", "LMS id"
ACCOUNT = "account"
"""The LMS id, or the student's own id if the roster has no LMS id for them."""
_KINDS = (ID, EMAIL, LMS_ID, ACCOUNT)
# Platforms drop these from names without leaving a space.
_DROPPED = frozenset("'’‘ʼ`´\"“”„«»&<>|:/\\*?")
# Names are long, so what is only roughly like one is somebody else.
_LIKE_A_NAME = 0.7


@dataclass(frozen=True)
class Identifier:
    """Something that should belong to one person alone.

    Attributes:
        spellings: how it may be written; the first one that any student has counts.
        kinds: what it may be, such as `ID` and `EMAIL` for a login.
    """

    spellings: tuple[str, ...]
    kinds: tuple[str, ...] = (ID, EMAIL)


@dataclass(frozen=True)
class Person:
    """Somebody as a platform knows them.

    Attributes:
        shown: what the instructor sees on the platform.
        identifiers: what the platform says of them, apart from names.
        names: full names; the first one that any student has counts.
        squeezed: whether the names have lost spaces and punctuation, as in Canvas's file names.
    """

    shown: str
    identifiers: tuple[Identifier, ...] = ()
    names: tuple[str, ...] = ()
    squeezed: bool = False


@dataclass(frozen=True)
class Match:
    """The students that a person fits, and by what; `student` only if it is exactly one."""

    fitting: tuple[Student, ...] = ()
    by: str = ""

    @property
    def student(self) -> Student | None:
        return self.fitting[0] if len(self.fitting) == 1 else None

    @property
    def reason(self) -> str:
        """Why there is no student; empty if there is one."""
        if not self.fitting:
            return "fits no student"
        return "" if self.student else f"the {self.by} fits {len(self.fitting)} students"


@dataclass(frozen=True)
class Matched:
    """Students' ids by the keys of the people, and everybody else.

    Attributes:
        students: for those who fit one student whom nobody else fits.
        left_out: a sentence about each one whose student is not certain.
        strangers: those who fit no student of the course, as the LMS shows them.
    """

    students: Mapping[int, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


class Roster:
    """The students of a course, found by anything that a platform may know of them."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = tuple(students)
        self._exact: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._folded: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._names: dict[str, set[int]] = defaultdict(set)
        self._squeezed: dict[str, set[int]] = defaultdict(set)
        self._forms: dict[bool, dict[str, int]] = {}
        for number, student in enumerate(self.students):
            self._enter(number, student)

    def _enter(self, number: int, student: Student) -> None:
        for kind, value in (
            (ID, student.id),
            (EMAIL, student.email),
            (LMS_ID, student.lms_user_id),
            (ACCOUNT, student.lms_user_id or student.id),
        ):
            if value and fold(value):
                self._exact[kind, value].add(number)
                self._folded[kind, fold(value)].add(number)
        for name in full_names(student):
            if key := words(name):
                self._names[key].add(number)
            if key := squeeze(name):
                self._squeezed[key].add(number)

    def match(self, person: Person) -> Match:
        """Who handed this in: by identifiers, or by name if no student has any of them."""
        # A folder's name is tried as an id and as a name, so a name says nothing against an id.
        fitting, by = self._identified(person)
        return self._match(fitting, by) if fitting else self._match(self._named(person), "name")

    def match_all(self, people: Mapping[int, Person]) -> Matched:
        """Who the rows of an LMS's file are, for writing a grade into each.

        A grade in a wrong row is worse than a missing one. So somebody who fits one student by id
        and another by name is left out, and so are two people who fit the same student.

        Args:
            people: the rows, under any numbers.
        """
        found: dict[int, str] = {}
        left_out, strangers = [], []
        for key, person in people.items():
            match = self._without_contradiction(person)
            if match.student:
                found[key] = match.student.id
            elif match.fitting:
                names = " and ".join(student.id for student in match.fitting)
                left_out.append(f"{person.shown} fits {names}; left out")
            else:
                strangers.append(person.shown)
        times = Counter(found.values())
        for key in [key for key, student in found.items() if times[student] > 1]:
            shown, student = people[key].shown, found.pop(key)
            left_out.append(f"{shown} is one of several that fit {student}; left out")
        return Matched(found, tuple(left_out), tuple(strangers))

    def nearest(self, person: Person) -> tuple[Student, ...]:
        """At most three students whose name, e-mail or id is like what this person has."""
        form = squeeze if person.squeezed else fold
        forms = self._all_forms(person.squeezed)
        # A number that only the LMS uses is like many others.
        ids = [each.spellings for each in person.identifiers if {ID, EMAIL} & {*each.kinds}]
        texts = dict.fromkeys((*person.names, *(text for spellings in ids for text in spellings)))
        like = [
            found
            for text in texts
            for found in did_you_mean.nearest(form(text), forms, 3, _LIKE_A_NAME)
        ]
        numbers = dict.fromkeys(forms[text] for text in like)
        return tuple(self.students[number] for number in list(numbers)[:3])

    def _match(self, fitting: Iterable[int], by: str) -> Match:
        return Match(tuple(self.students[number] for number in sorted(fitting)), by)

    def _without_contradiction(self, person: Person) -> Match:
        identified, by = self._identified(person)
        named = self._named(person)
        if not identified:
            return self._match(named, "name")
        if named and not identified & named:
            return self._match(identified | named, f"{by} or name")
        return self._match(identified, by)

    def _identified(self, person: Person) -> tuple[set[int], str]:
        """Whom the identifiers fit, all of them together, and of which kinds those are."""
        found: dict[str, set[int]] = defaultdict(set)
        for identifier in person.identifiers:
            known = (self._known(text, identifier.kinds) for text in identifier.spellings)
            for kind, numbers in next(filter(None, known), {}).items():
                found[kind] |= numbers
        by = " or ".join(kind for kind in _KINDS if kind in found)
        return set().union(*found.values()), by

    def _known(self, text: str, kinds: Iterable[str]) -> dict[str, set[int]]:
        """Who has this, by kind: exactly so, or else as readers see it."""
        exact = {kind: self._exact[kind, text] for kind in kinds if (kind, text) in self._exact}
        key = fold(text)
        return exact or {
            kind: self._folded[kind, key] for kind in kinds if (kind, key) in self._folded
        }

    def _named(self, person: Person) -> set[int]:
        index, key = (self._squeezed, squeeze) if person.squeezed else (self._names, words)
        found = (index.get(key(name), set()) for name in person.names)
        return next(filter(None, found), set())

    def _all_forms(self, squeezed: bool) -> dict[str, int]:
        """Everything that students are called by, and whose it is."""
        if squeezed not in self._forms:
            form = squeeze if squeezed else fold
            forms: dict[str, int] = {}
            for number, student in enumerate(self.students):
                for text in (student.id, student.email or "", *full_names(student)):
                    forms.setdefault(form(text), number)
            forms.pop("", None)
            self._forms[squeezed] = forms
        return self._forms[squeezed]


def in_grade_file(account: str, ids: Iterable[str], name: str) -> Person:
    """Somebody as the file or the API that takes an LMS's grades shows them.

    Args:
        account: the LMS's own number for them; may be empty.
        ids: student numbers, logins and e-mail addresses; may be empty.
        name: the full name, first or last name first.
    """
    known = [each for each in ids if fold(each)]
    number = account or next(iter(known), "")
    shown = f"{name or 'somebody without a name'}{f' ({number})' if number else ''}"
    first = (Identifier((account,), (ACCOUNT,)),) if account else ()
    return Person(shown, (*first, *(Identifier((each,)) for each in known)), (name,))


def words(name: str) -> str:
    """A name's words as readers see them; commas, underscores and hyphens only separate them."""
    folded = fold("".join(letter for letter in name if letter not in _DROPPED))
    kept = (c if _in_word(c) else " " for c in folded if c not in _DROPPED)
    return " ".join("".join(kept).split())


# Beside `words`, since Canvas's file names have lost what separates words.
def squeeze(name: str) -> str:
    """A name's letters and digits alone, as readers see them."""
    kept = "".join(letter for letter in name if _in_word(letter))
    return "".join(letter for letter in fold(kept) if _in_word(letter))


def _in_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" or unicodedata.category(letter) == "Nd"


def full_names(student: Student) -> tuple[str, ...]:
    """The full name in both orders."""
    parts = [part for part in (student.first_name, student.last_name) if part]
    return tuple(dict.fromkeys((" ".join(parts), " ".join(reversed(parts))))) if parts else ()


def describe(student: Student) -> str:
    """A student as the instructor knows them: the id and the name."""
    name = " ".join(part for part in (student.first_name, student.last_name) if part)
    return f"{student.id} ({name})" if name else student.id
