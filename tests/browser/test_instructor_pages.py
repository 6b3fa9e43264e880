"""An instructor's way in a real browser: in an LMS's frame, at a desk and on a phone.

Set SCREENSHOTS to a folder to keep the pictures and look at them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.gradebook.totals import totals
from autograder.intake.read import read_notebook
from autograder.lms.lti.store import open_course_store
from autograder.service import queue, regrade_requests
from tests.browser.framed import DESK, PHONE, browser, course_page, is_too_wide, serious
from tests.conftest import EXHAUSTIVE
from tests.service.conftest import NOON, STEM
from tests.service.live import LiveService, lms_of, wait_until
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

CLASS = [
    Student("s01", "Lovelace", "Ada"),
    Student("s02", "Bell", "Bob"),
    Student("s03", "Ünsal", "Cem"),
    Student("s04", "Nobody", "Nora"),
]
TEACHER = "2"


@pytest.fixture(scope="module")
def site(released_course, tmp_path_factory) -> Iterator[Any]:
    """A class of which three have handed in, and an LMS's page that its teacher has open."""
    root = shutil.copytree(released_course, tmp_path_factory.mktemp("teach") / "course")
    course = directory.load(root)
    enrol(course, CLASS)
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=DUE.replace(tzinfo=None))
    source = read_notebook(course.notebook("source", STEM))
    service = LiveService(root)
    engine = open_course_store(course)
    edits = (demo.writes(), demo.MISTAKES["averages-twice"], demo.writes())
    made = [
        queue.accept(engine, student.id, STEM, edit(source), "page")
        for student, edit in zip(CLASS, edits, strict=False)
    ]
    sentence = "My dense_backward divides by N in only one place. Could you look at it again?"
    regrade_requests.ask(engine, "s02", STEM, "dense_backward", sentence, NOON)
    with lms_of(engine, service, {"7": "s01", "8": "s02", "9": "s03"}) as lms:
        service.start()
        graded = {queue.State.GRADED}
        wait_until(lambda: {queue.find(engine, each.id).state for each in made} == graded, "graded")
        link = f"{lms.base}/launch?user={TEACHER}&link={max(lms.records.links)}"
        with course_page(link) as address:
            yield SimpleNamespace(address=address, link=link, lms=lms, course=course, engine=engine)
        service.stop()
    engine.dispose()


@pytest.fixture
def desk(site, tmp_path) -> Iterator[Any]:
    """A desk's browser, and the frame in which the LMS shows the week."""
    with browser(tmp_path / "profile", viewport=DESK) as started:
        page = started.pages[0]
        page.goto(site.address)
        page.frame_locator("iframe").get_by_role("heading", level=1, name="Week 06").wait_for()
        yield page, page.frame(name="tool")


def look(page: Any, frame: Any, name: str, heading: str) -> None:
    """Everything that has to hold for every page, wide and narrow; and pictures of it."""
    frame.get_by_role("heading", level=1, name=heading).wait_for()
    for size, width in ((DESK, "desk"), (PHONE, "phone")):
        page.set_viewport_size(size)
        assert not serious(frame), (name, width)
        assert not is_too_wide(frame), (name, width)
        if folder := os.environ.get("SCREENSHOTS"):
            page.set_viewport_size({**size, "height": 1500})
            page.screenshot(path=Path(folder) / f"teach-{name}-{width}.png")
    page.set_viewport_size(DESK)


def test_picks_an_instructor_weeks_and_the_lms_has_the_links(site, tmp_path):
    with browser(tmp_path / "profile", viewport=DESK) as started:
        page = started.pages[0]
        page.goto(f"{site.lms.base}/deep-link?user={TEACHER}&context=2")
        page.get_by_label("Week 06").check()
        look(page, page, "pick", "Pick weeks")
        page.get_by_role("button", name="Add to the course").click()
        page.get_by_text("the links are in the course").wait_for()
    assert not site.lms.complaints
    newest = site.lms.records.columns[max(site.lms.records.columns)]
    assert (newest.body["scoreMaximum"], newest.body["resourceId"]) == (100.0, "week06")


