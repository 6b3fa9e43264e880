"""`autograder release`: weeks become notebooks for students, and again when something changes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from autograder.cli.display import screen
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.course.directory import Course
    from autograder.questions.catalogue import Week
    from autograder.release.plan import Plan

_LINES = 8


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(release)


def release(
    weeks: Annotated[list[str], typer.Argument(help="The weeks, such as week06 or 6.")],
    course: Annotated[Path, typer.Option("--course", help="The course directory.")] = Path("."),
    own: Annotated[
        bool | None,
        typer.Option(
            "--own/--no-own",
            help="Import functions of earlier weeks from the students' own file "
            "(default: as the week was released before).",
            show_default=False,
        ),
    ] = None,
    due: Annotated[
        str,
        typer.Option(metavar="TIME", help='When it is due, such as "2026-12-01 23:59" (local).'),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="In a conflict, keep your own lines.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="In a conflict, take the lesson's lines.")
    ] = False,
    as_zip: Annotated[
        bool, typer.Option("--zip", help="Make one file of these weeks, to put into an LMS.")
    ] = False,
) -> None:
    """Create the notebooks of weeks, the package that checks them and START-HERE.md for students,
    and enter them in the gradebook. Your edits in source/ and the files beside a notebook stay.
    """
    from autograder.cli import own_assignment
    from autograder.course import directory as courses
    from autograder.grading import plain_assignment
    from autograder.judging.validate_week import validate_week
    from autograder.questions import catalogue
    from autograder.release.merge import PACKAGE, YOURS
    from autograder.release.plan import plan_release
    from autograder.release.start_here.write import GUIDE, write_start_here, write_zip
    from autograder.release.student_package.write import write_student_package

    if keep and replace:
        raise typer.BadParameter("--keep and --replace are each other's opposite; choose one")
    opened = courses.load(course)
    own_names = [name for name in weeks if plain_assignment.is_own(opened, name)]
    weeks = [name for name in weeks if name not in own_names]
    found = list({week.stem: week for week in map(catalogue.week, weeks)}.values())
    names = [*own_names, *(week.name for week in found)]
    when = _due(due, opened, names) if due else None
    prefer = YOURS if keep else PACKAGE if replace else ""
    for week in found:
        validate_week(week)
    plans = [plan_release(opened, week, own=own, prefer=prefer) for week in found]
    for week, plan in zip(found, plans, strict=True):
        _show(week, plan)
    for plan in plans:
        plan.refuse()
    if dry_run:
        screen.print("Nothing was changed.")
        return
    for name in own_names:
        own_assignment.release(opened, name, when)
    for week, plan in zip(found, plans, strict=True):
        _carry_out(opened, week, plan, when)
    if found:
        package = write_student_package(opened)
        write_start_here(opened, package.name)
        screen.print(
            f"Students install {package.name}, which holds no answers; it is beside every "
            f"notebook, and so is {GUIDE}, which says how.",
            soft_wrap=True,
            highlight=False,
        )
    if as_zip:
        made = write_zip(opened, [*own_names, *(week.stem for week in found)])
        screen.print(f"For students, in one file: {made}", soft_wrap=True, highlight=False)


def _carry_out(course: Course, week: Week, plan: Plan, when: datetime | None) -> None:
    from autograder.course import assignments
    from autograder.release import generate

    path = generate.carry_out(course, plan)
    screen.print(f"Released {week.name}, {week.title}: {path}", soft_wrap=True, highlight=False)
    when = when or course.settings.due.get(week.name)
    if when:
        assignments.set_due(course, week.stem, when)
        in_utc = "" if when.tzname() == "UTC" else f" ({when.astimezone(UTC):%H:%M} UTC)"
        screen.print(f"Due {when:%Y-%m-%d %H:%M} {when:%Z}{in_utc}.", highlight=False)


def _show(week: Week, plan: Plan) -> None:
    """What a week's release changes, and what it keeps."""
    if not plan.again:
        return
    said = [f"{week.name} is released already."]
    if plan.changes:
        said += ["New in the lesson:", *_indented(plan.changes)]
    elif not plan.conflicts:
        said = [f"{week.name} is released already; its lesson has not changed."]
    if plan.edits:
        said += ["Your edits, which stay:", *_indented(plan.edits)]
    for conflict in plan.conflicts:
        said += [f"Conflict in {conflict.cell}. Yours:", *_shown(conflict.yours)]
        said += ["The lesson's:", *_shown(conflict.package)]
    if plan.graded:
        count = "1 submission is" if plan.graded == 1 else f"{plan.graded} submissions are"
        said.append(f"{count} graded already; grade again afterwards.")
    if (waiting := plan.handed_in - plan.graded) > 0:
        count = "1 student has" if waiting == 1 else f"{waiting} students have"
        said.append(f"{count} handed in the notebook that was released before.")
    for line in said:
        screen.print(escape(line), soft_wrap=True, highlight=False)


def _indented(lines: tuple[str, ...]) -> list[str]:
    return [f"  {line}" for line in lines]


def _shown(text: str) -> list[str]:
    lines = text.splitlines() or ["(nothing)"]
    more = [f"  … and {len(lines) - _LINES} lines more"] if len(lines) > _LINES else []
    return [f"  {line}" for line in lines[:_LINES]] + more


def _due(text: str, course: Course, names: list[str]) -> datetime:
    """The time that was typed, in the course's time zone unless it names another."""
    for name in names:
        if name in course.settings.due:
            raise CourseError(
                f"course.toml says when {name} is due; change it there and leave --due out"
            )
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CourseError(
            f'--due is {text!r}; expected a day and a time such as "2026-12-01 23:59"'
        ) from None
    if len(text.strip()) <= len("2026-12-01"):
        raise CourseError(
            f'--due is {text!r}, which is only a day; add a time, such as "{text.strip()} 23:59"'
        )
    if when.tzinfo:
        return when
    zone = course.settings.timezone
    return when.replace(tzinfo=ZoneInfo(zone)) if zone else when.astimezone()
