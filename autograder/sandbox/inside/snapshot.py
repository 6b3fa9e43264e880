"""The notebook as a function saw it at its check, put back whenever the function is asked.

A function looks up names when it is called. By then, later cells may have given them to something
else: another helper of the same name, `sum = 0`, `del np`, `%reset -f`. So the bindings of the
notebook and of the modules it names are copied at each check (no object is), and put back into the
same namespaces, which the notebook's functions hold. What names refer to stays shared; `reached`
puts back what it contained. docs/security.md says what no snapshot covers.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from autograder.answer import MISSING
from autograder.sandbox.inside import settings
from autograder.sandbox.inside.contents import MOST_BYTES
from autograder.sandbox.inside.reached import Reached

Namespace = dict[str, Any]

_BUILTINS = frozenset(dir(builtins))


class Snapshot:
    """The notebook at one check.

    Args:
        name: what the question asks for.
        target: the object of that name.
        namespace: the notebook's own, which all functions of the notebook have as globals.
    """

    def __init__(self, name: str, target: Any, namespace: Namespace) -> None:
        self._namespace = namespace
        self._settings = settings.read()
        self._modules = [(each, dict(each)) for each in _modules(namespace)]
        self._reached = Reached(name, target, namespace)
        # A large array that a cell has deleted would otherwise use up the notebook's memory.
        kept = {key: each for key, each in namespace.items() if not _is_large(each)}
        self.names = kept | self._reached.globals
        if target is MISSING:
            del self.names[name]

    def complete(self, later: Namespace) -> Namespace:
        """Add the names that the notebook defines only after this check.

        A function that needs them was checked by hand once they were there. Names of builtins
        are left out: the function meant the builtin.
        """
        added = {each: later[each] for each in later.keys() - self.names.keys() - _BUILTINS}
        self.names |= added
        return self.names

    def put_back(self) -> None:
        """Let functions see the notebook as it was."""
        self._namespace.clear()
        self._namespace.update(self.names)
        for namespace, content in self._modules:
            namespace.update(content)
        self._reached.put_back()
        settings.put_back(self._settings)

    def changed(self) -> list[str]:
        """What the function reads that the notebook has changed since."""
        return self._reached.changed()


def _modules(namespace: Namespace) -> Iterable[Namespace]:
    """The namespaces of the modules that the notebook names or took a function from."""
    found: dict[int, Namespace] = {}
    for each in (vars(builtins), sys.modules, *map(_globals_of, namespace.values())):
        if each is not None and each is not namespace:
            found[id(each)] = each
    return found.values()


def _globals_of(each: Any) -> Namespace | None:
    if type(each) is ModuleType:
        return vars(each)
    return each.__globals__ if type(each) is FunctionType else None


def _is_large(each: Any) -> bool:
    return type(each) is np.ndarray and each.nbytes > MOST_BYTES
