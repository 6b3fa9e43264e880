"""Are students' names kept out of an anonymous report, and only names?"""

from __future__ import annotations

import pytest

from autograder.feedback.report.people import People
from autograder.gradebook.totals import Total
from tests.feedback.report.a_class import NAMES


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lovelaces_gradient = 1", True),
        ("ADA = 1", True),
        ("adaLovelace()", True),
        ("eve19", True),
        ("Ève", True),
        ("mail ada17@example.edu", True),
        ("np.max(dot)", False),
        ("adam_step(w)", False),
        ("return dout * (z > 0)", False),
    ],
)
def test_is_a_name_told_from_the_words_of_the_course(text, names):
    totals = [
        Total(name, last, first, f"{name}@example.edu") for name, (first, last) in NAMES.items()
    ]
    people = People(totals, NAMES, b"key", anonymous=True, course_words="np.max np.dot example edu")
    assert people.names_somebody(text) is names


def test_do_the_numbers_of_an_anonymous_class_follow_no_alphabet():
    ids = [f"s{number:03}" for number in range(50)]
    labels = [People([], ids, b"key", anonymous=True).label(each) for each in ids]
    assert sorted(labels) == [f"Student {number:02}" for number in range(1, 51)] != labels
    assert labels != [People([], ids, b"other", anonymous=True).label(each) for each in ids]
