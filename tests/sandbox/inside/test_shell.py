"""Do cells that take a shorter way than IPython's come out as they would have come out of it?"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import jupytext
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.answer import Status
from autograder.sandbox.inside.shell import is_plain_python
from autograder.sandbox.session import Cell, Libraries, Sandbox
from tests.sandbox.notebooks import LIMITS, run_cell, text_of

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


def test_outputs_have_nbformats_form(sandbox: Sandbox) -> None:
    """Are streams merged in order, results numbered, and errors shown as in Jupyter?"""
    source = """
        import sys
        from IPython.display import HTML
        print('a')
        print('b')
        print('c', file=sys.stderr)
        display(HTML('<b>x</b>'))
        print('\\x1b[31md')
        3
    """
    source = textwrap.dedent(source)
    with sandbox.open([Cell(4, source), Cell(5, "1 / 0"), Cell(9, "Out[1] + _")]) as session:
        *streams, display, printed, result = session.cells[4].outputs
        assert streams == [
            {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
            {"output_type": "stream", "name": "stderr", "text": "c\n"},
        ]
        assert display["data"]["text/html"] == "<b>x</b>"
        assert printed["text"] == "d\n"
        assert result["execution_count"] == 1 and result["data"] == {"text/plain": "3"}
        (error,) = session.cells[5].outputs
        assert (
            error["ename"] == "ZeroDivisionError" and "Cell In[2], line 1" in error["traceback"][2]
        )
        assert session.cells[5].error == "ZeroDivisionError: division by zero"
        assert session.cells[5].status is Status.RETURNED
        assert session.cells[9].outputs[0]["data"] == {"text/plain": "6"}


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("exit()", "SystemExit"),
        ("quit", "SystemExit"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("input('name?')", "EOFError: input() is not available while a notebook is graded"),
        ("print 1", "SyntaxError"),
        ("b = bytearray(10**11)", "MemoryError"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", "KeyboardInterrupt"),
        ("f = open('big', 'wb')\nwhile True: f.write(bytes(10**6))", "OSError: [Errno 27]"),
    ],
)
def test_ordinary_errors(sandbox: Sandbox, source: str, error: str) -> None:
    """Are these errors of their cell, after which the notebook goes on?"""
    result = run_cell(sandbox, source)
    assert result.status is Status.RETURNED and result.error.startswith(error)
    assert result.outputs[-1]["output_type"] == "error"


def test_endless_recursion(sandbox: Sandbox) -> None:
    """Is it an error of its cell, though IPython takes a second to write its traceback?"""
    with Sandbox(sandbox.isolation, replace(LIMITS, cell_seconds=20)) as patient:
        result = run_cell(patient, "def f(): f()\nf()")
    assert result.status is Status.RETURNED and result.error.startswith("RecursionError")
    assert result.outputs[-1]["output_type"] == "error"


def test_a_flood_of_output_is_cut(sandbox: Sandbox) -> None:
    """Does printing without end cost little and say that it was cut?"""
    for source in ("for _ in range(10**5): print('y')", "print('x' * 10**8)", "'x' * 10**7"):
        result = run_cell(sandbox, source)
        shown = text_of(result) + str([output.get("data") for output in result.outputs])
        assert len(shown) < 1.1 * LIMITS.output
        assert text_of(result).endswith("[The rest of this cell's output was cut.]\n")


def test_plots_are_pictures(sandbox: Sandbox) -> None:
    """Does a figure appear below its cell, and does a preloaded module cost nothing?"""
    with Sandbox(sandbox.isolation, LIMITS, Libraries(("import matplotlib.pyplot",))) as loaded:
        result = run_cell(loaded, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
        again = run_cell(loaded, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    (shown,) = [o for o in result.outputs if "image/png" in o.get("data", {})]
    assert shown["output_type"] == "display_data" and shown["data"]["image/png"][:4] == "iVBO"
    assert "image/png" in again.outputs[-1]["data"]
