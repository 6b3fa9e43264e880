"""Are rows written once, kept where a person decided, and penalties bounded by the score?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from nbgrader.api import Gradebook
from sqlalchemy.orm import Session

from autograder.course.database import opened
from autograder.course.directory import Course
from autograder.gradebook.rows import AssignmentRows, Outcome
from tests.gradebook.tables import every_row
from tests.tiny_course import TINY_WEEK, course

__all__ = ["course"]
STEM = TINY_WEEK.stem
DUE = datetime(2026, 11, 20, 12)
Result = TypeVar("Result")


def on_time(student: str, score: float, seconds: float) -> None:
    raise AssertionError("nobody is late")


def outcome(student: str, relu: float | None = 4.0, **more: object) -> Outcome:
    scores = {"relu": relu, "best_bend": 0.0, "why_bends": None}
    given = {"timestamp": None, "scores": scores, "comments": {"solution-relu": None}, **more}
    return Outcome(student, **given)


def act(course: Course, work: Callable[[AssignmentRows, Session], Result]) -> Result:
    """Do something with the assignment's rows in one transaction."""
    with opened(course.db_url) as engine, Session(engine) as session, session.begin():
        rows = AssignmentRows.find(session, STEM)
        assert rows is not None
        return work(rows, session)


def write(course: Course, *outcomes: Outcome, policy=on_time) -> None:
    by_student = {each.student: each for each in outcomes}
    act(course, lambda rows, session: rows.write(session, by_student, policy))


def grades(course: Course, student: str) -> dict[str, tuple[float | None, float | None, bool]]:
    """Automatic score, manual score, and whether a person has to grade, by cell."""
    with Gradebook(course.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, student)
        return {
            g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades
        }


def penalty(course: Course, student: str) -> float | None:
    with Gradebook(course.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, student)
        found: float | None = notebook.late_submission_penalty
        return found


def test_is_an_unknown_assignment_none(course):
    with opened(course.db_url) as engine, Session(engine) as session:
        assert AssignmentRows.find(session, "week77_none") is None


def test_does_writing_twice_change_nothing(course):
    write(course, outcome("ada"), outcome("bob", relu=1.0))
    once = every_row(course.db_url)
    write(course, outcome("bob", relu=1.0), outcome("ada"))
    assert every_row(course.db_url) == once


def test_is_a_batch_the_same_as_one_by_one(course, tmp_path):
    """Does it not matter how a class is divided into batches?"""
    together = [outcome("ada"), outcome("bob", relu=0.5), outcome("eve", relu=None)]
    for each in together:
        write(course, each)
    one_by_one = every_row(course.db_url)
    act(
        course, lambda rows, session: rows.write(session, {e.student: e for e in together}, on_time)
    )
    assert every_row(course.db_url) == one_by_one


def test_does_a_score_of_none_wait_for_a_person(course):
    write(course, outcome("ada"))
    assert grades(course, "ada")["why_bends"] == (None, None, True)
    assert grades(course, "ada")["relu"] == (4.0, None, False)


def score_by_hand(course: Course, student: str, cell: str, score: float) -> None:
    with Gradebook(course.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, student)
        grade = next(each for each in notebook.grades if each.name == cell)
        grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def test_is_a_manual_score_kept_and_flagged_when_the_automatic_one_changes(course):
    write(course, outcome("ada"))
    score_by_hand(course, "ada", "relu", 2.0)
    write(course, outcome("ada", relu=1.0))
    assert grades(course, "ada")["relu"] == (1.0, 2.0, True)


@pytest.mark.parametrize("cell", ["relu", "why_bends"])
@pytest.mark.parametrize("same", [True, False])
def test_does_a_hand_grade_stand_while_the_answer_is_unchanged(course, cell, same):
    write(course, outcome("ada"))
    score_by_hand(course, "ada", cell, 2.0)
    given = grades(course, "ada")[cell]
    for _ in range(2):
        write(course, outcome("ada", unchanged=frozenset({cell} if same else ())))
        assert grades(course, "ada")[cell] == (*given[:2], not same)


def test_does_an_unchanged_answer_without_a_hand_grade_still_wait(course):
    for _ in range(2):
        write(course, outcome("ada", unchanged=frozenset({"why_bends"})))
        assert grades(course, "ada")["why_bends"] == (None, None, True)


def test_is_an_answer_that_waits_for_review_not_forgotten(course):
    write(course, outcome("ada"))
    score_by_hand(course, "ada", "why_bends", 2.0)
    write(course, outcome("ada"))
    write(course, outcome("ada", unchanged=frozenset({"why_bends"})))
    assert grades(course, "ada")["why_bends"] == (None, 2.0, True)


def test_does_a_regraded_cell_change_no_other(course):
    write(course, outcome("ada"), outcome("bob"))
    score_by_hand(course, "ada", "why_bends", 8.0)
    before = grades(course, "ada"), grades(course, "bob")
    act(course, lambda rows, s: rows.write_scores(s, {"ada": {"relu": 3.0}}, on_time))
    assert grades(course, "ada") == {**before[0], "relu": (3.0, None, False)}
    assert grades(course, "bob") == before[1]


def test_do_hand_grades_follow_the_points_that_were_released(course):
    write(course, outcome("ada"))
    score_by_hand(course, "ada", "why_bends", 8.0)
    released = {"why_bends": 20.0, "relu": 4.0, "unknown": 1.0}
    for _ in range(2):
        act(course, lambda rows, session: rows.match_points(session, released))
        assert grades(course, "ada")["why_bends"] == (None, 16.0, False)
        assert grades(course, "ada")["relu"] == (4.0, None, False)
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_assignment(STEM).max_score == 26.5


def test_is_a_submission_complete_while_it_has_every_grade(course):
    assert act(course, lambda rows, session: rows.complete(session)) == set()
    write(course, outcome("ada"), outcome("bob"))
    assert act(course, lambda rows, session: rows.complete(session)) == {"ada", "bob"}
    with Gradebook(course.db_url) as gradebook:
        gradebook.db.delete(gradebook.find_submission_notebook(STEM, STEM, "bob").grades[0])
        gradebook.db.commit()
    assert act(course, lambda rows, session: rows.complete(session)) == {"ada"}


@pytest.mark.parametrize(
    ("taken", "expected"),
    [(1.5, 1.5), (99.0, 4.0), (-3.0, 0.0), (None, None)],
)
def test_is_a_penalty_between_nothing_and_the_whole_score(course, taken, expected):
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=DUE.isoformat(" "))
    seen = []

    def policy(student: str, score: float, seconds: float) -> float | None:
        seen.append((student, score, seconds))
        return taken

    late = outcome("ada", timestamp=DUE + timedelta(minutes=1))
    write(course, late, outcome("bob", timestamp=DUE), policy=policy)
    assert seen == [("ada", 4.0, 60.0)]
    assert penalty(course, "ada") == expected and penalty(course, "bob") is None


def test_are_penalties_recomputed_when_an_extension_is_given(course):
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=DUE.isoformat(" "))
    write(course, outcome("ada", timestamp=DUE + timedelta(hours=1)), policy=lambda *_: 2.0)
    assert penalty(course, "ada") == 2.0
    with Gradebook(course.db_url) as gradebook:
        gradebook.grant_extension(STEM, "ada", hours=2)
    act(course, lambda rows, session: rows.write_penalties(session, ["ada"], on_time))
    assert penalty(course, "ada") is None


def test_is_the_submission_time_kept_when_a_later_run_has_none(course):
    write(course, outcome("ada", timestamp=DUE))
    write(course, outcome("ada"))
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(STEM, "ada").timestamp == DUE
