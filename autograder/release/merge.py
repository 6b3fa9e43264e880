"""A lesson's new version and the instructor's edits become one notebook: git's three-way merge.

Each notebook is written as lines, one for every line of a cell and for every piece of metadata, so
that edits in different places of one cell do not conflict. Outputs are left out.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError

YOURS, PACKAGE = "ours", "theirs"
"""Whose lines count where both changed the same ones, by git's names."""

_CELL = "=== "
_LINE = "| "
_LEFT_OUT = ("outputs", "execution_count", "source")
_HUNK = re.compile(
    r"^<{7} yours\n(.*?)^\|{7} released\n.*?^={7}\n(.*?)^>{7} package\n", re.MULTILINE | re.DOTALL
)
_NO_BASE = "the lesson that was released is not recorded"


@dataclass(frozen=True)
class Conflict:
    """Lines that both sides changed: in which cell, what the instructor has, what is new."""

    cell: str
    yours: str
    package: str


@dataclass(frozen=True)
class Merged:
    """A notebook (nbformat 4, as plain data); with conflicts it is the instructor's."""

    notebook: Any
    conflicts: tuple[Conflict, ...] = ()


def merge_notebooks(base: Any, yours: Any, package: Any, prefer: str = "") -> Merged:
    """Apply to the instructor's notebook what has changed from one lesson to the next.

    Args:
        base: the notebook that the earlier lesson gave; None if that is not known, so that every
            difference is a conflict.
        yours: the instructor's notebook.
        package: the notebook that the lesson gives now.
        prefer: whose lines count in a conflict, `YOURS` or `PACKAGE`; empty to report it.

    Raises:
        CourseError: when git is not installed.
    """
    before, mine, new = (as_lines(each) for each in (base or yours, yours, package))
    if base is None and mine != new:
        return _without_base(yours, package, prefer)
    if before == new:
        return Merged(yours)
    text, conflicts = merge_texts(before, mine, new, prefer)
    if conflicts:
        return Merged(yours, conflicts)
    try:
        return Merged(from_lines(text))
    except (ValueError, KeyError, IndexError):
        return Merged(yours, (Conflict("the notebook", "", "the cells cannot be put in order"),))


def merge_texts(
    base: str, yours: str, package: str, prefer: str = ""
) -> tuple[str, tuple[Conflict, ...]]:
    """The same for texts: the merged text, or the conflicts."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("yours", "released", "package")]
        for path, text in zip(paths, (yours, base, package), strict=True):
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        labels = [word for path in paths for word in ("-L", path.name)]
        words = ["git", "merge-file", "-p", "--diff3", *labels, *map(str, paths)]
        if prefer:
            words.insert(3, f"--{prefer}")
            words.remove("--diff3")
        try:
            done = subprocess.run(words, capture_output=True, check=False)
        except FileNotFoundError:
            raise CourseError(
                "git is not installed, and is needed to keep your edits; install it, "
                "for example with `apt install git`"
            ) from None
    text = done.stdout.decode("utf-8", "surrogatepass")
    if done.returncode < 0 or done.returncode > 127:
        reason = done.stderr.decode("utf-8", "replace").strip()
        raise CourseError(f"git cannot merge your edits: {reason}")
    return text, tuple(_conflicts(text)) if done.returncode else ()


def as_lines(notebook: Any) -> str:
    """A notebook as text for a merge."""
    lines = [f"{_CELL}notebook", *_flat({"metadata": notebook["metadata"]})]
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        lines.append(f"{_CELL}{cell['cell_type']} {name}".rstrip())
        lines += _flat({key: value for key, value in cell.items() if key not in _LEFT_OUT})
        lines += [_LINE + line for line in cell["source"].split("\n")]
    return "\n".join(lines) + "\n"


def from_lines(text: str) -> dict[str, Any]:
    """The notebook of such a text.

    Raises:
        ValueError, KeyError, IndexError: when it is not one.
    """
    blocks: list[tuple[dict[str, Any], list[str]]] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith(_CELL):
            blocks.append(({}, []))
        elif line.startswith(_LINE):
            blocks[-1][1].append(line.removeprefix(_LINE))
        else:
            path, _, value = line.partition("\t")
            _put(blocks[-1][0], json.loads(path), json.loads(value))
    first, *cells = blocks
    made = []
    for cell, source in cells:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append({"metadata": {}, **cell, "source": "\n".join(source)})
    _make_ids_differ(made)
    head = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    return {**head, **first[0], "cells": made}


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """One line for each value that is not a dictionary, with the keys that lead to it."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _flat(value[key], (*path, key))
        return
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # as a browser writes it
    yield f"{json.dumps(path)}\t{json.dumps(value, sort_keys=True)}"


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    *parents, last = path
    for key in parents:
        into = into.setdefault(key, {})
    into[last] = value


def _make_ids_differ(cells: list[dict[str, Any]]) -> None:
    """Two sides may have numbered different cells alike; a graded cell keeps its id."""
    taken = {cell["id"] for cell in cells if "nbgrader" in cell["metadata"] and "id" in cell}
    for number, cell in enumerate(cells):
        if "nbgrader" in cell["metadata"] and "id" in cell:
            continue
        name = cell.get("id", f"cell-{number}")
        while name in taken:
            name = f"{cell.get('id', 'cell')}-{number}"
            number += len(cells)
        cell["id"] = name
        taken.add(name)


def _conflicts(text: str) -> Iterator[Conflict]:
    for hunk in _HUNK.finditer(text):
        header, *lines = text[: hunk.start()].rpartition(f"\n{_CELL}")[2].split("\n")
        begins = next((line for line in lines if line.startswith(_LINE)), "")
        kind, _, name = header.partition(" ")
        where = name or f"the {kind} cell {begins.removeprefix(_LINE)}".strip()
        yield Conflict(where, _readable(hunk[1]), _readable(hunk[2]))


def _readable(lines: str) -> str:
    """Lines of a merge as a person reads them."""
    shown = []
    for line in lines.splitlines():
        if line.startswith(_LINE):
            shown.append(line.removeprefix(_LINE))
        elif line.startswith(_CELL):
            shown.append(f"[{line.removeprefix(_CELL)}]")
        elif "\t" in line and not line.startswith('["id"]'):
            path, _, value = line.partition("\t")
            shown.append(f"{json.loads(path)[-1]}: {value}")
    return "\n".join(shown)


def _without_base(yours: Any, package: Any, prefer: str) -> Merged:
    if prefer:
        return Merged(yours if prefer == YOURS else package)
    mine, new = ({_key(cell): cell["source"] for cell in n["cells"]} for n in (yours, package))
    names = [name for name in {**mine, **new} if mine.get(name) != new.get(name)]
    found = tuple(Conflict(name, mine.get(name, ""), new.get(name, "")) for name in names)
    return Merged(yours, found or (Conflict("the notebook", _NO_BASE, "other metadata"),))


def _key(cell: Any) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id") or cell.get("id", ""))
