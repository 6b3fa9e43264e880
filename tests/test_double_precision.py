"""Is float32 float64 to every function of a notebook, and float32 again afterwards?"""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any

import numpy as np
import pytest

from autograder.double_precision import double_precision

THIRD = np.array([1 / 3])

WAYS = {
    "attribute": "def f(z): return z.astype(np.float32)",
    "single": "def f(z): return np.single(z)",
    "text": "def f(z): return z.astype('float32')",
    "short text": "def f(z): return np.array(z, '<f4')",
    "letter": "def f(z): return np.asarray(z, dtype='f')",
    "helper below": "def f(z): return g(z)\ndef g(z): return np.float32(z)",
    "imported name": "from numpy import float32\ndef f(z): return float32(z)",
    "global name": "kind = np.float32\ndef f(z): return z.astype(kind)",
    "global dtype": "kind = np.dtype('float32')\ndef f(z): return z.astype(kind)",
    "global text": "kind = 'float32'\ndef f(z): return z.astype(kind)",
    "global number": "one = np.float32(1)\ndef f(z): return one * z.item() * np.ones(1, 'f')",
    "global array": "ones = np.ones(1, 'float32')\ndef f(z): return z.item() * ones",
    "list of names": "kinds = ['float64', 'float32']\ndef f(z): return z.astype(kinds[1])",
    "table": "kinds = {'low': np.float32}\ndef f(z): return z.astype(kinds['low'])",
    "default": "def f(z, kind=np.float32): return z.astype(kind)",
    "keyword default": "def f(z, *, kind='float32'): return z.astype(kind)",
    "closure": "def make(kind):\n return lambda z: z.astype(kind)\nf = make(np.float32)",
    "inner function": "def f(z):\n def g(y): return y.astype('float32')\n return g(z)",
    "method": "class F:\n def __call__(self, z): return np.float32(z)\nf = F()",
    "tuple": "def f(z):\n for kind in ('float32',): z = z.astype(kind)\n return z",
    "out of an empty array": (
        "def f(z):\n out = np.empty(z.shape, np.float32)\n out[:] = z\n return out"
    ),
}


def notebook(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"np": np}
    exec(source, namespace)
    return namespace


@pytest.mark.parametrize("way", WAYS)
def test_is_every_way_to_round_to_float32_turned_off_and_on_again(way):
    namespace = notebook(WAYS[way])
    before = dict(namespace)
    assert namespace["f"](THIRD).dtype == np.float32
    with double_precision(namespace):
        answer = namespace["f"](THIRD)
        assert answer.dtype == np.float64 and answer == THIRD
    assert namespace["f"](THIRD).dtype == np.float32
    assert namespace.keys() == before.keys()
    assert all(namespace[name] is before[name] for name in before)
    assert np.float32 is np.single and np.float32(1).itemsize == 4


def test_does_another_notebook_keep_its_functions():
    namespace, other = notebook(WAYS["text"]), notebook(WAYS["text"])
    with double_precision(namespace):
        assert other["f"](THIRD).dtype == "float32"


def test_is_everything_put_back_after_an_exception():
    namespace = notebook(WAYS["text"])
    with pytest.raises(ZeroDivisionError), double_precision(namespace):
        raise ZeroDivisionError
    assert namespace["f"](THIRD).dtype == np.float32


def test_is_a_function_without_float32_the_same_object_all_along():
    namespace = notebook("def f(z): return f'{z:.3f}'\ndef g(z):\n if z: y = z\n return lambda: y")
    code, waiting = namespace["f"].__code__, namespace["g"](0)
    with double_precision(namespace):
        assert namespace["f"].__code__ is code
        assert not gc.get_referents(waiting.__closure__[0])


def test_are_modules_beside_the_notebook_in_double_precision_too(tmp_path, monkeypatch):
    (tmp_path / "beside.py").write_text("def f(z):\n    return z.astype('float32')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    beside = importlib.import_module("beside")
    monkeypatch.delitem(sys.modules, "beside")
    monkeypatch.setitem(sys.modules, "beside", beside)
    with double_precision({}):
        assert beside.f(THIRD).dtype == np.float64
    assert beside.f(THIRD).dtype == np.float32


def test_does_a_dict_that_holds_itself_end():
    namespace = notebook("own = {'kind': 'f4'}\nown['own'] = own\nrow = []\nrow.append(row)")
    with double_precision(namespace):
        assert namespace["own"]["kind"] == "f8"
    assert namespace["own"]["kind"] == "f4"


def test_does_a_data_set_stay_as_it_is():
    namespace = notebook("X = np.zeros(2**19, 'float32')\nrows = ['float32'] * 2000")
    before = dict(namespace)
    with double_precision(namespace):
        assert namespace["X"] is before["X"] and namespace["rows"] is before["rows"]
