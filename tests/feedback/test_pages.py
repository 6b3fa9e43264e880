"""Is there one page per graded submission, with a policy that forbids scripts?"""

from __future__ import annotations

import shutil
import stat

import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError
from autograder.feedback.pages import POLICY, READABLE, generate_feedback
from tests.feedback.classes import every_page, keep, report


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


def test_is_every_graded_submission_a_page_with_one_policy(opened):
    keep(opened, [report("bob"), report("ada")])
    for graded in ("autograded/bob", "autograded/none"):
        pages = generate_feedback(opened, demo.STEM)
        assert [page.parents[1].name for page in pages] == ["ada", "bob"]
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert text.count(POLICY) == 1 and text.index(POLICY) < text.index("<title>")
            assert stat.S_IMODE(page.stat().st_mode) == READABLE
        # nbgrader leaves the page of a submission that is no longer there as it is.
        shutil.rmtree(opened.root / graded, ignore_errors=True)


def test_is_a_week_without_grades_reported(opened):
    with pytest.raises(CourseError, match="run `autograder grade week06`"):
        generate_feedback(opened, demo.STEM)


def test_does_a_page_that_fails_cost_no_other_page(opened, monkeypatch):
    def preprocess(self, notebook, resources):
        if resources["nbgrader"]["student"] == "bob":
            raise RuntimeError("bob's\x1b[2J cell")
        return notebook, resources

    keep(opened, [report(name) for name in ("ada", "bob", "eve")])
    generate_feedback(opened, demo.STEM)
    monkeypatch.setattr(CSSHTMLHeaderPreprocessor, "preprocess", preprocess)
    with pytest.raises(CourseError) as caught:
        generate_feedback(opened, demo.STEM)
    said = str(caught.value)
    assert "2 pages are complete, 1 could not be written: bob (RuntimeError: bob's[2J" in said
    assert "run `autograder grade week06 --force`" in said
    assert set(every_page(opened)) == {"ada", "eve"}


def test_is_a_page_in_another_form_not_written_without_its_policy(opened, monkeypatch):
    def export(self, notebook, resources=None, **_):
        return "<html><body>no head</body></html>", resources

    keep(opened, [report("ada")])
    monkeypatch.setattr(HTMLExporter, "from_notebook_node", export)
    with pytest.raises(CourseError, match="does not look like a page of nbgrader's"):
        generate_feedback(opened, demo.STEM)
    assert every_page(opened) == {}


@pytest.mark.parametrize("page", ["<html><head>\n<title>x</title></html>", "no head at all"])
def test_does_a_page_of_nbgrader_s_own_command_get_the_policy_or_a_complaint(opened, page):
    keep(opened, [report("ada")])
    left = opened.root / "feedback" / "zoe" / demo.STEM / f"{demo.STEM}.html"
    left.parent.mkdir(parents=True)
    left.write_text(page)
    if "head>" in page:
        generate_feedback(opened, demo.STEM)
        assert set(every_page(opened)) == {"ada", "zoe"}
    else:
        with pytest.raises(CourseError, match="1 pages are complete.*zoe"):
            generate_feedback(opened, demo.STEM)
