"""Does regrading from recorded answers give the verdicts of a full run?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.cli import demo
from autograder.course import directory
from autograder.course.directory import Course
from autograder.dispatch import local
from autograder.gradebook import answers as answer_files
from autograder.gradebook import reports
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import Assignment, load_assignment
from autograder.grading.regrade import regrade_report
from autograder.records import Expected, Report, Verdict
from tests.conftest import EXHAUSTIVE
from tests.faults.a_class import course_of, rows

pytestmark = pytest.mark.bubblewrap

SLOW = {"loops-for-ever", "cell-never-ends", "memory-bomb", "prints-a-gigabyte", "crashes"}
# Functions that round are asked again with float64 in place of float32.
SINGLE = demo.writes(
    relu_backward="def relu_backward(dout, z):\n    return np.float32(np.where(z > 0, dout, 0.0))",
    dense_backward="def dense_backward(dout, X, W):\n"
    "    return dout.astype('f4') @ W.T, X.T @ dout * 1.00000001, np.float32(dout.sum())",
)

# A wrong function, and a right one that calls it though its question does not list it.
UNLISTED = demo.writes(
    relu_backward="def relu_backward(dout, z):\n    return dout * (dout > 0)",
    sigmoid_backward="def sigmoid_backward(dout, out):\n"
    "    return relu_backward(dout * out * (1 - out), np.ones(out.shape))",
)


def adds_slopes(notebook: Any) -> bytes:
    """A notebook in which `Value.backward` adds along a path where it should multiply."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("slope * node.grad", "slope + node.grad")
    return demo.to_bytes(notebook)


def product_of_slopes(notebook: Any) -> bytes:
    """One in which a product has slopes of its own; differences and quotients are built of it."""
    for cell in notebook.cells:
        right, wrong = "(other.data, self.data)", "(1.5 * other.data, self.data)"
        cell.source = cell.source.replace(right, wrong)
    return demo.to_bytes(notebook)


MEMBERS = [pupil for pupil in demo.members() if EXHAUSTIVE or pupil.name not in SLOW]
MEMBERS.append(demo.Pupil("rounds-to-float32", SINGLE))
MEMBERS.append(demo.Pupil("adds-slopes", adds_slopes))
MEMBERS.append(demo.Pupil("wrong-product", product_of_slopes))
MEMBERS.append(demo.Pupil("calls-what-no-question-lists", UNLISTED))


@pytest.fixture(scope="module")
def demo_class(released_course, tmp_path_factory) -> tuple[Course, Assignment]:
    """The demo's class, graded once."""
    root = Path(shutil.copytree(released_course, tmp_path_factory.mktemp("regrading") / "course"))
    opened = directory.load(root)
    demo.hand_in(opened, MEMBERS)
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    assert list(grade_class.grade_course(opened, assignment, handed_in))
    return opened, assignment


@pytest.fixture
def nothing_runs(monkeypatch) -> None:
    """Starting a sandbox is an error."""

    def started(*_: Any, **__: Any) -> Iterator[Any]:
        raise AssertionError("something was run")

    monkeypatch.setattr(local, "Sandbox", started)


def stored(opened: Course) -> dict[str, Report]:
    return {report.student: report for report in reports.load(opened, demo.STEM)}


@pytest.mark.parametrize("student", [pupil.name for pupil in MEMBERS])
def test_is_every_question_judged_again_as_it_was(demo_class, student):
    opened, assignment = demo_class
    report = stored(opened)[student]
    assert report.key and all(verdict.key for verdict in report.verdicts)
    for name in assignment.week.questions:
        again = regrade_report(opened, assignment, report, [name])
        assert again is not None, f"{name} could not be judged from what is kept"
        assert again.report.verdicts == report.verdicts and again.changed == ()
        assert again.report.stopped == report.stopped
    everything = regrade_report(opened, assignment, report, list(assignment.week.questions))
    assert everything is not None and everything.report.verdicts == report.verdicts


def test_is_what_an_answer_calls_known_where_nothing_is_run(demo_class):
    """Does follow-through need its code no more?"""
    found = stored(demo_class[0])["calls-what-no-question-lists"].verdicts
    wrong = {verdict.question: verdict.calls for verdict in found if not verdict.right}
    assert wrong == {"relu_backward": ()}
    assert {v.question: v.calls for v in found if v.calls} == {
        "sigmoid_backward": ("relu_backward",)
    }


def a_wider_tolerance(assignment: Assignment, monkeypatch: Any) -> str:
    """From now on, anything within 100 of the reference is right."""
    change(assignment, monkeypatch, "dense_backward", lambda old: replace(old, rounding=wide(old)))
    return "dense_backward"


def another_reference(assignment: Assignment, monkeypatch: Any) -> str:
    """Right answers become wrong, and follow-through asks for what builds on them."""
    change(assignment, monkeypatch, "relu_backward", lambda old: replace(old, value=2 * old.value))
    return "relu_backward"


