"""What changes grades: more time, a regrade, and whether the LMS gets them."""

from __future__ import annotations

from datetime import UTC

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.errors import CourseError, UnknownName
from autograder.gradebook import extensions
from autograder.questions import catalogue
from autograder.service import outbox, queue, waits
from autograder.service.actions import recorded
from autograder.service.limits import spoken
from autograder.service.web.instructor_overview import one_week
from autograder.service.web.instructor_page import (
    WEEK,
    Form,
    TaughtWeek,
    by,
    done,
    instructor,
    staff,
    student_on_roster,
    told,
    week_of,
    with_form,
)
from autograder.service.web.pages import time_text
from autograder.service.web.state import service

NOBODY = "Nothing of this week is handed in, so there is nothing to grade again."


def hold(request: Request, given: Form) -> Response:
    """Hold a week's grades back from the LMS and from students."""
    who = instructor(request)
    shared, week = service(request), week_of(request)
    with recorded(shared.engine, by(who), "hold grades", week.stem):
        outbox.hold(shared.engine, week.stem, who.name)
    done("hold", week.name)
    text = "The grades of this week are held back: neither students nor the LMS see new ones."
    return told(request, text, week.address)


def release(request: Request, given: Form) -> Response:
    """Let a week's grades go to the LMS."""
    who = instructor(request)
    shared, week = service(request), week_of(request)
    with recorded(shared.engine, by(who), "release grades", week.stem):
        outbox.release(shared.engine, week.stem)
    done("release", week.name)
    return told(request, "The grades of this week are on their way to the LMS.", week.address)


def send_again(request: Request, given: Form) -> Response:
    """Send once more what the LMS refused."""
    who = instructor(request)
    shared, week = service(request), week_of(request)
    with recorded(shared.engine, by(who), "send refused grades again", week.stem):
        count = outbox.try_again(shared.engine, week.stem)
    done("send again", week.name)
    return told(request, f"{_counted(count, 'grade')} on the way to the LMS again.", week.address)


def regrade(request: Request, given: Form) -> Response:
    """Grade again: one student's work, one question for everybody, or the whole week."""
    who = staff(request)
    shared, week = service(request), week_of(request)
    question = given.get("question")
    if question and question not in catalogue.week(week.stem).questions:
        text = f"{question} is no question of this week that the grader can judge."
        return told(request, text, week.address, bad=True)
    student = given.get("student")
    where = _page_of(week, student)
    if student:
        student_on_roster(shared.course, student)
    status = one_week(shared, week).status
    students = [each for each in status.having("handed_in") if student in ("", each)]
    if not students:
        return told(request, NOBODY, where, bad=True)
    details = f"{question or 'everything'}, {_counted(len(students), 'student')}"
    with recorded(shared.engine, by(who), "regrade", week.stem, student, details):
        queue.regrade(shared.engine, students, week.stem, shared.clock(), question)
    done("regrade", week.name)
    wait = spoken(waits.wait_for_another(shared.engine, shared.clock()))
    text = f"{_counted(len(students), 'submission')} graded again, done in about {wait}."
    return told(request, text, where)


def grade_failed(request: Request, given: Form) -> Response:
    """Grade what could not be graded, through no fault of the notebooks."""
    who = staff(request)
    shared, week = service(request), week_of(request)
    with recorded(shared.engine, by(who), "grade failed uploads again", week.stem):
        count = queue.grade_failed(shared.engine, week.stem)
    done("grade failed", week.name)
    return told(request, f"{_counted(count, 'upload')} in the queue again.", week.address)


def extend(request: Request, given: Form) -> Response:
    """Give a student more time, as `autograder extend` does."""
    who = instructor(request)
    shared, week = service(request), week_of(request)
    student, time = given.get("student"), given.get("time")
    student_on_roster(shared.course, student)
    where = _page_of(week, student)
    try:
        with recorded(shared.engine, by(who), "extend", week.stem, student, time):
            made = extensions.extend(shared.course, week.stem, student, time)
    except (CourseError, UnknownName) as error:
        return told(request, str(error), where, bad=True)
    done("extend", week.name)
    return told(request, _about(made, student, shared.course.settings.timezone), where)


def _about(made: extensions.Extended, student: str, zone: str) -> str:
    if not made.extension:
        return f"{student} has no extension any more."
    if made.until is None:
        more = spoken(made.extension.total_seconds())
        return f"{student} has {more} more, once the week has a due date."
    return f"{student} has time until {time_text(made.until.replace(tzinfo=UTC), zone)}."


def _page_of(week: TaughtWeek, student: str) -> str:
    return week.page_of(student) if student else week.address


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


ROUTES = [
    Route(WEEK + "/hold", with_form(hold), methods=["POST"]),
    Route(WEEK + "/release", with_form(release), methods=["POST"]),
    Route(WEEK + "/send-again", with_form(send_again), methods=["POST"]),
    Route(WEEK + "/regrade", with_form(regrade), methods=["POST"]),
    Route(WEEK + "/grade-failed", with_form(grade_failed), methods=["POST"]),
    Route(WEEK + "/extend", with_form(extend), methods=["POST"]),
]
