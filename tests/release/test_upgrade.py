"""Does an upgrade bring what is new, keep what the instructor wrote, and say what it did?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import own_weeks
from autograder.errors import CourseError, QuestionError, UnknownName
from autograder.questions import catalogue, references
from autograder.release import upgrade
from tests.own_weeks import newer_package, write_week

STEM = "week06_backpropagation"
RELU = "relu_backward.py"


@pytest.fixture
def root(tmp_path):
    """A folder with week 06, adapted."""
    own_weeks.adapt(tmp_path, "6")
    yield tmp_path
    catalogue.use(None)


@pytest.fixture
def newer(monkeypatch):
    """What a newer package has: files by name, None for one that is gone."""
    return newer_package(monkeypatch)


def week(root: Path) -> dict[str, bytes]:
    files = (root / "weeks" / STEM).iterdir()
    return {path.name: path.read_bytes() for path in files if path.is_file()}


def upgraded(root: Path):
    catalogue.use(root / "weeks")
    plan = upgrade.plan_upgrade(root, "6")
    return plan, upgrade.carry_out(root, plan)


def test_is_there_nothing_new_in_the_package_that_was_adapted(root):
    (root / "weeks" / STEM / RELU).write_text("mine")
    assert not upgrade.plan_upgrade(root, "6").new
    assert upgrade.adapted_weeks(root) == ["week06"]


def test_is_a_week_that_nobody_edited_the_packages_afterwards(root, newer):
    text = week(root)[RELU] + b"# newer\n"
    newer |= {RELU: text, "more.py": b"MORE = 1\n", "self_check.py": None}
    before = week(root)
    plan, kept = upgraded(root)
    assert (plan.changed, plan.added, plan.removed) == ([RELU], ["more.py"], ["self_check.py"])
    assert week(root) == own_weeks.shipped_files(STEM, "")
    # And all that was there is kept, in the course's own layout.
    assert {p.name: p.read_bytes() for p in (kept / "weeks" / STEM).iterdir()} == before
    assert (kept / own_weeks.ADAPTED / STEM / RELU).is_file()
    assert not upgrade.plan_upgrade(root, "6").new


def test_stay_edits_values_and_other_files_of_the_instructors(root, newer):
    folder = root / "weeks" / STEM
    relu = week(root)[RELU]
    (folder / RELU).write_bytes(b"# Mine.\n" + relu)
    (folder / "notes.txt").write_text("mine")
    (folder / "pictures").mkdir()
    known = references.unpack(week(root)["public.npz"])
    extra = {f"{name} of mine": value for name, value in list(known.items())[:1]}
    (folder / "public.npz").write_bytes(references.pack({**known, **extra}))
    values = references.pack({**known, "new": next(iter(known.values()))})
    newer |= {RELU: relu + b"# newer\n", "public.npz": values}
    upgraded(root)
    assert (folder / RELU).read_bytes() == b"# Mine.\n" + relu + b"# newer\n"
    assert (folder / "notes.txt").read_text() == "mine" and (folder / "pictures").is_dir()
    values = references.unpack((folder / "public.npz").read_bytes())
    assert values.keys() == {*known, *extra, "new"}
    catalogue.use(root / "weeks")
    assert references.public(catalogue.week("6").questions.values(), STEM)


def test_is_a_conflict_to_be_decided_before_the_next_upgrade(root, newer):
    path = root / "weeks" / STEM / RELU
    text = path.read_text()
    path.write_text(text.replace("points=6", "points=7"))
    newer[RELU] = text.replace("points=6", "points=8").encode()
    plan, _ = upgraded(root)
    assert plan.merged.conflicts.keys() == {RELU}
    assert "points=7" in path.read_text() and "points=8" in path.read_text()
    marked = week(root)
    newer["more.py"] = b"MORE = 1\n"
    with pytest.raises(QuestionError, match=r"relu_backward.py, line \d+: a conflict of an"):
        upgraded(root)
    assert week(root) == marked
    path.write_text(text.replace("points=6", "points=7"))
    plan, _ = upgraded(root)
    assert (plan.changed, plan.added) == ([], ["more.py"])
    assert "points=7" in path.read_text()


def test_stays_a_link_that_leads_to_the_instructors_own_place(root, newer, tmp_path):
    path = root / "weeks" / STEM / RELU
    elsewhere = tmp_path / "elsewhere.py"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    path.with_name(".#lesson.py").symlink_to("who@where.1")  # what an editor leaves while open
    before = elsewhere.read_bytes()
    newer[RELU] = before + b"# newer\n"
    _, kept = upgraded(root)
    assert path.is_symlink() and elsewhere.read_bytes() == newer[RELU]
    assert (kept / "weeks" / STEM / RELU).read_bytes() == before


@pytest.mark.parametrize("linked", ["the course", "its weeks"])
def test_may_a_course_or_its_weeks_be_a_link(root, newer, tmp_path_factory, linked):
    away = tmp_path_factory.mktemp("away")
    if linked == "the course":
        (away / "link").symlink_to(root)
        root = away / "link"
    else:
        (root / "weeks").rename(away / "weeks")
        (root / "weeks").symlink_to(away / "weeks")
    catalogue.use(root / "weeks")
    newer[RELU] = week(root)[RELU] + b"# newer\n"
    _, kept = upgraded(root)
    assert week(root)[RELU] == newer[RELU] and (kept / "weeks" / STEM / RELU).is_file()


def test_is_a_failed_upgrade_done_again_without_a_loss(root, newer, monkeypatch):
    newer[RELU] = week(root)[RELU] + b"# newer\n"

    def full(*_):
        raise OSError(28, "No space left on device", "public.npz")

    with monkeypatch.context() as patched:
        patched.setattr(own_weeks, "remember", full)
        with pytest.raises(CourseError, match="No space left on device; .* has week06 as it was"):
            upgraded(root)
    upgraded(root)
    assert week(root)[RELU] == newer[RELU]


def test_is_a_week_that_cannot_be_upgraded_told(root):
    write_week(root / "weeks")
    catalogue.use(root / "weeks")
    for name, words in (
        ("2", "week02 is the package's, not the course's"),
        ("16", "the package has no week16"),
    ):
        with pytest.raises(CourseError, match=words):
            upgrade.plan_upgrade(root, name)
    with pytest.raises(UnknownName):
        upgrade.plan_upgrade(root, "77")
    shutil.rmtree(root / own_weeks.ADAPTED)
    with pytest.raises(CourseError, match="what week06 was copied from is not known; restore"):
        upgrade.plan_upgrade(root, "6")
    assert upgrade.adapted_weeks(root) == []


@pytest.mark.parametrize("renamed_by", ["the package", "the instructor"])
def test_keeps_a_week_its_name_whoever_gives_it_another(root, newer, monkeypatch, renamed_by):
    other = root / "weeks" / "week06_nudge"
    (root / "weeks" / STEM).rename(other)
    if renamed_by == "the package":
        monkeypatch.setattr(upgrade, "_in_package", lambda stem, own: STEM)
        (root / own_weeks.ADAPTED / STEM).rename(root / own_weeks.ADAPTED / other.name)
    line = "from autograder.questions.{} import engine\n"
    newer["more.py"] = line.format(STEM).encode()
    assert upgrade.adapted_weeks(root) == ["week06"]
    upgraded(root)
    assert (other / "more.py").read_text() == line.format(other.name)
    assert not upgrade.plan_upgrade(root, "6").written
