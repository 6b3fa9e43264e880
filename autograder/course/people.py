"""Match people on a platform with students: by id first, then by full name, without guessing.

An id is looked up exactly first. Only if no student has it is it compared ignoring case, Unicode
form, spaces and invisible characters. So if a folder `S001` has made a second student beside
`s001`, each is still found by their own id.

Names are always compared that way. Accents are visible, so they count. A name alone counts only if
nothing speaks against it: who has a student's name and another e-mail address is somebody else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from autograder.course.person import (
    ACCOUNT,
    EMAIL,
    ID,
    LMS_ID,
    Person,
    full_names,
    squeeze,
    without_space,
    words,
)
from autograder.course.roster import Student
from autograder.output import did_you_mean
from autograder.output.text import fold

_KINDS = (ID, EMAIL, LMS_ID, ACCOUNT)
# Names are long, so a merely similar one is usually somebody else's.
_LIKE_A_NAME = 0.7


@dataclass(frozen=True)
class Match:
    """The students that a person fits, and by what; `student` is None unless it is exactly one.

    `against` says why a name that fits may be another person's.
    """

    fitting: tuple[Student, ...] = ()
    by: str = ""
    against: str = ""

    @property
    def student(self) -> Student | None:
        return self.fitting[0] if len(self.fitting) == 1 and not self.against else None

    @property
    def reason(self) -> str:
        """Why there is no student; empty if there is one."""
        if not self.fitting:
            return "fits no student"
        if self.against:
            return f"the name fits, but {self.against}"
        return "" if self.student else f"the {self.by} fits {len(self.fitting)} students"


@dataclass(frozen=True)
class Matched:
    """The rows of an LMS's file, matched with students.

    Attributes:
        students: ids of the students, by row.
        left_out: a sentence about each row whose student is uncertain.
        strangers: people who fit no student of the course, as the LMS shows them.
    """

    students: Mapping[int, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


class Roster:
    """The students of a course, found by anything that a platform may know about them."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = tuple(students)
        self._exact: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._folded: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._names: dict[str, set[int]] = defaultdict(set)
        self._joined: dict[str, set[int]] = defaultdict(set)
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
        for name in without_space(student):
            self._joined[words(name)].add(number)

    def match(self, person: Person, compared: Set[str] = frozenset()) -> Match:
        """Find who handed something in: by identifier, or by name if no identifier is known.

        Args:
            person: who handed it in.
            compared: from `compared_fields`, of everybody beside them.
        """
        # In a plain folder the same text is tried as id and as name, so an id outweighs a name.
        fitting, by = self._identified(person)
        return self._match(fitting, by) if fitting else self._by_name(person, compared)

    def compared_fields(self, people: Iterable[Person]) -> frozenset[str]:
        """The fields that hold the roster's own ids: somebody's value in them fits a student."""
        ids = {ID, ACCOUNT}
        return frozenset(
            each.field
            for person in people
            for each in person.identifiers
            if each.field and any(self._known(text, ids & {*each.kinds}) for text in each.spellings)
        )

    def match_all(self, people: Mapping[int, Person]) -> Matched:
        """Find the student of every row of an LMS's file, to write grades into the rows.

        A grade in a wrong row is worse than a missing one. So a row is left out if its id fits one
        student and its name another, if it has a student's name and another e-mail address or id,
        or if another row fits the same student.

        Args:
            people: the people in the file, by row.
        """
        found: dict[int, str] = {}
        left_out, strangers = [], []
        compared = self.compared_fields(people.values())
        for key, person in people.items():
            match = self._without_contradiction(person, compared)
            if match.student:
                found[key] = match.student.id
            elif match.against:
                names = " and ".join(student.id for student in match.fitting)
                left_out.append(
                    f"{person.shown} has the name of {names}, but {match.against}; left out. Next: "
                    "if they are the same person, correct the class list with `autograder roster`"
                )
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
        """At most three students whose name, e-mail or id is similar to this person's."""
        form = squeeze if person.squeezed else fold
        forms = self._all_forms(person.squeezed)
        # An LMS's own number is similar to many others.
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

    def _by_name(self, person: Person, compared: Set[str]) -> Match:
        match = self._match(self._named(person), "name")
        reasons = (_against(person, student, compared) for student in match.fitting)
        return replace(match, against=next(filter(None, reasons), ""))

    def _without_contradiction(self, person: Person, compared: Set[str]) -> Match:
        identified, by = self._identified(person)
        if not identified:
            return self._by_name(person, compared)
        named = self._named(person)
        if named and not identified & named:
            return self._match(identified | named, f"{by} or name")
        return self._match(identified, by)

    def _identified(self, person: Person) -> tuple[set[int], str]:
        """Everybody whom some identifier fits, and the kinds of those identifiers."""
        found: dict[str, set[int]] = defaultdict(set)
        for identifier in person.identifiers:
            known = (self._known(text, identifier.kinds) for text in identifier.spellings)
            for kind, numbers in next(filter(None, known), {}).items():
                found[kind] |= numbers
        by = " or ".join(kind for kind in _KINDS if kind in found)
        return set().union(*found.values()), by

    def _known(self, text: str, kinds: Iterable[str]) -> dict[str, set[int]]:
        """The students who have this text, by kind: exactly, or otherwise ignoring case."""
        exact = {kind: self._exact[kind, text] for kind in kinds if (kind, text) in self._exact}
        key = fold(text)
        return exact or {
            kind: self._folded[kind, key] for kind in kinds if (kind, key) in self._folded
        }

    def _named(self, person: Person) -> set[int]:
        if person.squeezed:
            return self._with_name(self._squeezed, map(squeeze, person.names))
        keys = [words(name) for name in person.names]
        return self._with_name(self._names, keys) or self._with_name(self._joined, keys)

    def _with_name(self, index: Mapping[str, set[int]], keys: Iterable[str]) -> set[int]:
        return next(filter(None, (index.get(key, set()) for key in keys)), set())

    def _all_forms(self, squeezed: bool) -> dict[str, int]:
        """All ids, e-mails and names of students, and whose they are."""
        if squeezed not in self._forms:
            form = squeeze if squeezed else fold
            forms: dict[str, int] = {}
            for number, student in enumerate(self.students):
                for text in (student.id, student.email or "", *full_names(student)):
                    forms.setdefault(form(text), number)
            forms.pop("", None)
            self._forms[squeezed] = forms
        return self._forms[squeezed]


def _against(person: Person, student: Student, compared: Set[str]) -> str:
    """Why somebody with a student's name is another person; empty if nothing says so."""
    for each in person.identifiers:
        own = [student.id] if each.field in compared else []
        if each.field == EMAIL:
            own = [student.email or "", student.id if "@" in student.id else ""]
        elif each.field == LMS_ID:
            own = [student.lms_user_id or "", *own]
        ours, theirs = [*filter(fold, own)], [*filter(fold, each.spellings)]
        if ours and theirs and not {*map(fold, ours)} & {*map(fold, theirs)}:
            what = "e-mail address" if each.field == EMAIL else "id"
            return f"the {what} {theirs[0]}, not {ours[0]}"
    return ""
