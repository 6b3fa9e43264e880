"""Is every submitted cell told for what it is, whatever was lost on its way?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.intake.recognise import COPY, recognise
from autograder.intake.released import Released
from tests.tiny_course import release_tiny_week


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Released:
    return Released(release_tiny_week(tmp_path_factory.mktemp("repository")))


@pytest.fixture
def cells(released) -> list[Any]:
    return [nbformat.from_dict(cell) for cell in released.cells.values()]


def lose(cell: Any) -> Any:
    cell.id, cell.metadata = f"lost-{cell.id}", nbformat.from_dict({})
    return cell


def test_are_unchanged_cells_told_without_metadata_and_ids(released, cells):
    assert recognise(cells, released) == list(released.cells)
    assert recognise([lose(cell) for cell in cells], released) == list(released.cells)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("setup", lambda source: f"import math\n{source}\n%matplotlib inline"),
        ("setup", lambda source: source.replace("import numpy as np", "import numpy")),
        ("experiment-1", lambda source: f"{source}\nx = 1"),
        ("why_bends", lambda source: source.replace("*Your answer here.*", "Without them ...")),
        ("why_bends", lambda source: "Why does a network need bends?"),
        ("why_bends", lambda source: f"> {source}\n\nBecause."),
    ],
)
def test_are_changed_cells_told_by_their_lines(released, cells, name, change):
    cell = next(each for each in cells if each.id == name)
    cell.source = change(cell.source)
    assert recognise([lose(each) for each in cells if each is cell], released) == [name]


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("markdown", "Because."),
        ("code", "import numpy as np"),
        ("markdown", "import numpy as np\n\nfrom autograder import check"),
        ("code", 'check("relu")\nx = 1'),
        ("code", ""),
    ],
)
def test_is_another_cell_the_students_own(released, kind, source):
    cell = nbformat.from_dict({"id": "x", "cell_type": kind, "metadata": {}, "source": source})
    assert recognise([cell], released) == [""]


def test_does_a_read_only_copy_count_that_is_unchanged_and_a_written_one_that_is_answered(
    released, cells
):
    changed = {"setup": "import torch", "why_bends": "Because.", "solution-relu": "relu = 3"}
    names = list(changed)
    copies = [
        nbformat.from_dict(released.cells[name] | {"source": changed[name]}) for name in names
    ]
    originals = [released.cells[name] for name in names]
    assert recognise([*copies, *originals], released) == [
        *(f"{COPY}setup", "why_bends", "solution-relu"),
        *("setup", f"{COPY}why_bends", f"{COPY}solution-relu"),
    ]
    assert recognise([*originals, *copies], released) == [
        *("setup", f"{COPY}why_bends", "solution-relu"),
        *(f"{COPY}setup", "why_bends", f"{COPY}solution-relu"),
    ]
