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

from autograder.answer import MISSING
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
PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))
_CLOSED = PLAIN | {CodeType}
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
        self._room = ROOM
        self._seen: dict[int, Any] = {}
        self._codes: list[CodeType] = []
        self._modules = {id(each): each for each in (vars(builtins), sys.modules)}
        self._in_modules: dict[tuple[int, str], Any] = {}
        self._contents: list[tuple[str, Any, Content, Any]] = []
        waiting = [(name, target)]
        while waiting:
            self._open_all(waiting)
            waiting = [(name, each) for each in self._named_in_modules()]

    def put_back(self) -> None:
        """Let modules have what they had, and objects contain what they did."""
        for (module, name), value in self._in_modules.items():
            # Writing what is there already would slow down Python's lookups.
            if self._modules[module].get(name, MISSING) is not value:
                self._modules[module][name] = value
        for _, each, kind, content in self._contents:
            # An object may refuse it.
            with suppress(Exception):
                kind.put_back(each, content)

    def changed(self) -> list[str]:
        """The globals that are something else by now, or contain something else."""
        found = []
        for name, value in self.globals.items():
            with suppress(Exception):
                if not same(value, self._namespace.get(name, value)) and self._reads(name):
                    found.append(name)
        for name, each, kind, content in self._contents:
            with suppress(Exception):
                if not kind.same(content, kind.read(each)):
                    found.append(name)
        return list(dict.fromkeys(found))

    def _open_all(self, waiting: list[tuple[str, Any]]) -> None:
        """Open objects, and what is in them, each with the global through which it is reached."""
        while waiting and len(self._seen) < MOST_OBJECTS:
            name, each = waiting.pop()
            if type(each) in _CLOSED or id(each) in self._seen:
                continue
            self._seen[id(each)] = each
            # What a student's object answers may be an exception.
            with suppress(Exception):
                waiting += self._behind(name, each)
            with suppress(Exception):
                if kind := content_of(each, self._room):
                    self._contents.append((name, each, kind, kind.read(each)))
                    self._room -= min(size_of(each), self._room)

    def _behind(self, name: str, each: Any) -> Found:
        kind = type(each)
        if kind is FunctionType:
            if self._is_own(each.__globals__):
                yield from self._behind_function(name, each)
        elif kind in _OPENED:
            if kind not in _SIZED or len(each) <= MOST_ITEMS:
                yield from ((name, item) for item in gc.get_referents(each))
        elif kind is ModuleType:
            self._modules[id(vars(each))] = vars(each)
        elif is_class_of_notebook(each):
            yield from ((name, item) for item in (*vars(each).values(), *each.__bases__))
        elif kind.__module__ == NOTEBOOK:
            yield from ((name, item) for item in (kind, getattr(each, "__dict__", None)))

    def _behind_function(self, name: str, function: FunctionType) -> Found:
        namespace = function.__globals__
        if namespace is not self._namespace:
            self._modules[id(namespace)] = namespace
        codes = [function.__code__]
        for code in codes:
            codes += [each for each in code.co_consts if type(each) is CodeType]
            for each in code.co_names:
                if namespace is self._namespace and each in namespace:
                    self.globals[each] = namespace[each]
                    yield each, namespace[each]
        self._codes += codes
        # Its closure, default values and attributes.
        for item in gc.get_referents(function):
            if item is not namespace and item is not vars(builtins):
                yield name, item

    def _named_in_modules(self) -> Iterator[Any]:
        """What names in the code stand for in modules; any may be one of a module's attributes."""
        names = {name for code in self._codes for name in code.co_names}
        for number, module in list(self._modules.items()):
            for name in names & module.keys():
                if (number, name) not in self._in_modules:
                    self._in_modules[number, name] = module[name]
                    yield module[name]

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


def same(before: Any, now: Any) -> bool:
    """Whether two values make no difference to who reads them."""
    if before is now:
        return True
    if type(before) is not type(now):
        return False
    if type(before) is FunctionType:
        return _essence(before.__code__) == _essence(now.__code__)
    return type(before) in PLAIN and bool(before == now)


def _essence(code: CodeType) -> list[Any]:
    """A function's code without its place in the notebook."""
    inner = [_essence(each) if type(each) is CodeType else each for each in code.co_consts]
    return [code.co_code, code.co_names, inner]
