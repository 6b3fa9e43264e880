"""A person grades one question across students, with the rubric beside each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.errors import CourseError, UnknownName
from autograder.feedback import markdown
from autograder.feedback.highlight import code_block
from autograder.feedback.sanitize import disarm_text
from autograder.feedback.verdict import of_verdict
from autograder.gradebook import hand_grading, reports
from autograder.gradebook.hand_grading import Answer, ChangedMeanwhile, Gradable, Standing
from autograder.gradebook.rubrics import RubricItem, items
from autograder.light_imports import NotebookNode
from autograder.questions import catalogue
from autograder.service import comment_bank, item_points
from autograder.service.actions import recorded
from autograder.service.web.errors import NotFound
from autograder.service.web.instructor_page import (
    WEEK,
    Form,
    TaughtWeek,
    by,
    done,
    staff,
    staff_page,
    told,
    week_of,
    with_form,
)
from autograder.service.web.state import Service, service

QUESTION = WEEK + "/questions/{question}"
MARK = QUESTION + "/answers/{student:path}"


@dataclass(frozen=True)
class Marked:
    """One question of a week: where it is, and what it asks of an answer."""

    week: TaughtWeek
    about: Gradable
    rubric: list[RubricItem]

    @property
    def name(self) -> str:
        return self.about.question

    @property
    def address(self) -> str:
        return f"{self.week.address}/questions/{quote(self.name, safe='')}"

    def answer_address(self, student: str) -> str:
        """The page on which a student's answer is graded."""
        return f"{self.address}/answers/{quote(student, safe='')}"


@dataclass(frozen=True)
class Given:
    """What was typed into the form: texts as they are, and what they mean."""

    points: tuple[float, ...] | None
    comment: str


def question(request: Request) -> Response:
    """Everybody's answers to a question: who waits, who is graded, and the bank of comments."""
    staff(request)
    shared = service(request)
    asked = _question(request, shared)
    return staff_page(
        request,
        "question.html.jinja",
        question=asked,
        standings=hand_grading.standings(shared.course, asked.week.stem, asked.name),
        bank=comment_bank.of_question(shared.engine, asked.week.stem, asked.name),
    )


def answer(request: Request) -> Response:
    """One student's answer, with the rubric beside it."""
    staff(request)
    shared = service(request)
    return _answer_page(request, shared, _question(request, shared))


def mark(request: Request, given: Form) -> Response:
    """Give an answer its points and its comment, and go on to the next one that waits."""
    who = staff(request)
    shared = service(request)
    asked = _question(request, shared)
    student, stem = request.path_params["student"], asked.week.stem
    comment = _comment(shared, asked, given)
    try:
        points = None if given.get("take_back") else _points(asked.rubric, given)
        total = None if points is None else sum(points)
        details = f"{asked.name}: " + ("taken back" if total is None else f"{total:g} points")
        with recorded(shared.engine, by(who), "grade by hand", stem, student, details):
            hand_grading.give(
                shared.course, stem, asked.name, student, total, comment, given.get("seen")
            )
    except UnknownName as error:
        raise NotFound(f"{error}.") from None
    except ChangedMeanwhile as error:
        return _answer_page(request, shared, asked, 409, str(error), given, comment)
    except CourseError as error:
        return _answer_page(request, shared, asked, 422, str(error), given, comment)
    item_points.keep(shared.engine, stem, asked.name, student, points or ())
    if given.get("keep"):
        comment_bank.keep(
            shared.engine, stem, asked.name, given.get("comment"), who.name, shared.clock()
        )
    done("grade by hand", asked.week.name)
    following = _next(hand_grading.standings(shared.course, stem, asked.name), student)
    where = asked.answer_address(following) if following else asked.address
    said = "was taken back" if total is None else f"has {total:g} of {asked.about.max_points:g}"
    after = "This is the next one." if following else "Nobody waits any more."
    return told(request, f"{student} {said} for {asked.name}. {after}", where)


def drop(request: Request, given: Form) -> Response:
    """Take a comment out of the bank."""
    who = staff(request)
    shared = service(request)
    asked = _question(request, shared)
    number = given.get("number")
    if number.isdecimal() and number.isascii():
        with recorded(shared.engine, by(who), "drop a comment", asked.week.stem, "", asked.name):
            comment_bank.drop(shared.engine, asked.week.stem, asked.name, int(number))
    return RedirectResponse(f"{asked.address}#bank", status_code=303)


