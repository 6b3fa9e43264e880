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
from typing import Any

import numpy as np

from autograder.answer import MISSING
from autograder.sandbox.inside import settings
from autograder.sandbox.inside.contents import MOST_BYTES
from autograder.sandbox.inside.reached import Namespace, Reached


class Snapshots:
    """The notebook at each of its checks.

    Make it before any cell runs, in the notebook's folder.

    Args:
        namespace: the notebook's.
    """

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._builtins = dict(vars(builtins))
        self._folder = os.getcwd()
        self._names: dict[str, Namespace] = {}
        self._reached: dict[str, Reached] = {}
        self._settings: dict[str, settings.Settings] = {}

    def take(self, question: str, name: str) -> Any:
        """Remember the notebook as it is at a question's check.

        Args:
            question: the question.
            name: what it asks for.

        Returns:
            The object of that name, or `MISSING`.
        """
        target = self._namespace.get(name, MISSING)
        reached = Reached(name, target, self._namespace, self._folder)
        # A large array that a cell deletes later would otherwise stay in memory.
        names = {key: each for key, each in self._namespace.items() if not _is_large(each)}
        if target is not MISSING:
            names |= reached.globals
        self._names[question] = names
        self._reached[question] = reached
        self._settings[question] = settings.read()
        return target

    def end(self) -> dict[str, list[str]]:
        """Complete the snapshots when all cells have run.

        A name that is only defined after a check is added to its snapshot: the function was
        written and checked with it there. A builtin's is not, since the function meant the builtin.

        Returns:
            By question, the globals that its function reads and that have changed since its check.
        """
        # What runs here calls them too. Those that a function saw replaced are put back with it.
        vars(builtins).update(self._builtins)
        known = self._builtins.keys()
        later = dict(self._namespace)
        for names in reversed(self._names.values()):
            names |= {each: later[each] for each in later.keys() - names.keys() - known}
            later = names
        with suppress(Exception):
            now = settings.read()
            if all(each == now for each in self._settings.values()):
                self._settings.clear()
        changed = {question: each.changed() for question, each in self._reached.items()}
        return {question: names for question, names in changed.items() if names}

    def put_back(self, question: str) -> None:
        """Let functions see the notebook as it was at this question's check, if it has one."""
        if question not in self._names:
            return
        self._namespace.clear()
        self._namespace.update(self._names[question])
        self._reached[question].put_back()
        settings.put_back(self._settings.get(question, []))


def _is_large(each: Any) -> bool:
    return type(each) is np.ndarray and each.nbytes > MOST_BYTES
