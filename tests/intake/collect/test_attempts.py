"""Are file names and times read as browsers and platforms write them?"""

from __future__ import annotations

import pytest

from tests.intake.collect.difficult_class import (
    NB,
    STEM,
    content,
    results,
    take,
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-10-02 14:00:00 Europe/Berlin", "2026-10-02 12:00:00 UTC\n"),
        ("2026-10-02 14:00:00.123 +0200", "2026-10-02 12:00:00 UTC\n"),
        ("2026-10-02 14:00:00 +02:00", "2026-10-02 12:00:00 UTC\n"),
        ("2026-10-02 12:00:00 UTC", "2026-10-02 12:00:00 UTC\n"),
        ("yesterday", None),
        ("\udcff".encode("utf-8", "surrogateescape"), None),
    ],
)
def test_is_nbgraders_own_time_kept(full, tmp_path, said, kept):
    folder = tmp_path / "submitted" / "ann" / STEM
    folder.mkdir(parents=True)
    (folder / NB).write_text("{}")
    (folder / "timestamp.txt").write_bytes(said if isinstance(said, bytes) else said.encode())
    assert results(take(full, tmp_path / "submitted")) == {"ann": "new"}
    assert content(full, "ann", "timestamp.txt") == kept
