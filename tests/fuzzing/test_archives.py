"""Is every archive collected or refused in one line, and nobody else's work lost or changed?"""

from __future__ import annotations

import io
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.directory import Course
from autograder.course.roster import Student
from autograder.errors import UnusableSource
from autograder.intake.collect.by_student import LEFT_OUT
from autograder.intake.collect.collect import Collection, collect
from tests.fuzzing.examples import examples
from tests.intake.collect.difficult_class import (
    NB,
    STEM,
    WEEK,
    enrol,
    snapshot,
)
from tests.intake.exports import canvas_name, write_zip
from tests.tiny_course import course  # noqa: F401

pytestmark = pytest.mark.slow

# No few changed bytes make one of the numbers into the other.
ANN, BOB = Student("ann", "Lee", "Ann", "", "501"), Student("bob", "Ray", "Bob", "", "98765432")
OF_ANN, OF_BOB = canvas_name("Lee, Ann", "501", 9, NB), canvas_name("Ray, Bob", "98765432", 8, NB)
NOTEBOOK, OTHER = b'{"cells": [1]}', b'{"cells": [2]}'
PARTS = st.sampled_from(
    [OF_ANN, NB, STEM, "ann", "..", ".", "", "C:", "a\\b", "\x00", "\x1b[2J", "é", "x" * 300, "con"]
    + ["submitted", "timestamp.txt", "submission_metadata.yml", "earlier_weeks.py", "a.zip"]
    + ["Ann Lee_7_assignsubmission_file", f"ann+{STEM}+2026-10-02 10:00:00 UTC", "anon_x_1_2.ipynb"]
)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
FIELDS = {
    "external_attr": st.sampled_from([0o120777 << 16, 0o020666 << 16, 0o100644 << 16, 0x10]),
    "create_system": st.sampled_from([0, 3, 255]),
    "flag_bits": st.sampled_from([0, 1, 8, 0x40, 0x800]),
    "extra": st.sampled_from([b"", b"UT\x05\x00\x01\xff\xff\xff\xff", b"\x01\x00\xff\xff", b"U"]),
    "comment": st.binary(max_size=9),
}
CONTENTS = st.sampled_from([b"", NOTEBOOK, OTHER, bytes(10**6), b"a: &a [*a, *a]\n", b"PK\x03\x04"])
ENTRIES = st.lists(
    st.tuples(NAMES, CONTENTS, st.fixed_dictionaries({}, optional=FIELDS)), max_size=6
)


@pytest.fixture
def collected(course: Course, tmp_path: Path) -> Course:  # noqa: F811
    """A course in which both have handed in."""
    enrol(course, [ANN, BOB])
    done = collect(course, STEM, WEEK, write_zip(tmp_path / "first.zip", of_class(NOTEBOOK)))
    assert [line.result for line in done.lines] == ["new", "new"]
    return course


def of_class(content: bytes) -> dict[str, bytes]:
    return {OF_ANN: content, OF_BOB: content}


def zipped(entries: list[tuple[str, bytes, dict[str, Any]]]) -> bytes:
    """An archive with these entries, whatever their headers say; unwritable ones are left out."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, content, fields in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
            # What is written at the end is read first.
            for field, value in fields.items():
                setattr(info, field, value)
    return made.getvalue()


def taken(collected: Course, source: Path) -> Collection | None:
    """Collect; what is refused has changed nothing, and nothing is ever left elsewhere."""
    before = snapshot(collected.root)
    beside = {path.name for path in source.parent.iterdir()}
    try:
        found = collect(collected, STEM, WEEK, source)
    except UnusableSource as reason:
        assert str(reason).strip() and "Traceback" not in str(reason)
        assert snapshot(collected.root) == before
        return None
    finally:
        assert {path.name for path in source.parent.iterdir()} == beside
        places = {path.name for path in (collected.root / "submitted").iterdir()}
        assert places <= {"ann", "bob"}
        assert not list((collected.root / ".autograder").glob("collecting-*"))
    changed = {
        name
        for name, content in snapshot(collected.root).items()
        if before.get(name) != content and "/bob/" in name
    }
    assert not changed or any(line.student == "bob" for line in found.lines)
    return found


def of_bob(collected: Course) -> bytes:
    return collected.notebook("submitted", STEM, "bob").read_bytes()


@examples(200)
@given(entries=ENTRIES)
def test_is_any_archive_collected_or_refused(collected, tmp_path, entries):
    source = tmp_path / "any.zip"
    source.write_bytes(zipped(entries))
    taken(collected, source)
    assert of_bob(collected) == NOTEBOOK


@examples(200)
@given(data=st.data())
def test_is_a_damaged_archive_collected_or_refused(collected, tmp_path, data):
    """Bytes of a class's archive change: it is refused, or the others' work is as it was."""
    changed = bytearray(write_zip(tmp_path / "class.zip", of_class(NOTEBOOK)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(changed) - 4))
        if data.draw(st.booleans()):
            struct.pack_into(
                "<I", changed, place, data.draw(st.sampled_from([0, 2**31, 2**32 - 1]))
            )
        else:
            changed[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(changed)) | st.just(len(changed)))
    (tmp_path / "class.zip").write_bytes(changed[:end])
    taken(collected, tmp_path / "class.zip")
    assert of_bob(collected) == NOTEBOOK


@examples(200)
@given(entries=ENTRIES, noise=st.binary(max_size=50), form=st.sampled_from(["zip", "tar", "bytes"]))
def test_is_what_is_handed_in_as_an_archive_never_opened(collected, tmp_path, entries, noise, form):
    upload = {"zip": lambda: zipped(entries), "tar": lambda: tarred(entries), "bytes": bytes}[
        form
    ]()
    name = canvas_name("Lee, Ann", "501", 10, f"{STEM}.{'zip' if form == 'bytes' else form}")
    source = write_zip(tmp_path / "any.zip", {name: upload + noise, OF_BOB: OTHER})
    found = taken(collected, source)
    assert found is not None
    results = {line.student or "ann": line.result for line in found.lines}
    assert results["ann"] == LEFT_OUT and results["bob"] != LEFT_OUT
    assert of_bob(collected) == OTHER
    assert collected.notebook("submitted", STEM, "ann").read_bytes() == NOTEBOOK


def tarred(entries: list[tuple[str, bytes, dict[str, Any]]]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for number, (name, content, _) in enumerate(entries):
            info = tarfile.TarInfo(name.replace("\x00", "0") or "x")
            if number % 3:
                info.type = (tarfile.SYMTYPE, tarfile.LNKTYPE)[number % 2]
                info.linkname = "../../bob"
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return made.getvalue()
