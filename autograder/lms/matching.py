"""Which line of an LMS's file is which student: by id, login or e-mail, then by full name.

A grade in a wrong row is worse than one that is missing: what fits two people, or by its id one
and by its name another, is left out and said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.gradebook.totals import Total
from autograder.output.names import fold


@dataclass(frozen=True)
class Person:
    """Someone as an LMS knows them: its own id, other ids and logins, and the name as shown."""

    key: str
    lms_id: str = ""
    ids: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Matched:
    """`students` by the person's key; a sentence for each one who was left out."""

    students: Mapping[str, Total] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    """Names of the LMS's people whom the course's gradebook does not hold."""


def match(people: Sequence[Person], totals: Iterable[Total]) -> Matched:
    """Find each person's student.

    Args:
        people: as the LMS knows them; keys are unique.
        totals: the course's students.
    """
    index = _Index(totals)
    found: dict[str, Total] = {}
    left_out, strangers = [], []
    for person in people:
        fitting = index.fitting(person)
        if len(fitting) == 1:
            found[person.key] = fitting[0]
        elif fitting:
            names = " and ".join(total.student for total in fitting)
            left_out.append(f"{_shown(person)} fits {names}; left out")
        else:
            strangers.append(_shown(person))
    taken = Counter(total.student for total in found.values())
    for person in people:
        if person.key in found and taken[found[person.key].student] > 1:
            student = found.pop(person.key).student
            left_out.append(f"{_shown(person)} is one of several that fit {student}; left out")
    return Matched(found, tuple(left_out), tuple(strangers))


class _Index:
    def __init__(self, totals: Iterable[Total]) -> None:
        self.by_id: dict[str, dict[str, Total]] = defaultdict(dict)
        self.by_lms_id: dict[str, dict[str, Total]] = defaultdict(dict)
        self.by_name: dict[str, dict[str, Total]] = defaultdict(dict)
        for total in totals:
            self.by_lms_id[total.lms_id or total.student][total.student] = total
            for each in filter(None, (total.student, total.email)):
                self.by_id[squeezed(each)][total.student] = total
            first, last = total.first_name, total.last_name
            if first or last:
                for name in (f"{first} {last}", f"{last} {first}", f"{last}, {first}"):
                    self.by_name[squeezed(name)][total.student] = total

    def fitting(self, person: Person) -> list[Total]:
        """Who fits by any id, or else by name; both where id and name contradict each other."""
        fits = dict(self.by_lms_id.get(person.lms_id, {})) if person.lms_id else {}
        for each in filter(None, map(squeezed, person.ids)):
            fits |= self.by_id.get(each, {})
        named = self.by_name.get(squeezed(person.name), {}) if person.name.strip() else {}
        if not fits:
            return list(named.values())
        if named and not fits.keys() & named.keys():
            fits |= named
        return list(fits.values())


def squeezed(text: str) -> str:
    """A name or login as it is compared, without the commas of an empty first or last name."""
    return fold(text).strip(", ")


def _shown(person: Person) -> str:
    number = person.lms_id or next(filter(None, person.ids), "")
    return f"{person.name or 'somebody without a name'}{f' ({number})' if number else ''}"
