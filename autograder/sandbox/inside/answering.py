"""A function that answers as another one, wherever it is referred to.

A name can be given to something else. But a wrong function may also be held by a default value, a
closure, a class or `functools.partial`, which keep the object. So the object itself answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any


@contextmanager
def answering_as(function: Any, other: Callable[..., Any]) -> Iterator[None]:
    """Let a function written in Python do what another one does; anything else stays as it is.

    Args:
        function: an object of the notebook.
        other: takes the same arguments.
    """
    if type(function) is not FunctionType:
        yield
        return
    code, defaults, keywords = function.__code__, function.__defaults__, function.__kwdefaults__
    # Both have to take as much from around them.
    function.__code__ = _call_other.__code__.replace(co_freevars=code.co_freevars)
    function.__defaults__, function.__kwdefaults__ = None, {"_other": other}
    try:
        yield
    finally:
        function.__code__ = code
        function.__defaults__, function.__kwdefaults__ = defaults, keywords


def _call_other(*arguments: Any, _other: Callable[..., Any], **keywords: Any) -> Any:
    return _other(*arguments, **keywords)
