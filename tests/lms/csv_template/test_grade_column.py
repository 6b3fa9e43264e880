"""Is a week's column found only where nothing else could be meant, and asked for otherwise?"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.lms.csv_template.grade_column import Item, grade_column
from autograder.questions import catalogue
from tests.lms.filled_class import student, week


def items(*titles: str | tuple[str, float | None]) -> list[Item]:
    """Columns of these titles, worth 100 points like the week unless said otherwise."""
    named = [(each, 100.0) if isinstance(each, str) else each for each in titles]
    return [
        Item(place, f"{title} ({place + 40})", title, str(place + 40), points)
        for place, (title, points) in enumerate(named)
    ]


def chosen(root, columns: list[Item], wanted: str = "") -> str:
    return grade_column("grades.csv", columns, week(root, [student(0)]), wanted, "column").title


@pytest.mark.parametrize(
    "title",
    [
        "Week 6",
        "week06",
        "Week 06: Backpropagation",
        "Backpropagation",
        "Homework of week 6 - backpropagation (notebook)",
        "week06_backpropagation",
        "WEEK-6",
    ],
)
def test_is_a_title_that_says_only_the_week_taken_alone(tmp_path, title):
    others = ["Week 5", "Week 16", "Week 60", ("Quiz 6", 10.0), "Roll Call Attendance"]
    assert chosen(tmp_path, items(*others, title)) == title


ASKED = {
    "attendance alone": ["Attendance week 6"],
    "attendance before": ["Week 6 attendance", "HW Backprop."],
    "attendance and the topic": [("Attendance week 6", 5.0), "Backpropagation"],
    "a topic spelled otherwise": ["Week 6", "Back-propagation"],
    "a topic with a slip": ["Week 6", "Backpropogation"],
    "the topic in another week": ["Week 6", "Week 7: backpropagation"],
    "a quiz on the topic": ["Backpropagation quiz"],
    "other points": [("Week 6", 5.0)],
    "points unknown": [("Week 6", None)],
    "the only column": ["Attendance"],
    "two weeks in one": ["Week 6 and week 7"],
    "more weeks in one": ["Week 6-8"],
    "a part of it": ["Week 6b"],
    "another of this number": ["Week 6", "HW6"],
    "another of this number, without points": ["Week 6", ("Assignment 06", None)],
    "twice": ["Week 6", "Week 6"],
    "none": ["Week 5"],
    "nothing": [],
}


@pytest.mark.parametrize("titles", ASKED.values(), ids=ASKED)
def test_is_every_other_file_answered_with_a_question(tmp_path, titles):
    for order in permutations(titles):
        with pytest.raises(CourseError, match="--column"):
            chosen(tmp_path, items(*order))


@pytest.mark.parametrize("titles", [each for each in ASKED.values() if len(set(each)) > 1])
def test_is_each_column_reached_by_its_id_or_title(tmp_path, titles):
    columns = items(*titles)
    for each in columns:
        for wanted in (each.id, each.title, each.title.upper(), f" {each.header} "):
            assert chosen(tmp_path, columns, wanted) == each.title


@given(st.text(max_size=12), st.floats(0, 200) | st.none())
def test_does_no_other_title_or_worth_change_where_grades_go(tmp_path_factory, more, points):
    """Whatever an item is called and worth: it is asked for, or it is week 6 and nothing else."""
    column = Item(1, f"Week 6 {more}", f"Week 6 {more}", "1", points)
    try:
        chosen(tmp_path_factory.getbasetemp(), [column])
    except CourseError:
        return
    known = {"assignment", "exercise", "exercises", "homework", "notebook", "backpropagation"}
    small = {"the", "of", "and", "for", "in"}
    left = "".join(c if c.isalnum() else " " for c in more.casefold()).split()
    assert set(left) <= known | small and points is not None and abs(points - 100) < 0.01


@pytest.mark.parametrize(
    ("titles", "wanted", "said"),
    [
        # The beginning of a title is the whole of no title.
        (["Week 6 attendance"], "Week 6", "has no column 'Week 6'; most similar: 'Week 6 att"),
        (["Week 16", "Week 17"], "Week 1", "has no column 'Week 1'"),
        (["Week 6", "week 6"], "WEEK 6", "matches 'Week 6 (40)', 'week 6 (41)'"),
        ([], "Week 6", "it has none at all"),
    ],
)
def test_is_a_named_column_that_is_not_certain_refused(tmp_path, titles, wanted, said):
    with pytest.raises(CourseError, match="Next: .*--column") as caught:
        chosen(tmp_path, items(*titles), wanted)
    assert said in str(caught.value)


def test_does_the_question_say_what_speaks_against_a_column(tmp_path):
    for titles, said in (
        ([("Week 6", 5.0)], "'Week 6 (40)' is worth 5 points"),
        (["Week 6 attendance"], "'Week 6 attendance (40)' also says 'attendance'"),
        (["Week 6", "HW 6"], "'HW 6 (41)' has the same number as 'Week 6 (40)'"),
        (["Week 6", "Backprop"], "(100 points) and 'Backprop (41)' (100 points) all fit"),
        ([("Week 6", None)], "does not say what 'Week 6 (40)' is worth"),
    ):
        with pytest.raises(CourseError, match="Nothing was written. Next: name it") as caught:
            chosen(tmp_path, items(*titles))
        assert said in str(caught.value)


FORMS = ["Week {n}", "week {n:02}: {title}", "{title}", "Homework week {n}"]


@pytest.mark.parametrize("form", FORMS)
def test_is_every_week_found_in_a_gradebook_that_names_all_alike(tmp_path, form):
    """Beside them attendance and an examination, which are no week's."""
    weeks = list(catalogue.weeks())
    titles = [form.format(n=number, title=each.title) for number, each in enumerate(weeks)]
    columns = items(*titles, ("Attendance", 10.0), "Midterm exam")
    for each, title in zip(weeks, titles, strict=True):
        graded = replace(
            week(tmp_path, [student(0)]), week=each.name, stem=each.stem, title=each.title
        )
        assert grade_column("grades.csv", columns, graded, "", "column").title == title
