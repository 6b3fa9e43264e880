"""Which names a code cell defines, and which it takes from other cells.

A student wrote the cell, so it need not be Python: it is then searched for definitions, and uses
nothing, since it does not run.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 50_000
"""Characters of a cell that is parsed: a syntax tree is a hundred times as large as its text."""

_SHORT, _MOST_KEPT = 5_000, 1_000
"""Characters of a cell whose names are remembered, since others of the class have it too; and how
many such cells are."""

_FILE = "<student>"
# Once and for all: changing filters for a moment is not safe while other threads grade.
warnings.filterwarnings("ignore", category=SyntaxWarning, module=re.escape(_FILE))
warnings.filterwarnings("ignore", category=DeprecationWarning, module=re.escape(_FILE))

_WORD = re.compile(r"[^\W\d]\w*")
_BINDING = re.compile(
    r"^(?:(?:async +)?def|class) +(\w+)|^(\w+) *(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
# Cell magics below which Python follows; below any other stands a file, a page or a shell script.
_PYTHON_BELOW = re.compile(r"%%(?:time|timeit|capture|prun)\b.*")
_MAGIC = re.compile(
    r"^(?P<indent>[ \t]*)(?P<target>\w+ *= *)?(?:[%!].*|\?{0,2}[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE
)


@dataclass(frozen=True)
class Names:
    """The names of one cell.

    Attributes:
        defined: those that it binds at its top level, by assignment, import, def or class.
        used: those that it, or a function in it, looks up among the notebook's globals.
    """

    defined: frozenset[str]
    used: frozenset[str]


def names_in(source: str, *, parse: bool = True) -> Names:
    """The names that a code cell defines and uses.

    Args:
        source: the cell.
        parse: whether to read it as Python; if not, it is searched for words.
    """
    if not parse:
        return _names_by_words(source)
    return _names_of_short(source) if len(source) <= _SHORT else _names_by_syntax(source)


def _names_by_words(source: str) -> Names:
    return Names(_defined_in_words(source), frozenset(_WORD.findall(source)))


def _names_by_syntax(source: str) -> Names:
    text = python_of(source)
    if len(text) > LONGEST:
        return _names_by_words(source)
    try:
        table = symtable.symtable(text, _FILE, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(_defined_in_words(source), frozenset())
    defined = _defined(table, has_global="global" in text)
    return Names(frozenset(defined), frozenset(_used(table)))


_names_of_short = lru_cache(_MOST_KEPT)(_names_by_syntax)


def _defined_in_words(source: str) -> frozenset[str]:
    return frozenset(first or second for first, second in _BINDING.findall(source))


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a code cell; None if it is not Python. Magics are strings in it."""
    text = python_of(source)
    if len(text) > LONGEST:
        return None
    try:
        return ast.parse(text, _FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def python_of(source: str) -> str:
    """A code cell with IPython's own lines as strings; equally many lines."""
    if not any(mark in source for mark in "%!?"):
        return source
    first, _, rest = source.partition("\n")
    if first.startswith("%%"):
        return f"{first!r}\n{rest}" if _PYTHON_BELOW.fullmatch(first) else repr(first)
    if _is_python(source):
        return source
    return _MAGIC.sub(lambda found: f"{found['indent']}{found['target'] or ''}{found[0]!r}", source)


def _is_python(source: str) -> bool:
    if len(source) > LONGEST:
        return True
    try:
        ast.parse(source, _FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _defined(table: symtable.SymbolTable, *, has_global: bool) -> Iterator[str]:
    """Also what a function declares `global` and assigns, where the word is there."""
    for each in table.get_symbols():
        if each.is_assigned() or each.is_imported():
            yield each.get_name()
    for inner in _inside(table) if has_global else ():
        for each in inner.get_symbols():
            if each.is_declared_global() and each.is_assigned():
                yield each.get_name()


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    for each in table.get_symbols():
        if each.is_referenced():
            yield each.get_name()
    for inner in _inside(table):
        if isinstance(inner, symtable.Function):
            yield from inner.get_globals()
            continue
        for each in inner.get_symbols():
            if each.is_global() and each.is_referenced():
                yield each.get_name()


def _inside(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    waiting = list(table.get_children())
    while waiting:
        inner = waiting.pop()
        yield inner
        waiting += inner.get_children()
