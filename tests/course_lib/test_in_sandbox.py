"""Does a graded notebook find the parts of the course that a lesson's first cells import?"""

from __future__ import annotations

import pytest

from autograder.sandbox.session import Cell, Sandbox


@pytest.mark.bubblewrap
def test_can_data_and_figures_be_used_there_and_keras_not():
    cells = [
        "from course_lib import plots\nplots.falling_loss([1.0, 0.5], [0.1, 0.9]);",
        "from course_lib import datasets\nassert datasets.digits()[0].shape == (1797, 64)",
        "from course_lib.quiet import import_keras",
    ]
    with (
        Sandbox() as sandbox,
        sandbox.open([Cell(number, source) for number, source in enumerate(cells)]) as session,
    ):
        errors = [session.cells[number].error for number in range(len(cells))]
    assert errors[:2] == ["", ""]
    # The lessons catch this one and say that the comparison needs Keras.
    assert errors[2].startswith("ModuleNotFoundError")
