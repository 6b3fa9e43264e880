"""Is a hand-in time read as what it says, or named where it says nothing?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autograder.intake import hand_in_time
from autograder.light_imports import parse_utc

NOON = datetime(2026, 11, 20, 12)
SPELLINGS = {
    "2026-11-20 12:00:00 UTC": NOON,
    "2026-11-20 12:00:00": NOON,
    "2026-11-20T12:00:00Z": NOON,
    "2026-11-20 14:00:00 +0200": NOON,
    "2026-11-20 14:00:00+02:00": NOON,
    "2026-11-20 07:00:00 -0500": NOON,
    "2026-11-20 13:00:00 Europe/Berlin": NOON,
    "20 Nov 2026 12:00 PM": NOON,
}
UNUSABLE = (
    "garbage",
    "Tuesday",
    "2026-11-20 12:00:00 CEST",
    "2026-13-45 12:00:00 UTC",
    "99999-01-01 12:00",
    "03/12/2026 10:00",
    "\x00\x01",
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_is_a_time_read_with_its_zone(text):
    assert hand_in_time.in_utc(text) == SPELLINGS[text]
    assert hand_in_time.about(text) == ""


def test_is_what_nbgrader_writes_read_as_nbgrader_reads_it():
    for text in ("2026-11-20 12:00:00 UTC", "2026-11-20 12:00:00.123456 UTC"):
        assert hand_in_time.in_utc(text) == parse_utc(text)


@pytest.mark.parametrize("text", UNUSABLE)
def test_is_a_time_that_says_nothing_named(text):
    assert hand_in_time.in_utc(text) is None
    said = hand_in_time.about(text)
    assert "no late penalty" in said and repr(text) in said and "Next:" in said


def test_is_a_time_in_the_future_named():
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    assert "future" in hand_in_time.about(str(now + timedelta(hours=3)))
    assert hand_in_time.about(str(now)) == ""


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbf2026-11-20 12:00:00 UTC\r\n", "2026-11-20 12:00:00 UTC"),
        ("2026-11-20".encode("utf-16"), None),
        (b"x" * 10**6, None),
        (b"", ""),
    ],
)
def test_is_any_file_read(tmp_path, content, text):
    (tmp_path / hand_in_time.FILE).write_bytes(content)
    found = hand_in_time.text_in(tmp_path)
    assert len(found) <= 100
    assert (found == text) if text is not None else "unknown" in hand_in_time.about(found)


def test_is_a_link_or_a_folder_named_and_not_followed(tmp_path):
    (tmp_path / "secret").write_text("2026-11-20 12:00:00 UTC")
    path = tmp_path / hand_in_time.FILE
    path.symlink_to(tmp_path / "secret")
    assert "regular" in hand_in_time.about(hand_in_time.text_in(tmp_path))
    path.unlink()
    path.mkdir()
    assert "regular" in hand_in_time.about(hand_in_time.text_in(tmp_path))


def test_is_no_file_no_problem(tmp_path):
    assert hand_in_time.about(hand_in_time.text_in(tmp_path)) == ""
