"""The pages for instructors and assistants: weeks, students, and what has been done."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.course.directory import Course
from autograder.gradebook.graded_cells import GradedCells, graded_cells
from autograder.gradebook.hand_grading import Gradable, questions
from autograder.questions import catalogue
from autograder.service import actions
from autograder.service.web import (
    instructor_export,
    instructor_grades,
    instructor_marking,
    instructor_pick,
    instructor_report,
    instructor_requests,
)
from autograder.service.web.instructor_export import exporters
from autograder.service.web.instructor_overview import one_week, overview, recent, roster
from autograder.service.web.instructor_page import (
    FOLLOWS,
    TEACH,
    WEEK,
    instructor,
    staff,
    staff_page,
    student_on_roster,
    week_of,
    weeks_of,
)
from autograder.service.web.instructor_pick import pick
from autograder.service.web.state import service
from autograder.service.web.student_week import StudentWeek, shown

__all__ = ["HOME", "ROUTES", "pick"]

HOME = TEACH


def weeks(request: Request) -> Response:
    """All weeks and all students."""
    staff(request)
    shared = service(request)
    # What live.js asks for; 15 weeks of 300 students are most of a second's work.
    found = recent(shared) if FOLLOWS in request.headers else overview(shared)
    return staff_page(request, "teach.html.jinja", found=found)


def week(request: Request) -> Response:
    """One week: every student, and what can be done."""
    staff(request)
    shared = service(request)
    found = week_of(request)
    return staff_page(
        request,
        "teach_week.html.jinja",
        week=found,
        taught=one_week(shared, found),
        roster=roster(shared.course),
        questions=_to_grade(shared.course, found.stem),
        judged=list(catalogue.week(found.stem).questions),
        exporters=exporters(),
    )


def _to_grade(course: Course, stem: str) -> list[Gradable]:
    """The questions that earn points: who wait first, then in the notebook's order."""
    order = list(catalogue.week(stem).points_by_name)
    found = [each for each in questions(course, stem) if each.max_points or each.waiting]
    return sorted(
        found,
        key=lambda each: (
            not each.waiting,
            order.index(each.question) if each.question in order else len(order),
        ),
    )


def student(request: Request) -> Response:
    """One student's work for a week, as it stands in the gradebook."""
    staff(request)
    shared = service(request)
    found = week_of(request)
    person = student_on_roster(shared.course, request.path_params["student"])
    work = StudentWeek(shared, person.id, found.stem)
    cells = graded_cells(shared.course.db_url, found.stem, person.id)
    return staff_page(
        request,
        "teach_student.html.jinja",
        week=found,
        person=person,
        work=work,
        verdicts=shown(work.report),
        cells=cells.get(person.id, GradedCells()),
        done=actions.latest(shared.engine, found.stem, person.id),
    )


def done(request: Request) -> Response:
    """What instructors and assistants have done, with who and when."""
    instructor(request)
    shared = service(request)
    asked = request.query_params
    known = {each.name: each for each in weeks_of(shared.course)}
    about = known.get(asked.get("week", ""))
    before = asked.get("before", "")
    rows = actions.latest(
        shared.engine,
        about.stem if about else "",
        asked.get("student", ""),
        int(before) if before.isdecimal() and before.isascii() else 0,
    )
    return staff_page(
        request,
        "teach_actions.html.jinja",
        rows=rows,
        weeks=list(known.values()),
        about=about.name if about else "",
        student=asked.get("student", ""),
        older=rows[-1].id if len(rows) == actions.SHOWN else 0,
    )


ROUTES = [
    Route(HOME, weeks, methods=["GET"]),
    Route(TEACH + "/actions", done, methods=["GET"]),
    *instructor_pick.ROUTES,
    Route(WEEK, week, methods=["GET"]),
    *instructor_grades.ROUTES,
    *instructor_export.ROUTES,
    *instructor_report.ROUTES,
    *instructor_marking.ROUTES,
    *instructor_requests.ROUTES,
    Route(WEEK + "/students/{student:path}", student, methods=["GET"]),
]
