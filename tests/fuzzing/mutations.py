"""Notebooks with something changed in them: bytes, structure, or the data that grading trusts."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, -1, 10**30, 1e308, float("nan"), "", "x", "\ud800", "<script>", [], {}, [[]],
    [None], {"a": {}}, "solution-relu_backward", "code", "../../etc", "a" * 300, ["x", 3], "\x00",
)  # fmt: skip
STAMPS: dict[str, tuple[Any, ...]] = {
    "grade_id": ("dense_backward", "solution-dense_backward", "setup", "", None, 7, "../x"),
    "points": (1000, -5, "many", float("inf"), None, [1]),
    "grade": (True, False, "yes", None),
    "solution": (True, False, {}),
    "locked": (True, False, 3),
    "cell_type": ("code", "markdown", "raw", None),
    "schema_version": (1, 2, 4, "3", None),
    "checksum": ("0" * 32, None),
}


def mutated(document: Any, random: Random) -> bytes:
    """One file that a student might hand in by accident, by a fault or with intent."""
    changed = copy.deepcopy(document)
    kind = random.choice(["bytes", "structure", "structure", "metadata", "metadata", "cells"])
    for _ in range(random.randint(1, 4)):
        if kind == "structure":
            _change_structure(changed, random)
        elif kind == "metadata":
            _change_metadata(changed, random)
        elif kind == "cells":
            _change_cells(changed, random)
    content = json.dumps(changed, ensure_ascii=random.random() < 0.9).encode("utf-8", "replace")
    return _changed_bytes(content, random) if kind == "bytes" else content


def _changed_bytes(content: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 8)):
        start = random.randrange(len(content) + 1)
        end = start + random.choice([0, 1, 1, 2, 30, 1000])
        new = random.choice(
            [b"", random.randbytes(2), content[start:end] * 2, b'"', b"}", b"[" * 60]
        )
        content = content[:start] + new + content[end:]
    return content


def _change_structure(tree: Any, random: Random) -> None:
    """Walk down to any part and replace, drop or double it."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = random.choice(keys)
        if isinstance(tree[key], (dict, list)) and tree[key] and random.random() < 0.8:
            tree = tree[key]
            continue
        match random.choice(["replace", "drop", "double"]):
            case "replace":
                tree[key] = copy.deepcopy(random.choice(JUNK))
            case "drop":
                del tree[key]
            case "double" if isinstance(tree, list):
                tree.insert(key, copy.deepcopy(tree[key]))
            case _:
                tree[f"{key}x"] = tree[key]
        return


def _change_metadata(document: Any, random: Random) -> None:
    cell = random.choice(document["cells"])
    name = random.choice(list(STAMPS))
    stamp = cell["metadata"].setdefault("nbgrader", {})
    match random.choice(["stamp", "stamp", "id", "type", "tags", "notebook"]):
        case "stamp":
            stamp[name] = copy.deepcopy(random.choice(STAMPS[name]))
        case "id":
            cell["id"] = random.choice([random.choice(document["cells"])["id"], *JUNK])
        case "type":
            cell["cell_type"] = random.choice(STAMPS["cell_type"])
        case "tags":
            cell["metadata"]["tags"] = random.choice([["experiment"], "experiment", None, [3]])
        case "notebook":
            document["metadata"][random.choice(["kernelspec", "x", "autograder"])] = random.choice(
                JUNK
            )


def _change_cells(document: Any, random: Random) -> None:
    cells = document["cells"]
    match random.choice(["shuffle", "double", "drop", "move", "nothing left"]):
        case "shuffle":
            random.shuffle(cells)
        case "double":
            cells.insert(
                random.randrange(len(cells) + 1), copy.deepcopy(random.choice(cells or [{}]))
            )
        case "drop" if cells:
            del cells[random.randrange(len(cells)) :: random.choice([1, 2, 100])]
        case "move" if cells:
            cells.insert(0, cells.pop(random.randrange(len(cells))))
        case "nothing left" if random.random() < 0.2:
            cells.clear()
