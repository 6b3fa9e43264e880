"""Does the service see what the instructor changes while it runs?"""

from __future__ import annotations

from autograder.service import weeks
from autograder.service.weeks import Weeks
from tests.tiny_course import TINY_WEEK, course  # noqa: F401


def test_are_settings_read_again_when_they_change(course):  # noqa: F811
    watched = Weeks(course.root)
    first = watched.course
    assert watched.course is first
    (course.root / "course.toml").write_text('title = "Another title"\n')
    assert watched.course.settings.title == "Another title"


def test_is_a_week_loaded_once_and_again_when_it_is_released_again(course, monkeypatch):  # noqa: F811
    loaded = []

    class Loaded:
        week = TINY_WEEK

        def __init__(self, *given):
            loaded.append(given)

    monkeypatch.setattr(weeks, "load_assignment", Loaded)
    watched = Weeks(course.root)
    first = watched.assignment(TINY_WEEK.stem)
    assert watched.assignment(TINY_WEEK.stem) is first
    path = course.notebook("release", TINY_WEEK.stem)
    path.chmod(0o644)
    path.write_text(path.read_text() + " ")
    assert watched.assignment(TINY_WEEK.stem) is not first
    assert len(loaded) == 2


def test_does_the_gradebook_follow_the_due_date_in_the_settings(course, monkeypatch):  # noqa: F811
    followed = []
    monkeypatch.setattr(weeks, "load_assignment", lambda *_: type("L", (), {"week": TINY_WEEK})())
    monkeypatch.setattr(
        weeks.assignments, "follow_settings", lambda course, name, stem: followed.append(name)
    )
    Weeks(course.root).assignment(TINY_WEEK.stem)
    assert followed == ["week99"]
