"""Are students, points and outcomes counted as the reports state them?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.feedback.report.findings import UNEXPLAINED, Findings, find
from autograder.feedback.report.people import People
from autograder.gradebook.totals import Total
from autograder.records import Outcome, Report
from tests.feedback.classes import WEEK, report, unreadable, verdict

WORTH = {name: question.points for name, question in WEEK.questions.items()}
GATE = verdict("relu_backward", "gate-from-the-blame", "a1")
ODD = verdict("dense_backward", answered="b2")


def found(*reports: Report, totals: tuple[Total, ...] = ()) -> Findings:
    everyone = totals or tuple(Total(each.student, points=each.points) for each in reports)
    people = People(everyone, [each.student for each in reports], b"key", anonymous=False)
    return find(reports, everyone, WORTH, people)


def test_are_points_lost_counted_once():
    """Do the counts, the questions and the reports agree on what was lost?"""
    made = [report("ada", GATE, ODD), report("bob", GATE), report("eve")]
    findings = found(*made)
    lost = sum(each.max_points - each.points for each in made)
    assert sum(count.points_lost for count in findings.counts) == pytest.approx(lost)
    grouped = [*findings.misconceptions, *findings.unexplained]
    assert sum(group.points_lost for group in grouped) == pytest.approx(lost)
    for question in findings.questions:
        assert question.students == len(made)
        wrong = sum(c.students for c in findings.counts if c.question == question.question)
        assert question.right == len(made) - wrong
        assert 0.0 <= (question.difficulty or 0.0) <= 1.0


def test_is_the_order_of_reports_without_effect():
    made = [report("ada", GATE, ODD), report("bob", GATE), unreadable("eve", "It is empty.")]
    forward, backward = found(*made), found(*reversed(made))
    assert forward.questions == backward.questions and forward.summary == backward.summary
    assert set(forward.counts) == set(backward.counts)
    assert forward.scores == backward.scores and forward.unreadable == backward.unreadable


def test_is_the_costliest_misconception_first():
    other = verdict("dense_backward", "kernel-gradient-transposed", "k1")
    findings = found(report("ada", GATE, other), report("bob", other))
    assert [group.name for group in findings.misconceptions] == [
        "kernel-gradient-transposed",
        "gate-from-the-blame",
    ]
    assert findings.misconceptions[0].students == 2


def test_are_equal_unexplained_answers_one_group_and_equal_digests_of_two_questions_two():
    elsewhere = verdict("tanh_backward", answered="b2")
    findings = found(report("ada", ODD, elsewhere), report("bob", ODD))
    groups = {group.questions: group.students for group in findings.unexplained}
    assert groups == {("dense_backward",): 2, ("tanh_backward",): 1}
    assert {count.found for count in findings.counts} == {UNEXPLAINED}


def test_is_a_missing_answer_neither_a_misconception_nor_unexplained():
    missing = verdict("tanh_backward", outcome=Outcome.MISSING)
    findings = found(report("ada", missing))
    assert not findings.misconceptions and not findings.unexplained
    (count,) = findings.counts
    assert (count.found, count.is_mistake) == (str(Outcome.MISSING), False)


def test_is_an_unreadable_submission_listed_and_in_no_statistic():
    findings = found(report("ada"), unreadable("bob", "It is empty."))
    assert [(each.student, each.reason) for each in findings.unreadable] == [
        ("bob", "It is empty.")
    ]
    assert findings.submissions == 2
    assert {question.students for question in findings.questions} == {1}


def test_is_stopped_code_told_by_question_and_by_cell():
    slow = verdict("tanh_backward", outcome=Outcome.TIMED_OUT)
    (first,) = found(report("ada", slow, stopped=1)).stopped
    assert first.reason == "tanh_backward timed out"
    (second,) = found(report("ada", slow, stopped=3)).stopped
    assert second.reason == "tanh_backward timed out, 2 cells of the notebook stopped"


def test_are_flags_only_for_questions_that_deserve_a_look():
    nobody = [report(f"s{number}", GATE) for number in range(3)]
    flags = {each.question: each.flags for each in found(*nobody).questions}
    assert flags["relu_backward"] == ("nobody solved it",)
    assert flags["tanh_backward"] == ("everybody solved it",)
    # Weak students solve it and strong ones do not.
    weak = [report(f"w{n}", ODD, verdict("tanh_backward", "square-missing")) for n in range(5)]
    strong = [report(f"x{n}", GATE) for n in range(5)]
    flags = {each.question: each.flags for each in found(*weak, *strong).questions}
    assert flags["relu_backward"] == ("stronger students did worse here",)


def test_are_students_without_a_submission_and_those_who_wait_listed():
    grades = (Total("ada", points=90.0, waiting=True), Total("bob"))
    findings = found(report("ada"), totals=grades)
    assert {score.student: score.points for score in findings.scores} == {"ada": 90.0, "bob": None}
    assert findings.waiting == ("ada",)
    assert findings.summary is not None and findings.summary.count == 1


def test_is_a_class_without_submissions_no_error():
    findings = found(totals=(replace(Total("ada"), max_points=100.0),))
    assert findings.summary is None and findings.submissions == 0
    assert all(question.difficulty is None for question in findings.questions)
