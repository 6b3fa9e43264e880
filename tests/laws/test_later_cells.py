"""Does what a notebook does after a check leave the check's points alone?

A function is judged as it stood at its check, with the notebook that it met there. The habits below
are each a last cell of a notebook whose functions reach things in many ways; all of it was right.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.grading.assignment import Assignment, load_assignment
from autograder.grading.pipeline import grade_notebook
from autograder.records import Report
from autograder.sandbox.session import Sandbox
from tests.conftest import EXHAUSTIVE

pytestmark = pytest.mark.bubblewrap

# Helpers of one name in two cells, closures, partial, caches, instances, and globals of many kinds.
ANSWERS = {
    "relative_error": """
import collections, functools, math, random

limits = {"floor": [1e-8]}
tried = collections.Counter()

def largest(values):
    return max(float(each) for each in values)

def relative_error(a, b):
    tried["calls"] += 1
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    floor = limits["floor"][0]
    return largest((np.abs(a - b) / np.maximum(floor, np.abs(a) + np.abs(b))).ravel())
""",
    "relu_backward": """
one = np.ones(1)

def gate(z):
    return np.where(z > 0, one, 0.0)

def relu_backward(dout, z):
    return dout * gate(z)
""",
    "sigmoid_backward": """
def slope(out, weights=[1.0, -1.0]):
    return sum([weights[0] * out, weights[1] * out * out])

sigmoid_backward = functools.partial(lambda scale, dout, out: scale * dout * slope(out), 1.0)
""",
    "tanh_backward": """
def slope(out, power):
    return 1 - out**power

def make(start):
    power = start
    def set_power(new):
        nonlocal power
        power = new
    def tanh_backward(dout, out):
        return dout * slope(out, power)
    return tanh_backward, set_power

tanh_backward, set_power = make(2)
""",
    "dense_backward": """
class Layer:
    def __init__(self, axis):
        self.axis = axis
    @staticmethod
    def product(a, b):
        return a @ b
    def __call__(self, dout, X, W):
        return self.product(dout, W.T), self.product(X.T, dout), dout.sum(axis=self.axis)

