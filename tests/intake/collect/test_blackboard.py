"""Is everybody in Blackboard's flat archive found by login, and the newest attempt taken?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tests.intake.collect.difficult_class import NB, content, results, take
from tests.intake.exports import blackboard_files, write_zip

NOON, LATER = "2026-10-02-12-00-00", "2026-10-02-12-30-05"
BERLIN = ZoneInfo("Europe/Berlin")


def test_is_everybody_found_by_login_also_with_underscores(full, tmp_path):
    files = {
        **blackboard_files("Week 6", "ann", "Ann Lee", NOON, NB, "first"),
        **blackboard_files("Week 6", "ann", "Ann Lee", LATER, "my_1_2_week99.ipynb", "second"),
        **blackboard_files("Week 6", "cem_2", "Cem", NOON, NB, "cem"),
        **blackboard_files("Week 6", "zoe", "Zoe", NOON, NB, "?"),
        f"Week_6_bob_Versuch_{NOON}_{NB}": "bob",
    }
    found = take(full, write_zip(tmp_path / "gradebook.zip", files), zone=BERLIN)
    assert found.kind == "blackboard"
    assert results(found) == {"ann": "new", "bob": "new", "cem_2": "new", "Zoe (zoe)": "left out"}
    assert [content(full, each) for each in ("ann", "bob", "cem_2")] == ["second", "bob", "cem"]
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 10:30:05 UTC\n"
    assert content(full, "cem_2", "timestamp.txt") == "2026-10-02 10:00:00 UTC\n"


def test_is_the_newest_attempt_known_without_a_zone_and_no_time_claimed(full, tmp_path):
    files = {
        **blackboard_files("Week 6", "ann", "Ann Lee", LATER, NB, "second"),
        **blackboard_files("Week 6", "ann", "Ann Lee", NOON, NB, "first"),
    }
    found = take(full, write_zip(tmp_path / "gradebook.zip", files))
    assert (content(full, "ann"), content(full, "ann", "timestamp.txt")) == ("second", None)
    assert "--timezone" in found.notes[0]


def test_is_an_attempt_without_a_file_told(full, tmp_path):
    files = blackboard_files("Week 6", "ann", "Ann Lee", NOON, NB, "x")
    files |= blackboard_files("Week 6", "bob", "Bob", NOON, NB, "x")
    del files[f"Week 6_bob_attempt_{NOON}_{NB}"]
    found = take(full, write_zip(tmp_path / "gradebook.zip", files))
    assert [(line.shown, line.note) for line in found.left_out] == [("Bob (bob)", "has no files")]
