"""Does a magic that only makes sense in front of a screen leave the rest of its cell alone?"""

from __future__ import annotations

import pytest

from autograder.sandbox.session import Cell, Libraries, Sandbox
from tests.sandbox.notebooks import LIMITS, run_cell, text_of

FOR_SOMEBODY = [
    *("%debug", "%pdb on", "%edit x.py", "%man ls", "%clear", "%connect_info", "%qtconsole"),
    *("%notebook saved.ipynb", "%subshell", "%pastebin 1", "%gui qt", "%gui", "breakpoint()"),
    *("import pdb; pdb.set_trace()", "from IPython.core.debugger import set_trace; set_trace()"),
    *("len?", "%pinfo len", "%load_ext none_such", "%none_such", "%tensorflow_version 2.x"),
    *("%pip install none-such", "!pip install none-such", "%conda install none-such"),
]
SCREENS = ["notebook", "widget", "qt", "tk", "nbagg", "inline", "", "agg"]


@pytest.mark.parametrize("magic", FOR_SOMEBODY)
def test_does_the_cell_go_on(walled: Sandbox, magic: str) -> None:
    result = run_cell(walled, f"before = 1\n{magic}\nprint('after')")
    assert result.error == "" and text_of(result).endswith("after\n")


def test_is_a_missing_magic_named(walled: Sandbox) -> None:
    assert "`%none_such` not found" in text_of(run_cell(walled, "%none_such"))
    assert "No module named 'none_such'" in text_of(run_cell(walled, "%load_ext none_such"))


def test_does_a_magic_that_is_misused_end_its_cell_as_in_jupyter(walled: Sandbox) -> None:
    assert "UsageError" in run_cell(walled, "%autosave often").error
    assert "UsageError" in run_cell(walled, "%less").error
    assert "FileNotFoundError" in run_cell(walled, "%less none_such").error


def test_is_a_picture_shown_whatever_screen_a_notebook_asks_for(walled: Sandbox) -> None:
    """Also with `matplotlib.use`; a picture for no screen at all, `agg`, is not shown."""
    libraries = Libraries(("import matplotlib.pyplot",))
    plot = "import matplotlib, matplotlib.pyplot as plt\n{}\nplt.plot([1, 2]);"
    asks = [f"%matplotlib {screen}" for screen in SCREENS] + ["matplotlib.use('TkAgg')"]
    with Sandbox("bubblewrap", LIMITS, libraries) as sandbox:
        for ask in asks:
            with sandbox.open([Cell(0, plot.format(ask))]) as session:
                assert session.cells[0].error == "", ask
                kinds = [kind for each in session.cells[0].outputs for kind in each.get("data", {})]
                assert ("image/png" in kinds) == (ask != "%matplotlib agg"), ask


def test_are_values_stored_for_later_cells(walled: Sandbox) -> None:
    cells = [Cell(0, "a = [1]\n%store a\ndel a"), Cell(1, "%store -r\na")]
    with walled.open(cells) as session:
        assert session.cells[1].outputs[0]["data"]["text/plain"] == "[1]"
