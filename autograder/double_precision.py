"""float64 wherever the notebook's code asks for float32.

A right function may round to float32 and a wrong one may hide its error by it, and the two can
return the same bits: a numerical gradient is off by 1e-10, float32 by 1e-8. So a function that
rounds is asked again while float32 means float64 to the notebook's code. What stands here runs
beside a student's code, in the sandbox and in the notebook's `check`.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType
from typing import Any

import numpy as np

FLOAT32 = "float32"
"""Stands among the names that are replaced when a function is asked again."""
_TEXTS = {"float32": "float64", "single": "double", "f4": "f8", "<f4": "<f8", "f": "d"}
_MENTIONED = re.compile(r"float32|\bsingle\b|f4\b|['\"]f['\"]")
_ATTRIBUTES = ("float32", "single")
_SINGLE: Any = np.float32


def mentions_float32(source: str) -> bool:
    """Whether code may ask for float32; without it nothing need be asked again."""
    return bool(_MENTIONED.search(source))


@contextmanager
def double_precision(namespace: dict[str, Any]) -> Iterator[None]:
    """Let float32 be float64 to the functions of a notebook.

    Arrays that the notebook has made by then keep their type.

    Args:
        namespace: the notebook's, which its functions have as globals.
    """
    with ExitStack() as undo:
        for name in _ATTRIBUTES:
            _set(undo, vars(np), name, np.float64)
        for name, value in list(namespace.items()):
            if _doubled(value) is not value:
                _set(undo, namespace, name, _doubled(value))
        for function in _functions(namespace):
            _double(undo, function)
        yield


def _set(undo: ExitStack, namespace: dict[str, Any], name: str, value: Any) -> None:
    undo.callback(namespace.__setitem__, name, namespace[name])
    namespace[name] = value


def _functions(namespace: dict[str, Any]) -> list[FunctionType]:
    """Every function that the notebook has defined: methods and inner functions too."""
    return [
        each
        for each in gc.get_objects()
        if type(each) is FunctionType and each.__globals__ is namespace
    ]


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


def _doubled(value: Any) -> Any:
    """The value with float64 in place of float32; the same object where it has none."""
    if value is _SINGLE:
        return np.float64
    if isinstance(value, np.dtype):
        return np.dtype(np.float64) if value == _SINGLE else value
    if type(value) is str:
        return _TEXTS.get(value, value)
    if type(value) is tuple:
        return _changed(value, tuple(map(_doubled, value)))
    if type(value) is dict:
        return _changed(value, {key: _doubled(item) for key, item in value.items()})
    if type(value) is CodeType:
        constants = _changed(value.co_consts, tuple(map(_doubled, value.co_consts)))
        same = constants is value.co_consts
        return value if same else value.replace(co_consts=constants)
    return value


def _changed(before: Any, after: Any) -> Any:
    """What was made of a tuple or dict, or the same object where nothing in it is new."""
    items = before.values() if isinstance(before, dict) else before
    others = after.values() if isinstance(after, dict) else after
    return after if any(a is not b for a, b in zip(items, others, strict=True)) else before
