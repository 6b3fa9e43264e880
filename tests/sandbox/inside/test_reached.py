"""Is everything found that a function reaches, and nothing of a library?"""

from __future__ import annotations

import sys
import textwrap
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.inside import reached
from autograder.sandbox.inside.reached import Reached

HEAD = "import functools, numpy as np\n"


def notebook(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(HEAD + textwrap.dedent(source), namespace)
    return namespace


def of(namespace: dict[str, Any], folder: str = "/no/such/folder") -> Reached:
    return Reached("f", namespace["f"], namespace, folder)


WAYS = {
    "global": "x = [1]\ndef f(): return x",
    "helper": "x = [1]\ndef g(): return x\ndef f(): return g()",
    "recursion": "x = [1]\ndef g(): return f()\ndef f(): g(); return x",
    "inner function": "x = [1]\ndef f():\n    def inner(): return x\n    return inner()",
    "comprehension": "x = [1]\ndef f(): return [a for a in x]",
    "lambda": "x = [1]\nf = lambda: x",
    "default": "x = [1]\ndef f(y=x): return y",
    "keyword default": "x = [1]\ndef f(*, y=x): return y",
    "closure": "x = [1]\ndef make(y):\n    def f(): return y\n    return f\nf = make(x)",
    "partial": "x = [1]\nf = functools.partial(lambda a: a, x)",
    "cache": "x = [1]\n@functools.lru_cache\ndef f(): return x",
    "decorator": "x = [1]\ndef same(g):\n    @functools.wraps(g)\n    def h(): return g()\n    "
    "return h\n@same\ndef f(): return x",
    "attribute": "x = [1]\ndef f(): return f.y\nf.y = x",
    "instance": "x = [1]\nclass A:\n    def __call__(self): return self.y\nf = A()\nf.y = x",
    "method": "x = [1]\nclass A:\n    y = x\n    def m(self): return self.y\nf = A().m",
    "static method": "x = [1]\nclass A:\n    @staticmethod\n    def m(): return x\n"
    "def f(): return A.m()",
    "property": "x = [1]\nclass A:\n    @property\n    def m(self): return x\nf = A",
    "base class": "x = [1]\nclass A:\n    y = x\nclass B(A): pass\nf = B",
    "nested": "x = [1]\na = {'b': (x,)}\ndef f(): return a",
    "bound method": "x = [1]\nf = x.append",
    "variable": "x = [1]\nf = [x]",
    "object array": "x = [1]\na = {'b': {1: {2: x}}}\ndef f(): return a",
}


@pytest.mark.parametrize("way", WAYS)
def test_is_what_it_reaches_put_back_and_still_the_same_object(way: str) -> None:
    namespace = notebook(WAYS[way])
    found = of(namespace)
    same = namespace["x"]
    same.append(2)
    assert found.changed()
    found.put_back()
    assert namespace["x"] is same and same == [1]
    assert not found.changed()


@pytest.mark.parametrize(
    ("source", "later", "names"),
    [
        ("def g(): return 1\ndef f(): return g()", "def g(): return 2", ["g"]),
        ("def g(): return 1\ndef f(): return g()", "def g():\n\n    return 1", []),
        ("eps = 0.5\ndef f(): return eps", "eps = 0.25 + 0.25", []),
        ("eps = 0.5\ndef f(): return eps", "eps = 1.5", ["eps"]),
        ("mean = 0\ndef f(x): return x.mean()", "mean = 1", []),
        ("def f(): return np.e", "del np", []),
        ("def f(): return np.e", "np = 3", ["np"]),
        ("def f(): return 1", "def f(): return 2", ["f"]),
        ("def f(): return 1", "g = 2", []),
        ("a = np.ones(9)\ndef f(): return a", "a[0] = 2", ["a"]),
        ("class A:\n    n = 1\ndef f(): return A()", "A.n = 2", ["A"]),
        ("rng = np.random.default_rng(0)\ndef f(): return rng", "rng.random()", []),
    ],
)
def test_are_those_globals_named_that_make_a_difference(
    source: str, later: str, names: list[str]
) -> None:
    namespace = notebook(source)
    found = of(namespace)
    exec(later, namespace)
    assert found.changed() == names


def test_are_a_library_and_what_it_holds_left_alone() -> None:
    """A function of NumPy has NumPy's globals; its parts are no business of a notebook."""
    namespace = notebook("from numpy import mean\ndef f(x): return mean(x)")
    found = of(namespace)
    assert set(found.globals) == {"f", "mean"} and not found.changed()


def test_is_an_attribute_of_a_module_put_back_that_the_code_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = types.ModuleType("a_library")
    module.inner = types.ModuleType("a_library.inner")
    module.inner.exp, module.inner.log = "exp", "log"
    monkeypatch.setitem(sys.modules, "a_library", module)
    namespace = notebook("import a_library\ndef f(): return a_library.inner.exp")
    found = of(namespace)
    del module.inner.exp
    module.inner.log = 0
    monkeypatch.delitem(sys.modules, "a_library")
    found.put_back()
    assert (module.inner.exp, module.inner.log) == ("exp", 0)
    assert sys.modules["a_library"] is module


def test_has_a_function_of_the_students_own_module_its_names_back(tmp_path: Path) -> None:
    own: dict[str, Any] = {"__name__": "own", "__file__": str(tmp_path / "own.py")}
    exec("def g(): return 1\ndef f(): return g()", own)
    namespace = notebook("") | {"f": own["f"]}
    found = of(namespace, str(tmp_path))
    own["g"] = lambda: 2
    assert own["f"]() == 2
    found.put_back()
    assert own["f"]() == 1


def test_are_generators_behind_the_modules_functions_put_back() -> None:
    namespace = notebook("import random\ndef f(): return np.random.rand(), random.random()")
    found = of(namespace)
    first = namespace["f"]()
    assert namespace["f"]() != first
    found.put_back()
    assert namespace["f"]() == first


def test_ends_the_search_however_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reached, "MOST_OBJECTS", 50)
    namespace = notebook("a = [[k] for k in range(1000)]\ndef f(): return a")
    found = of(namespace)
    namespace["a"].clear()
    found.put_back()
    assert len(namespace["a"]) == 1000, "what is nearest comes first"


