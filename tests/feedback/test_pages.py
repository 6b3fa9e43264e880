"""Is there one page per graded submission, with a policy that forbids scripts?"""

from __future__ import annotations

import shutil
import stat

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError
from autograder.feedback.pages import POLICY, READABLE, generate_feedback
from tests.feedback.classes import keep, report


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


def test_is_a_page_in_another_form_an_error_and_not_released_without_its_policy(
    opened, monkeypatch
):
    def write(*_: object) -> None:
        page = opened.root / "feedback" / "ada" / demo.STEM / f"{demo.STEM}.html"
        page.parent.mkdir(parents=True)
        page.write_text("<html><body>no head</body></html>")

    keep(opened, [report("ada")])
    monkeypatch.setattr("autograder.feedback.pages.run_converter", write)
    with pytest.raises(CourseError, match="does not look like a page of nbgrader's"):
        generate_feedback(opened, demo.STEM)
