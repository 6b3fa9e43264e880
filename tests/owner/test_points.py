"""Do console, gradebook, feedback and exports agree when an instructor changes what counts?"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.course import directory
from autograder.course.directory import run_converter
from autograder.grading import grade_class
from autograder.questions import catalogue
from tests.conftest import EXHAUSTIVE
from tests.owner.term import (
    STEM,
    command,
    edit,
    grade_by_hand,
    graded,
    grades,
    page,
    shares,
    worth,
)
from tests.submissions import hand_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
WRITTEN = "why_blame_is_cheap"
STUDENTS = ("right", "averages-twice", "mean-error")


@pytest.fixture(scope="module")
def graded_course(released_course, tmp_path_factory):
    """A class that is graded, its written answers included."""
    root = Path(shutil.copytree(released_course, tmp_path_factory.mktemp("owner") / "course"))
    hand_in(root, *STUDENTS)
    graded(root, "--new-students")
    for student in STUDENTS:
        grade_by_hand(root, student, WRITTEN, 15.0)
    return root


@pytest.fixture
def root(graded_course, tmp_path):
    """A copy for a test that changes it."""
    return Path(shutil.copytree(graded_course, tmp_path / "course"))


@pytest.fixture
def nothing_runs(monkeypatch):
    """Fail as soon as a student's code is run."""

    def refuse(*_: object) -> None:
        raise AssertionError("a submission is run")

    monkeypatch.setattr(grade_class, "_graded_here", refuse)


def agree(root: Path, reports, student: str, question: str) -> tuple[float, float]:
    """Points and maximum that the console, the gradebook and the feedback page agree on."""
    row = grades(root, student)[question]
    assert reports[student]["questions"][question]["points"] == row["auto"]
    assert f"{row['auto']:g} of {row['worth']:g} points" in page(root, student)
    return row["auto"], row["worth"]


STEPS = [("nbgrader", 20.0), ("by hand", 3.0), ("autograder", 3.0), ("by hand", 20.0)]


@pytest.mark.parametrize(("step", "points"), STEPS if EXHAUSTIVE else STEPS[:2])
def test_do_changed_points_rescale_what_was_earned(root, nothing_runs, step, points):
    before = {name: grades(root, name) for name in STUDENTS}
    edit(root, worth(dense_backward=points, **{WRITTEN: 10.0}))
    if step == "nbgrader":
        from nbgrader.converters import GenerateAssignment

        run_converter(GenerateAssignment, directory.load(root).config, STEM)
    elif step == "autograder":
        said = command(root, "release", "6")
        assert "Your edits, which stay:" in said and "3 submissions are graded" in said
    else:
        edit(root, worth(dense_backward=points, **{WRITTEN: 10.0}), "release")
        # Nor are recorded answers needed for other points.
        shutil.rmtree(root / ".autograder" / "answers")
    reports = graded(root)
    command(root, "feedback", "6")
    for student in STUDENTS:
        old, new = before[student]["dense_backward"], grades(root, student)["dense_backward"]
        assert agree(root, reports, student, "dense_backward") == (new["auto"], points)
        assert new["auto"] / points == pytest.approx(old["auto"] / old["worth"], abs=0.01)
        written = grades(root, student)[WRITTEN]
        assert written == {"auto": None, "manual": 7.5, "waits": False, "worth": 10.0}
        assert reports[student]["judged_again"]
    assert not any(each["judged_again"] for each in graded(root).values())


@pytest.mark.parametrize(
    ("key", "question"), [("drop", "dense_backward"), ("full_credit", "relu_backward")]
)
def test_does_a_decision_give_nobody_less(root, nothing_runs, key, question):
    before, settings = shares(root), root / "course.toml"
    told = settings.read_text() if settings.exists() else ""
    settings.write_text(f'{told}\n[{key}]\nweek06 = ["{question}"]\n')
    reports = graded(root)
    command(root, "feedback", "6")
    after = shares(root)
    for student in STUDENTS:
        assert after[student] >= before[student]
        auto, most = agree(root, reports, student, question)
        assert auto == most or key == "drop"
    settings.write_text(told)
    graded(root)
    assert shares(root) == pytest.approx(before)


