"""A term's weeks in an instructor's own hands: adapted, made from nothing, in another language."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import directory
from autograder.course.settings import FILE
from autograder.questions import catalogue
from tests.cli.conftest import run
from tests.submissions import write_submission

__all__ = ["run"]
pytestmark = pytest.mark.bubblewrap

INIT = """\
WEEK, TITLE, PARTS = "week16", "Convolution", ("convolve",)
"""
QUESTION = '''\
import numpy as np

from autograder.questions.define import question


@question(points=8, few_mistakes="It goes wrong in one way.")
def convolve(x, k):
    """What a kernel sees as it slides along a signal."""
    return np.array([x[i : i + len(k)] @ k for i in range(len(x) - len(k) + 1)])


@convolve.case("typical")
def _(rng):
    return {"x": rng.normal(size=9), "k": rng.normal(size=4)}


@convolve.mistake("kernel-turned")
def _(x, k):
    """The kernel is turned over before it slides.

    Check: for x = k = [1, 2] the result should be [5].
    """
    return np.convolve(x, k, "valid")
'''
LESSON = """\
# %% locked="setup"
import numpy as np

from autograder import check

# %% solution="convolve"
def convolve(x, k):
    ### BEGIN SOLUTION
    return np.correlate(x, k, "valid")
    ### END SOLUTION