def test_is_no_more_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of many arrays must not fill the submission's memory at each check."""
    monkeypatch.setattr(reached, "ROOM", 10_000)
    namespace = notebook("a = {k: np.zeros(500) for k in range(9)}\ndef f(): return a")
    found = of(namespace)
    for array in namespace["a"].values():
        array += 1
    assert found.changed() == ["a"]
    found.put_back()
    assert sum(array[0] == 0 for array in namespace["a"].values()) == 2


HOSTILE = """
class Loud:
    def __getattribute__(self, name): raise SystemError(name)
    def __eq__(self, other): raise SystemError
    def __len__(self): raise SystemError
    __hash__ = None
class Meta(type):
    def __getattribute__(cls, name): raise SystemError(name)
    def __setattr__(cls, name, value): raise SystemError(name)
class Odd(metaclass=Meta): pass
loud, odd, same = Loud(), Odd, []
same.append(same)
def f(): return x, loud, odd, same, x
x = [1]
"""


def test_runs_nothing_of_what_it_reaches() -> None:
    namespace = notebook(HOSTILE)
    found = of(namespace)
    namespace["x"].append(2)
    namespace["same"].append(3)
    assert set(found.changed()) == {"x", "same"}
    found.put_back()
    assert namespace["x"] == [1] and len(namespace["same"]) == 1


def test_is_a_name_that_is_missing_no_fault() -> None:
    namespace = notebook("def f(): return nowhere + np.nothing")
    assert not of(namespace).changed()
    assert np.isfinite(np.e)
