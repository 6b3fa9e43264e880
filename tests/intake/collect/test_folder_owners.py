"""Is a folder given to whom the worksheet proves that it belongs, and else to nobody?"""

from __future__ import annotations

import pytest

from autograder.course.person import Person
from autograder.intake.collect.folder_owners import GroupNames, Owners
from autograder.intake.moodle_worksheet import ALONE, GROUPS, UNSURE, MoodleWorksheet, Participant

CLASS = [("1", "Ann Lee", "Team A"), ("2", "李 明", "Team A"), ("3", "Team B", "Grüne B & Co.")]


def owners(together: str, nameless: bool = False) -> Owners:
    people = [Participant(n, Person(name, (), (name,)), group) for n, name, group in CLASS]
    sheet = MoodleWorksheet("w.csv", together, False, {each.number: each for each in people})
    return Owners(sheet, nameless)


@pytest.mark.parametrize(
    ("together", "name", "number", "found", "reason"),
    [
        (ALONE, "Ann Lee", "1", ["1"], ""),
        (ALONE, "Lee Ann", "01", ["1"], ""),
        (ALONE, "明李", "2", ["2"], ""),
        (ALONE, "Ann Lee", "2", [], "w.csv calls participant 2 '李 明'"),
        (ALONE, "Ann Lee", "9", [], "not in w.csv"),
        (ALONE, "Team A", "", [], "not in w.csv"),
        (GROUPS, "Team A", "71", ["1", "2"], ""),
        (GROUPS, "Grüne B, amp; Co.", "72", ["3"], ""),
        (GROUPS, "Ann Lee", "1", [], "not a group of w.csv"),
        (UNSURE, "Team A", "71", ["1", "2"], ""),
        (UNSURE, "Ann Lee", "1", ["1"], ""),
    ],
)
def test_whose_is_a_folder(together, name, number, found, reason):
    people, said = owners(together).owners(name, number)
    assert [each.number for each in people] == found and said == reason


def test_is_a_folder_of_a_person_and_of_a_group_nobodys():
    of_both = owners(UNSURE)
    of_both.members["Team B"] = [of_both.sheet.participants["1"]]
    of_both.groups = GroupNames(of_both.members)
    people, said = of_both.owners("Team B", "3")
    assert not people and said == "it fits a person and a group of w.csv"
    assert not of_both.is_alone("Team B", "3") and of_both.is_alone("Ann Lee", "1")


def test_is_the_word_for_everybody_nobodys_name():
    assert not owners(ALONE).owners("Somebody", "1")[0]
    assert owners(ALONE, nameless=True).owners("Somebody", "1")[0]


def test_is_a_group_found_by_the_name_of_its_folder():
    names = GroupNames(["A/B: 1", "Ab 1", "A & B"])
    assert names.called("AB 1") == ["A/B: 1", "Ab 1"]
    assert names.called("A amp; B") == names.called("A B") == ["A & B"]
    assert names.called("C") == []
