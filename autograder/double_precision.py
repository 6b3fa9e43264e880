"""float64 wherever the notebook's code asks for float32.

A right function may round to float32 and a wrong one may hide its error by it, and the two can
return the same bits: a numerical gradient is off by 1e-10, float32 by 1e-8. So a function that
rounds is asked again while float32 means float64 to the notebook's code. What stands here runs
beside a student's code, in the sandbox and in the notebook's `check`.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from operator import is_
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

FLOAT32 = "float32"
"""Stands among the names that are replaced when a function is asked again."""
_TEXTS = {"float32": "float64", "single": "double", "f4": "f8", "<f4": "<f8", "f": "d"}
_MENTIONED = re.compile(r"float32|\bsingle\b|f4\b|['\"]f['\"]")
_ATTRIBUTES = ("float32", "single")
_SINGLE: Any = np.float32
_DTYPE: Any = np.dtype(np.float32)
# Data sets, which are larger, stay as they are.
_DEPTH, _MOST_ITEMS, _MOST_BYTES = 3, 1_000, 2**20


def mentions_float32(source: str) -> bool:
    """Whether code may ask for float32; without it nothing need be asked again."""
    return bool(_MENTIONED.search(source))


@contextmanager
def double_precision(namespace: dict[str, Any]) -> Iterator[None]:
    """Let float32 be float64 to the functions of a notebook and of the modules beside it.

    Their global numbers and arrays are float64 too, but have lost their last digits.

    Args:
        namespace: the notebook's, which its functions have as globals.
    """
    namespaces = [namespace, *_modules_beside()]
    with ExitStack() as undo:
        for name in _ATTRIBUTES:
            _set(undo, vars(np), name, np.float64)
        for each in namespaces:
            for name, value in list(each.items()):
                if (double := _doubled(value)) is not value:
                    _set(undo, each, name, double)
        for function in _functions(namespaces):
            _double(undo, function)
        yield


def _set(undo: ExitStack, namespace: dict[str, Any], name: str, value: Any) -> None:
    undo.callback(namespace.__setitem__, name, namespace[name])
    namespace[name] = value


def _modules_beside() -> list[dict[str, Any]]:
    """The namespaces of modules whose files stand in the working folder."""
    folder = os.getcwd()
    found = [vars(each) for each in list(sys.modules.values()) if type(each) is ModuleType]
    return [each for each in found if os.path.dirname(str(each.get("__file__"))) == folder]


def _functions(namespaces: list[dict[str, Any]]) -> list[FunctionType]:
    """Every function that was defined in these: methods and inner functions too."""
    return [each for each in gc.get_referrers(*namespaces) if type(each) is FunctionType]


def _double(undo: ExitStack, function: FunctionType) -> None:
    """Change what a function has float32 in: its constants, default values and closure."""
    places = [(function, name) for name in ("__code__", "__defaults__", "__kwdefaults__")]
    # A cell may still be empty.
    filled = (cell for cell in function.__closure__ or () if gc.get_referents(cell))
    for holder, name in [*places, *((cell, "cell_contents") for cell in filled)]:
        before = getattr(holder, name)
        after = _doubled(before)
        if after is not before:
            undo.callback(setattr, holder, name, before)
            setattr(holder, name, after)


def _doubled(value: Any, depth: int = _DEPTH) -> Any:
    """The value with float64 in place of float32; the same object where it has none."""
    kind = type(value)
    if value is _SINGLE:
        return np.float64
    if kind is type(_DTYPE):
        return np.dtype(np.float64)
    if kind is str:
        return _TEXTS.get(value, value)
    if kind is _SINGLE or (kind is np.ndarray and value.dtype == _DTYPE):
        return value.astype(np.float64) if value.nbytes <= _MOST_BYTES else value
    if kind is CodeType:
        constants = tuple(map(_doubled, value.co_consts))
        same = all(map(is_, constants, value.co_consts))
        return value if same else value.replace(co_consts=constants)
    if kind not in (tuple, list, dict) or len(value) > _MOST_ITEMS:
        return value
    # A dict may hold itself.
    if depth and kind is not dict:
        parts = [_doubled(item, depth - 1) for item in value]
        return value if all(map(is_, parts, value)) else kind(parts)
    if depth:
        named = {key: _doubled(item, depth - 1) for key, item in value.items()}
        return value if all(map(is_, named.values(), value.values())) else named
    return value
