"""Does a plan change exactly what Canvas lacks, and is no comment sent twice?"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.people import Matched
from autograder.errors import CourseError
from autograder.feedback.comment import OPENING
from autograder.lms.canvas.plan import Change, Sent, criteria, make_plan
from autograder.records import Outcome, Report, Verdict
from tests.lms.filled_class import student, week

ASSIGNMENT = SimpleNamespace(course_id=7, id=42)


def submission(user: int, score: float | None = None, **fields):
    return SimpleNamespace(user_id=user, score=score, **fields)


def graded(root, *totals, comments=None):
    made = week(root, list(totals))
    verdict = Verdict("relu", 1.0, 4.0, Outcome.VALUES, "relu", mistake="no-gate")
    students = [total.student for total in totals]
    made.__dict__["reports"] = {each: Report(each, "week06", (verdict,)) for each in students}
    made.__dict__["comments"] = comments or {}
    return made


@pytest.fixture
def sent(tmp_path):
    return Sent(tmp_path, ASSIGNMENT)


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(0, 100) | st.none(), st.floats(0, 100) | st.none())))
def test_is_a_grade_sent_exactly_if_it_differs_from_what_was_entered(tmp_path_factory, class_):
    """Points to two decimals, as Canvas compares them; nothing handed in is no grade."""
    root = tmp_path_factory.mktemp("course")
    totals = [student(n, points) for n, (points, _) in enumerate(class_)]
    there = [
        # `score` is less what Canvas takes off for lateness.
        submission(n, 0.0, entered_score=None if was is None else round(was, 2))
        if was is not None
        else submission(n)
        for n, (_, was) in enumerate(class_)
    ]
    matched = Matched({n: total.student for n, total in enumerate(totals)})
    plan = make_plan(week(root, totals), there, matched, {}, Sent(root, ASSIGNMENT))
    expected = {
        n: f"{points:.2f}"
        for n, (points, was) in enumerate(class_)
        if points is not None and (was is None or f"{points:.2f}" != f"{was:.2f}")
    }
    assert {each.user: f"{float(each.grade):.2f}" for each in plan.changes} == expected
    assert plan.considered == sum(points is not None for points, _ in class_)


def test_is_nothing_planned_for_the_excused_the_unmatched_and_the_held_back(tmp_path, sent):
    class_ = [student(0), student(1), student(2)]
    made = week(tmp_path, class_, held_back=("s0001",))
    there = [submission(0, excused=True), submission(1), submission(2), submission(99)]
    plan = make_plan(made, there, Matched({0: "s0000", 1: "s0001"}), {}, sent)
    assert (plan.changes, plan.considered) == ([], 1)
    assert plan.notes == ("Excused in Canvas, so unchanged: 1 student (s0000).",)


def test_is_a_penalty_that_both_take_off_warned_of(tmp_path, sent):
    made = week(tmp_path, [student(0, late_penalty=5.0), student(1)])
    there = [submission(n, points_deducted=3) for n in range(2)]
    plan = make_plan(made, there, Matched({0: "s0000", 1: "s0001"}), {}, sent)
    (warning,) = plan.notes
    assert "Canvas's late policy" in warning and "1 student (s0000)" in warning


def test_is_a_comment_sent_once_though_a_teacher_deletes_it(tmp_path, sent):
    made = graded(tmp_path, student(0), comments={"s0000": f"{OPENING} 1 of 4"})
    matched = Matched({5: "s0000"})
    (change,) = make_plan(made, [submission(5, 80.0)], matched, {}, sent).changes
    assert change.data() == {"text_comment": f"{OPENING} 1 of 4"}
    assert change.summary() == "s0000: comment"
    sent.confirm([change])
    for remembered in (sent, Sent(tmp_path, ASSIGNMENT)):
        assert make_plan(made, [submission(5, 80.0)], matched, {}, remembered).changes == []
    assert not list(tmp_path.rglob(".partial-*"))


def test_is_a_comment_that_stands_in_canvas_not_sent_again(tmp_path, sent):
    text = f"{OPENING} 1 of 4\nrelu"
    there = [
        {"comment": f"{OPENING} 1 of 4\r\nrelu "},
        {"comment": None},
        {"comment": "Well done."},
    ]
    assert sent.has(submission(5, submission_comments=there), text)
    newer = [*there, {"comment": f"{OPENING} another"}]
    assert not sent.has(submission(5, submission_comments=newer), text)
    assert not sent.has(submission(5), text) and sent.has(submission(5), "")


@pytest.mark.parametrize("content", [b"{", b"\xff", b""])
def test_is_a_damaged_memory_of_comments_said_with_the_next_step(tmp_path, sent, content):
    sent.confirm([Change(5, "ada", comment="text")])
    assert json.loads(sent.path.read_bytes())
    sent.path.write_bytes(content)
    with pytest.raises(CourseError, match="canvas-7-42.json.*delete it"):
        Sent(tmp_path, ASSIGNMENT)


def test_is_a_rubric_sent_whole_or_not_at_all(tmp_path, sent):
    """Canvas keeps no part of an assessment that is replaced."""
    made = graded(tmp_path, student(0))
    matched, questions = Matched({5: "s0000"}), {"relu": "_1"}
    wanted = {"_1": {"points": "1", "comments": "no-gate"}}
    same = {"_1": {"points": 1.0, "comments": "no-gate"}, "_2": {"points": 9.0}}
    for now, rubric in ((None, wanted), ({}, wanted), ({"_1": {"points": 1}}, wanted), (same, {})):
        there = [submission(5, 80.0, rubric_assessment=now)]
        changes = make_plan(made, there, matched, questions, sent).changes
        assert [change.rubric for change in changes] == ([rubric] if rubric else [])


def test_are_criteria_found_by_the_question_in_any_case(tmp_path):
    made = graded(tmp_path, student(0))
    rubric = [
        {"id": "_1", "description": "  ReLU "},
        {"id": "_2", "description": "Style"},
        {"id": "_3", "description": None},
    ]
    assert criteria(SimpleNamespace(rubric=rubric), made) == ({"relu": "_1"}, ())
    assert criteria(SimpleNamespace(rubric=None), made) == ({}, ())
    used = SimpleNamespace(rubric=rubric, use_rubric_for_grading=True)
    found, (said,) = criteria(used, made)
    assert found == {} and "rubric is not filled" in said
