"""Are the names that cells define found, so that no warning is false?"""

from __future__ import annotations

import pytest

from autograder.questions import catalogue
from autograder.student.defined import defined, used
from autograder.student.notebook_file import read
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("x = 1\ny, (z, *w) = f()", {"x", "y", "z", "w"}),
        ("def f(a):\n    b = 1", {"f"}),
        ("class C:\n    pass", {"C"}),
        ("import numpy as np\nimport os.path\nfrom math import pi as p", {"np", "os", "p"}),
        ("from math import *", {"sqrt", "pi"}),
        ("for i in range(3):\n    with open(f) as g:\n        pass", {"i", "g"}),
        ("try:\n    pass\nexcept E as e:\n    pass", {"e"}),
        ("if (n := 3):\n    pass", {"n"}),
        ("match v:\n    case [a, *b]:\n        pass", {"a", "b"}),
        ("%matplotlib inline\nx = 1", {"x"}),
        ("files = !ls\nt = %timeit -o f()", {"files", "t"}),
        ("%%capture out\nx = 1", {"out", "x"}),
        ("%%time\nx = 1", {"x"}),
        ("f?\nx = 1", {"x"}),
        ("x = (", {"x"}),
    ],
)
def test_which_names_does_a_cell_define(cell, names):
    assert names <= defined([cell])


@pytest.mark.parametrize(
    "cell",
    [
        "%run other.py",
        "%store -r x",
        "exec('x = 1')",
        "globals()['x'] = 1",
        "globals().update(x=1)",
        "get_ipython().push({'x': 1})",
        "from no_module import *",
    ],
)
def test_is_a_cell_that_may_define_anything_left_alone(cell):
    assert defined(["y = 1", cell]) is None


@pytest.mark.parametrize("cell", ["globals().get('x')", "execute(1)", "d['x'] = vars(a)['x']"])
def test_does_a_cell_that_only_reads_define_nothing_unseen(cell):
    assert defined(["y = 1", cell]) >= {"y"}


def test_are_the_names_of_every_released_notebook_known():
    """Else nobody would be warned of a cell that is deleted."""
    for stem in catalogue.stems():
        file = read(REPOSITORY / "assignments" / stem / f"{stem}.ipynb")
        names = defined(cell.source for cell in file.cells)
        assert names is not None, stem
        # A variable's cell holds only a comment until it is answered.
        questions = catalogue.week(stem).questions.values()
        assert names >= {each.calls for each in questions if each.parameters} | {"check"}, stem


def notebook(source):
    namespace = {"__name__": "__main__"}
    exec(source, namespace)
    return namespace


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np\ndef f(x): return np.abs(x) * k\nk = 2", {"np", "k"}),
        ("def g(x): return x * k\ndef f(x): return g(x)\nk = 2", {"g", "k"}),
        ("k = 2\ndef f(x): return [k * y for y in x]", {"k"}),
        ("sum_ = 2\ndef f(x): return x.sum_", set()),
        ("def f(x): return missing", set()),
        ("k = 2\nclass f:\n    def go(self): return k", {"k"}),
        ("def f(n): return n and f(n - 1)", {"f"}),
        ("f = 3", set()),
    ],
)
def test_which_variables_does_an_answer_read(source, names):
    namespace = notebook(source)
    assert used(namespace["f"], namespace) == names


def test_are_a_librarys_own_variables_none_of_the_notebooks():
    import statistics

    namespace = {"f": statistics.mean, "sum": 3, "_sum": 4}
    assert used(namespace["f"], namespace) == set()
