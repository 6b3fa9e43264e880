"""Is what a cell would have defined made up for, and gone again?"""

from __future__ import annotations

from autograder.sandbox.inside.unfinished import Unfinished

TABLE = """
import math as m
sizes = [relu(-1)]
def scale(x): return FACTOR * x
FACTOR = m.floor(2.5)
TABLE = {"relu": relu, "scale": scale}
if TABLE:
    first, *rest = TABLE
"""


def cells(*sources: str) -> tuple[Unfinished, dict[str, object]]:
    namespace: dict[str, object] = {"relu": abs}
    unfinished = Unfinished(namespace)
    for each in sources:
        unfinished.add(each)
    return unfinished, namespace


def test_is_a_name_defined_with_all_that_its_statement_needs() -> None:
    unfinished, namespace = cells("not Python", TABLE)
    assert unfinished.define("first") and namespace["first"] == "relu"
    # A function's own names are asked for when it is called.
    assert "FACTOR" not in namespace and unfinished.define("FACTOR") and namespace["FACTOR"] == 2
    unfinished.undo()
    assert namespace.keys() - {"__builtins__"} == {"relu"} and not unfinished.defined


def test_is_what_stands_nowhere_or_raises_again_left_undefined() -> None:
    unfinished, namespace = cells(
        "a = b\nb = a", "c = 1 / 0", "import no_such_module", "d = nowhere"
    )
    for name in ("a", "b", "c", "no_such_module", "d", "e"):
        assert not unfinished.define(name)
    assert namespace.keys() - {"__builtins__"} == {"relu"}


def test_is_what_is_there_left_alone() -> None:
    unfinished, namespace = cells("relu = 3")
    assert unfinished.define("relu") and namespace["relu"] is abs
