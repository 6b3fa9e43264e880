"""Do submissions of every platform reach their students, and nothing else anything?"""

from __future__ import annotations

import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from autograder.course.directory import Course
from autograder.course.roster import Student
from autograder.errors import CourseError, UnusableSource
from autograder.intake.collect.collect import Collection, collect
from tests.intake.exports import (
    canvas_name,
    gradescope_listing,
    moodle_folder,
    unpack,
    write_zip,
)
from tests.tiny_course import course  # noqa: F401

STEM, WEEK = "week99_bends", "week99"
NB = f"{STEM}.ipynb"
CLASS = [
    Student("ann", "Lee", "Ann", "ann@x.org", "501"),
    Student("bob", "O'Neil-Straße", "Séan", "bob@x.org", "502"),
    Student("cem_2", "Öz_türk", "İnci, Jr.", "cem@x.org", "503"),
    Student("dana", "حسين", "محمد", "dana@x.org"),
]


def enrol(course: Course, students: list[Student]) -> None:  # noqa: F811
    from nbgrader import api

    engine = create_engine(course.db_url)
    with Session(engine) as session:
        session.add_all([api.Student(**vars(student)) for student in students])
        session.commit()
    engine.dispose()


@pytest.fixture
def full(course) -> Course:  # noqa: F811
    enrol(course, CLASS)
    return course


def take(course: Course, source: Path, **options) -> Collection:  # noqa: F811
    return collect(course, STEM, WEEK, source, **options)


def results(collection: Collection) -> dict[str, str]:
    return {line.student or line.shown: line.result for line in collection.lines}


def content(course: Course, student: str, name: str = NB) -> str | None:  # noqa: F811
    path = course.folder("submitted", STEM, student) / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def moodle(path: Path, students: list[Student], name: str = NB) -> Path:
    return write_zip(
        path,
        {
            f"{moodle_folder(f'{s.first_name} {s.last_name}', 900 + n)}/{name}": s.id
            for n, s in enumerate(students)
        },
    )


def canvas(path: Path, students: list[Student], name: str = NB) -> Path:
    return write_zip(
        path,
        {
            canvas_name(f"{s.last_name}, {s.first_name}", f"{501 + n}", 70 + n, name): s.id
            for n, s in enumerate(students)
        },
    )


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("make", [moodle, canvas])
def test_does_a_class_with_difficult_names_arrive(full, tmp_path, make, packed):
    source = make(tmp_path / "download.zip", CLASS, "week99 (1).ipynb")
    if not packed:
        source = unpack(source, tmp_path / "unpacked")
    found = take(full, source)
    assert found.kind == make.__name__
    assert results(found) == {student.id: "new" for student in CLASS}
    assert {s.id: content(full, s.id) for s in CLASS} == {s.id: s.id for s in CLASS}


GIVEN = (
    "Ann",
    "Séan",
    "محمد",
    "小明",
    "İnci",
    "D'Arcy",
    "Zoë",
    "Anna Maria",
    "Ana-María",
    "Łukasz",
)
FAMILY = (
    "Lee", "O'Neil", "van der Berg", "حسين", "王", "Öztürk", "King, Jr.", "de_la_Cruz",
    "Straße", "Nguyễn", "Σίσυφος", 'Mc"Kay', "Smith-Jones", "Ali Khan", "Ó Súilleabháin",
    "Þórsdóttir", "ابن سينا", "Кузнецов", "फरहान", "X", "Le", "Dvořák", "Ivanov", "Çelik",
    "St. John", "D’Angelo", "Müller (Meyer)", "Kim", "Park", "Gröning",
)  # fmt: skip


