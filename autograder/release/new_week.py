"""A new week of a course, written as a form that already works, for its author to change."""

from __future__ import annotations

import builtins
import keyword
import re
from pathlib import Path

from autograder.course.directory import WEEKS_FOLDER
from autograder.course.own_weeks import write_folder
from autograder.errors import CourseError, QuestionError
from autograder.questions import catalogue, places
from autograder.questions.catalogue import Week
from autograder.release.new_question import question_cells, question_file, reject_unusable

_STEM = re.compile(r"week(\d\d)_([a-z][a-z0-9]*(?:_[a-z0-9]+)*)", re.ASCII)
_POINTS = 10

_INIT = '''\
"""{title}."""

from autograder.questions.define import Written

WEEK = "{week}"
TITLE = "{title}"
# The files with questions, in the lesson's order.
PARTS = ("{name}",)

# Questions that are answered in prose and graded by hand.
WRITTEN = (
    Written(
        "why_{name}",
        points={points},
        rubric="6 points: the rows are the examples. 4 points: what would be mixed otherwise.",
    ),
)
'''

_LESSON = """\
# %% [markdown]
# # {heading}: {title}
#
# What this week is about, and what you will be able to do at its end.

# %% locked="setup"
import numpy as np

from autograder import check

{cells}
# %% [markdown]
# ## See for yourself

# %% tags=["experiment"]
print({name}(np.arange(6.0).reshape(2, 3)))

# %% [markdown] written="why_{name}"
# ## In your own words
#
# Why is the mean taken along the rows and not along the columns? Two or three sentences.
#
# ### BEGIN SOLUTION
# Each row is one example. Along a column the numbers of different examples would be mixed.
# ### END SOLUTION
"""


def write_week(root: Path, stem: str, title: str = "") -> Week:
    """Write a week of the course's own: a title, a question, a written question and a lesson.

    Args:
        root: the course directory.
        stem: the week's folder, such as "week16_convolution".
        title: the week's title; by default made from the folder's name.

    Raises:
        QuestionError: when the name cannot be used; nothing is written.
        CourseError: when there is such a week already, or it cannot be written.
    """
    named = _STEM.fullmatch(stem)
    if not named:
        raise QuestionError(
            f"{stem!r} cannot be a week's name; expected two digits and lower-case words joined "
            "by underscores, such as week16_convolution"
        )
    title = title or named[2].replace("_", " ").capitalize()
    if '"' in title or "\\" in title or not title.isprintable():
        raise QuestionError(f"the title {title!r} should be one line without quotes")
    _refuse_taken(stem)
    name = _question_name(named[2])
    heading = f"Week {named[1]}"
    texts = {
        "__init__.py": _INIT.format(week=stem[:6], title=title, name=name, points=_POINTS),
        f"{name}.py": question_file(name, _POINTS),
        places.LESSON_FILE: _LESSON.format(
            heading=heading, title=title, name=name, cells=question_cells(name)
        ),
    }
    folder = root / WEEKS_FOLDER / stem
    try:
        write_folder(folder, {file: text.encode() for file, text in texts.items()})
    except OSError as error:
        raise CourseError(f"{folder} cannot be written: {error.strerror}") from None
    catalogue.use(root / WEEKS_FOLDER)
    return catalogue.week(stem)


def _refuse_taken(stem: str) -> None:
    taken = {each[:6]: each for each in catalogue.stems()}
    if stem[:6] not in taken:
        return
    free = next(number for number in range(int(stem[4:6]), 200) if f"week{number:02}" not in taken)
    other = f"week{free:02}_{stem[7:]}" if free < 100 else "another number"
    raise CourseError(
        f"{stem[:6]} is taken by {taken[stem[:6]]}; choose {other}, or run "
        f"`autograder adapt {stem[:6]}` to change that week"
    )


def _question_name(words: str) -> str:
    """A name for the week's first function that nothing else has."""
    taken = {*keyword.kwlist, *dir(builtins), "check", "np", Path(places.LESSON_FILE).stem}
    for week in catalogue.weeks():
        taken |= {*week.points_by_name, *week.answer_cells.values()}
    for name in (words, f"{words}_rows", *(f"{words}_{number}" for number in range(2, 1000))):
        if name not in taken and f"why_{name}" not in taken:
            reject_unusable(name)
            return name
    raise QuestionError(f"{words!r} cannot be the name of a question; choose another")
