"""Is there one page per graded submission, with a policy that forbids scripts?"""

from __future__ import annotations

import copy
import errno
import os
import shutil
import stat

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError
from autograder.feedback import page, pages
from autograder.feedback.pages import POLICY, READABLE, generate_feedback
from tests.feedback.classes import add_text, every_page, keep, report


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


def test_is_every_graded_submission_a_page_with_one_policy(opened):
    keep(opened, [report("bob"), report("ada")])
    for graded in ("autograded/bob", "autograded/none"):
        written = generate_feedback(opened, demo.STEM)
        assert [path.parents[1].name for path in written] == ["ada", "bob"]
        for path in written:
            text = path.read_text(encoding="utf-8")
            assert text.count(POLICY) == 1 and text.index(POLICY) < text.index("<title>")
            assert stat.S_IMODE(path.stat().st_mode) == READABLE
        # nbgrader leaves the page of a submission that is no longer there as it is.
        shutil.rmtree(opened.root / graded, ignore_errors=True)


def test_is_a_week_without_grades_reported(opened):
    with pytest.raises(CourseError, match="run `autograder grade week06`"):
        generate_feedback(opened, demo.STEM)


def test_does_a_page_that_fails_cost_no_other_page(opened, monkeypatch):
    def fail(notebook, *more):
        if "zebra" in str(notebook["cells"][-1]):
            raise RuntimeError("bob's\x1b[2J cell")
        return rendered(notebook, *more)

    rendered = page.render
    keep(opened, [report(name) for name in ("ada", "bob", "eve")])
    add_text(opened, "bob", "zebra")
    generate_feedback(opened, demo.STEM)
    monkeypatch.setattr(page, "render", fail)
    with pytest.raises(CourseError) as caught:
        generate_feedback(opened, demo.STEM)
    said = str(caught.value)
    assert "2 pages are complete, 1 could not be written: bob (RuntimeError: bob's[2J" in said
    assert "run `autograder grade week06 --force`" in said
    # An earlier page would show earlier points.
    assert set(every_page(opened)) == {"ada", "eve"}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": 3}', "\xff", '{"cells": [{}]}'])
def test_does_a_damaged_notebook_cost_its_own_page_alone(opened, content):
    keep(opened, [report("ada"), report("bob")])
    path = opened.notebook("autograded", demo.STEM, "bob")
    path.chmod(0o644)
    path.write_text(content, encoding="latin-1")
    with pytest.raises(CourseError, match="1 pages are complete, 1 could not be written: bob "):
        generate_feedback(opened, demo.STEM)
    assert set(every_page(opened)) == {"ada"}


def test_is_a_notebook_that_the_gradebook_does_not_know_named(opened):
    keep(opened, [report("ada")])
    shutil.copytree(opened.root / "autograded" / "ada", opened.root / "autograded" / "zoe")
    with pytest.raises(CourseError, match="zoe .the gradebook has no points of this notebook"):
        generate_feedback(opened, demo.STEM)
    assert set(every_page(opened)) == {"ada"}


def test_is_a_disk_that_cannot_be_written_told_as_one_line(opened, monkeypatch):
    def full(*given, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    keep(opened, [report("ada"), report("bob")])
    monkeypatch.setattr(pages, "write_whole", full)
    with pytest.raises(CourseError, match="No space left on device"):
        generate_feedback(opened, demo.STEM)


@pytest.mark.parametrize("source", ["![plot](attachment:plot.png) zebra", "[" * 30_000 + "zebra"])
def test_is_what_cannot_be_rendered_shown_as_text(opened, source):
    keep(opened, [report("ada"), report("bob")])
    add_text(opened, "ada", source)
    generate_feedback(opened, demo.STEM)
    written = every_page(opened)
    assert set(written) == {"ada", "bob"}
    assert "zebra" in written["ada"]


def test_is_nothing_copied_that_was_handed_in_beside_the_notebook(opened):
    """A page of the student's own would have no policy."""
    keep(opened, [report("ada")])
    folder = opened.folder("autograded", demo.STEM, "ada")
    (folder / "more.html").write_text("<script>it()</script>")
    (written,) = generate_feedback(opened, demo.STEM)
    assert list(written.parent.iterdir()) == [written]


# nbgrader leaves the timestamp's file open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_is_there_what_nbgrader_needs_to_release_the_pages(opened, tmp_path):
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeReleaseFeedback
    from nbgrader.utils import notebook_hash

    keep(opened, [report("ada")])
    handed_in = opened.folder("submitted", demo.STEM, "ada")
    handed_in.mkdir(parents=True)
    (handed_in / "submission_secret.txt").write_text("a secret")
    (handed_in / "timestamp.txt").write_text("2026-11-20 12:00:00 UTC")
    (written,) = generate_feedback(opened, demo.STEM)
    config = copy.deepcopy(opened.config)
    config.Exchange.root = str(tmp_path)
    courses = CourseDirectory(config=config)
    courses.assignment_id = demo.STEM
    step = ExchangeReleaseFeedback(coursedir=courses, config=config)
    step.root = str(tmp_path)
    step.init_src()
    step.init_dest()
    step.copy_files()
    name = notebook_hash(secret="a secret", notebook_id=demo.STEM)
    released = tmp_path / opened.course_id / "feedback" / f"{name}.html"
    assert released.read_bytes() == written.read_bytes()


def test_is_a_link_in_place_of_the_secret_not_followed(opened, tmp_path):
    keep(opened, [report("ada")])
    handed_in = opened.folder("submitted", demo.STEM, "ada")
    handed_in.mkdir(parents=True)
    (tmp_path / "other").write_text("other")
    (handed_in / "submission_secret.txt").symlink_to(tmp_path / "other")
    (written,) = generate_feedback(opened, demo.STEM)
    assert list(written.parent.iterdir()) == [written]


def test_is_no_page_without_its_policy_whenever_the_run_is_stopped(opened, monkeypatch):
    """Every file that appears below feedback/ is looked at, at the moment when it appears."""
    replaced = os.replace
    seen = []

    def look(source, target):
        replaced(source, target)
        seen.append(target)
        every_page(opened)
        if len(seen) == 2:
            raise KeyboardInterrupt

    keep(opened, [report(name) for name in ("ada", "bob", "eve")])
    monkeypatch.setattr(os, "replace", look)
    with pytest.raises(KeyboardInterrupt):
        generate_feedback(opened, demo.STEM)
    assert len(seen) == 2
    assert set(every_page(opened)) == {"ada", "bob"}


def test_are_all_graded_notebooks_passed_to_the_progress_bar(opened):
    keep(opened, [report("ada"), report("bob")])
    passed = []

    def track(notebooks):
        for each in notebooks:
            passed.append(each.parents[1].name)
            yield each

    generate_feedback(opened, demo.STEM, track)
    assert passed == ["ada", "bob"]


@pytest.mark.parametrize("made", ["<html><head>\n<title>x</title></html>", "no head at all"])
def test_does_a_page_of_nbgrader_s_own_command_get_the_policy_or_a_complaint(opened, made):
    keep(opened, [report("ada")])
    left = opened.root / "feedback" / "zoe" / demo.STEM / f"{demo.STEM}.html"
    left.parent.mkdir(parents=True)
    left.write_text(made)
    if "head>" in made:
        generate_feedback(opened, demo.STEM)
        assert set(every_page(opened)) == {"ada", "zoe"}
    else:
        with pytest.raises(CourseError, match="1 pages are complete.*zoe"):
            generate_feedback(opened, demo.STEM)
