"""Are a week's files found in a course first, then in the package?"""

from __future__ import annotations

import pytest

from autograder.questions import catalogue, places
from tests.conftest import REPOSITORY
from tests.own_weeks import STEM, write_week


@pytest.fixture
def own_week(tmp_path):
    folder = write_week(tmp_path)
    catalogue.use(tmp_path)
    yield folder
    catalogue.use(None)


def test_is_a_courses_week_one_folder(own_week):
    folder = places.folder_of(STEM)
    assert folder == own_week and places.is_own(folder)
    assert places.lesson_of(folder) == own_week / "lesson.py"
    assert places.values_of(folder) == own_week / "public.npz"


def test_are_the_packages_lessons_apart_from_what_students_install(own_week):
    folder = places.folder_of("week06_backpropagation")
    assert not places.is_own(folder)
    assert places.lesson_of(folder) == REPOSITORY / "solutions" / "week06_backpropagation.py"
    assert places.values_of(folder).parent.name == "public" and places.values_of(folder).is_file()


def test_does_another_machine_get_all_but_the_lesson(own_week):
    (own_week / "public.npz").write_bytes(b"values")
    (own_week / "notes.txt").write_text("mine")
    assert set(places.read_week(own_week)) == {"__init__.py", "halve.py", "public.npz"}
