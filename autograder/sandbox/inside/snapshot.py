"""The notebook as each function saw it at its check, put back whenever the function is asked.

A function looks up names when it is called. By then, later cells may have given them to something
else: another helper of the same name, `sum = 0`, `del np`, `%reset -f`. So the names of the
notebook are copied at each check (no object is), and put back into the notebook's own namespace,
which all its functions have as globals. What names refer to stays shared; `reached` puts back what
it contained. docs/security.md says what a snapshot does not cover.
"""

from __future__ import annotations

import builtins
import os
from contextlib import suppress
from types import BuiltinFunctionType
from typing import Any, NamedTuple

import numpy as np

from autograder.answer import MISSING
from autograder.sandbox.inside import settings
from autograder.sandbox.inside.contents import MOST_BYTES
from autograder.sandbox.inside.reached import PLAIN, Namespace, Reached, same

_FUNCTIONS = [name for name, each in vars(builtins).items() if type(each) is BuiltinFunctionType]


class _Snapshot(NamedTuple):
    names: Namespace
    reached: Reached
    settings: settings.Settings


class Snapshots:
    """The notebook at each of its checks; numbers and texts need none.

    Make it before any cell runs, in the notebook's folder.

    Args:
        namespace: the notebook's.
    """

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._builtins = {name: vars(builtins)[name] for name in _FUNCTIONS}
        self._folder = os.getcwd()
        self._plain: dict[str, tuple[str, Any]] = {}
        self._taken: dict[str, _Snapshot] = {}
        self._latest: tuple[str, _Snapshot] | None = None

    def take(self, question: str, name: str) -> Any:
        """Remember the notebook as it is at a question's check.

        Args:
            question: the question.
            name: what it asks for.

        Returns:
            The object of that name, or `MISSING`.
        """
        target = self._namespace.get(name, MISSING)
        if type(target) in PLAIN:
            self._plain[question] = name, target
        elif self._latest is not None and self._latest[0] == name:
            self._taken[question] = self._latest[1]
        else:
            self._taken[question] = self._take(name, target)
            self._latest = name, self._taken[question]
        return target

    def cell_has_run(self) -> None:
        """The notebook may be another one now."""
        self._latest = None

    def _take(self, name: str, target: Any) -> _Snapshot:
        reached = Reached(name, target, self._namespace, self._folder)
        # A large array that a cell deletes later would otherwise stay in memory.
        names = {key: each for key, each in self._namespace.items() if not _is_large(each)}
        if target is not MISSING:
            names |= reached.globals
        return _Snapshot(names, reached, settings.read())

    def end(self) -> dict[str, list[str]]:
        """Complete the snapshots when all cells have run.

        A name that is only defined after a check is added to its snapshot: the function was
        written and checked with it there. A builtin's is not, since the function meant the builtin.

        Returns:
            By question, the globals that its function reads and that have changed since its check.
        """
        # What runs here calls them too. Those that a function saw replaced are put back with it.
        vars(builtins).update(self._builtins)
        later = dict(self._namespace)
        for each in reversed(self._taken.values()):
            added = later.keys() - each.names.keys() - vars(builtins).keys()
            each.names.update({name: later[name] for name in added})
            later = each.names
        with suppress(Exception):
            now = settings.read()
            if all(each.settings == now for each in self._taken.values()):
                for each in self._taken.values():
                    each.settings.clear()
        changed = {question: each.reached.changed() for question, each in self._taken.items()}
        for question, (name, target) in self._plain.items():
            if not same(target, self._namespace.get(name, target)):
                changed[question] = [name]
        return {question: names for question, names in changed.items() if names}

    def put_back(self, question: str) -> None:
        """Let functions see the notebook as it was at this question's check, if it has one."""
        taken = self._taken.get(question)
        if taken is None:
            return
        for name in self._namespace.keys() - taken.names.keys():
            del self._namespace[name]
        # Writing what is there already would slow down Python's lookups.
        for name, value in taken.names.items():
            if self._namespace.get(name, MISSING) is not value:
                self._namespace[name] = value
        taken.reached.put_back()
        settings.put_back(taken.settings)


def _is_large(each: Any) -> bool:
    return type(each) is np.ndarray and each.nbytes > MOST_BYTES
