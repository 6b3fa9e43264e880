"""What cells would have defined, had no wrong function kept them from their end.

A cell may call a wrong function above what it defines: a table of functions, a helper, an answer.
Where the solution's functions stand in for the wrong ones, these definitions are made up for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

Namespace = dict[str, Any]


class Unfinished:
    """The cells of a notebook that raised an exception, or had to be stopped.

    Attributes:
        defined: names that are defined for now.

    Args:
        namespace: the notebook's.
    """

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._sources: list[str] = []
        self.defined: set[str] = set()
        self._trying: set[str] = set()

    def add(self, source: str) -> None:
        """Remember a cell that did not come to its end, as Python without magics."""
        self._sources.append(source)

    def define(self, name: str) -> bool:
        """Run the statement by which such a cell would have defined a name.

        Returns:
            Whether the name is defined now. It is not, if no cell has such a statement, or if this
            raises again.
        """
        if name in self._namespace or name in self._trying:
            return name in self._namespace
        self._trying.add(name)
        for source in reversed(self._sources):
            for statement in _statements(source):
                if name in _bound(statement) and self._run(statement):
                    break
        self._trying.discard(name)
        return name in self._namespace

    def undo(self) -> None:
        """Let the notebook be without these names again."""
        for name in self.defined:
            self._namespace.pop(name, None)
        self.defined.clear()

    def _run(self, statement: ast.stmt) -> bool:
        before = set(self._namespace)
        code = compile(ast.Module([statement], []), "<cell>", "exec")
        try:
            while True:
                try:
                    exec(code, self._namespace)
                    return True
                except NameError as error:
                    # What it needs may stand in the same cell.
                    if error.name is None or not self.define(error.name):
                        return False
        except (Exception, SystemExit):
            return False
        finally:
            self.defined |= set(self._namespace) - before


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in the notebook."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (each.asname or each.name.partition(".")[0] for each in statement.names)
    else:
        for each in ast.walk(statement):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield each.id
