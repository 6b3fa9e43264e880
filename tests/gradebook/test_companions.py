"""Do files stand beside a graded notebook as nbgrader leaves them, and none that does harm?"""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import own_functions
from autograder.gradebook import companions
from autograder.gradebook.companions import carry


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    made = [tmp_path / name for name in ("submitted/ada/week", "source/week", "graded/ada/week")]
    for folder in made:
        folder.mkdir(parents=True)
    return made[0], made[1], made[2]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_is_what_stands_beside_the_notebook_carried_along(folders):
    submitted, source, graded = folders
    (submitted / "submission_secret.txt").write_text("s3cret")
    (submitted / "figures").mkdir()
    (submitted / "figures" / "loss.png").write_bytes(b"png")
    (submitted / "data.csv").write_text("the student's")
    (submitted / own_functions.FILE).write_text("the student's")
    (source / "data.csv").write_text("the instructor's")
    (source / own_functions.FILE).write_text("the instructor's")
    for _ in range(2):
        carry(*folders)
        assert (graded / "submission_secret.txt").read_text() == "s3cret"
        assert (graded / "figures" / "loss.png").read_bytes() == b"png"
        assert (graded / "data.csv").read_text() == "the instructor's"
        assert (graded / own_functions.FILE).read_text() == "the student's"
    assert (source / "data.csv").read_text() == "the instructor's"


def test_is_an_earlier_submissions_file_deleted(folders):
    submitted, _, graded = folders
    (submitted / "old.png").write_bytes(b"old")
    carry(*folders)
    (graded / "week.ipynb").write_text("{}")
    (submitted / "old.png").rename(submitted / "new.png")
    carry(*folders)
    assert names(graded) == {"new.png", "week.ipynb"}


@pytest.mark.parametrize(
    "name", ["page.html", "a.SVG", "run.js", "other.ipynb", ".hidden", "timestamp.txt", "x.pyc"]
)
def test_is_what_would_run_or_mislead_left_behind(folders, name):
    submitted, _, graded = folders
    (submitted / name).write_text("<script>")
    carry(*folders)
    assert names(graded) == set()


def test_is_no_link_followed(folders, tmp_path):
    submitted, _, graded = folders
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("key")
    (submitted / "file").symlink_to(tmp_path / "secret" / "key")
    (submitted / "folder").symlink_to(tmp_path / "secret")
    carry(*folders)
    linked = submitted.with_name("linked")
    linked.symlink_to(tmp_path / "secret")
    carry(linked, *folders[1:])
    assert names(graded) == set()


def test_is_a_flood_of_files_cut_off(folders, monkeypatch):
    submitted, _, graded = folders
    monkeypatch.setattr(companions, "MOST", 3)
    for number in range(9):
        (submitted / f"{number}.txt").touch()
    (submitted / "large.bin").write_bytes(b"12345")
    carry(*folders)
    assert len(names(graded)) == 3
