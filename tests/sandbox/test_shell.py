"""Does a cell that is left untranslated hold nothing that IPython would have translated?"""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.shell import is_python_alone

SOLUTIONS = sorted((Path(__file__).resolve().parents[2] / "solutions").glob("week*.py"))
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


@pytest.mark.parametrize("source", IPYTHONS)
def test_is_ipythons_own_syntax_told(source: str) -> None:
    assert not is_python_alone(source)


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_would_ipython_leave_the_lessons_cells_as_they_are(path: Path) -> None:
    cells = [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    alone = [source for source in cells if is_python_alone(source)]
    for source in alone:
        assert TransformerManager().transform_cell(source) == f"{source}\n"
    assert len(alone) > len([source for source in cells if "\n" in source]) / 2
