"""Do cells that take a shorter way than IPython's come out as they would have come out of it?"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.inside.shell import is_python_alone, shows_nothing

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
    assert not is_python_alone(source)


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_would_ipython_leave_the_lessons_cells_as_they_are(path: Path) -> None:
    cells = code_cells(path)
    alone = [source for source in cells if is_python_alone(source)]
    for source in alone:
        assert TransformerManager().transform_cell(source) == f"{source}\n"
    assert len(alone) > len([source for source in cells if "\n" in source]) / 2


VALUES_LAST = [
    "def f(x):\n    return x\nf(1)",
    "def f(x):\n    return x\n[\n    f(1)\n]",
    "x = 1\nif x:\n    y = 2\n",
    'x = """\ndef f():\n    return 1\n"""',
    'print("""\ndef f():\n    return 1\n    """)',
    "'''\nclass A:\n    pass\n    '''",
    "@staticmethod\ndef f(x):\n    return x\nclass_ = f",
    "%time\ndef f():\n    return 1",
    "async def f():\n    return 1",
    'x = 1\n"a separator that is no line end:\u2028def f(): pass"',
    "",
    "x = 1\n4",
    "x = 1\nx == 1",
    "x = 1\nx, y",
    "x = 1; x\ny = 2",
    "x = 1\ny = 2; x",
    "x = 1\nf(\ny = 2)",
    "x = 1\n\\\ny",
    "x = 1\n'\\\ny = \"\\'\" #'",
    "x = 1\n'''\ny = 1 # ''' + \"'''\"",
    "x = 1\r4\ny = 2",
    "def f():\n    return 1\r4",
    "def f():\n    return 1\n \f4",
    "x = 1\n\f4",
    "x = 1\nprint(x)",
    "x = 1\nx.y = 2\nx",
    "x = 1\nlambda y=2: y",
]
NAMES = [
    "# One of three.\nchoice = 'a'",
    "import math\nfrom math import pi",
    "x = dict(\ny=1)\nz = x == 2\n\n# done",
    "x, y = 1, 2\nx = [\n    y,\n    x]",
    "x = 1\ny = missing",
    "x = 1\nx, y z = 2",
    "x = 1\n    y = 2",
    "# Nothing\n# at all.",
]
DEFINITIONS = [
    "def f(x):\n    return x\n\n\n# done\n",
    'import math\n\nclass A:\n    """Of points."""\n\n    x = math.pi\n    print(x)',
    "print(1)\n\ndef f(x=1 / 0):\n    return x",
    "print(1)\nmissing\n\ndef f(x):\n    return x",
    "print(1)\ndef f(x)\n    return x",
    "print(1)\nreturn 2\n\ndef f(x):\n    return x",
    "print(1)\nfrom __future__ import annotations\n\ndef f(x: Missing):\n    return x",
    "def g(x: Missing):\n    return x\ndef f(x: Missing):\n    return x",
    "raise SystemExit(3)\n\ndef f(x):\n    return x",
    "raise StopIteration\n\ndef f(x):\n    return x",
    "await f\n\ndef f(x):\n    return x",
    "x = 1\nx\nprint(get_ipython().user_ns['x'], __name__)\ndef f(x):\n    return x",
    "import sys\nsys.stderr.write('err')\nx = '\\d'\ndef f(x):\n    return x",
    "def f(x):\n    return 1 / x\nf(0)\ndef g(x):\n    return x",
    "get_ipython().events.register('post_run_cell', lambda result: print(result))\ndef f():\n    1",
    "def f():\n    2",
]
RUN_ALL = r"""
import json, re, sys
from autograder.sandbox import shell as shells
out = sys.stdout
shell = shells.start_shell()
if sys.argv[1] == "ipython":
    shells.shows_nothing = lambda source: False
found = []
for source in json.loads(sys.argv[2]):
    outputs, error = shell.run(source, 10_000, 0)
    names = sorted(name for name in shell.user_ns if not name.startswith("_"))
    found.append([outputs, error, names, shell.last_execution_result.success])
out.write(re.sub(r"\bat (0x)?[0-9a-f]+", "at", json.dumps(found)))
"""


@pytest.mark.parametrize("source", VALUES_LAST)
def test_is_a_cell_that_may_end_with_a_value_left_to_ipython(source: str) -> None:
    assert not shows_nothing(source)


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_does_no_cell_that_shows_nothing_end_with_a_value(path: Path) -> None:
    cells = code_cells(path)
    silent = [source for source in cells if shows_nothing(source)]
    for source in silent:
        assert not any(isinstance(last, ast.Expr) for last in ast.parse(source).body[-1:]), source
    assert silent or not any("\ndef " in source for source in cells)


def test_are_definitions_and_names_run_as_ipython_runs_them() -> None:
    assert all(shows_nothing(source) for source in [*DEFINITIONS[:4], *NAMES])
    found = [
        subprocess.run(
            [sys.executable, "-c", RUN_ALL, way, json.dumps(DEFINITIONS + NAMES)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for way in ("compiled", "ipython")
    ]
    compiled, ipython = map(json.loads, found)
    for source, one, other in zip(DEFINITIONS + NAMES, compiled, ipython, strict=True):
        assert one == other, source
    assert any(error for _, error, _, _ in ipython) and any(shown for shown, *_ in ipython)
