"""A demo class for week 06: right answers in many styles, catalogued mistakes, broken files, code
that hangs or crashes, and three attempts to cheat.

The benchmarks and tests use the same class, so that their numbers can be reproduced.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from autograder.course import directory as courses
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.feedback.pages import generate_feedback
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.light_imports import nbformat
from autograder.questions import catalogue
from autograder.release import generate

WEEK = "week06"
STEM = "week06_backpropagation"


@dataclass(frozen=True)
class Pupil:
    """One member of the demo class.

    `edit` turns a complete, right notebook into the bytes of the submitted file; None stands for
    an empty folder. `hostile` code needs a sandbox.
    """

    name: str
    edit: Callable[[Any], bytes | None]
    hostile: bool = False


def writes(**answers: str) -> Callable[[Any], bytes]:
    """An edit that replaces the answers to these questions in a right notebook."""

    def edit(notebook: Any) -> bytes:
        for name, code in answers.items():
            answer_cell(notebook, name).source = code.strip("\n")
        return to_bytes(notebook)

    return edit


def answer_cell(notebook: Any, name: str) -> Any:
    """The cell in which the question `name` is answered."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"solution-{name}":
            return cell
    raise KeyError(name)


def to_bytes(notebook: Any) -> bytes:
    """The notebook as the content of an .ipynb file."""
    text: str = nbformat.v4.writes(notebook)
    return text.encode()


# --- right answers in other styles -----------------------------------------------------------

LOOPS = writes(
    dense_backward="""
def dense_backward(dout, X, W):
    N, D = X.shape
    M = W.shape[1]
    dX, dW, db = np.zeros((N, D)), np.zeros((D, M)), np.zeros(M)
    for n in range(N):
        for m in range(M):
            db[m] += dout[n, m]
            for d in range(D):
                dX[n, d] += dout[n, m] * W[d, m]
                dW[d, m] += dout[n, m] * X[n, d]
    return dX, dW, db
""",
    relu_backward="""
def relu_backward(dout, z):
    out = np.zeros_like(dout)
    for place, value in np.ndenumerate(z):
        if value > 0:
            out[place] = dout[place]
    return out
""",
)
EINSUM = writes(
    dense_backward="""
def dense_backward(dout, X, W):
    return (
        np.einsum("nm,dm->nd", dout, W),
        np.einsum("nd,nm->dm", X, dout),
        np.einsum("nm->m", dout),
    )
"""
)
FLOAT32 = writes(
    dense_backward="""
def dense_backward(dout, X, W):
    dout, X, W = (a.astype(np.float32) for a in (dout, X, W))
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    tanh_backward="""
def tanh_backward(dout, out):
    out = out.astype(np.float32)
    return dout.astype(np.float32) * (1 - out**2)
""",
)
IN_PLACE_ON_COPIES = writes(
    relu_backward="""
def relu_backward(dout, z):
    dz = dout.copy()
    dz[z <= 0] = 0
    return dz
""",
    sigmoid_backward="""
def sigmoid_backward(dout, out):
    dz = np.array(dout)
    dz *= out
    dz *= 1 - out
    return dz
""",
)
OTHER_WORDS = writes(
    dense_backward="""
def dense_backward(dout, X, W):
    return [np.dot(dout, np.transpose(W)), np.dot(X.T, dout), np.add.reduce(dout)]
""",
    relu_backward="""
relu_backward = lambda dout, z: np.where(z > 0, dout, 0.0)
""",
)

# --- catalogued mistakes ---------------------------------------------------------------------

DENSE = "def dense_backward(dout, X, W):\n    return {}"
MISTAKES: dict[str, Callable[[Any], bytes]] = {
    "transposes-dW": writes(
        dense_backward=DENSE.format("dout @ W.T, dout.T @ X, dout.sum(axis=0)")
    ),
    "one-number-db": writes(dense_backward=DENSE.format("dout @ W.T, X.T @ dout, dout.sum()")),
    "averages-twice": writes(
        dense_backward=DENSE.format("dout @ W.T, X.T @ dout / len(X), dout.sum(0) / len(X)")
    ),
    "keeps-two-axes": writes(
        dense_backward=DENSE.format("dout @ W.T, X.T @ dout, dout.sum(0, keepdims=True)")
    ),
    "gate-from-blame": writes(
        relu_backward="def relu_backward(dout, z):\n    return dout * (dout > 0)"
    ),
    "slope-one-at-zero": writes(
        relu_backward="def relu_backward(dout, z):\n    return dout * (z >= 0)"
    ),
    "changes-dout": writes(
        relu_backward="def relu_backward(dout, z):\n    dout[z <= 0] = 0\n    return dout"
    ),
    "ignores-dout": writes(tanh_backward="def tanh_backward(dout, out):\n    return 1 - out**2"),
    "sigmoid-twice": writes(
        sigmoid_backward="""
def sigmoid_backward(dout, out):
    s = 1 / (1 + np.exp(-out))
    return dout * s * (1 - s)
"""
    ),
    "forward-difference": writes(
        numerical_gradient="""
def numerical_gradient(f, x, eps=1e-5):
    x = x.astype(float)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        start = f(x)
        x[i] += eps
        gradient[i] = (f(x) - start) / eps
        x[i] -= eps
    return gradient
"""
    ),
    "mean-error": writes(
        relative_error="""
def relative_error(a, b):
    return np.mean(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))
