"""Is the sandbox's shell Jupyter's equal, habit by habit, beside a real ipykernel?

`habits/` holds what people write in notebooks: lists of cells, or `cells` with

- `known`: why the sandbox differs on purpose. All that the notebook defines in Jupyter must be
  defined here too, so that no function is missing from a cell that ran for the student;
- `fresh`: the habit changes the kernel for good, so that the next one needs another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from autograder.sandbox.session import Ask, Cell, Hold, Libraries, Sandbox
from tests.conftest import EXHAUSTIVE
from tests.sandbox.inside import jupyter
from tests.sandbox.inside.jupyter import Jupyter, names_in, shown, with_names
from tests.sandbox.notebooks import LIMITS

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

TABLES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).with_name("habits").glob("*.yaml"))
}
HABITS = [
    pytest.param(
        habit if isinstance(habit, dict) else {"cells": habit}, id=f"{group}: {name}".lower()
    )
    for group, table in TABLES.items()
    for name, habit in table.items()
]
ANSWERS = [
    habit if isinstance(habit, dict) else {"cells": habit} for habit in TABLES["answers"].values()
]
ROOMY = replace(LIMITS, cell_seconds=20.0, notebook_seconds=60.0, memory=2**30, output=100_000)
INPUT = "np.array([-2.0, 0.0, 3.0])"


class Kernels:
    """A kernel that is replaced after a habit that leaves its traces in it."""

    def __init__(self) -> None:
        self._kernel: Jupyter | None = None

    def run(self, cells: list[str], fresh: bool) -> list[Any]:
        self._kernel = self._kernel or Jupyter()
        try:
            return self._kernel.run(cells)
        finally:
            if fresh:
                self.close()

    def close(self) -> None:
        if self._kernel:
            self._kernel.close()
        self._kernel = None


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    made = Kernels()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shell() -> Iterator[Sandbox]:
    with Sandbox("bubblewrap", ROOMY, Libraries(("import matplotlib.pyplot",))) as opened:
        yield opened


def test_are_there_enough_habits() -> None:
    assert len(HABITS) >= 150 and len(ANSWERS) >= 30


@pytest.mark.parametrize("habit", HABITS if EXHAUSTIVE else HABITS[::12])
def test_is_it_as_in_jupyter(habit: dict[str, Any], kernels: Kernels, shell: Sandbox) -> None:
    """Does each cell show the same, and is the same defined at the end?"""
    cells = with_names(habit["cells"])
    expected = kernels.run(cells, habit.get("fresh", False))
    with shell.open([Cell(index, cell) for index, cell in enumerate(cells)]) as session:
        results = [session.cells[index] for index in range(len(cells))]
    *there, last = expected
    *here, ours = results
    if habit.get("known"):
        assert names_in(last).keys() <= names_in(ours.outputs).keys()
        return
    assert [shown(each.outputs) for each in here] == [shown(each) for each in there]
    assert names_in(ours.outputs) == names_in(last)


@pytest.mark.parametrize("habit", ANSWERS if EXHAUSTIVE else ANSWERS[::6])
def test_is_the_answer_the_one_in_jupyter(
    habit: dict[str, Any], kernels: Kernels, shell: Sandbox
) -> None:
    """Is a function that is asked after the notebook has ended what it was in its cell?"""
    cells = habit["cells"]
    steps = [*(Cell(index, cell) for index, cell in enumerate(cells)), Hold(99, "relu", "relu")]
    with shell.open(steps) as session:
        answer = session.ask([Ask(0, "relu", "", {"z": np.array([-2.0, 0.0, 3.0])})])[0]
    if habit.get("known"):
        assert answer.value.tolist() == [0.0, 0.0, 3.0]
        return
    call = f"import numpy as np\nprint(relu({INPUT}).tolist())"
    outputs = kernels.run([*cells, call], habit.get("fresh", False))[-1]
    errors = [each["ename"] for each in outputs if each["output_type"] == "error"]
    if errors:
        assert answer.error.startswith(errors[0])
    else:
        texts = [each["text"] for each in outputs if each.get("name") == "stdout"]
        assert jupyter.steady("".join(texts)).splitlines()[-1] == str(answer.value.tolist())
