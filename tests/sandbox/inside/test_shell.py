"""Do cells that take a shorter way than IPython's come out as they would have come out of it?"""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.inside.shell import is_plain_python

SOLUTIONS = sorted((Path(__file__).resolve().parents[3] / "solutions").glob("week*.py"))
IPYTHONS = [
    "%matplotlib inline\nimport numpy as np",
    "x = 1\n%timeit x",
    "%%time\nx = 1",
    "if True:\n    !ls\n",
    "files = !ls\nprint(files)",
    "x =  %time 2\nx",
    "import numpy as np\nnp.sum?",
    "import numpy as np\nnp.sum??   \n",
    "?print\nx = 1",
    ">>> x = 1\n>>> x",
    "... x = 1\n... x",
    "In [1]: x = 1\n   ...: x",
    "    x = 1\n    x",
    "\n    x = 1\n    x",
    "x = 1\n, print a b",
    "x = 1\n;print a b",
    "x = 1\n/print 1",
    "exit",
    "\nexit\n",
]


def code_cells(path: Path) -> list[str]:
    return [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("source", IPYTHONS)
def test_is_ipythons_own_syntax_told(source: str) -> None:
    assert not is_plain_python(source)


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_would_ipython_leave_the_lessons_cells_as_they_are(path: Path) -> None:
    cells = code_cells(path)
    alone = [source for source in cells if is_plain_python(source)]
    for source in alone:
        # IPython drops blank lines in front, which only moves the lines of a traceback.
        assert TransformerManager().transform_cell(source) == f"{source.lstrip(chr(10))}\n"
    assert len(alone) > len([source for source in cells if "\n" in source]) / 2


def test_is_a_cell_that_shadows_a_magic_left_as_python() -> None:
    """Does an operator at the start of a continued line stay one?"""
    assert is_plain_python("x = (7\n%4)\nx")
    assert not is_plain_python("x = 7\n%4")