@pytest.mark.parametrize("make", [moodle, canvas])
def test_does_a_class_of_300_arrive(course, tmp_path, make):  # noqa: F811
    students = [
        Student(f"s{n:03}", FAMILY[n // len(GIVEN)], GIVEN[n % len(GIVEN)]) for n in range(300)
    ]
    enrol(course, students)
    source = make(tmp_path / "download.zip", students)
    start = time.perf_counter()
    found = take(course, source)
    assert time.perf_counter() - start < 10
    assert found.left_out == []
    assert {s.id: content(course, s.id) for s in students} == {s.id: s.id for s in students}
    before = snapshot(course.root)
    assert set(results(take(course, source)).values()) == {"unchanged"}
    assert snapshot(course.root) == before


def test_does_a_dry_run_show_the_same_and_change_nothing(full, tmp_path):
    source = canvas(tmp_path / "a.zip", CLASS)
    before = snapshot(full.root)
    shown = take(full, source, dry_run=True)
    assert snapshot(full.root) == before
    assert take(full, source) == shown


def test_does_a_resubmission_replace_and_keep_the_earlier_one(full, tmp_path):
    first = write_zip(tmp_path / "1.zip", {canvas_name("lee, ann", "501", 70, NB): "first"})
    second = write_zip(
        tmp_path / "2.zip",
        {
            canvas_name("lee, ann", "501", 80, f"{STEM}-1.ipynb"): "second",
            canvas_name("lee, ann", "501", 81, "earlier_weeks-1.py"): "x = 1",
            canvas_name("lee, ann", "501", 82, "notes.pdf"): "pdf",
        },
    )
    take(full, first)
    assert results(take(full, second)) == {"ann": "replaces an earlier one"}
    assert (content(full, "ann"), content(full, "ann", "earlier_weeks.py")) == ("second", "x = 1")
    kept = list((full.root / ".autograder" / "earlier" / STEM / "ann").glob(f"*/{NB}"))
    assert [path.read_text() for path in kept] == ["first"]
    # The first download, met again, is known to be the older one.
    assert results(take(full, first)) == {"ann": "unchanged"}
    assert content(full, "ann") == "second"


def test_does_the_newest_of_several_attempts_count(full, tmp_path):
    inbound = tmp_path / "exchange" / "nn" / "inbound"
    for hour, text in ((9, "nine"), (11, "eleven"), (10, "ten")):
        stamp = f"2026-10-02 {hour:02}:00:00.123456 UTC"
        folder = inbound / f"ann+{STEM}+{stamp}+abc{hour}"
        folder.mkdir(parents=True)
        (folder / NB).write_text(text)
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text("s")
    other = inbound / "bob+week98_lines+2026-10-02 09:00:00.000000 UTC"
    other.mkdir()
    (other / "week98_lines.ipynb").write_text("{}")
    found = take(full, inbound)
    assert (found.kind, results(found)) == ("nbgrader", {"ann": "new"})
    assert content(full, "ann") == "eleven"
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 11:00:00 UTC\n"
    kept = (full.root / ".autograder" / "earlier" / STEM / "ann").glob(f"*/{NB}")
    assert sorted(path.read_text() for path in kept) == ["nine", "ten"]
    before = snapshot(full.root)
    assert results(take(full, inbound)) == {"ann": "unchanged"}
    assert snapshot(full.root) == before


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


def test_are_late_penalties_computed_from_what_is_kept(full, tmp_path):
    """Entry times of a zip made over days are hand-in times; nbgrader reads ours."""
    from nbgrader.utils import parse_utc

    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    times = {names[0]: (2026, 10, 3, 8, 30, 10), names[1]: (2026, 10, 1, 8, 0, 0)}
    found = take(full, write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}"), times))
    assert found.times_known
    written = parse_utc((content(full, "ann", "timestamp.txt") or "").strip())
    # A zip's plain times are the local ones of who made it.
    assert written.replace(tzinfo=UTC) == datetime(2026, 10, 3, 8, 30, 10).astimezone()
    assert [line.late for line in found.lines] == [True, False]


def test_are_the_times_of_a_download_not_taken_for_hand_in_times(full, tmp_path):
    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    found = take(full, write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}")))
    assert not found.times_known
    assert content(full, "ann", "timestamp.txt") is not None
    assert content(full, "bob", "timestamp.txt") is None


def test_does_a_group_of_gradescope_receive_the_same(full, tmp_path):
    listing = gradescope_listing(
        {
            "submission_11": (
                [("Ann Lee", "", "ANN@x.org"), ("Who Else", "77", "who@x.org")],
                "2026-10-02 12:00:00.000000000 Z",
            ),
            "submission_12": ([("Anyone", "bob", "")], "2026-10-03 14:00:00 +02:00"),
        }
    )
    root = "assignment_5_export"
    files = {
        f"{root}/submission_metadata.yml": listing,
        f"{root}/submission_11/{NB}": "eleven",
        f"{root}/submission_11/earlier_weeks.py": "x = 1",
        f"{root}/submission_12/sub/my work.ipynb": "twelve",
        f"{root}/submission_13/{NB}": "whose",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert found.kind == "gradescope"
    assert results(found) == {
        "ann": "new",
        "bob": "new",
        "Who Else (Gradescope)": "left out",
        "submission_13": "left out",
    }
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 12:00:00 UTC\n"
    assert content(full, "bob", "timestamp.txt") == "2026-10-03 12:00:00 UTC\n"
    assert content(full, "ann", "earlier_weeks.py") == "x = 1"


def test_is_a_plain_folder_read_by_folders_and_by_file_names(full, tmp_path):
    files = {
        "work/ann/final.ipynb": "ann",
        "work/Séan O’Neil Straße/sub/week99-2.ipynb": "bob",
        "work/cem@x.org/week99.ipynb": "cem",
        "work/nobody/week99.ipynb": "?",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert (found.kind, found.left_out[0].shown) == ("plain", "nobody")
    assert [content(full, name) for name in ("ann", "bob", "cem_2")] == ["ann", "bob", "cem"]
    flat = {"lee_ann_week99.ipynb": "a", "cem_2 (1).ipynb": "c", f"{STEM}_bob.ipynb": "b"}
    assert take(full, write_zip(tmp_path / "b.zip", flat)).left_out == []
    assert [content(full, name) for name in ("ann", "bob", "cem_2")] == ["a", "b", "c"]


def test_is_nobody_of_a_plain_folder_lost(full, tmp_path):
    files = {"ann.ipynb": "{}", "bob.zip": "PK", "cem_2.pdf": "pdf", "dana/week99.html": "x"}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert [line.student for line in found.lines if line.student] == ["ann"]
    assert {line.shown for line in found.left_out} == {"bob", "cem_2", "dana"}


def test_is_gradescopes_listing_not_trusted(full, tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
    )
    listing = f"{bomb}submission_1:\n  :submitters:\n  - :name: *m\n    :sid: ann\n"
    files = {"x/submission_metadata.yml": listing, f"x/submission_1/{NB}": "{}"}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert results(found)["ann"] == "new"
    files["x/submission_metadata.yml"] = "[" * 5000
    with pytest.raises(UnusableSource, match="submission_metadata.yml cannot be read"):
        take(full, write_zip(tmp_path / "b.zip", files))


PARTS = st.sampled_from(
    [STEM, NB, "ann", "bob", "a.zip", "timestamp.txt", "submission_metadata.yml", "week99-1.ipynb",
     "Ann Lee_7_assignsubmission_file", "leeann_501_9_week99.ipynb", "anon_x_1_2.ipynb", "..", "",
     f"ann+{STEM}+2026-10-02 10:00:00 UTC", "x" * 300, "\u202e\u0301.ipynb", "con", "é", "e\u0301"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.lists(PARTS, min_size=1, max_size=4).map("/".join), st.just("{}")))
def test_does_no_archive_end_in_a_traceback_or_write_elsewhere(full, files):
    """Whatever the names are: refused with a reason, or notebooks under students' ids."""
    outside = full.root.parent
    source = write_zip(outside / "any.zip", files)
    try:
        found = take(full, source)
    except UnusableSource:
        return
    finally:
        assert {path.name for path in outside.iterdir()} == {"course", "any.zip"}
        names = {path.name for path in (full.root / "submitted").rglob("*") if path.is_file()}
        assert names <= {NB, "timestamp.txt"}
        assert {path.name for path in (full.root / "submitted").iterdir()} <= {s.id for s in CLASS}
    again = take(full, source)
    assert {line.result for line in again.lines} <= {"unchanged", "left out"}
    assert len(again.lines) == len(found.lines)


def test_is_an_ambiguous_source_named_with_the_choices(full, tmp_path):
    files = {canvas_name("lee, ann", "501", 1, NB): "{}", "bob.ipynb": "{}"}
    source = write_zip(tmp_path / "a.zip", files)
    with pytest.raises(UnusableSource, match="--from canvas, --from plain"):
        take(full, source)
    assert results(take(full, source, kind="canvas")) == {"ann": "new"}
    with pytest.raises(UnusableSource, match="as moodle does it"):
        take(full, source, kind="moodle")
    with pytest.raises(UnusableSource, match="choose one of"):
        take(full, source, kind="blackboard")


def test_may_a_moodle_submission_hold_any_folders(full, tmp_path):
    folder = moodle_folder("Ann Lee", 7)
    files = {f"{folder}/{STEM}/{NB}": "deep", f"{folder}/{STEM}/1_2_3_x.png": "p"}
    assert results(take(full, write_zip(tmp_path / "a.zip", files))) == {"ann": "new"}


def test_are_group_names_before_moodles_names_understood(full, tmp_path):
    files = {
        f"{moodle_folder(f'Team A-{name}', n)}/{NB}": name
        for n, name in enumerate(("Ann Lee", "Séan O'Neil-Straße"))
    }
    assert set(results(take(full, write_zip(tmp_path / "a.zip", files)))) == {"ann", "bob"}


def test_are_two_people_of_one_name_both_left_out(full, tmp_path):
    files = {f"{moodle_folder('Ann Lee', n)}/{NB}": str(n) for n in (1, 2)}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert len(found.left_out) == 2
    assert found.left_out[0].nearest == ("ann (Ann Lee)",)
    assert content(full, "ann") is None


def test_are_two_canvas_users_of_one_name_both_left_out(full, tmp_path):
    """A higher attachment number makes nobody the newer version of somebody else."""
    files = {canvas_name("lee, ann", f"9{n}", 70 + n, NB): str(n) for n in (1, 2)}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert [line.note for line in found.left_out] == [
        "2 people of the platform fit one student"
    ] * 2
    assert content(full, "ann") is None


def test_does_canvas_number_decide_between_copies(full, tmp_path):
    names = {canvas_name("lee, ann", "501", 80, NB): "new"}
    names[canvas_name("lee, ann", "501", 70, f"{STEM}-1.ipynb")] = "old"
    take(full, write_zip(tmp_path / "a.zip", names))
    assert content(full, "ann") == "new"


def test_are_anonymous_ids_listed_and_not_guessed(full, tmp_path):
    files = {f"anon_x1Y2z_31_{NB}": "{}", f"LATE_anon_q9_32_{NB}": "{}"}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert found.kind == "canvas"
    assert {(line.shown, line.late) for line in found.left_out} == {
        ("anon_x1Y2z", False),
        ("anon_q9", True),
    }


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["report.pdf"], "holds no notebook, but report.pdf"),
        (["work.zip"], "an archive inside a submission is not opened"),
        (["a.ipynb", "b.ipynb"], "none has the assignment's name"),
    ],
)
def test_is_a_submission_without_its_notebook_told(full, tmp_path, names, reason):
    folder = moodle_folder("Ann Lee", 7)
    found = take(full, write_zip(tmp_path / "a.zip", {f"{folder}/{n}": "{}" for n in names}))
    assert reason in found.left_out[0].note
    assert content(full, "ann") is None


def test_is_the_right_one_of_several_notebooks_taken(full, tmp_path):
    folder = moodle_folder("Ann Lee", 7)
    names = ["week98.ipynb", "scratch.ipynb", f"{STEM}.ipynb", f"{STEM} (2).ipynb"]
    take(full, write_zip(tmp_path / "a.zip", {f"{folder}/{n}": n for n in names}))
    assert content(full, "ann") == f"{STEM} (2).ipynb"


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


@pytest.mark.parametrize("hostile", ["../../x.ipynb", "/x.ipynb"])
def test_does_a_refused_archive_leave_nothing_behind(full, tmp_path, hostile):
    good = f"{moodle_folder('Ann Lee', 7)}/{NB}"
    source = write_zip(tmp_path / "a.zip", {good: "{}"})
    source = write_zip(source, {good: "{}", hostile: "evil"})
    before = snapshot(tmp_path)
    with pytest.raises(UnusableSource, match="leads out of the archive"):
        take(full, source)
    assert snapshot(tmp_path) == before


def test_does_a_damaged_archive_leave_nothing_half_collected(full, tmp_path):
    source = moodle(tmp_path / "a.zip", CLASS)
    raw = bytearray(source.read_bytes())
    raw[raw.rindex(b"PK\x03\x04") + 14] ^= 0xFF  # the last entry's checksum
    raw[raw.rindex(b"PK\x01\x02") + 16] ^= 0xFF
    source.write_bytes(raw)
    before = snapshot(full.root)
    with pytest.raises(UnusableSource, match="is damaged in the archive"):
        take(full, source)
    assert snapshot(full.root) == before


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


def test_is_a_link_in_an_exchange_not_followed(full, tmp_path):
    folder = tmp_path / "tree" / "ann" / STEM
    folder.mkdir(parents=True)
    (folder / NB).symlink_to(full.root / ".autograder" / "secret")
    found = take(full, tmp_path / "tree")
    assert "(a link)" in found.left_out[0].note
    assert content(full, "ann") is None


def test_are_the_course_without_students_and_its_own_folder_told(course, tmp_path):  # noqa: F811
    source = moodle(tmp_path / "a.zip", CLASS)
    with pytest.raises(CourseError, match="has no students"):
        take(course, source)
    enrol(course, CLASS)
    with pytest.raises(UnusableSource, match="grade them as they are"):
        take(course, course.root / "submitted")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnusableSource, match="holds no files"):
        take(course, tmp_path / "empty")


