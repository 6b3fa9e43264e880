"""Has every row of the table of roles and tokens in docs/security.md its test?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def rows():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    section = text.partition("## The service's wall")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line for line in lines if not line.startswith(("| ---", "| who", "| promise"))]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.split("|")[1].strip()[:40])
def test_has_it_a_test_that_exists(row):
    found = _TEST.findall(row)
    assert found, row
    for file, name in found:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, f"{file} has no {name}"


def test_is_there_a_row_for_everybody_who_may_come():
    known = " ".join(row.split("|")[1] for row in rows())
    for who in ("nobody", "student", "assistant or instructor", "test user", "another site"):
        assert who in known