def test_is_a_decision_about_no_question_told(root):
    (root / "course.toml").write_text('[drop]\nweek06 = ["dense_backwards"]\n')
    said = command(root, "grade", "6", code=1)
    assert "'dense_backwards' in [drop]" in said and "dense_backward" in said.split("did you")[-1]
    (root / "course.toml").write_text(f'[full_credit]\nweek06 = ["{WRITTEN}"]\n')
    assert "give its points in the formgrader" in command(root, "grade", "6", code=1)


@pytest.fixture
def without_tanh(monkeypatch):
    """A newer package that has one question less."""
    week = catalogue.week(STEM)
    smaller = week.only(set(week.points_by_name) - {"tanh_backward"})
    monkeypatch.setattr(catalogue, "week", lambda name: smaller)


def test_is_a_question_that_is_gone_graded_as_released(root, without_tanh):
    before = shares(root)
    said = command(root, "grade", "6", code=1)
    assert "week06 is not what was released: tanh_backward is gone; run `auto" in said
    assert "--as-released" in said and "\n" not in said and "full credit for tanh_backward" in said
    assert shares(root) == before
    reports = graded(root, "--as-released")
    command(root, "feedback", "6")
    after = shares(root)
    for student in STUDENTS:
        auto, most = agree(root, reports, student, "tanh_backward")
        assert auto == most and after[student] >= before[student]
        assert reports[student]["max_points"] == 80.0
        assert not grades(root, student)[WRITTEN]["waits"]
    assert graded(root).keys() == reports.keys()  # decided once for all


def test_is_a_dropped_question_that_is_gone_no_difference(root, without_tanh):
    before = shares(root)
    (root / "course.toml").write_text('[drop]\nweek06 = ["tanh_backward"]\n')
    reports = graded(root)
    assert reports["right"]["points"] == 80.0
    assert all(shares(root)[student] >= before[student] for student in STUDENTS)


def test_is_another_release_after_grades_refused_in_a_sentence(root, without_tanh, monkeypatch):
    from autograder.release import plan as planning

    lesson = planning.lesson_of

    def smaller(week, script):
        made = lesson(catalogue._load(STEM), script)
        made.cells = [c for c in made.cells if "tanh_backward" not in c.id]
        return made

    monkeypatch.setattr(planning, "lesson_of", smaller)
    said = command(root, "release", "6", code=1)
    assert "removes solution-tanh_backward, tanh_backward, and 3 submissions are graded" in said


def test_does_a_hand_grade_stand_whatever_is_run_again(root):
    every = [["--force"], ["--only", "right"], ["--run-all"]]
    for words in every if EXHAUSTIVE else every[1:2]:
        graded(root, *words)
        assert grades(root, "right")[WRITTEN]["manual"] == 15.0
        assert not any(grades(root, student)[WRITTEN]["waits"] for student in STUDENTS), words


def test_does_another_wording_make_no_untouched_cell_an_answer(root):
    course = directory.load(root)
    path = course.notebook("submitted", STEM, "blank")
    path.parent.mkdir(parents=True)
    shutil.copy(course.notebook("release", STEM), path)

    def reword(name, cell):
        if name in (WRITTEN, "setup", "solution-relu_backward"):
            comment = "In your own words.\n\n" if name == WRITTEN else "# Run this first.\n"
            cell.source = comment + cell.source

    edit(root, reword)
    command(root, "release", "6")
    reports = graded(root, "--new-students")
    assert grades(root, "blank")[WRITTEN]["auto"] == 0.0
    assert not grades(root, "blank")[WRITTEN]["waits"]
    assert {each["outcome"] for each in reports["blank"]["questions"].values()} == {"not attempted"}
    assert reports["right"]["problems"] == reports["blank"]["problems"] == []
    assert grades(root, "right")[WRITTEN]["manual"] == 15.0
    assert not grades(root, "right")[WRITTEN]["waits"]


def test_does_a_changed_answer_wait_for_a_person_and_no_other(root):
    path = directory.load(root).notebook("submitted", STEM, "right")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == WRITTEN:
            cell.source += "\nAnd it keeps what the forward pass found."
    nbformat.write(notebook, path)
    graded(root)
    waits = {student: grades(root, student)[WRITTEN]["waits"] for student in STUDENTS}
    assert waits == {"right": True, "averages-twice": False, "mean-error": False}
