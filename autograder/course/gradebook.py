"""nbgrader's own gradebook object of a course, for changes that a person makes one at a time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograder.course import database
from autograder.course.directory import Course
from autograder.errors import CourseError


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """The course's `nbgrader.api.Gradebook`.

    Raises:
        CourseError: when the database does not answer or refuses a change.
    """
    from nbgrader.api import Gradebook, InvalidEntry
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    try:
        with warnings.catch_warnings(), Gradebook(course.db_url, course.course_id) as gradebook:
            # nbgrader connects the rows of a new submission in an order that SQLAlchemy reports.
            warnings.simplefilter("ignore", SAWarning)
            yield gradebook
    except (SQLAlchemyError, InvalidEntry) as error:
        why = database.reason(error)
        raise CourseError(
            f"the gradebook {database.described(course.db_url)} was not changed ({why}); "
            f"{database.next_step(why, course.db_url)} and try again"
        ) from None
