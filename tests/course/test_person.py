"""Is what a platform says of somebody kept apart by what it means?"""

from __future__ import annotations

import pytest

from autograder.course.person import (
    ACCOUNT,
    EMAIL,
    LMS_ID,
    describe,
    full_names,
    in_grade_file,
    squeeze,
    without_space,
    words,
)
from autograder.course.roster import Student


def test_has_an_id_the_same_field_in_every_row():
    """Also where other cells are empty."""
    both = in_grade_file("17", ("s1", "ann"), "Ann Lee", "ann@x.org")
    one = in_grade_file("", ("", "bob"), "Bob")
    assert [each.field for each in both.identifiers] == [LMS_ID, "id 0", "id 1", EMAIL]
    assert [each.field for each in one.identifiers] == ["id 1"]
    assert both.identifiers[0].kinds == (ACCOUNT,)
    assert (both.shown, one.shown) == ("Ann Lee (17)", "Bob (bob)")


@pytest.mark.parametrize(
    ("name", "separate", "together"),
    [("O'Neil-Straße, Séan", "oneil strasse séan", "oneilstrasseséan"), ("  ", "", "")],
)
def test_are_names_compared_by_words_or_by_letters(name, separate, together):
    assert (words(name), squeeze(name)) == (separate, together)


def test_has_a_name_both_orders():
    ann, mono = Student("a", "Lee", "Ann"), Student("m", "Plato")
    assert full_names(ann) == ("Ann Lee", "Lee Ann") and full_names(mono) == ("Plato",)
    assert without_space(ann) == ("LeeAnn", "AnnLee") and without_space(mono) == ()
    assert (describe(ann), describe(Student("x"))) == ("a (Ann Lee)", "x")
