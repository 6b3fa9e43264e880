"""Does an instructor read what a release changes?"""

from __future__ import annotations

import copy

from autograder.release.changes import changes, names, points
from tests.release.test_merge import BASE, notebook


def test_is_nothing_said_of_equal_notebooks():
    assert changes(BASE, copy.deepcopy(BASE)) == []


def test_is_each_kind_of_change_named():
    after = notebook(
        "Read that.", ("relu", "other"), "Then that.", "And this.", ("gelu", "five"), "End."
    )
    after.cells[1].metadata.nbgrader.points = 20
    assert changes(BASE, after) == [
        "added: gelu",
        "removed: tanh",
        "changed: relu",
        "points: relu 6 → 20",
        "text cells: 1 changed, 2 added",
    ]


def test_are_the_cells_that_nbgrader_knows_told_from_the_rest():
    assert names(BASE) == {"relu", "tanh"}
    assert points(BASE) == {"relu": 6.0, "tanh": 6.0}
