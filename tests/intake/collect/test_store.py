"""Is a submission stored completely or not at all, and none ever lost?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.errors import CourseError
from tests.intake.collect.difficult_class import (
    CLASS,
    NB,
    STEM,
    content,
    moodle,
    results,
    snapshot,
    take,
)
from tests.intake.exports import moodle_folder, write_zip


def test_does_what_was_mended_by_hand_stay(full, tmp_path):
    folder = tmp_path / "tree" / "ann" / STEM
    folder.mkdir(parents=True)
    (folder / NB).write_text("{")
    (folder / "timestamp.txt").write_text("2026-10-02 12:00:00 UTC")
    take(full, tmp_path / "tree")
    full.notebook("submitted", STEM, "ann").write_text("{}")
    assert results(take(full, tmp_path / "tree")) == {"ann": "unchanged"}
    (folder / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC")
    (folder / NB).write_text("older")
    assert results(take(full, tmp_path / "tree")) == {"ann": "older: kept aside"}
    assert content(full, "ann") == "{}"


def test_does_a_full_disk_leave_nothing_half_collected(full, tmp_path, monkeypatch):
    source = moodle(tmp_path / "a.zip", CLASS)
    before = snapshot(full.root)
    calls = []

    def write_bytes(path: Path, data: bytes) -> int:
        calls.append(path)
        if len(calls) == 3:
            raise OSError(28, "No space left on device", str(path))
        return len(data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        with pytest.raises(CourseError, match="No space left"):
            take(full, source)
    assert snapshot(full.root) == before


def test_does_a_kill_between_two_folders_lose_nothing(full, tmp_path, monkeypatch):
    take(full, moodle(tmp_path / "1.zip", CLASS))
    second = write_zip(
        tmp_path / "2.zip",
        {f"{moodle_folder(f'{s.first_name} {s.last_name}', n)}/{NB}": f"{s.id} 2" for n, s in
         enumerate(CLASS)},
    )  # fmt: skip
    moves = []
    replace = os.replace

    def stop(source, target):
        moves.append(target)
        if len(moves) == 4:
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            take(full, second)
    take(full, second)
    assert {s.id: content(full, s.id) for s in CLASS} == {s.id: f"{s.id} 2" for s in CLASS}
    kept = (full.root / ".autograder" / "earlier" / STEM).glob(f"*/*/{NB}")
    assert sorted(path.read_text() for path in kept) == sorted(s.id for s in CLASS)
    assert not list((full.root / ".autograder").glob("collecting-*"))