"""
    ),
    "tanh-squared-missing": writes(
        tanh_backward="def tanh_backward(dout, out):\n    return dout * (1 - out)"
    ),
}

# --- broken notebooks ------------------------------------------------------------------------


def _untouched(notebook: Any) -> bytes:
    for cell in notebook.cells:
        if "stub" in cell.metadata:
            cell.source = cell.metadata.pop("stub")
    return to_bytes(notebook)


def _deletes_cells(notebook: Any) -> bytes:
    gone = {"solution-tanh_backward", "dense_backward", "setup"}
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in gone
    ]
    return to_bytes(notebook)


def _renames_function(notebook: Any) -> bytes:
    cell = answer_cell(notebook, "tanh_backward")
    cell.source = cell.source.replace("def tanh_backward", "def my_tanh_backward")
    return to_bytes(notebook)


def _duplicates_cells(notebook: Any) -> bytes:
    cell = answer_cell(notebook, "relu_backward")
    first = copy.deepcopy(cell)
    first.source = "def relu_backward(dout, z):\n    return dout"
    notebook.cells.insert(notebook.cells.index(cell), first)
    return to_bytes(notebook)


def _corrupt(notebook: Any) -> bytes:
    return to_bytes(notebook)[: 2 * len(to_bytes(notebook)) // 3]


def _web_page(notebook: Any) -> bytes:
    return b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


def _forges_points(notebook: Any) -> bytes:
    for cell in notebook.cells:
        stamp = cell.metadata.get("nbgrader", {})
        if stamp.get("grade"):
            stamp["points"] = 1000
    answer_cell(notebook, "dense_backward").source = "# nothing here\n1000.0"
    return to_bytes(notebook)


BROKEN: dict[str, Callable[[Any], bytes | None]] = {
    "untouched": _untouched,
    "deletes-cells": _deletes_cells,
    "renames-function": _renames_function,
    "duplicates-a-cell": _duplicates_cells,
    "corrupt-json": _corrupt,
    "saved-web-page": _web_page,
    "empty-folder": lambda notebook: None,
    "python-2": writes(
        relative_error="""
def relative_error(a, b):
    print "comparing", a, b
    return max(abs(a - b))
"""
    ),
    "wrong-shape-inside": writes(
        dense_backward=DENSE.format("dout @ W, X.T @ dout, dout.sum(axis=0)")
    ),
}

HOSTILE: dict[str, Callable[[Any], bytes]] = {
    "loops-for-ever": writes(
        tanh_backward="def tanh_backward(dout, out):\n    while True:\n        pass"
    ),
    "cell-never-ends": writes(relative_error="while True:\n    pass"),
    "crashes": writes(
        sigmoid_backward="import os\ndef sigmoid_backward(dout, out):\n    os._exit(0)"
    ),
    "memory-bomb": writes(
        relative_error="hoard = []\nwhile True:\n    hoard.append(np.ones(10**7))"
    ),
    "prints-a-gigabyte": writes(
        relative_error="""
for _ in range(1000):
    print("x" * 10**6)


def relative_error(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))
"""
    ),
    "cheat-empties-checks": writes(
        relative_error="""
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass"])
import numpy
numpy.allclose = numpy.array_equal = lambda *a, **k: True
numpy.testing.assert_allclose = lambda *a, **k: None
"""
    ),
    "cheat-forges-points": _forges_points,
    "cheat-reads-the-grader": writes(
        relative_error="""
