"""The names that cells define, and those that a function uses: what a restart would lose."""

from __future__ import annotations

import ast
import dis
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType
from typing import Any

_UNSEEN = re.compile(
    r"^\s*%(run|store|pylab|load|recall|rerun|macro|edit)\b"
    r"|\buser_ns\b|\bget_ipython\(\)\.|\bsetattr\(\s*sys\.",
    re.MULTILINE,
)
"""What may define names that no cell shows."""
_OF_NAMES = ("globals", "locals", "vars")
_WRITES = ("update", "setdefault", "__setitem__")
_MAGIC = re.compile(r"^\s*[%!?]|^\s*\w[\w.]*\?{1,2}\s*$")
_FROM_MAGIC = re.compile(r"^\s*([\w, ]+?)\s*=\s*[%!]")
_WORD = re.compile(r"[^\W\d]\w*")
_CAPTURED = re.compile(r"^%%(?:capture|\w+\s.*?--out)\s+(\w+)", re.MULTILINE)
_SHOWN = ("In", "Out", "exit", "quit", "get_ipython", "open", "display")
"""What IPython itself defines."""


def defined(cells: Iterable[str]) -> set[str] | None:
    """The names that cells define; None where one may define names that it does not show."""
    found = set[str]()
    for cell in cells:
        names = None if _UNSEEN.search(cell) else _in_cell(cell)
        if names is None:
            return None
        found |= names
    return found


def _in_cell(cell: str) -> set[str] | None:
    lines = cell.splitlines()
    found = {name for line in lines if (m := _FROM_MAGIC.match(line)) for name in m[1].split(", ")}
    found |= set(_CAPTURED.findall(cell))
    kept = [line for line in lines if not (_MAGIC.match(line) or _FROM_MAGIC.match(line))]
    try:
        tree = ast.parse("\n".join(kept))
    except SyntaxError:
        # Half-written: any of its words may be what it defines.
        return found | set(_WORD.findall(cell))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="exec")):
                return None
            case ast.Subscript(value=ast.Call(func=ast.Name(id=of)), ctx=ast.Store()) if (
                of in _OF_NAMES
            ):
                return None
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=of)), attr=verb)) if (
                of in _OF_NAMES and verb in _WRITES
            ):
                return None
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str() as name):
                found.add(name)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                found.add(name)
            case ast.Import(names=names):
                found |= {each.asname or each.name.partition(".")[0] for each in names}
            case ast.ImportFrom(module=module, names=names):
                for each in names:
                    if each.name != "*":
                        found.add(each.asname or each.name)
                    elif module in sys.modules:
                        found |= vars(sys.modules[module]).keys()
                    else:
                        return None
    return found


def used(target: Any, namespace: Mapping[str, Any]) -> set[str]:
    """The variables of a notebook that a function reads, and that its functions behind it do."""
    waiting, found = [target], set[str]()
    while waiting:
        each = waiting.pop()
        for code in _codes(each):
            new = (_globals(code) & namespace.keys()) - found
            found |= new
            waiting += [namespace[name] for name in new]
    return {name for name in found if not name.startswith("_") and name not in _SHOWN}


def _codes(target: Any) -> Iterator[CodeType]:
    if isinstance(target, type):
        yield from (code for member in vars(target).values() for code in _codes(member))
        return
    inner = getattr(target, "__func__", None) or getattr(target, "fget", None) or target
    code = getattr(inner, "__code__", None)
    # Only what a cell defines: a library's functions read their own module's variables.
    if isinstance(code, CodeType) and getattr(inner, "__module__", "") in ("__main__", None):
        yield code


def _globals(code: CodeType) -> set[str]:
    here = {
        each.argval
        for each in dis.get_instructions(code)
        if each.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    inside = (each for each in code.co_consts if isinstance(each, CodeType))
    return here.union(*map(_globals, inside))