def a_mistake_less(assignment: Assignment, monkeypatch: Any) -> str:
    question = assignment.week.questions["relu_backward"]
    left = {name: m for name, m in question.mistakes.items() if name != "slope-one-at-zero"}
    monkeypatch.setattr(question, "mistakes", left)
    return "relu_backward"


def other_points(assignment: Assignment, monkeypatch: Any) -> str:
    monkeypatch.setattr(assignment.week.questions["sigmoid_backward"], "points", 1.0)
    return "sigmoid_backward"


def change(
    assignment: Assignment, monkeypatch: Any, name: str, correct: Callable[[Expected], Expected]
) -> None:
    probes = [replace(p, expected=correct(p.expected)) for p in assignment.judge.probes[name]]
    monkeypatch.setitem(assignment.judge.probes, name, probes)


def wide(expected: Expected) -> list[float]:
    return [100 * 2.0**53 for _ in expected.rounding]


ALTERATIONS = [a_wider_tolerance, another_reference, a_mistake_less, other_points]


@pytest.mark.slow
@pytest.mark.parametrize("alter", ALTERATIONS if EXHAUSTIVE else ALTERATIONS[1:2])
def test_is_a_corrected_question_regraded_as_by_a_full_run(demo_class, monkeypatch, alter):
    opened, _ = demo_class
    assignment = load_assignment(opened, demo.WEEK)
    name = alter(assignment, monkeypatch)
    before = stored(opened)
    full_run = local.run(
        grade_class.submissions(opened, assignment),
        lambda submission, sandbox: pipeline.grade(submission, assignment, sandbox),
        limits=assignment.limits(),
        libraries=assignment.libraries,
    )
    answered, changed = 0, 0
    for report in full_run:
        again = regrade_report(opened, assignment, before[report.student], [name])
        if again is None:
            # The new verdict needs an answer that was never asked for.
            continue
        answered += 1
        changed += bool(again.changed)
        assert untimed(again.report) == untimed(report)
        assert again.report.points == report.points and again.report.stopped == report.stopped
        told = {verdict.question: verdict for verdict in before[report.student].verdicts}
        differ = {v.question for v in report.verdicts if differs(v, told[v.question])}
        assert set(again.changed) == differ
    assert changed
    # When a question becomes wrong, follow-through asks for new answers to what builds on it.
    assert answered == len(MEMBERS) or (alter is another_reference and answered > changed)


def test_is_an_error_counted_again_once_no_earlier_question_names_it(demo_class, monkeypatch):
    opened, _ = demo_class
    assignment = load_assignment(opened, demo.WEEK)
    report = stored(opened)["adds-slopes"]
    assert lost(report) == {"value_arithmetic"}
    monkeypatch.setattr(assignment.week.questions["value_arithmetic"], "mistakes", {})
    again = regrade_report(opened, assignment, report, ["value_arithmetic"])
    assert again and lost(again.report) == set(again.changed)
    assert lost(again.report) > {"value_arithmetic", "value_reuse"}


def test_is_a_wrong_product_counted_once_by_a_regrade_as_well(demo_class):
    """To find what is built of it, its cases were asked for in another way."""
    opened, assignment = demo_class
    report = stored(opened)["wrong-product"]
    (wrong,) = (each for each in report.verdicts if not each.right)
    assert wrong.question == "value_arithmetic" and wrong.lost_cases == ("product",)
    again = regrade_report(opened, assignment, report, ["value_arithmetic", "value_reuse"])
    assert again and again.changed == () and untimed(again.report) == untimed(report)


def lost(report: Report) -> set[str]:
    return {each.question for each in report.verdicts if each.points < each.max_points}


def untimed(report: Report) -> list[Verdict]:
    return [replace(verdict, seconds=0.0) for verdict in report.verdicts]


def differs(left: Verdict, right: Verdict) -> bool:
    return replace(left, seconds=0.0, key="") != replace(right, seconds=0.0, key="")


def test_is_nothing_run_where_the_answers_suffice(demo_class, nothing_runs):
    opened, assignment = demo_class
    handed_in = grade_class.submissions(opened, assignment)
    before = stored(opened)

    def grade(*questions: str) -> list[Report]:
        return list(grade_class.grade_course(opened, assignment, handed_in, questions=questions))

    assert all(report.judged_again and not report.kept for report in grade("dense_backward"))
    assert all(report.kept and not report.judged_again for report in grade())
    assert stored(opened) == before


def test_is_only_what_changed_judged_again_and_once(demo_class, monkeypatch, nothing_runs):
    """Is a changed question regraded once, and only when it is named or nothing is?"""
    opened, _ = demo_class
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    changed = {"relu_backward": "new", "dense_backward": "new too"}
    monkeypatch.setitem(vars(assignment), "question_keys", assignment.question_keys | changed)

    def judged(*questions: str) -> int:
        reports = grade_class.grade_course(opened, assignment, handed_in, questions=questions)
        return sum(report.judged_again for report in reports)

    def keys(name: str) -> set[str]:
        return {v.key for r in stored(opened).values() for v in r.verdicts if v.question == name}

    assert judged("relu_backward") == len(MEMBERS)
    assert keys("relu_backward") == {"new"} and "new too" not in keys("dense_backward")
    assert judged() == len(MEMBERS)
    assert keys("dense_backward") == {"new too"}
    assert judged() == 0


