"""A student's way in a real browser: in an LMS's frame, on a phone, by keyboard, without script.

Set SCREENSHOTS to a folder to keep the pictures and look at them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.intake.read import read_notebook
from autograder.lms.lti.store import open_course_store
from tests.browser.framed import DESK, browser, course_page, is_too_wide, serious
from tests.conftest import EXHAUSTIVE
from tests.service.conftest import STEM
from tests.service.live import LiveService, lms_of
from tests.service.web.conftest import DUE

NEEDED = ("playwright", "axe_playwright_python")
MISSING = [name for name in NEEDED if not importlib.util.find_spec(name)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
    pytest.mark.skipif(not EXHAUSTIVE, reason="a minute; in `make test-all`"),
    pytest.mark.skipif(bool(MISSING), reason=f"needs `pip install '.[browser]'`: {MISSING}"),
    pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium, as `chromium`"),
]

WRONG = demo.MISTAKES["averages-twice"]


@pytest.fixture(scope="module")
def site(released_course, tmp_path_factory) -> Iterator[Any]:
    """The address of the LMS's page, and the notebooks that a student has."""
    root = shutil.copytree(released_course, tmp_path_factory.mktemp("pages") / "course")
    course = directory.load(root)
    enrol(course, [Student("s01", "Lovelace", "Ada")])
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=DUE.replace(tzinfo=None))
    service = LiveService(root)
    engine = open_course_store(course)
    with lms_of(engine, service, {"7": "s01"}) as lms:
        service.start()
        link = f"{lms.base}/launch?user=7&link={max(lms.records.links)}"
        with course_page(link) as address:
            yield Site(address, link, service.url, root, engine)
        service.stop()
    engine.dispose()


class Site:
    """Where everything is."""

    def __init__(self, lms: str, link: str, service: str, root: Path, engine: Any) -> None:
        self.lms, self.link, self.service, self.engine = lms, link, service, engine
        source = read_notebook(directory.load(root).notebook("source", STEM))
        self.files = {}
        for name, edit in (("right", demo.writes()), ("wrong", WRONG)):
            self.files[name] = root.parent / name / f"{STEM}.ipynb"
            self.files[name].parent.mkdir(exist_ok=True)
            self.files[name].write_bytes(edit(source))


@pytest.fixture
def phone(site, tmp_path) -> Iterator[Any]:
    """A phone's browser, and the frame in which the LMS shows the week."""
    with browser(tmp_path / "profile") as opened:
        page = opened.pages[0]
        page.goto(site.lms)
        yield page, frame_of(page)


def frame_of(page: Any) -> Any:
    page.frame_locator("iframe").get_by_role("heading", level=1, name="Week 06").wait_for()
    return page.frame(name="tool")


def look(page: Any, frame: Any, name: str) -> None:
    """Everything that has to hold for every page; and a picture of it."""
    assert not serious(frame), name
    assert not is_too_wide(frame), name
    if folder := os.environ.get("SCREENSHOTS"):
        size = page.viewport_size
        page.set_viewport_size({**size, "height": 2600})
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size(size)


def test_goes_a_student_the_whole_way_in_the_lmss_frame_by_keyboard(site, phone):
    page, frame = phone
    assert frame.evaluate(
        "(document.cookie = 'plain=1; Secure; SameSite=None', !document.cookie)"
    ), "this browser was to withhold third-party cookies"
    look(page, frame, "week-empty-phone")
    frame.locator("#notebook").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(site.files["wrong"])
    page.keyboard.press("Tab")
    assert frame.evaluate("document.activeElement.textContent") == "Hand in"
    page.keyboard.press("Enter")
    frame.locator("#live, #sum").first.wait_for()
    look(page, frame, "attempt-waiting-phone")
    frame.locator("#sum").wait_for()
    assert frame.evaluate("document.activeElement.id") == "sum", "read aloud when it is there"
    assert "averages" not in frame.url
    assert frame.locator(".verdict.wrong").count() and frame.locator(".verdict.right").count()
    look(page, frame, "attempt-graded-phone")
    page.set_viewport_size(DESK)
    look(page, frame, "attempt-graded-desk")
    frame.get_by_role("link", name="Ask for another look").first.click()
    frame.get_by_label("What should be looked at").fill("My gradient is the mean.")
    frame.get_by_role("button", name="Send the request").click()
    frame.get_by_text("Not answered yet.").wait_for()
    frame.get_by_role("button", name="Make a token").click()
    assert "#nnfs_" in frame.get_by_label("Your token").input_value()
    look(page, frame, "week-graded-desk")
    page.emulate_media(color_scheme="dark")
    look(page, frame, "week-graded-dark")
    frame.get_by_role("button", name="Revoke the token").click()
    frame.get_by_role("button", name="Make a token", exact=True).wait_for()
    frame.get_by_role("link", name="Your notebook with everything").click()
    frame.get_by_role("heading", name="Feedback").wait_for()


def test_is_a_dropped_file_handed_in_and_a_wrong_one_said(site, phone):
    page, frame = phone
    frame.evaluate(DROP, ["report.pdf", "%PDF"])
    assert "ends in .ipynb; received report.pdf" in frame.locator("#problem").inner_text()
    look(page, frame, "week-wrong-file-phone")
    frame.get_by_role("button", name="Hand in").click()
    assert frame.url.endswith("/weeks/week06")
    frame.evaluate(DROP, [site.files["right"].name, site.files["right"].read_text()])
    frame.get_by_role("button", name="Hand in").click()
    frame.locator("#sum").wait_for()
    assert not frame.locator(".verdict.wrong").count()


def test_opens_a_window_of_its_own_where_no_cookie_is_kept(site, tmp_path):
    with browser(tmp_path / "profile") as opened:
        opened.add_init_script(
            "if (window !== top) Object.defineProperty(document, 'cookie', {get: () => ''});"
        )
        page = opened.pages[0]
        page.goto(site.lms)
        inside = page.frame_locator("iframe")
        with opened.expect_page() as window:
            inside.get_by_role("link", name="Open in a new window").click()
        window.value.get_by_role("heading", level=1, name="Week 06").wait_for()
        look(window.value, window.value, "week-own-window-phone")


def test_goes_it_without_script(site, tmp_path):
    with browser(tmp_path / "with") as opened:
        page = opened.new_page()
        page.goto(site.link)
        page.get_by_role("heading", level=1, name="Week 06").wait_for()
        cookies = opened.cookies(site.service)
    with browser(tmp_path / "without", java_script_enabled=False) as opened:
        opened.add_cookies(cookies)
        page = opened.new_page()
        page.goto(f"{site.service}/weeks/week06")
        page.get_by_label("Your notebook").set_input_files(site.files["wrong"])
        page.get_by_role("button", name="Hand in").click()
        page.locator("#sum").wait_for()
        assert page.locator(".verdict.wrong").count()


DROP = """([name, text]) => {
  const given = new DataTransfer();
  given.items.add(new File([text], name));
  const event = new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true});
  document.getElementById("drop").dispatchEvent(event);
}"""
