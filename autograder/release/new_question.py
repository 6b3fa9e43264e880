"""A new question, written into a week's folder and lesson as an example that already works.

The example has a reference, two cases and two mistakes, so that its references, its notebook and
its tests can be made before its author changes a line.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import symtable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError, QuestionError
from autograder.output.files import write_together
from autograder.questions import catalogue
from autograder.questions.places import SOLUTIONS

if TYPE_CHECKING:
    from autograder.questions.catalogue import Week

REPOSITORY = SOLUTIONS.parent
_READABLE = 0o644
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HEADING = re.compile(r"^# ## ", re.MULTILINE)
_MARKDOWN = "# %% [markdown]\n"
_HEADER = re.compile(r"^# %% \[markdown\].*\n\Z", re.MULTILINE)
_SELF_CHECK = "self_check"

_QUESTION = '''\
"""The mean of every row."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


# The reference: what a right answer returns.{advice}
@question(points={points:g})
def {name}(X: Array) -> Any:
    """The mean of every row of X.

    Args:
        X: inputs, shape (N, D), float64.

    Returns:
        The means, shape (N,), float64.

    Source: keras.ops.mean.
    """
    import keras

    return keras.ops.mean(X, axis=1)


# Cases: the inputs that it is tested with, and what share of the points each one is worth.
@{name}.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {{"X": rng.normal(size=(7, 5))}}


@{name}.case("one-example", square="one example is as right as many")
def _(rng: Rng) -> Inputs:
    return {{"X": rng.uniform(100, 200, (1, 6))}}


# Mistakes: wrong formulas. The docstring is what a student reads: the reason, then the next step.
@{name}.mistake("{slug}-of-columns")
def _(X: Array) -> Any:
    """Each row of X is one example, so the mean is taken along axis 1; here it is along axis 0.

    Check: for X of shape (7, 5) the result should have 7 entries.
    """
    return np.mean(X, axis=0)


@{name}.mistake("{slug}-not-divided")
def _(X: Array) -> Any:
    """A mean is the sum divided by the number of entries, D; here the sum is not divided.

    Check: the mean of a row of ones should be 1.
    """
    return np.sum(X, axis=1)
'''

_CELLS = '''\
# %% [markdown]
# ### {title}
#
# Each row of $X$ is one example. Write a function that returns the mean of every row.


# %% solution="{name}"
def {name}(X):
    """The mean of every row of X.

    Args:
        X: inputs, shape (N, D), float64.

    Returns:
        The means, shape (N,), float64.
    """
    ### BEGIN SOLUTION
    return X.mean(axis=1)
    ### END SOLUTION


