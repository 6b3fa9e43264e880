"""Does the plain CSV hold every week of every student, readable by any CSV reader?"""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from autograder.course.directory import Course
from autograder.gradebook.totals import Total
from autograder.lms.exporter import WeekGrades
from autograder.lms.plain_csv import export

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def week(name, *totals, **others):
    return WeekGrades(Course(None, "nn", "", b"", None), name, name, name, totals, **others)


def read(made):
    (content,) = made.files.values()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_are_two_weeks_side_by_side_with_their_states():
    first = week("week01", Total("ada", points=9.5, max_points=10), Total("bob", max_points=10))
    second = week("week02", Total("ada", points=3.0, max_points=5, waiting=True))
    made = export([first, second])
    ada, bob = read(made)
    assert list(made.files) == ["grades-week01-week02.csv"]
    assert (ada["week01"], ada["week01 of"], ada["week01 state"]) == ("9.5", "10", "graded")
    assert (ada["week02"], ada["week02 state"]) == ("3", "waiting")
    assert (bob["week01"], bob["week01 state"]) == ("", "not handed in")
    assert (bob["week02"], bob["week02 state"]) == ("", "held back")


@given(st.dictionaries(texts, st.tuples(texts, texts, st.floats(0, 1000)), max_size=8))
def test_does_any_name_and_id_come_back_inert(people):
    totals = [
        Total(student, last, first, points=points, max_points=100)
        for student, (last, first, points) in people.items()
    ]
    rows = read(export([week("week01", *totals)]))
    assert len(rows) == len(people)
    for found, student in zip(rows, sorted(people), strict=True):
        last, first, points = people[student]
        for cell, text in ((found["id"], student), (found["last_name"], last)):
            assert cell in (text, f"'{text}") and not cell.startswith(tuple("=+-@\t\r"))
        assert found["first_name"].endswith(first)
        assert abs(float(found["week01"]) - points) <= 0.005 + 1e-9
