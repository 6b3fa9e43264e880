"""Does a lesson say in words what each of its figures shows, for readers who do not see it?"""

from __future__ import annotations

import jupytext
import pytest

from autograder.questions import catalogue
from tests.conftest import REPOSITORY


@pytest.mark.parametrize("stem", catalogue.stems())
def test_does_the_text_below_a_figure_say_in_words_what_it_shows(stem):
    """Pages of feedback take it as the figure's alternative text."""
    cells = jupytext.read(REPOSITORY / "solutions" / f"{stem}.py", fmt="py:percent").cells
    for place, cell in enumerate(cells):
        if cell.cell_type == "code" and "figure = plots." in cell.source:
            assert cell.source.count("figure = plots.") == 1
            below = cells[place + 1]
            assert below.cell_type == "markdown"
            assert below.source.startswith("*In words:* "), cell.source[-200:]
