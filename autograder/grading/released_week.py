"""What was released is what is graded: refuse a week that is no longer what students received."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from autograder.course import assignments
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.grading.decisions import DROPPED, FULL_CREDIT
from autograder.intake.metadata import checks_in, points_of
from autograder.output.did_you_mean import hint
from autograder.questions.catalogue import Week
from autograder.release import record as records
from autograder.release.differences import differences
from autograder.release.record import Record


def decided(course: Course, week: Week, released: Any) -> dict[str, str]:
    """What course.toml decides about the questions of a week, by name.

    Args:
        course: the course.
        week: the week.
        released: its released notebook.

    Raises:
        CourseError: when it names a question that the week does not have.
    """
    known = checks_in(released)
    made = {}
    for key, names, decision in (
        ("drop", course.settings.drop, DROPPED),
        ("full_credit", course.settings.full_credit, FULL_CREDIT),
    ):
        for name in names.get(week.name, ()):
            if name not in known:
                raise CourseError(_unknown(key, name, week, known, points_of(released)))
            made[name] = decision
    return made


def _unknown(
    key: str, name: str, week: Week, known: Collection[str], graded: Collection[str]
) -> str:
    if name in graded:
        return (
            f"course.toml has {name} of {week.name} in [{key}], but that cell is no "
            f'check("{name}"); give its points in the formgrader'
        )
    return (
        f"course.toml has {name!r} in [{key}], but {week.name} was released without such a "
        f"question{hint(name, known)}"
    )


def refuse_difference(
    course: Course,
    week: Week,
    released: Any,
    decisions: Mapping[str, str],
    *,
    as_released: bool = False,
) -> Record:
    """Refuse a week that is not what was released, unless it is to be graded as released.

    Args:
        course: the course.
        week: the week as it is now.
        released: the notebook that students received.
        decisions: what course.toml decides; a question that it names is no difference.
        as_released: grade what was released, now and in later runs, until something else changes.

    Returns:
        What was released.

    Raises:
        CourseError: with what has changed and the ways on.
    """
    record = records.load(course, week.stem) or _derived(week, released)
    found = differences(record, week)
    still = tuple(words for name, words in found.items() if name not in decisions)
    if not still or still == record.accepted:
        return record
    if as_released:
        records.save(course, week.stem, replace(record, accepted=still))
        return record
    gone = [name for name in checks_in(released) if name in found and name not in week.questions]
    gone = [name for name in gone if name not in decisions]
    raise CourseError(
        f"{week.name} is not what was released: {', '.join(still)}; "
        f"{_ways_on(course, week, gone, found)}"
    )


def _ways_on(course: Course, week: Week, gone: Collection[str], found: Mapping[str, str]) -> str:
    grade = f"`autograder grade {week.name} --as-released` to grade what students have"
    if gone:
        grade += f", with full credit for {', '.join(gone)} unless course.toml drops it"
    entry = assignments.find(course, week.stem)
    other_cells = any(words.endswith((" is gone", " is new")) for words in found.values())
    if entry and entry.graded and other_cells:
        # nbgrader keeps a grade for each cell, so the cells stay.
        return f"run {grade}"
    return f"run `autograder release {week.name}` to release it again, or {grade}"


def _derived(week: Week, released: Any) -> Record:
    """What an earlier version released, from the notebook alone; its points are taken as given."""
    known = [name for name in points_of(released) if name in week.points_by_name]
    return Record(dict.fromkeys([*checks_in(released), *known]))
