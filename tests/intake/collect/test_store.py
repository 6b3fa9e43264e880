"""Is a submission stored completely or not at all, and none ever lost?"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.intake.collect import store
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


CONTENTS = st.dictionaries(st.text("ab", min_size=1, max_size=2), st.binary(max_size=3))


@given(CONTENTS, CONTENTS)
def test_is_the_digest_the_same_only_for_the_same_files(one, other):
    assert (store.digest(one) == store.digest(other)) == (one == other)
    assert store.digest(dict(reversed(one.items()))) == store.digest(one)


@pytest.fixture
def stored(tmp_path):
    (tmp_path / ".autograder").mkdir()
    return store.Store(tmp_path, STEM, (NB,))


def put(stored: store.Store, text: str, time: datetime | None = None) -> str:
    """Store ann's submission and give its digest."""
    with stored.staging() as staging:
        store.write(staging / "0", {NB: text.encode()}, time)
        found = stored.digest(staging / "0")
        stored.put(staging / "0", "ann")
    return found


def test_is_a_submission_stored_with_its_time_and_the_one_before_kept(stored):
    assert not stored.holds("ann") and stored.time("ann") is None
    time = datetime(2026, 10, 2, 12, 0, 5, tzinfo=UTC)
    first = put(stored, "first", time)
    assert stored.holds("ann") and stored.time("ann") == time
    second = put(stored, "second")
    assert (stored.folder("ann") / NB).read_text() == "second" and stored.time("ann") is None
    assert (stored.earlier("ann", first) / NB).read_text() == "first"
    assert stored.digest(stored.folder("ann")) == second != first
    # The first one comes and goes again: it is kept already.
    put(stored, "first")
    put(stored, "second")
    assert (stored.earlier("ann", first) / NB).read_text() == "first"
    assert not list(stored.submitted.parent.glob(".autograder/collecting-*"))


def test_does_only_what_makes_a_submission_count_as_a_difference(stored):
    digest = put(stored, "text", datetime(2026, 10, 2, tzinfo=UTC))
    (stored.folder("ann") / "notes.txt").write_text("x")
    assert stored.digest(stored.folder("ann")) == digest == store.digest({NB: b"text"})


def test_are_earlier_submissions_for_the_instructor_alone(stored):
    first = put(stored, "first")
    put(stored, "second")
    assert stored.earlier("ann", first).parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01 12:00:00 UTC"])
def test_is_a_time_that_cannot_be_read_unknown(stored, text):
    put(stored, "text")
    (stored.folder("ann") / store.TIMESTAMP).write_text(text)
    assert stored.time("ann") is None
