"""The whole way with the running service: submit, grade, resubmit, regrade, roster, deep link.

With an emulated Moodle or Canvas, or with a real one that the environment names by the variables
of tests/lms/lti/test_acceptance.py. The real one's student joins the roster.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, insert

from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.lms.lti import contexts, keys, people, platforms
from autograder.lms.lti.differences import differences
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from autograder.lms.lti.services import Result, Services
from autograder.lms.lti.store import open_course_store, open_store
from autograder.lms.lti.tables import KEYS
from autograder.service import queue
from tests.lms.lti.platform import Emulator
from tests.lms.lti.test_acceptance import REAL, setting
from tests.lms.lti.tool import Browser, Forms
from tests.service.conftest import STEM
from tests.service.live import LiveService, wait_until
from tests.service.test_killed import notebooks

pytestmark = [pytest.mark.slow, pytest.mark.bubblewrap]

SERVICE = """
[service]
new_students = true
grades = "so far"
"""


class Site:
    """A course, its service, and the browsers of a teacher and a student."""

    def __init__(self, root: Path, port: int = 0) -> None:
        self.live = LiveService(root)
        if port:
            self.live.port, self.live.url = port, f"http://127.0.0.1:{port}"
        self.course = directory.load(root)
        self.engine: Engine = open_course_store(self.course)
        self.browsers = {who: _browser() for who in ("teacher", "student")}
        self.links: dict[str, str] = {}
        self.platform: Platform

    def open(self, who: str) -> str:
        """Open the link in the LMS; the path at which it ends."""
        answer = self.browsers[who].open(self.links[who])
        assert answer.ok, f"{answer.text}\n{self.live.log.read_text()}"
        return urlsplit(answer.url).path

    def hand_in(self, notebook: bytes) -> None:
        """The student sends the form of the week's page."""
        session = self.browsers["student"].session
        files = {"notebook": (f"{STEM}.ipynb", notebook)}
        headers = {"Origin": self.live.url}
        url = f"{self.live.url}/weeks/week06/attempts"
        answer = session.post(url, files=files, headers=headers, timeout=60)
        assert answer.ok, answer.text
        assert "/attempts/" in answer.url

    def result(self) -> Result | None:
        """What the LMS's gradebook holds for the student."""
        (context,) = [each for each in contexts.every(self.engine) if each.connected]
        url = contexts.line_item_of(self.engine, context.id, "week06")
        assert url
        services = Services(self.engine, self.platform)
        return next(iter(services.results(url, self.subject)), None)

    @property
    def subject(self) -> str:
        """The LMS's id of the student."""
        (found,) = [each.subject for each in people.every(self.engine) if each.student]
        return found

    @property
    def student(self) -> str:
        """The student's id on the roster."""
        (found,) = [each.student for each in people.every(self.engine) if each.student]
        return found

    def waits_for(self, share: float, comment: str = "") -> None:
        """Until the LMS has this share of the points, and this in its comment."""

        def is_there() -> bool:
            found = self.result()
            return bool(
                found
                and found.score is not None
                and found.maximum
                and abs(found.score / found.maximum - share) < 1e-3
                and comment in found.comment
            )

        wait_until(is_there, f"the LMS has {share:.1%}")


def _browser() -> Browser:
    made = Browser()
    made.session.hooks["response"].append(_as_on_https)
    return made


def _as_on_https(answer: Any, **_: Any) -> None:
    """Keep secure cookies: browsers take this machine for safe, and `requests` does not."""
    headers = answer.raw._original_response.msg
    cookies = headers.get_all("set-cookie") or []
    del headers["set-cookie"]
    for cookie in cookies:
        headers["set-cookie"] = re.sub(r"(?i);\s*secure", "", cookie)


@contextmanager
def site(root: Path, port: int = 0) -> Iterator[Site]:
    """A running service of a copy of the course."""
    settings = root / "course.toml"
    settings.write_text(settings.read_text() + SERVICE)
    made = Site(root, port)
    made.live.start()
    try:
        yield made
    finally:
        made.live.stop()
        made.engine.dispose()


@pytest.mark.beyond_sample
@pytest.mark.parametrize("family", ["moodle", "canvas"])
def test_does_an_emulated_lms_go_the_whole_way(released_course, tmp_path, family):
    root = Path(shutil.copytree(released_course, tmp_path / "course"))
    enrol(directory.load(root), [Student("s12", lms_user_id="14")])
    lms = Emulator(family)
    with site(root) as made, lms.running():
        lms.know(made.live.url)
        custom = {"week": "week06", "canvas_user_id": "14"}
        lms.records.add_link("2", "Week 06", custom)
        made.platform = _added(made.engine, family, lms.addresses, "client-1", "1")
        made.links = {
            "teacher": f"{lms.base}/launch?user=2&link=1",
            "student": f"{lms.base}/launch?user=14&link=1",
            "pick": f"{lms.base}/deep-link?user=2&context=2",
        }
        go(made)
        made.links["student"] = f"{lms.base}/launch?user=14&link=2"
        assert made.open("student") == "/weeks/week06"
        column = lms.records.columns[9].body
        assert (column["resourceId"], column["scoreMaximum"]) == ("week06", 100.0)
        assert not [each for each in lms.complaints if not each.startswith("score: e")]


