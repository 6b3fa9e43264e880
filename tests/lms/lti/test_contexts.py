"""Does this course directory belong to the courses of an LMS that are connected with it?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.lms.lti import contexts
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.launch import Launch


def test_is_the_first_instructors_course_connected_and_no_other(world):
    assert isinstance(world.launch("2"), Launch)
    other = world.emulator.records.add_link("9", "Week 06", {"week": "week06"})
    assert world.launch("2", other.id).reason == "other-course"
    assert world.launch("3", other.id).reason == "course-not-connected"
    mine, theirs = contexts.every(world.engine)
    assert (mine.connected, theirs.connected) == (True, False)
    assert theirs.memberships_url is None
    contexts.connect(world.engine, theirs.id)
    assert isinstance(world.launch("3", other.id), Launch)


def test_does_a_disconnected_course_stay_outside(world):
    world.launch("2")
    (mine,) = contexts.every(world.engine)
    contexts.connect(world.engine, mine.id, connected=False)
    assert world.launch("2").reason == "other-course"
    assert world.launch("3").reason == "course-not-connected"
    with pytest.raises(CourseError, match="lti list"):
        contexts.connect(world.engine, 4711)


def test_is_a_weeks_column_found_by_its_link_or_by_what_was_created(world):
    launch = world.launch("2")
    key = launch.context_key
    assert contexts.line_item_of(world.engine, key, "week06") == launch.line_item
    assert contexts.line_item_of(world.engine, key, "week07") is None
    url = f"{world.emulator.base}/ags/2/lineitems/99/lineitem"
    contexts.bind_line_item(world.engine, key, url, "week07")
    assert contexts.line_item_of(world.engine, key, "week07") == url


def test_is_a_column_bound_to_one_course(world):
    """Otherwise a teacher of one course could write grades into another's gradebook."""
    launch = world.launch("2")
    other = world.emulator.records.add_link("9", "Week 06", {"week": "week06"})
    world.launch("2", other.id)
    _, theirs = contexts.every(world.engine)
    with pytest.raises(Refused) as refused:
        contexts.bind_line_item(world.engine, theirs.id, launch.line_item, "week06")
    assert refused.value.reason == "line-item-of-another-course"


def test_do_service_addresses_come_from_the_latest_launch(worlds):
    """A course that was copied, or a platform that moved, gives new ones."""
    world = worlds()
    world.launch("2")
    world.emulator.records.links["1"].column = None
    world.emulator.records.add_column("2", label="x", scoreMaximum=1)
    world.emulator.records.links["1"].column = 9
    world.launch("2")
    (mine,) = contexts.every(world.engine)
    found = contexts.line_item_of(world.engine, mine.id, "week06")
    assert found == f"{world.emulator.base}/ags/2/lineitems/9/lineitem"
