"""Is everybody in Brightspace's archive found by name, with the time that the folder states?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.intake.collect.difficult_class import NB, content, results, take
from tests.intake.exports import brightspace_folder, write_zip

TORONTO = ZoneInfo("America/Toronto")


def test_is_everybody_found_by_name_and_the_newest_taken(full, tmp_path):
    root = "Week 6 Download Oct 12, 2026 909 AM"
    ann = [brightspace_folder("Ann Lee", f"Oct {day}, 2026 1022 AM", day) for day in (1, 2)]
    files = {
        f"{root}/index.html": "<html>",
        f"{root}/{ann[1]}/{NB}": "second",
        f"{root}/{ann[0]}/{NB}": "first",
        f"{root}/{brightspace_folder('Séan O`Neil-Straße', 'Oct 1, 2026 930 PM')}/{NB}": "bob",
        f"{root}/{brightspace_folder('Who Else', 'Oct 1, 2026 930 PM')}/{NB}": "?",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files), zone=TORONTO)
    assert (found.kind, found.times_known) == ("brightspace", True)
    assert {*results(found).values()} == {"new", "left out"} and len(found.left_out) == 1
    assert [content(full, each) for each in ("ann", "bob")] == ["second", "bob"]
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 14:22:00 UTC\n"
    assert content(full, "bob", "timestamp.txt") == "2026-10-02 01:30:00 UTC\n"


@pytest.mark.parametrize(
    "said", ["Oct 2, 2026 1022 AM", "October 2, 2026 1022 AM", "2 October, 2026 1022"]
)
def test_is_a_time_read_as_it_is_written(full, tmp_path, said):
    """Also with the files beside each other, and the institution's own id before the name."""
    files = {f"12345-678901 - ann - Somebody Else- {said} - {NB}": "x"}
    found = take(full, write_zip(tmp_path / "a.zip", files), zone=TORONTO)
    assert results(found) == {"ann": "new"}
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 14:22:00 UTC\n"


def test_is_a_time_in_another_language_unknown_and_nothing_else(full, tmp_path):
    files = {f"{brightspace_folder('Ann Lee', '2 października 2026 1022')}/{NB}": "x"}
    found = take(full, write_zip(tmp_path / "a.zip", files), zone=TORONTO)
    assert (results(found), found.lines[0].time) == ({"ann": "new"}, None)
