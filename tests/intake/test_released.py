"""Is what students received described once, so that each submitted cell can be told?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.intake.released import Released, Role, content_of
from tests.tiny_course import release_tiny_week


@pytest.fixture(scope="module")
def notebook(tmp_path_factory) -> Any:
    return release_tiny_week(tmp_path_factory.mktemp("repository"))


def test_has_every_cell_a_role_and_every_answer_its_first_check(notebook):
    released = Released(notebook)
    assert released.roles == {
        "text-1": Role.OTHER,
        "install_checks": Role.LOCKED,
        "setup": Role.LOCKED,
        "text-2": Role.OTHER,
        "solution-relu": Role.SOLUTION,
        "text-3": Role.OTHER,
        "relu": Role.CHECK,
        "experiment-1": Role.EXPERIMENT,
        "solution-best_bend": Role.SOLUTION,
        "best_bend": Role.CHECK,
        "why_bends": Role.WRITTEN,
    }
    assert released.first_check == {"solution-relu": "relu", "solution-best_bend": "best_bend"}
    assert released.by_content[content_of(released.cells["relu"])] == "relu"


def test_does_a_cell_that_differs_in_white_space_alone_get_the_released_source(notebook):
    released = Released(notebook)
    cell = nbformat.from_dict(released.cells["setup"])
    cell.source = "\n" + cell.source.replace("\n", "  \n") + "\n\n"
    respaced = released.respaced(cell)
    assert respaced.source == released.cells["setup"].source != cell.source
    cell.source += "x = 1"
    assert released.respaced(cell) is cell
    unchanged = released.cells["setup"]
    assert released.respaced(unchanged) is unchanged
