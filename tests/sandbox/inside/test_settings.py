"""Are the settings of the whole process what they were?"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox.inside import settings

CHANGES = {
    "folder": lambda: os.chdir(".."),
    "path": lambda: sys.path.insert(0, "elsewhere"),
    "emptied path": sys.path.clear,
    "recursion": lambda: sys.setrecursionlimit(sys.getrecursionlimit() + 7),
    "seterr": lambda: np.seterr(all="raise"),
    "seterrcall": lambda: np.seterrcall(print),
    "printing": lambda: np.set_printoptions(precision=2),
    "filters": lambda: warnings.simplefilter("error"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_is_what_a_cell_sets_set_back(change: str, tmp_path: Path) -> None:
    outside = settings.read()
    os.chdir(tmp_path)
    before = settings.read()
    try:
        CHANGES[change]()
        assert settings.read() != before
        settings.put_back(before)
        assert settings.read() == before
    finally:
        settings.put_back(outside)


def test_is_a_deleted_folder_left_out(tmp_path: Path) -> None:
    outside = settings.read()
    (tmp_path / "data").mkdir()
    os.chdir(tmp_path / "data")
    before = settings.read()
    try:
        (tmp_path / "data").rmdir()
        assert len(settings.read()) == len(before) - 1
        np.seterr(all="raise")
        settings.put_back(before)
        assert np.geterr() != dict.fromkeys(np.geterr(), "raise")
    finally:
        settings.put_back(outside)
