"""Is every hostile archive refused with its reason, before anything is read?"""

from __future__ import annotations

import stat
import struct
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UnusableSource
from autograder.intake.collect import archives
from tests.intake.exports import write_zip


def refusal(path) -> str:
    with pytest.raises(UnusableSource) as caught, archives.entries(path):
        pass
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.ipynb",
        "a/../../evil.ipynb",
        "/etc/evil.ipynb",
        "C:/evil.ipynb",
        "a\\..\\evil",
        "..",
    ],
)
def test_is_a_name_that_leads_out_refused(tmp_path, name):
    path = write_zip(tmp_path / "a.zip", {"good.ipynb": "{}", name: "{}"})
    assert "Nothing was collected" in refusal(path)


def test_is_a_link_refused(tmp_path):
    info = zipfile.ZipInfo("ann.ipynb")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "is a link" in refusal(tmp_path / "a.zip")


def test_is_a_bomb_refused_by_its_ratio(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"ann.ipynb": b"0" * (archives.RATIO_MATTERS + 1)})
    assert "would unpack from" in refusal(path)


def test_are_many_small_bombs_refused_by_their_sum(tmp_path):
    path = write_zip(tmp_path / "a.zip", {f"{n}.ipynb": b"0" * 4_000_000 for n in range(10)})
    assert "would unpack to 38 MB" in refusal(path)


def test_is_the_declared_total_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL", 10)
    assert "would unpack to" in refusal(write_zip(tmp_path / "a.zip", {"a": "0123456789x"}))


def test_does_an_entry_give_no_more_than_it_declared(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"ann.ipynb": b"0" * 4000})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", raw, raw.index(mark) + offset, 10)
    path.write_bytes(raw)
    with archives.entries(path) as found, pytest.raises(UnusableSource, match="damaged"):
        found[0].read()


@pytest.mark.slow
def test_are_a_hundred_thousand_entries_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(str(number)), "")
    assert "100000 entries; at most 20000" in refusal(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_are_duplicate_names_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ann.ipynb", "1")
        archive.writestr("ann.ipynb", "2")
    assert "two of its entries are called 'ann.ipynb'" in refusal(tmp_path / "a.zip")


def test_is_an_encrypted_entry_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"ann.ipynb": "{}"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert "is encrypted" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 60])
def test_is_what_is_no_archive_told(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert "neither a folder nor a zip archive" in refusal(path)
    assert "does not exist" in refusal(tmp_path / "b.zip")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_does_a_damaged_archive_never_end_in_a_traceback(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "a.zip"
    raw = bytearray(write_zip(path, {"ann.ipynb": "{}" * 50, "é/bob.ipynb": "{}"}).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        with archives.entries(path) as found:
            for entry in found:
                entry.read()
    except UnusableSource:
        pass


def test_are_names_read_that_are_utf8_and_do_not_say_so(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"größe.ipynb": "{}"})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        struct.pack_into("<H", raw, raw.index(mark) + offset, 0)
    path.write_bytes(raw)
    with archives.entries(path) as found:
        assert [(str(entry.path), entry.read()) for entry in found] == [("größe.ipynb", b"{}")]


def test_is_a_time_in_utc_taken_where_the_archive_has_one(tmp_path):
    info = zipfile.ZipInfo("ann.ipynb", (2020, 1, 1, 0, 0, 0))
    info.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_790_942_400)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "{}")
    with archives.entries(tmp_path / "a.zip") as found:
        assert found[0].time == datetime.fromtimestamp(1_790_942_400, UTC)


def test_are_links_of_a_folder_listed_and_not_followed(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.ipynb").write_text("secret")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.ipynb").symlink_to(tmp_path / "secret" / "key.ipynb")
    (tmp_path / "in" / "all").symlink_to(tmp_path / "secret")
    with archives.entries(tmp_path / "in") as found:
        assert [str(entry.path) for entry in found] == ["all (a link)", "ann.ipynb (a link)"]
        with pytest.raises(UnusableSource):
            found[1].read()


def test_is_what_systems_leave_behind_left_out(tmp_path):
    names = ["ann.ipynb", "__MACOSX/._ann.ipynb", ".DS_Store", "a/.ipynb_checkpoints/a.ipynb"]
    with archives.entries(write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}"))) as found:
        assert [str(entry.path) for entry in found] == ["ann.ipynb"]