def test_does_no_file_name_steer_the_terminal(fresh_course, tmp_path, monkeypatch, capsys):
    from autograder.cli.main import main
    from autograder.course.directory import load

    enrol(load(fresh_course), CLASS)
    for name in (b"\x1b[2Jann", b"\xff\xfe", "\u202eeve[red]".encode()):
        folder = tmp_path / "in" / os.fsdecode(name)
        folder.mkdir(parents=True)
        (folder / "week06.ipynb").write_text("{}")
    arguments = ["autograder", "collect", "6", str(tmp_path / "in"), "--course", str(fresh_course)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "Left out: \ufffd[2Jann" in out
    assert "\ufffdeve[red]" in out


@pytest.mark.parametrize("dry", [True, False])
def test_does_the_command_print_the_table_and_say_who_is_left_out(
    fresh_course, tmp_path, monkeypatch, capsys, dry
):
    from autograder.cli.main import main
    from autograder.course.directory import load

    enrol(load(fresh_course), CLASS)
    names = ("Ann Lee", "Anna Lee")
    files = {f"{moodle_folder(each, n)}/week06.ipynb": "{}" for n, each in enumerate(names)}
    source = write_zip(tmp_path / "a.zip", files)
    arguments = ["collect", "6", str(source), "--course", str(fresh_course)]
    monkeypatch.setattr(sys, "argv", ["autograder", *arguments, *(["--dry-run"] if dry else [])])
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as end:
        main()
    out = capsys.readouterr().out
    assert end.value.code == 3
    assert "Left out: Anna Lee (participant 1): fits no student; most similar: ann (Ann Lee)" in out
    assert "moodle: 2 submissions: 1 new, 1 left out." in out
    assert "No submission from: bob, cem_2, dana." in out
    assert ("Nothing was changed" in out) == dry
    target = fresh_course / "submitted" / "ann" / "week06_backpropagation"
    assert (target / "week06_backpropagation.ipynb").exists() != dry
    shutil.rmtree(tmp_path)
