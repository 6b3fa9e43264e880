"""The files that a real Moodle 4.5.6 wrote, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "moodle"


def real(name: str) -> Path:
    """The path of one of them; the test is skipped if it is not there."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"the real Moodle file {name} is not at hand")
    return path
