"""What a new release changes in the notebook that students have."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

KINDS = ("grade", "solution", "locked", "task")


def changes(before: Any, after: Any) -> list[str]:
    """A line for each kind of change between two notebooks of a lesson.

    Args:
        before: nbformat 4.
        after: the same lesson later.
    """
    return [*_of_named(_named(before), _named(after)), *_of_others(before, after)]


def names(notebook: Any) -> set[str]:
    """The cells that nbgrader knows by name."""
    return set(_named(notebook))


def points(notebook: Any) -> dict[str, float]:
    """The points of the cells that are worth some, by name."""
    cells = {name: stamp_of(cell).get("points") for name, cell in _named(notebook).items()}
    return {name: float(worth) for name, worth in cells.items() if worth is not None}


def stamp_of(cell: Any) -> Any:
    """nbgrader's data on a cell; empty if there is none."""
    return cell["metadata"].get("nbgrader", {})


def _named(notebook: Any) -> dict[str, Any]:
    return {
        stamp["grade_id"]: cell
        for cell in notebook["cells"]
        if (stamp := stamp_of(cell)).get("grade_id") and any(stamp.get(kind) for kind in KINDS)
    }


def _of_named(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    kept = [name for name in after if name in before]
    changed = [name for name in kept if _content(before[name]) != _content(after[name])]
    for what, found in (
        ("added", [name for name in after if name not in before]),
        ("removed", [name for name in before if name not in after]),
        ("changed", changed),
    ):
        if found:
            yield f"{what}: {', '.join(found)}"
    worth = [(name, stamp_of(before[name]), stamp_of(after[name])) for name in kept]
    moved = [
        f"{name} {old.get('points', 0):g} → {new.get('points', 0):g}"
        for name, old, new in worth
        if old.get("points", 0) != new.get("points", 0)
    ]
    if moved:
        yield f"points: {', '.join(moved)}"


def _of_others(before: Any, after: Any) -> Iterator[str]:
    """The cells without a name: text, and code that is not graded."""
    for kind, word in (("markdown", "text"), ("code", "ungraded code")):
        old, new = (
            [
                cell["source"]
                for cell in notebook["cells"]
                if cell["cell_type"] == kind and not stamp_of(cell).get("grade_id")
            ]
            for notebook in (before, after)
        )
        counts = {"changed": 0, "added": 0, "removed": 0}
        for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                both = min(j - i, m - k)
                counts["changed"] += both
                counts["removed"] += j - i - both
                counts["added"] += m - k - both
        told = [f"{count} {what}" for what, count in counts.items() if count]
        if told:
            yield f"{word} cells: {', '.join(told)}"


def _content(cell: Any) -> tuple[str, str]:
    return cell["cell_type"], cell["source"]
