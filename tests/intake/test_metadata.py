"""Does junk in a cell's metadata count as absent, and is what release wrote found?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.intake.metadata import grade_id_of, is_experiment, stamp_of
from autograder.intake.restore import role_of
from tests.fuzzing.mutations import JUNK


def cell(**metadata: Any) -> Any:
    return nbformat.from_dict({"cell_type": "code", "metadata": metadata, "source": ""})


def test_is_what_release_wrote_read():
    stamped = cell(nbgrader={"grade_id": "relu", "grade": True}, tags=["experiment", "x"])
    assert stamp_of(stamped) == {"grade_id": "relu", "grade": True}
    assert grade_id_of(stamped) == "relu"
    assert is_experiment(stamped)


def test_has_a_cell_without_metadata_no_stamp_no_id_and_no_tag():
    assert (stamp_of(cell()), grade_id_of(cell()), is_experiment(cell())) == ({}, "", False)


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_does_junk_anywhere_raise_nothing(junk):
    for odd in (cell(nbgrader=junk), cell(nbgrader={"grade_id": junk}), cell(tags=junk)):
        assert isinstance(grade_id_of(odd), str)
        assert not is_experiment(odd)
        stamp_of(odd).get("locked")
        role_of(odd)
