"""Does a function meet the notebook as it was at its check?"""

from __future__ import annotations

import builtins
import os
from typing import Any

import numpy as np
import pytest

from autograder.answer import MISSING
from autograder.sandbox.inside.contents import MOST_BYTES
from autograder.sandbox.inside.snapshot import Snapshots


def run(source: str, namespace: dict[str, Any]) -> None:
    exec(source, namespace)


@pytest.fixture
def namespace() -> dict[str, Any]:
    return {"__name__": "__main__"}


def test_has_every_check_its_own_bindings(namespace: dict[str, Any]) -> None:
    """Two helpers of one name, and what is shared stays shared."""
    snapshots = Snapshots(namespace)
    run("seen = []\ndef helper(): return 1\ndef f(): seen.append(1); return helper()", namespace)
    f = snapshots.take("first", "f")
    run("def helper(): return 2\ndef g(): seen.append(2); return helper()", namespace)
    g = snapshots.take("second", "g")
    run("seen.append(0)\ndel helper", namespace)
    assert snapshots.end() == {"first": ["seen"], "second": ["seen"]}
    for _ in range(2):
        snapshots.put_back("first")
        assert (f(), g()) == (1, 1) and namespace["seen"] == [1, 2]
        snapshots.put_back("second")
        assert (f(), g()) == (2, 2) and namespace["seen"] == [1, 2]


def test_are_names_kept_that_come_only_later_except_those_of_builtins(
    namespace: dict[str, Any],
) -> None:
    """A helper below the check is found, the one that is nearest; `sum` stays Python's."""
    snapshots = Snapshots(namespace)
    run("def f(): return helper(sum([1, 2]))", namespace)
    f = snapshots.take("first", "f")
    run("def helper(x): return 10 * x\nsum = 0", namespace)
    snapshots.cell_has_run()
    snapshots.take("second", "f")
    run("del helper", namespace)
    snapshots.end()
    snapshots.put_back("first")
    assert f() == 30
    assert "sum" not in namespace
    snapshots.put_back("second")
    assert namespace["sum"] == 0


def test_is_what_is_missing_at_its_check_missing(namespace: dict[str, Any]) -> None:
    snapshots = Snapshots(namespace)
    assert snapshots.take("first", "f") is MISSING
    assert snapshots.take("second", "g") is MISSING
    run("def f(): return 1", namespace)
    assert snapshots.end() == {"first": ["f"]}
    snapshots.put_back("first")
    snapshots.put_back("no such question")


def test_is_a_letter_that_is_changed_later_named(namespace: dict[str, Any]) -> None:
    """It needs no snapshot, since nothing can change it."""
    snapshots = Snapshots(namespace)
    run("letter, other, unwritten = 'a', 'b', None", namespace)
    taken = [snapshots.take(name, name) for name in ("letter", "other", "unwritten")]
    assert taken == ["a", "b", None]
    run("letter = 'c'; other = 'b'\ndef unwritten(): pass", namespace)
    assert snapshots.end() == {"letter": ["letter"], "unwritten": ["unwritten"]}


def test_do_checks_without_a_cell_between_them_share_a_snapshot(namespace: dict[str, Any]) -> None:
    snapshots = Snapshots(namespace)
    run("x = [1]\ndef f(): return x[:]\ndef g(): return x[:]", namespace)
    f = snapshots.take("first", "f")
    assert snapshots.take("second", "f") is f
    g = snapshots.take("third", "g")
    run("x.append(2)\ndef f(): return 3", namespace)
    snapshots.cell_has_run()
    later = snapshots.take("fourth", "f")
    run("x.clear()", namespace)
    assert snapshots.end() == {"first": ["f", "x"], "second": ["f", "x"], "third": ["x"]}
    for question in ("first", "second", "third"):
        snapshots.put_back(question)
        assert f() == g() == [1]
    snapshots.put_back("fourth")
    assert later() == 3


def test_is_memory_free_that_a_cell_has_freed(namespace: dict[str, Any]) -> None:
    """A large array that the function does not read; one that it reads is kept."""
    snapshots = Snapshots(namespace)
    large = np.zeros(MOST_BYTES // 8 + 1)
    namespace |= {"read": large.copy(), "unread": large.copy(), "small": np.zeros(2)}
    run("def f(): return read", namespace)
    f = snapshots.take("first", "f")
    before = namespace["read"]
    run("read = unread = small = None", namespace)
    assert snapshots.end() == {"first": ["read"]}
    snapshots.put_back("first")
    assert f() is before
    assert namespace["unread"] is None
    assert namespace["small"].size == 2


def test_is_a_large_array_that_changes_in_place_named(namespace: dict[str, Any]) -> None:
    """It cannot be put back."""
    snapshots = Snapshots(namespace)
    namespace["X"] = np.zeros(MOST_BYTES // 8 + 1)
    run("def f(): return X", namespace)
    f = snapshots.take("first", "f")
    run("X += 1", namespace)
    assert snapshots.end() == {"first": ["X"]}
    snapshots.put_back("first")
    assert f()[0] == 1


def test_are_builtins_those_of_python_once_the_cells_have_run(
    namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Except for a function that saw them replaced."""
    snapshots = Snapshots(namespace)
    monkeypatch.setattr(builtins, "sum", lambda *_: "mine")
    run("def f(): return sum([1])", namespace)
    f = snapshots.take("first", "f")
    monkeypatch.setattr(builtins, "max", lambda *_: "mine")
    snapshots.end()
    assert (max([1]), sum([1])) == (1, 1)
    snapshots.put_back("first")
    assert (max([1]), f()) == (1, "mine")


NOT_COVERED = {
    "many items": ("x = list(range(10_001))\ndef f(): return len(x)", "x.pop()", 10_000),
    "an iterator": ("x = iter([1, 2])\ndef f(): return next(x)", "next(x)", 2),
    "slots": (
        "class A:\n    __slots__ = ('n',)\nx = A()\nx.n = 1\ndef f(): return x.n",
        "x.n = 2",
        2,
    ),
    "by text": (
        "import os\ndef f(): return getattr(os, 'ex' + 'tra')",
        "os.extra = 2",
        2,
    ),
    "environment": (
        "import os\ndef f(): return os.environ['EXTRA']",
        "os.environ['EXTRA'] = '2'",
        "2",
    ),
    "a library's object": (
        "from argparse import Namespace\nx = Namespace(n=1)\ndef f(): return x.n",
        "x.n = 2",
        2,
    ),
}


@pytest.mark.parametrize("what", NOT_COVERED)
def test_is_what_no_snapshot_covers_as_the_notebook_leaves_it(
    what: str, namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/security.md lists these."""
    monkeypatch.setattr(os, "extra", 1, raising=False)
    monkeypatch.setenv("EXTRA", "1")
    before, later, left = NOT_COVERED[what]
    snapshots = Snapshots(namespace)
    run(before, namespace)
    f = snapshots.take("first", "f")
    run(later, namespace)
    snapshots.end()
    snapshots.put_back("first")
    assert f() == left
