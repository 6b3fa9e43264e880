"""Is the wait told as long as it will be?"""

from __future__ import annotations

from autograder.service import waits
from tests.service.conftest import NOON, STEM
from tests.service.test_queue import accept, done, take


def test_does_the_estimate_follow_what_uploads_took(engine):
    accept(engine, "first")
    done(engine, take(engine, at=0), seconds=2.0)
    uploads = [accept(engine, f"s{n}") for n in range(20)]
    places = waits.places(engine, NOON)
    assert [places[each.id].ahead for each in uploads] == list(range(20))
    # Four are graded together, at two seconds each.
    assert [places[uploads[n].id].seconds for n in (0, 1, 15, 16, 19)] == [8, 10, 38, 40, 40]
    assert waits.wait_for_another(engine, NOON) == 42.0


def test_does_the_estimate_know_that_weeks_differ(engine):
    for stem, seconds in ((STEM, 1.0), ("week13_paradigms", 30.0)):
        accept(engine, "first", stem=stem)
        done(engine, take(engine, at=0), seconds=seconds)
    fast = accept(engine, "ada")
    slow = accept(engine, "bob", stem="week13_paradigms")
    places = waits.places(engine, NOON)
    assert (places[fast.id].seconds, places[slow.id].seconds) == (31.0, 31.0)
    assert [each.id for each in take(engine, at=1)] == [fast.id]
    assert waits.places(engine, NOON)[fast.id].seconds == 1.0


def test_is_there_no_wait_where_nothing_waits(engine):
    assert waits.places(engine) == {}
    assert waits.wait_for_another(engine) == waits.USUAL_SECONDS