@pytest.mark.skipif(not REAL, reason="LTI_PLATFORM_URL names no platform")
def test_does_a_real_lms_go_the_whole_way(released_course, tmp_path):
    root = Path(shutil.copytree(released_course, tmp_path / "course"))
    family, client_id = setting("FAMILY", "moodle"), setting("CLIENT_ID")
    usual = {
        name: setting(name.upper(), pattern.format(url=REAL.rstrip("/"), client_id=client_id))
        for name, pattern in differences(family).addresses.items()
    }
    with site(root, int(setting("TOOL_PORT", "9001"))) as made:
        _same_keys(made.engine)
        made.platform = _added(made.engine, family, usual, client_id, setting("DEPLOYMENT", "1"))
        for who in ("teacher", "student"):
            name, _, password = setting(who.upper()).partition(":")
            made.browsers[who].sign_in(setting("SIGN_IN"), name, password)
            made.links[who] = setting("LINK")
        made.links["pick"] = setting("DEEP_LINK")
        go(made)


def _added(
    engine: Engine, family: str, addresses: dict[str, str], client_id: str, deployment: str
) -> Platform:
    named: dict[str, Any] = dict(addresses)
    return platforms.add(
        engine,
        Platform(client_id=client_id, deployments=frozenset({deployment}), family=family, **named),
    )


_KEPT = ("kid", "private_pem", "created", "signs_from")


def _same_keys(engine: Engine) -> None:
    """Sign with the keys that the LMS knows from an earlier run."""
    store = setting("STORE")
    if store:
        kept = open_store(Path(store))
        with engine.begin() as connection:
            connection.execute(KEYS.delete())
            for key in keys.published(kept):
                values = {
                    name: getattr(key, name)
                    for name in ("kid", "private_pem", "created", "signs_from")
                }
                connection.execute(insert(KEYS).values(values))
        kept.dispose()


def go(made: Site) -> None:
    """The way itself."""
    assert made.open("teacher").startswith("/teach")
    assert made.open("student") == "/weeks/week06"
    wrong, right = notebooks(made.course)
    made.hand_in(wrong)
    wait_until(lambda: _graded(made) == 1, "the first attempt is graded")
    # Two in the same second, of which the last one counts.
    made.hand_in(wrong)
    made.hand_in(right)
    wait_until(lambda: _graded(made) == 3, "all attempts are graded")
    last = queue.attempts(made.engine, made.student, STEM)[0]
    assert last.points and last.max_points
    made.waits_for(last.points / last.max_points)
    _grade_by_hand(made, 5.0)
    made.waits_for((last.points + 5.0) / last.max_points)
    found = made.result()
    assert found and found.comment
    _roster(made)
    _pick(made)


def _pick(made: Site) -> None:
    """The teacher picks the week in the LMS's dialog; it becomes a link, or will with its form."""
    browser = made.browsers["teacher"]
    asked = browser.open(made.links["pick"])
    (form,) = [each for each in Forms.of(asked.text) if each["action"] == "/teach/pick"]
    answer = browser.session.post(
        f"{made.live.url}/teach/pick",
        data={**form["fields"], "week": "week06"},
        headers={"Origin": made.live.url},
        timeout=60,
    )
    (back,) = [each for each in Forms.of(answer.text) if "JWT" in each["fields"]]
    taken = browser.session.post(back["action"], data=back["fields"], timeout=60)
    assert taken.ok, taken.text


def _graded(made: Site) -> int:
    attempts = queue.attempts(made.engine, made.student, STEM)
    return sum(each.state == queue.State.GRADED for each in attempts)


def _grade_by_hand(made: Site, points: float) -> None:
    """A person gives points for one question, as in the formgrader."""
    with opened(made.course) as gradebook:
        (notebook,) = gradebook.find_submission(STEM, made.student).notebooks
        grade = min(notebook.grades, key=lambda each: each.auto_score or 0.0)
        grade.manual_score = (grade.auto_score or 0.0) + points
        grade.needs_manual_grade = False
        gradebook.db.commit()


def _roster(made: Site) -> None:
    (context,) = [each for each in contexts.every(made.engine) if each.connected]
    assert context.memberships_url
    listed = Services(made.engine, made.platform).members(context.memberships_url)
    (found,) = [each for each in listed if each.user == made.subject]
    assert found.role is Role.STUDENT
