"""Whose a folder of Moodle's archive is, by its name and number and the grading worksheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape

from autograder.course.person import squeeze
from autograder.intake.moodle_words import is_nobodys_name
from autograder.intake.moodle_worksheet import ALONE, GROUPS, MoodleWorksheet, Participant
from autograder.output.text import fold

# What Moodle drops from the names of files and folders.
_DROPPED = re.compile(r"[&<>\"`|':\\/\x00-\x1f\x7f]")


class Owners:
    """Whose a folder is, according to a worksheet.

    Args:
        sheet: the worksheet.
        nameless: whether the folders have one and the same word in place of names.
    """

    def __init__(self, sheet: MoodleWorksheet, nameless: bool = False) -> None:
        self.sheet = sheet
        self.nameless = nameless
        self.members: dict[str, list[Participant]] = {}
        for each in sheet.participants.values():
            if each.group:
                self.members.setdefault(each.group, []).append(each)
        self.groups = GroupNames(self.members)

    def owners(self, name: str, number: str) -> tuple[list[Participant], str]:
        """The people, or nobody and the reason."""
        group, alone = self._group(name), self._alone(name, number)
        if self.sheet.together == GROUPS:
            return group
        if self.sheet.together == ALONE:
            return alone
        if group[0] and alone[0]:
            return [], f"it fits a person and a group of {self.sheet.name}"
        return group if group[0] else alone

    def is_alone(self, name: str, number: str) -> bool:
        """Whether a folder can only be a participant's."""
        return bool(self._alone(name, number)[0]) and not self._group(name)[0]

    def _alone(self, name: str, number: str) -> tuple[list[Participant], str]:
        found = self.sheet.participants.get(str(int(number))) if number else None
        if found is None:
            return [], f"not in {self.sheet.name}"
        # Languages differ in the order of names and the spaces between them.
        said = found.person.names[0] if found.person.names else ""
        nameless = self.nameless or is_nobodys_name(name)
        if not nameless and Counter(squeeze(said)) != Counter(squeeze(name)):
            return [], f"{self.sheet.name} calls participant {number} {said!r}"
        return [found], ""

    def _group(self, name: str) -> tuple[list[Participant], str]:
        fitting = self.groups.called(name)
        if len(fitting) > 1:
            return [], f"the name fits {len(fitting)} groups of {self.sheet.name}"
        if not fitting:
            return [], f"not a group of {self.sheet.name}"
        return self.members[fitting[0]], ""


class GroupNames:
    """Groups, found by their name as Moodle writes it into a folder's name."""

    def __init__(self, groups: Iterable[str]) -> None:
        self._index: dict[Callable[[str], str], dict[str, list[str]]] = {}
        for form in (_as_file_name, squeeze):
            index = self._index[form] = {}
            for group in dict.fromkeys(groups):
                for spelling in _spellings(group, form):
                    index.setdefault(spelling, []).append(group)

    def called(self, name: str) -> list[str]:
        """The groups that a folder's name may mean."""
        found = (index.get(form(name)) for form, index in self._index.items())
        return next(filter(None, found), [])


def _as_file_name(name: str) -> str:
    return fold(_DROPPED.sub("", name.replace("_", " ")))


def _spellings(group: str, form: Callable[[str], str]) -> Iterable[str]:
    """A group's name as it is, and as it is in a web page, which is what Moodle writes."""
    return {text for text in (form(group), form(escape(group, quote=False))) if text}
