"""Is the right notebook chosen, and the reason given if there is none?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.collect import choose
from autograder.intake.collect.archives import MAX_FILE, Entry
from autograder.intake.collect.attempts import File
from tests.intake.collect.difficult_class import (
    NB,
    STEM,
    WEEK,
    content,
    take,
)
from tests.intake.exports import canvas_name, moodle_folder, write_zip


def test_does_canvas_number_decide_between_copies(full, tmp_path):
    names = {canvas_name("lee, ann", "501", 80, NB): "new"}
    names[canvas_name("lee, ann", "501", 70, f"{STEM}-1.ipynb")] = "old"
    take(full, write_zip(tmp_path / "a.zip", names))
    assert content(full, "ann") == "new"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["report.pdf"], "has no notebook, only report.pdf"),
        (["work.zip"], "an archive inside a submission is not opened"),
        (["a.ipynb", "b.ipynb"], "none with the assignment's name"),
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


NOON = datetime(2026, 10, 2, 12, tzinfo=UTC)


def file(name: str, order: int = 0, hours: int = 0, size: int = 10, folder: str = "") -> File:
    entry = Entry(PurePosixPath(folder, name), size, NOON + timedelta(hours=hours), bytes)
    return File(name, entry, order)


def chosen(*files: File, times: bool = True) -> tuple[str, str]:
    found, note = choose.notebook(files, STEM, WEEK, times=times)
    return found.name if found else "", note


AGES = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))


@given(st.lists(AGES, min_size=1, max_size=5, unique=True), st.randoms())
def test_does_the_platforms_number_count_first_then_the_time_then_the_copy(ages, random):
    files = {age: file(f"{STEM} ({age[2]}).ipynb" if age[2] else NB, *age[:2]) for age in ages}
    shuffled = list(files.values())
    random.shuffle(shuffled)
    assert choose.newest(shuffled, times=True) == files[max(ages)]


@given(AGES, st.integers(2, 4))
def test_is_none_the_newest_of_equals(age, count):
    assert choose.newest([file(NB, *age[:2])] * count, times=True) is None


def test_do_times_of_a_download_decide_nothing():
    early, late = file(NB), file(NB, hours=1)
    assert choose.newest([late, early], times=True) == late
    assert choose.newest([late, early], times=False) is None


@pytest.mark.parametrize(
    ("names", "taken", "note"),
    [
        ([NB, "scratch.ipynb"], NB, "and 1 other notebook"),
        (["My WEEK99 (1).ipynb", "a.ipynb", "b.ipynb"], "My WEEK99 (1).ipynb", "and 2 other"),
        (["week99-1-2.ipynb", "week98.ipynb"], "week99-1-2.ipynb", "and 1 other notebook"),
        (["anything.IPYNB"], "anything.IPYNB", ""),
        ([], "", "has no files"),
        (["a.txt", "b.txt"], "", "has no notebook, only a.txt, b.txt"),
        (["a.ipynb", "b.ipynb"], "", "has 2 notebooks, none with the assignment's name: a"),
        ([NB, NB], "", f"has 2 notebooks called {NB}, and none is the newest"),
    ],
)
def test_is_the_notebook_chosen_by_its_name_or_the_reason_given(names, taken, note):
    found, said = chosen(*(file(name, folder=str(n)) for n, name in enumerate(names)))
    assert found == taken and said.startswith(note) and bool(said) == bool(note)


def test_is_a_notebook_that_is_too_large_refused_before_it_is_read():
    assert chosen(file(NB, size=MAX_FILE)) == (NB, "")
    assert chosen(file(NB, size=MAX_FILE + 2**20)) == ("", f"{NB} has 101 MB; at most 100 are read")


def test_is_the_newest_companion_found_under_any_copy_number():
    files = [file("earlier_weeks.py"), file("Earlier_Weeks (1).py", hours=1), file("weeks.py")]
    assert choose.beside(files, "earlier_weeks.py", times=True) == files[1]
    assert choose.beside(files[2:], "earlier_weeks.py", times=True) is None