def test_grades_an_instructor_by_hand_in_the_lmss_frame(site, desk):
    page, frame = desk
    look(page, frame, "week", "Week 06")
    frame.get_by_role("link", name="why_blame_is_cheap").click()
    look(page, frame, "question", "why_blame_is_cheap")
    frame.get_by_role("link", name="Grade the next one").click()
    for place, points in enumerate(("8", "4.5", "6")):
        frame.locator(f"#item{place}").fill(points)
    frame.get_by_label("Comment for the student").fill("Which paths are meant?")
    frame.get_by_label("keep what stands in this field").check()
    look(page, frame, "answer", "why_blame_is_cheap: ")
    page.keyboard.press("Escape")
    frame.get_by_role("button", name="Write, and go on").press("Enter")
    frame.get_by_text("has 18.5 of 20").wait_for()
    frame.get_by_label("Which paths are meant?").check()
    for place in range(3):
        frame.locator(f"#item{place}").fill("0")
    look(page, frame, "answer-bank", "why_blame_is_cheap: ")
    frame.get_by_role("button", name="Write, and go on").click()
    frame.get_by_text("has 0 of 20").wait_for()
    look(page, frame, "answer-third", "why_blame_is_cheap: ")
    by_student = {each.student: each for each in totals(site.course, STEM)}
    assert sorted(each.waiting for each in by_student.values()) == [False, False, False, True]


def test_answers_extends_holds_and_looks_around(site, desk):
    page, frame = desk
    frame.get_by_role("link", name="Weeks and students").first.click()
    frame.get_by_role("heading", name="Weeks and students").wait_for()
    look(page, frame, "weeks", "Weeks and students")
    frame.get_by_role("link", name="Week 06").click()
    frame.get_by_role("link", name="Regrade requests (1 to answer)").click()
    look(page, frame, "requests", "Regrade requests")
    frame.get_by_label("Your answer to s02").fill("You are right, and so is the mean.")
    frame.get_by_role("button", name="Send the answer").click()
    frame.get_by_text("s02 reads your answer now.").wait_for()
    frame.get_by_role("link", name="work of s02").click()
    frame.get_by_label("More time").fill("2d")
    frame.get_by_role("button", name="Extend").click()
    frame.get_by_text("s02 has time until").wait_for()
    look(page, frame, "student", "Bell, Bob")
    frame.get_by_label("More time").fill("soon")
    frame.get_by_role("button", name="Extend").click()
    frame.get_by_role("alert").filter(has_text="expected a length such as 48h").wait_for()
    frame.get_by_role("link", name="Week 06").click()
    frame.get_by_role("button", name="Hold the grades back").click()
    frame.get_by_role("button", name="Release the grades").click()
    with page.expect_download() as download:
        frame.get_by_role("button", name="Download for csv").click()
    assert download.value.suggested_filename.startswith(STEM)
    frame.get_by_role("link", name="What staff have done").click()
    frame.get_by_role("cell", name="release grades").first.wait_for()
    look(page, frame, "actions", "What staff have done")
    page.emulate_media(color_scheme="dark")
    look(page, frame, "actions-dark", "What staff have done")
    page.emulate_media(color_scheme="light")
    frame.get_by_role("link", name="Weeks and students").first.click()
    frame.get_by_role("link", name="Week 06").click()
    frame.get_by_role("link", name="Class report").click()
    frame.get_by_role("heading", level=1).wait_for()


def test_follows_the_open_page_what_happens(site, desk):
    page, frame = desk
    frame.get_by_role("link", name="Weeks and students").first.click()
    frame.get_by_label("s04, week06: missing").wait_for()
    source = read_notebook(site.course.notebook("source", STEM))
    queue.accept(site.engine, "s04", STEM, demo.writes()(source), "page")
    frame.get_by_label("s04, week06: waiting for a person, 80 points").wait_for()