# %% check="{name}"
check("{name}")
'''


@dataclass(frozen=True)
class NewQuestion:
    """What was written: the question's file, and the lesson with the first line of its cells."""

    file: Path
    lesson: Path
    line: int


def write_question(week: Week, name: str, repository: Path | None = None) -> NewQuestion:
    """Write a question that works and is worth 0 points, and its cells in the week's lesson.

    Args:
        week: the week that gets the question.
        name: the name of the function that students write.
        repository: for a week of the package, the folder that contains `autograder/` and
            `solutions/`; by default, this one.

    Raises:
        QuestionError: when the name cannot be used; nothing is written.
        CourseError: when there are no lessons here.
    """
    folder, lesson = _places(week, repository or REPOSITORY)
    if not lesson.is_file():
        raise CourseError(
            f"the lesson {lesson} does not exist; "
            + (
                "write it, or put it back"
                if week.own
                else "lessons are not part of the installed package, so run this from a checkout "
                "of the course's repository"
            )
        )
    text = lesson.read_text(encoding="utf-8")
    file = folder / f"{name}.py"
    reject_unusable(name)
    _reject_taken(name, text, file)
    parts = folder / "__init__.py"
    before, cells, after = _cells(week, name, text)
    write_together(
        {
            file: question_file(name).encode(),
            parts: _with_part(parts.read_text(encoding="utf-8"), name).encode(),
            lesson: (before + cells + after).encode(),
        },
        _READABLE,
    )
    return NewQuestion(file, lesson, before.count("\n") + 1)


def _places(week: Week, repository: Path) -> tuple[Path, Path]:
    """The folder of a week's question files, and its lesson."""
    if week.own:
        return week.folder, week.lesson
    folder = repository / "autograder" / "questions" / week.stem
    return folder, repository / "solutions" / f"{week.stem}.py"


def question_file(name: str, points: float = 0) -> str:
    """The text of a question's file: an example that works."""
    advice = "" if points else " Give it points, and take them from another question."
    return _QUESTION.format(name=name, slug=name.replace("_", "-"), points=points, advice=advice)


def question_cells(name: str) -> str:
    """The example's cells in a lesson."""
    return _CELLS.format(name=name, title=name.replace("_", " ").capitalize())


def reject_unusable(name: str) -> None:
    """Reject what cannot be the name of a question's function.

    Raises:
        QuestionError: with the reason.
    """
    if not _NAME.fullmatch(name):
        raise QuestionError(
            f"{name!r} cannot be a question's name; expected lower-case words joined by "
            "underscores, such as scale_backward"
        )
    if keyword.iskeyword(name) or hasattr(builtins, name):
        raise QuestionError(f"{name!r} is one of Python's own names; choose another")


def _reject_taken(name: str, lesson: str, file: Path) -> None:
    for week in catalogue.weeks():
        if name in {*week.points_by_name, *week.answer_cells.values()}:
            raise QuestionError(f"{week.name} already has a question called {name}; choose another")
    if file.exists():
        raise QuestionError(f"{file} already exists; choose another name")
    symbols = symtable.symtable(lesson, f"the lesson of {name}", "exec").get_symbols()
    if name in {each.get_name() for each in symbols if each.is_assigned() or each.is_imported()}:
        raise QuestionError(f"the lesson already defines {name}; choose another name")


def _with_part(text: str, name: str) -> str:
    """The week's `__init__.py` with the name in PARTS: last, but before a self-check."""
    found = [
        statement.value.elts
        for statement in ast.parse(text).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, (ast.Tuple, ast.List))
        and [target.id for target in statement.targets if isinstance(target, ast.Name)] == ["PARTS"]
    ]
    if not found or not found[0]:
        raise QuestionError(
            'the week\'s __init__.py has no PARTS with names; expected PARTS = ("relu",) or more'
        )
    last = found[0][-1]
    lines = text.splitlines(keepends=True)
    line, indent = lines[last.lineno - 1], last.col_offset
    gap = " " if line[:indent].strip() else "\n" + " " * indent
    if isinstance(last, ast.Constant) and last.value == _SELF_CHECK:
        line = f'{line[:indent]}"{name}",{gap}{line[indent:]}'
    else:
        end = last.end_col_offset
        line = f'{line[:end]},{gap}"{name}"{line[end:]}'
    lines[last.lineno - 1] = line
    return "".join(lines)


def _cells(week: Week, name: str, lesson: str) -> tuple[str, str, str]:
    """The lesson before the new cells, those cells, and the lesson after them.

    They come after the check of the week's last function, before the next heading.
    """
    functions = [item.name for item in week.questions.values() if item.parameters]
    ends = [lesson.find(f'# %% check="{function}"\n') for function in functions]
    heading = _HEADING.search(lesson, max(ends, default=0))
    place = heading.start() if heading else len(lesson)
    before, after = lesson[:place], lesson[place:]
    if heading:
        # The heading begins a cell, which may have more in its header, or stands in the middle of
        # one, after a hint.
        header = _HEADER.search(before)
        before = before[: header.start()] if header else before.removesuffix("#\n")
        after = (header[0] if header else _MARKDOWN) + after
    cells = question_cells(name)
    return before.rstrip("\n") + "\n\n", cells, f"\n{after}" if after else ""