# %% check="convolve"
check("convolve")
"""
STEM = "week06_backpropagation"
RELU = "def relu_backward(dout, z):\n    return "


@pytest.fixture(autouse=True)
def the_package_alone_afterwards():
    yield
    catalogue.use(None)


def hand_in(root: Path, stem: str, **answers: dict[str, str]) -> None:
    """Hand in, for each student, the solved notebook with some cells replaced."""
    opened = directory.load(root)
    source = nbformat.read(opened.notebook("source", stem), as_version=4)
    right = {cell.id: cell.source for cell in source.cells}
    for student, changed in answers.items():
        notebook = nbformat.read(opened.notebook("release", stem), as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = changed.get(cell.id, right[cell.id])
        write_submission(opened.notebook("submitted", stem, student), notebook)


def graded(run: Any, root: Path, week: str, *options: str) -> dict[str, dict[str, Any]]:
    """Grade a week; what is said of each student: points, max_points and questions."""
    code, out, errors = run(
        *("grade", week, "--course", root, "--json", "--new-students", "-j", "1", *options)
    )
    assert code == 0, errors
    return {each["student"]: each for each in json.loads(out)["submissions"]}


def total(student: dict[str, Any]) -> tuple[float, float]:
    """What the automatic questions earned, and what they are worth."""
    return student["points"], student["max_points"]


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_is_a_week_made_from_nothing_in_under_thirty_lines(tmp_path, run):
    lines = [line for text in (INIT, QUESTION, LESSON) for line in text.splitlines() if line]
    assert len(lines) < 30
    root = directory.init(tmp_path / "course").root
    folder = root / "weeks" / "week16_convolution"
    folder.mkdir(parents=True)
    for name, text in (("__init__", INIT), ("convolve", QUESTION), ("lesson", LESSON)):
        (folder / f"{name}.py").write_text(text)
    code, out, _ = run("validate", "16", "--course", root)
    assert code == 0 and "Every law holds. Next: autograder release week16" in out
    code, out, errors = run("release", "16", "--course", root)
    assert code == 0, errors
    wheel = next((root / "release").glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        assert any("convolve" in name for name in archive.namelist())
    turned = 'def convolve(x, k):\n    return np.convolve(x, k, "valid")'
    hand_in(root, folder.name, ann={}, bob={"solution-convolve": turned})
    found = graded(run, root, "16")
    assert total(found["ann"]) == (8, 8) and total(found["bob"]) == (0, 8)
    assert found["bob"]["questions"]["convolve"]["mistake"] == "kernel-turned"


def test_are_two_weeks_adapted_and_a_question_dropped_and_another_worth_more(fresh_course, run):
    for week in ("6", "2"):
        code, _, errors = run("adapt", week, "--course", fresh_course)
        assert code == 0, errors
    code, _, errors = run("adapt", "6", "--course", fresh_course)
    assert code == 1 and "week06 is the course's own already" in errors
    folder = fresh_course / "weeks" / STEM
    replace_in(folder / "relu_backward.py", "points=6", "points=16")
    replace_in(folder / "__init__.py", '    "tanh_backward",\n', "")
    points = catalogue.week("6").questions["tanh_backward"].points
    replace_in(folder / "__init__.py", "POINTS = 100", f"POINTS = {110 - points:g}")
    lesson = (folder / "lesson.py").read_text(encoding="utf-8")
    cells = re.split(r"(?m)^(?=# %%)", lesson)
    kept = [each for each in cells if not re.match(r'# %% (solution|check)="tanh_b', each)]
    assert len(kept) == len(cells) - 2
    (folder / "lesson.py").write_text("".join(kept), encoding="utf-8")
    code, _, errors = run("release", "6", "--course", fresh_course)
    assert code == 0, errors
    hand_in(fresh_course, STEM, ann={}, bob={"solution-relu_backward": f"{RELU}dout * (z < 0)"})
    found = graded(run, fresh_course, "6")
    assert "tanh_backward" not in found["ann"]["questions"]
    earned, worth = total(found["ann"])
    assert earned == worth == 90 - points
    assert found["bob"]["questions"]["relu_backward"]["points"] == 0
    # What builds on a wrong function costs nothing more.
    assert total(found["bob"])[0] == worth - 16


def test_does_the_share_of_course_toml_count_and_judge_again(fresh_course, run):
    kept_axis = "def relu_backward(dout, z):\n    return (dout * (z > 0))[None]"
    hand_in(fresh_course, STEM, ann={"solution-relu_backward": kept_axis})
    worth = catalogue.week("6").questions["relu_backward"].points
    relu = graded(run, fresh_course, "6")["ann"]["questions"]["relu_backward"]
    assert relu["points"] == pytest.approx(worth * 2 / 3, abs=0.01)
    (fresh_course / FILE).write_text("not_as_asked = 0.5")
    relu = graded(run, fresh_course, "6")["ann"]["questions"]["relu_backward"]
    assert relu["points"] == pytest.approx(worth / 2, abs=0.01)


def in_german(lesson: str) -> str:
    """The lesson with every line of its prose and its docstrings' first lines replaced."""
    lines, prose = [], False
    for line in lesson.splitlines():
        if line.startswith("# %%"):
            prose = "[markdown]" in line
        elif prose and line.startswith("# ") and "### " not in line:
            heading = re.match(r"# #+ ", line)
            line = f"{heading[0] if heading else '# '}Größe, Maß und Übung: „übersetzt“."
        elif re.fullmatch(r'    """.+"""', line):
            line = '    """Gibt zurück, was gefragt ist."""'
        lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.mark.beyond_sample
@pytest.mark.parametrize("stem", [STEM, "week01_perceptron"])
def test_may_a_week_be_taught_in_german(stem, fresh_course, run):
    (fresh_course / FILE).write_text('title = "Neuronale Netze"\nlanguage = "de"\n')
    code, _, errors = run("adapt", stem[:6], "--course", fresh_course)
    assert code == 0, errors
    lesson = fresh_course / "weeks" / stem / "lesson.py"
    lesson.write_text(in_german(lesson.read_text(encoding="utf-8")), encoding="utf-8")
    code, _, errors = run("release", stem[:6], "--course", fresh_course)
    assert code == 0, errors
    text = (fresh_course / "release" / stem / f"{stem}.ipynb").read_text(encoding="utf-8")
    assert "„übersetzt“" in text and "BEGIN SOLUTION" not in text
    hand_in(fresh_course, stem, ann={})
    earned, worth = total(graded(run, fresh_course, stem[:6])["ann"])
    assert earned == worth > 0
    run("feedback", stem[:6], "--course", fresh_course)
    page = (fresh_course / "feedback" / "ann" / stem / f"{stem}.html").read_text(encoding="utf-8")
    assert 'lang="de"' in page and "Größe, Maß und Übung" in page