import os, sys
found = [
    os.path.join(folder, name)
    for top in ("/tmp", "/grader", "/home", "/root")
    for folder, _, names in os.walk(top)
    for name in names
    if name.endswith((".db", ".npz")) or "questions" in folder
]
print(found, os.environ, [name for name in sys.modules if "questions" in name])
def relative_error(a, b):
    return 0.0
"""
    ),
}

RIGHT: dict[str, Callable[[Any], bytes]] = {
    "right": to_bytes,
    "right-in-loops": LOOPS,
    "right-by-einsum": EINSUM,
    "right-in-float32": FLOAT32,
    "right-in-place-on-copies": IN_PLACE_ON_COPIES,
    "right-in-other-words": OTHER_WORDS,
}


def members() -> list[Pupil]:
    """The whole class: at least 30, of every kind."""
    calm = [Pupil(name, edit) for name, edit in {**RIGHT, **MISTAKES, **BROKEN}.items()]
    return calm + [Pupil(name, edit, hostile=True) for name, edit in HOSTILE.items()]


def harmless(count: int) -> list[Pupil]:
    """A class of any size that is safe to run anywhere: right answers and honest mistakes."""
    kinds = cycle({**RIGHT, **MISTAKES}.items())
    return [
        Pupil(f"{name}-{number:04}", edit)
        for number, (name, edit) in enumerate(islice(kinds, count))
    ]


def hand_in(course: Course, pupils: Iterable[Pupil]) -> None:
    """Write the class's files to where nbgrader collects submissions."""
    complete = solved(course)
    for pupil in pupils:
        content = pupil.edit(copy.deepcopy(complete))
        folder = course.folder("submitted", STEM, pupil.name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "timestamp.txt").write_text("2026-11-20 12:00:00 UTC")
        if content is not None:
            (folder / f"{STEM}.ipynb").write_bytes(content)


def solved(course: Course) -> Any:
    """The released notebook with every answer filled in; each stub is kept in its metadata."""
    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    source = nbformat.read(course.notebook("source", STEM), as_version=4)
    answers = {cell.id: cell.source for cell in source.cells}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["stub"] = cell.source
            cell.source = answers[cell.id]
    return released


def run(directory: Path, *, workers: int = 0) -> None:
    """Create the course, release, hand in, grade, and print what an instructor would look at."""
    from rich.markup import escape

    from autograder.cli.display import (
        ClassTable,
        brief,
        progress,
        screen,
    )
    from autograder.sandbox.mounts import isolation_available

    if directory.exists():
        if not (directory / courses.CONFIG_FILE).is_file():
            raise CourseError(f"{directory} exists and is not a course; choose another directory")
        shutil.rmtree(directory)
    with screen.status("Creating a course and releasing week 06"):
        course = courses.init(directory)
        generate.release(course, catalogue.week(WEEK))
    pupils = members()
    hand_in(course, pupils)
    with screen.status("Computing the hidden cases' reference values with Keras (once per course)"):
        assignment = load_assignment(course, WEEK)
    reason = isolation_available()
    isolation = "bubblewrap" if reason == "bubblewrap" else "process"
    if isolation == "process":
        screen.print(f"Process limits only, without a sandbox: {reason}")
    submissions = grade_class.submissions(course, assignment)
    reports = grade_class.grade_course(
        course, assignment, submissions, workers=workers, isolation=isolation
    )
    table = ClassTable(WEEK)
    for report in progress(reports, len(submissions), "Grading"):
        table.add(brief(report))
    table.print()
    screen.print(
        "The written question, worth 20 more points, is graded by hand in nbgrader's formgrader."
    )
    with screen.status("Writing feedback"):
        pages = generate_feedback(course, STEM)
    page = next(path for path in pages if "transposes-dW" in str(path))
    sample = json.loads(course.notebook("autograded", STEM, "transposes-dW").read_text())
    screen.print(f"\nGradebook: {course.root / 'gradebook.db'}", soft_wrap=True)
    screen.print(f"Feedback:  {page} and {len(pages) - 1} more\n", soft_wrap=True)
    screen.print("What transposes-dW reads there:\n")
    screen.print(escape(message_of(sample, "dense_backward")), highlight=False)


def message_of(notebook: Any, question: str) -> str:
    """The message below a question's check in a graded notebook, or an empty text."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == question:
            text = cell["outputs"][0]["data"]["text/plain"]
            return text if isinstance(text, str) else "".join(text)
    return ""