def test_is_what_was_never_asked_run(demo_class, monkeypatch):
    """Nobody was asked a new case: is everybody run again, and nothing guessed?"""
    opened, _ = demo_class
    assignment = load_assignment(opened, demo.WEEK)
    (first, *others) = assignment.judge.probes["tanh_backward"]
    moved = {name: value.copy() + 1e-9 for name, value in first.inputs.items()}
    monkeypatch.setitem(
        assignment.judge.probes, "tanh_backward", [replace(first, inputs=moved), *others]
    )
    report = stored(opened)["right"]
    assert regrade_report(opened, assignment, report, ["tanh_backward"]) is None
    assert regrade_report(opened, assignment, report, ["relu_backward"]) is not None
    handed_in = grade_class.only(
        grade_class.submissions(opened, assignment), ["right", "transposes-dW"]
    )
    named = {"questions": ["tanh_backward"]}
    reports = list(grade_class.grade_course(opened, assignment, handed_in, **named))
    assert len(reports) == 2 and not any(r.judged_again or r.kept for r in reports)
    # Their new answers are recorded.
    reports = list(grade_class.grade_course(opened, assignment, handed_in, **named))
    assert all(report.judged_again for report in reports)


@pytest.mark.parametrize("content", [b"", b"another key\n", None])
def test_are_damaged_answers_no_answers(demo_class, content):
    opened, assignment = demo_class
    report = stored(opened)["right-by-einsum"]
    path = answer_files.folder(opened.root, demo.STEM) / "right-by-einsum.answers"
    good = path.read_bytes()
    try:
        path.write_bytes(good[: len(good) // 2] if content is None else content)
        assert regrade_report(opened, assignment, report, ["dense_backward"]) is None
        path.unlink()
        assert regrade_report(opened, assignment, report, ["dense_backward"]) is None
    finally:
        path.write_bytes(good)
    assert regrade_report(opened, assignment, report, ["dense_backward"]) is not None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.beyond_sample
def test_are_gradebook_and_notebooks_those_of_a_full_run(released_course, tmp_path, monkeypatch):
    """Are scores, late penalties and outputs those that a full run would write?"""
    root = course_of(released_course, tmp_path / "course", 14)
    opened = directory.load(root)
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    list(grade_class.grade_course(opened, assignment, handed_in))
    before = rows(opened.db_url)
    full = directory.load(Path(shutil.copytree(root, tmp_path / "full")))
    # Load it again, as a new run would: an assignment does not change while a class is graded.
    assignment = load_assignment(opened, demo.WEEK)
    another_reference(assignment, monkeypatch)
    reports = list(
        grade_class.grade_course(opened, assignment, handed_in, questions=["relu_backward"])
    )
    assert sum(report.judged_again for report in reports) > 7
    list(grade_class.grade_course(full, assignment, handed_in, force=True))
    assert rows(opened.db_url) == rows(full.db_url) != before
    assert {n: r for n, r in rows(opened.db_url).items() if r != before[n]}.keys() == {
        "grade",
        "notebook",
    }
    for report in reports:
        written = [
            json.loads(each.notebook("autograded", demo.STEM, report.student).read_text())
            for each in (opened, full)
        ]
        # Cells' outputs contain times and addresses; the checks' outputs contain the verdicts.
        assert checks(written[0]) == checks(written[1])
        kept, made = (stored(each)[report.student] for each in (opened, full))
        assert untimed(kept) == untimed(made) and kept.key == made.key


def checks(notebook: Any) -> list[Any]:
    cells = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    return [cell.get("outputs") for cell in cells]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_is_a_manual_score_kept(released_course, tmp_path, monkeypatch):
    """Are manual scores kept, and is nothing marked for review that has not changed?"""
    root = course_of(released_course, tmp_path / "course", 6)
    opened = directory.load(root)
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    student = next(each.student for each in handed_in if each.student.startswith("right-"))
    list(grade_class.grade_course(opened, assignment, handed_in))
    by_hand(opened, student, why_blame_is_cheap=8.0, tanh_backward=3.0, relu_backward=2.0)
    another_reference(assignment, monkeypatch)
    list(grade_class.grade_course(opened, assignment, handed_in, questions=["relu_backward"]))
    with Gradebook(opened.db_url) as gradebook:
        grades = gradebook.find_submission_notebook(demo.STEM, demo.STEM, student).grades
        found = {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in grades}
    assert found["why_blame_is_cheap"] == (None, 8.0, False)
    assert found["tanh_backward"][1:] == (3.0, False)
    assert found["relu_backward"] == (0.0, 2.0, True)


def by_hand(opened: Course, student: str, **scores: float) -> None:
    with Gradebook(opened.db_url) as gradebook:
        for grade in gradebook.find_submission_notebook(demo.STEM, demo.STEM, student).grades:
            if grade.name in scores:
                grade.manual_score, grade.needs_manual_grade = scores[grade.name], False
        gradebook.db.commit()