dense_backward = Layer(0)
""",
}

HABITS = {
    "reset": "%reset -f",
    "reset-in": "%reset -f in out dhist",
    "reset-some": "%reset_selective -f slope|gate",
    "xdel": "%xdel gate",
    "clears-globals": "globals().clear()",
    "deletes-all": "for name in list(globals()):\n    if name[0] != '_': del globals()[name]",
    "shadows-builtins": "sum = 0; len = 3; max = min = 1; float = 'f'; list = []; range = 2",
    "shadows-in-loops": "for slope in range(3): pass\nfor np in 'ab': pass\nfor one in []: pass",
    "with-and-as": "import io\nwith io.StringIO() as np: pass",
    "except-as": "try: 1 / 0\nexcept ZeroDivisionError as slope: pass",
    "walrus": "if (slope := 3) > 2: print(slope)",
    "deletes-numpy": "del np",
    "deletes-helpers": "del slope, gate, largest, one, limits, tried, Layer, make",
    "numpy-is-another": "import numpy.linalg as np",
    "numpy-is-text": "np = 'number of points'",
    "from-math": "from math import *",
    "from-numpy": "from numpy import *",
    "from-numpy-random": "from numpy.random import *",
    "pylab": "from matplotlib.pylab import *",
    "other-helper": "def slope(z): return 0 * z\nsoftmax = relu = sigmoid = gate = slope",
    "other-function": "def relu_backward(dout, z): return 0\ntanh_backward = None",
    "lambda-helper": "largest = lambda values: 0.0",
    "other-class": "class Layer:\n    def __call__(self, *a): return 0\nclass Value: pass",
    "a-method": "Layer.product = staticmethod(lambda a, b: 0)\nValue.__add__ = Value.__mul__",
    "a-method-gone": "del Layer.product, Value.__mul__",
    "an-attribute": "dense_backward.axis = 1; dense_backward.__dict__['product'] = max",
    "a-nonlocal": "set_power(3)",
    "a-default": "weights = sigmoid_backward.args\nslope.calls = 3",
    "a-constant": "one = np.zeros(1); limits = {}; tried = None",
    "a-list-in-place": "limits['floor'].clear()",
    "a-dict-in-place": "limits['floor'] = [5.0]; tried.clear(); tried['calls'] = 'x'",
    "a-dict-emptied": "limits.clear(); limits[2] = 3",
    "an-array-in-place": "one *= 0",
    "an-array-read-only": "one[:] = 7; one.flags.writeable = False",
    "builtins-changed": "import builtins\nbuiltins.sum = builtins.max = lambda *a: 0",
    "builtins-deleted": "import builtins\ndel builtins.sum, builtins.max, builtins.float",
    "numpy-changed": "np.where = np.maximum = np.abs = np.exp = lambda *a: 0",
    "numpy-emptied": "for name in ['where', 'exp', 'abs', 'zeros_like']: delattr(np, name)",
    "modules-gone": "import sys\nfor name in ['numpy', 'math', 'functools']: del sys.modules[name]",
    "reloads": "import importlib, functools\nimportlib.reload(functools)",
    "raises": "np.seterr(all='raise')",
    "warnings-are-errors": "import warnings\nwarnings.simplefilter('error')",
    "recursion": "import sys\nsys.setrecursionlimit(60)",
    "elsewhere": "import os\nos.makedirs('data'); os.chdir('data'); os.rmdir('../data')",
    "path": "import sys\nsys.path.clear()",
    "seeds": "np.random.seed(0); random.seed(0)",
    "prints": "np.set_printoptions(precision=1)",
    "error-at-the-end": "del slope\n1 / 0",
    "exit": "sum = 0\nexit()",
    "threads": "import threading\nthreading.Thread(target=lambda: globals().update(sum=0)).start()",
    "magic": "%cd /tmp\n%precision 2",
    "run-again": "slope = None\nget_ipython().run_cell('sum = 3')",
    "exec": "exec('slope = np = None')",
}
# A few notebooks with many last cells, or one for each habit. What is deleted comes last.
TOGETHER = 1 if EXHAUSTIVE else 9
_NAMES = list(HABITS)[::-1]
GROUPS = [_NAMES[start :: len(_NAMES) // TOGETHER] for start in range(len(_NAMES) // TOGETHER)]


@pytest.fixture(scope="module")
def assignment(released_course: Path) -> Assignment:
    return load_assignment(directory.load(released_course), demo.WEEK)


@pytest.fixture(scope="module")
def sandbox(assignment: Assignment) -> Iterator[Sandbox]:
    with Sandbox("bubblewrap", assignment.limits(), assignment.libraries) as opened:
        yield opened


@pytest.fixture(scope="module")
def notebook(released_course: Path) -> Any:
    made = demo.solved(directory.load(released_course))
    for name, code in ANSWERS.items():
        demo.answer_cell(made, name).source = code.strip()
    return made


def graded(notebook: Any, assignment: Assignment, sandbox: Sandbox, *last: str) -> Report:
    notebook = copy.deepcopy(notebook)
    notebook.cells += map(nbformat.v4.new_code_cell, last)
    return grade_notebook(notebook, "ada", assignment, sandbox)


@pytest.mark.parametrize("habits", GROUPS, ids="+".join)
def test_are_the_points_those_without_the_last_cells(habits, notebook, assignment, sandbox):
    report = graded(notebook, assignment, sandbox, *(HABITS[each] for each in habits))
    wrong = {verdict.question: verdict.message for verdict in report.verdicts if not verdict.right}
    assert not wrong


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("def gate(z): return z > 0\nsum = largest = None", "changes `gate` after"),
        ("one[:] = 0", "changes `one` after"),
        ("relu_backward = None\none = 3", "changes `relu_backward` and `one` after"),
        ("one = one; sum = 0; where = 3\ndef gate(z):\n    return np.where(z > 1, one, 0.0)", ""),
        ("%reset -f", ""),
    ],
)
def test_does_a_wrong_answer_name_what_changes_after_its_check(
    last, said, notebook, assignment, sandbox
):
    """And no name that the function does not read, nor one that means the same again."""
    notebook = copy.deepcopy(notebook)
    cell = demo.answer_cell(notebook, "relu_backward")
    cell.source = cell.source.replace("z > 0", "z > 1")
    report = graded(notebook, assignment, sandbox, last)
    message = next(each.message for each in report.verdicts if each.question == "relu_backward")
    assert said in message
    assert bool(said) == ("after this check" in message)
