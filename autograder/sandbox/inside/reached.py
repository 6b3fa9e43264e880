"""What a function reaches through its globals, as it was at the function's check.

By the time the function is asked, a cell may have replaced `np.exp` or the builtin `sum`, filled a
list, scaled an array in place or given a class another method. What the code names in modules, and
what objects contained (see `contents`), is put back; globals that changed are named, as a hint.
"""

from __future__ import annotations

import builtins
import dis
import gc
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache, partial
from types import BuiltinMethodType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from autograder.sandbox.inside.contents import (
    MOST_ITEMS,
    NOTEBOOK,
    Content,
    content_of,
    is_class_of_notebook,
    size_of,
)

MOST_OBJECTS = 1_000
"""What a function reaches beyond them is left as it is."""
ROOM = 4 * 2**20
"""Bytes for what all of them contain; what has no room is left as it is."""
_PLAIN = (int, float, complex, bool, str, bytes, type(None))
_SIZED = (list, tuple, dict, OrderedDict, defaultdict, Counter, deque, set, frozenset)
_OPENED = frozenset(
    (
        *(*_SIZED, CellType, MethodType, BuiltinMethodType, partial, type(lru_cache(len))),
        *(staticmethod, classmethod, property),
    )
)

Namespace = dict[str, Any]
Found = Iterator[tuple[str, Any]]


class Reached:
    """What a function reaches, and what that contained when this was made.

    Args:
        name: the function's name in the notebook.
        target: the function, or any other object.
        namespace: the notebook's.
        folder: the notebook's, whose modules are a student's own.

    Attributes:
        globals: the notebook's names that it reads, and what they stood for.
    """

    def __init__(self, name: str, target: Any, namespace: Namespace, folder: str) -> None:
        self.globals = {name: target}
        self._name = name
        self._namespace = namespace
        self._folder = folder
        self._codes: list[CodeType] = []
        self._elsewhere: list[tuple[Namespace, str, Any]] = []
        self._contents: list[tuple[str, Any, Content, Any]] = []
        self._walk(name, target)

    def put_back(self) -> None:
        """Let modules have what they had, and objects contain what they did."""
        for namespace, name, value in self._elsewhere:
            namespace[name] = value
        for _, each, kind, content in self._contents:
            # An array may have become read-only.
            with suppress(Exception):
                kind.put_back(each, content)

    def changed(self) -> list[str]:
        """The globals that are something else by now, or contain something else."""
        found = []
        for name, value in self.globals.items():
            with suppress(Exception):
                if not _same(value, self._namespace.get(name, value)) and self._reads(name):
                    found.append(name)
        for name, each, kind, content in self._contents:
            with suppress(Exception):
                if not kind.same(content, kind.read(each)):
                    found.append(name)
        return list(dict.fromkeys(found))

    def _walk(self, name: str, target: Any) -> None:
        seen: dict[int, Any] = {}
        room = ROOM
        waiting = [(name, target)]
        while waiting and len(seen) < MOST_OBJECTS:
            name, each = waiting.pop()
            if type(each) in _PLAIN or id(each) in seen:
                continue
            seen[id(each)] = each
            # What a student's object answers may be an exception.
            with suppress(Exception):
                if kind := content_of(each, room):
                    self._contents.append((name, each, kind, kind.read(each)))
                    room -= min(size_of(each), room)
            with suppress(Exception):
                waiting += self._behind(name, each)

    def _behind(self, name: str, each: Any) -> Found:
        """What an object leads to, with the global through which it is reached."""
        kind = type(each)
        if kind is FunctionType:
            if self._is_own(each.__globals__):
                yield from self._behind_function(name, each)
        elif kind in _OPENED:
            if kind not in _SIZED or len(each) <= MOST_ITEMS:
                yield from ((name, item) for item in gc.get_referents(each))
        elif is_class_of_notebook(each):
            yield from ((name, item) for item in (*vars(each).values(), *each.__bases__))
        elif kind.__module__ == NOTEBOOK:
            yield from ((name, item) for item in (kind, getattr(each, "__dict__", None)))

    def _behind_function(self, name: str, function: FunctionType) -> Found:
        for code in _with_inner(function.__code__):
            self._codes.append(code)
            yield from self._named(code.co_names, function.__globals__, name)
        # Its closure, default values and attributes.
        for item in gc.get_referents(function):
            if item is not function.__globals__ and item is not vars(builtins):
                yield name, item

    def _named(self, names: tuple[str, ...], namespace: Namespace, name: str) -> Found:
        """What the names in a function's code stand for, also as attributes of modules."""
        places = {id(each): each for each in (namespace, vars(builtins), sys.modules)}
        waiting = list(places.values())
        for place in waiting:
            for each in names:
                if each not in place:
                    continue
                value = place[each]
                if place is self._namespace:
                    self.globals[each] = value
                    yield each, value
                else:
                    self._elsewhere.append((place, each, value))
                    yield name, value
                if type(value) is ModuleType and id(vars(value)) not in places:
                    places[id(vars(value))] = vars(value)
                    waiting.append(vars(value))

    def _is_own(self, namespace: Namespace) -> bool:
        """Whether this is the notebook's namespace, or that of a module in the same folder."""
        return namespace is self._namespace or str(namespace.get("__file__")).startswith(
            self._folder
        )

    def _reads(self, name: str) -> bool:
        """Whether this is a global that functions read, and no attribute of the same name."""
        return name == self._name or any(
            each.opname == "LOAD_GLOBAL" and each.argval == name
            for code in self._codes
            for each in dis.get_instructions(code)
        )


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of those that it defines."""
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _with_inner(each)


def _same(before: Any, now: Any) -> bool:
    """Whether two values make no difference to who reads them."""
    if before is now:
        return True
    if type(before) is not type(now):
        return False
    if type(before) is FunctionType:
        return _essence(before.__code__) == _essence(now.__code__)
    return type(before) in _PLAIN and bool(before == now)


def _essence(code: CodeType) -> list[Any]:
    """A function's code without its place in the notebook."""
    own = [each for each in code.co_consts if not isinstance(each, CodeType)]
    return [(each.co_code, each.co_names) for each in _with_inner(code)] + own
