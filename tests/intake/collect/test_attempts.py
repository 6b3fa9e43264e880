"""Are file names and times read as browsers and platforms write them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.collect.attempts import base_name, copy_number, parse_time
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


STEMS = st.from_regex(r"[a-z]{1,8}(_[a-z]{1,8})?", fullmatch=True)


@given(
    STEMS,
    st.sampled_from([" ({})", "({})", "-{}", "_{}", "-copy{}", " Copy{}"]),
    st.integers(1, 99),
)
def test_is_a_copy_known_by_what_was_added_to_its_name(stem, added, number):
    copy = stem + added.format(number)
    assert (base_name(copy), copy_number(copy)) == (stem, number)
    assert (base_name(stem), copy_number(stem)) == (stem, 0)


@pytest.mark.parametrize("stem", ["week06", "a1b", "2026", "week99_bends", "x(y)", "copying"])
def test_is_a_name_of_its_own_no_copy(stem):
    assert (base_name(stem), copy_number(stem)) == (stem, 0)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(-14, 14))
def test_is_a_time_with_an_offset_read_in_utc(time, hours):
    local = time.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    for written in (f"{local:%Y-%m-%d %H:%M:%S %z}", local, local.isoformat(sep=" ")):
        assert parse_time(written) == local
    assert parse_time(f"{time:%Y-%m-%d %H:%M:%S} UTC") == time.replace(microsecond=0, tzinfo=UTC)


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_is_any_other_value_a_time_in_utc_or_none(said):
    time = parse_time(said)
    assert time is None or time.tzinfo == UTC


@pytest.mark.parametrize("stem", ["x ({})", "x copy{}", "x-Copy{}"])
def test_is_a_name_with_thousands_of_digits_no_copy(stem):
    """Python refuses to read a number of that length."""
    name = stem.format("1" * 5_000)
    assert base_name(name) == name and copy_number(name) == 0