def _question(request: Request, shared: Service) -> Marked:
    week = week_of(request)
    name = request.path_params["question"]
    for each in hand_grading.questions(shared.course, week.stem):
        if each.question == name:
            written = catalogue.week(week.stem).written.get(name)
            rubric = items(written.rubric if written else "", each.max_points)
            return Marked(week, each, rubric)
    raise NotFound("This week has no such question. Next: choose one on the week's page.")


def _answer_page(
    request: Request,
    shared: Service,
    asked: Marked,
    status: int = 200,
    refusal: str = "",
    given: Form | None = None,
    comment: str = "",
) -> Response:
    student, stem = request.path_params["student"], asked.week.stem
    try:
        found = hand_grading.answer_of(shared.course, stem, asked.name, student)
    except UnknownName as error:
        raise NotFound(f"{error}.") from None
    everybody = hand_grading.standings(shared.course, stem, asked.name)
    order = [each.student for each in everybody]
    place = order.index(student)
    report = reports.find(shared.course.root, stem, student)
    verdicts = [each for each in report.verdicts if each.question == asked.name] if report else []
    return staff_page(
        request,
        "answer.html.jinja",
        status,
        question=asked,
        answer=found,
        shown=_shown(found),
        verdict=of_verdict(verdicts[0]) if verdicts else None,
        values=_values(shared, asked, found, given),
        comment=comment if given else found.comment,
        bank=comment_bank.of_question(shared.engine, stem, asked.name),
        refusal=refusal,
        place=place + 1,
        count=len(order),
        waiting=sum(each.waiting for each in everybody),
        before=order[place - 1] if place else "",
        after=order[place + 1] if place + 1 < len(order) else "",
    )


def _shown(answer: Answer) -> Markup:
    """The answer as a page shows it."""
    if answer.kind == "code":
        return Markup(code_block(answer.text, "Code"))
    cell: dict[str, Any] = {"cell_type": "markdown", "source": answer.text}
    cell["attachments"] = dict(answer.attachments)
    # It was done when the notebook was graded; nothing here relies on that.
    disarm_text(NotebookNode(cells=[cell]), ())
    return Markup(markdown.text(str(cell["source"]), 2, cell.get("attachments", {})).html)


def _values(shared: Service, asked: Marked, answer: Answer, given: Form | None) -> list[str]:
    """What stands in the fields of the points: what was typed, or what was given before."""
    count = len(asked.rubric)
    if given is not None:
        return [given.get(f"item{place}") for place in range(count)]
    if answer.manual is not None and count == 1:
        return [f"{answer.manual:g}"]
    before = item_points.find(
        shared.engine, asked.week.stem, asked.name, answer.student, answer.manual, count
    )
    return [f"{each:g}" for each in before] if before else [""] * count


def _points(rubric: Sequence[RubricItem], given: Form) -> tuple[float, ...]:
    found = []
    for place, item in enumerate(rubric):
        text = given.get(f"item{place}").replace(",", ".")
        try:
            points = float(text)
        except ValueError:
            points = -1.0
        if not 0 <= points <= item.points:
            what = f"part {place + 1} of the rubric" if len(rubric) > 1 else "this answer"
            raise CourseError(
                f"Expected a number from 0 to {item.points:g} for {what}, received "
                f"{text[:20] or 'nothing'}. Nothing was written."
            )
        found.append(points)
    return tuple(found)


def _comment(shared: Service, asked: Marked, given: Form) -> str:
    """What was typed, with the comments of the bank that were ticked."""
    ticked = set(given.every("bank"))
    kept = [
        row.text
        for row in comment_bank.of_question(shared.engine, asked.week.stem, asked.name)
        if str(row.id) in ticked
    ]
    typed = given.get("comment").replace("\r\n", "\n")
    return "\n\n".join([*([typed] if typed else []), *(each for each in kept if each not in typed)])


def _next(everybody: Sequence[Standing], student: str) -> str:
    """Who waits next after a student, and otherwise the first who waits."""
    order = [each.student for each in everybody]
    place = order.index(student) + 1 if student in order else 0
    waiting = [each.student for each in [*everybody[place:], *everybody[:place]] if each.waiting]
    return next((each for each in waiting if each != student), "")


ROUTES = [
    Route(QUESTION, question, methods=["GET"]),
    Route(QUESTION + "/drop", with_form(drop), methods=["POST"]),
    Route(MARK, answer, methods=["GET"]),
    Route(MARK, with_form(mark), methods=["POST"]),
]
