"""Wrong answers of every kind, made from the right one, that no catalogue of mistakes has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.questions.define import Question
from autograder.tree import Opaque, Tree, leaves, map_tree

ERRORS = {
    "shapes": "ValueError: operands could not be broadcast together with shapes (7,5) (4,)",
    "name": "NameError: name 'helper_of_mine' is not defined",
    "attribute": "AttributeError: 'NoneType' object has no attribute 'size'",
    "recursion": "RecursionError: maximum recursion depth exceeded",
    "library": "ModuleNotFoundError: No module named 'torch'",
    "key": "KeyError: 'w1'",
    "own": "Mine: not like this",
}
STOPPED = {
    "memory": "used more than 1 GiB of memory",
    "exit": "ended the process with exit status 1",
    "processes": "started more than 64 processes",
    "unreadable": "sent no result that can be read (a frame has too many parts)",
}
REASONS = {
    "name only": "",
    "syntax": "the cell above it raised SyntaxError: invalid syntax (line 2: `retrun z`)",
    "library above": "the cell above it raised ModuleNotFoundError: No module named 'torch'",
    "memory above": "cell 12 used more than 1 GiB of memory",
    "misspelled": "the cell above it defines `softmx`",
}


def ended() -> dict[str, Answer]:
    """Answers without a value."""
    raised = {f"raised {name}": Answer(Status.RAISED, error=text) for name, text in ERRORS.items()}
    crashed = {
        f"crashed {name}": Answer(Status.CRASHED, error=f"f {text}")
        for name, text in STOPPED.items()
    }
    missing = {f"missing {name}": Answer(Status.MISSING, error=r) for name, r in REASONS.items()}
    return {
        "not attempted": Answer(Status.NOT_ATTEMPTED),
        "unusable": Answer(Status.RAISED, error="unusable: no W1"),
        **raised,
        **crashed,
        **missing,
    }


def returned(question: Question, right: Tree) -> dict[str, Answer]:
    """Answers with a wrong value: of another kind, form, dtype or size.

    Args:
        question: what was asked.
        right: the reference answer of one case.
    """
    values: dict[str, Any] = {
        "function": Opaque("function"),
        "generator": Opaque("generator"),
        "set": Opaque("set"),
        "rows of unequal length": Opaque("array of object"),
        "a dict": {"no": np.ones(2)},
        "a list of nothing": [],
        "a text": "no such text",
        "another array": np.full((2, 3, 4, 5), 0.5),
    }
    numbers = [leaf for leaf in leaves(right) if isinstance(leaf, np.ndarray)]
    if numbers:
        rng = np.random.default_rng(3)
        values |= {
            "other numbers": _numbers(right, lambda a: rng.normal(size=a.shape)),
            "nearly": _numbers(right, lambda a: a * (1 + 1e-6 * rng.normal(size=a.shape))),
            "nan": _numbers(right, lambda a: np.full(a.shape, np.nan)),
            "complex": _numbers(right, lambda a: a + 1j),
            "float16": _numbers(right, lambda a: np.float16(np.clip(a, -6e4, 6e4))),
            "wrong sign": _numbers(right, lambda a: ~a if a.dtype == bool else -a),
            "added axis": _numbers(right, lambda a: a[None] * 2),
            "one number": _numbers(right, lambda a: np.array(0.25)),
            "no entries": _numbers(right, lambda a: np.zeros(0)),
            "too long": _numbers(right, lambda a: np.ones((9, 9, 9))),
        }
    if isinstance(right, list):
        values |= {
            "first part alone": right[0],
            "part missing": right[:-1],
            "part too many": [*right, np.ones(3)],
            "part None": [Opaque("None"), *right[1:]],
            "other order": right[::-1],
        }
    if isinstance(right, dict):
        values["key missing"] = dict(list(right.items())[:-1])
        values["key too many"] = right | {"more": np.ones(2)}
    if isinstance(right, str):
        values |= {"a number": np.array(3.0), "a blank": ""}
    answers = {name: Answer(Status.RETURNED, value) for name, value in values.items()}
    answers["changed its argument"] = Answer(Status.RETURNED, right, ("X",))
    return answers


def _numbers(tree: Tree, change: Callable[[np.ndarray], Any]) -> Tree:
    return map_tree(
        lambda leaf: np.asarray(change(leaf)) if isinstance(leaf, np.ndarray) else leaf, tree
    )
