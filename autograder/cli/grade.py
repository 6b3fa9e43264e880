"""`autograder grade` and `autograder feedback`: a class is graded, and its pages are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.display import ClassTable, bar, brief, errors, print_json, progress, screen
from autograder.cli.options import CourseOption, IsolationOption, JsonOption, WorkersOption
from autograder.light_imports import loading
from autograder.records import Report, Submission

SOME_NOT_GRADED = 3
INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(grade)
    app.command()(feedback)


def grade(
    week: Annotated[str, typer.Argument(help="The week, such as week06 or 6.")],
    course: CourseOption = Path("."),
    workers: WorkersOption = 0,
    isolation: IsolationOption = "bubblewrap",
    run_all: Annotated[bool, typer.Option(help="Also run the experiments.")] = False,
    force: Annotated[
        bool, typer.Option(help="Also run submissions that have not changed.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="STUDENT", help="Run only this student's submission, changed or not."),
    ] = None,
    question: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Regrade this question for everyone, from saved answers where they suffice.",
        ),
    ] = None,
    cluster: Annotated[
        str, typer.Option(help="A Dask scheduler, such as tls://host:8786, or local:4.")
    ] = "",
    new_students: Annotated[
        bool, typer.Option(help="Add whoever has a folder and is not on the roster.")
    ] = False,
    as_released: Annotated[
        bool,
        typer.Option(
            "--as-released",
            help="Grade what students have, though the week has changed since it was released.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Grade a week's new and changed submissions into nbgrader's gradebook."""
    with loading():
        from autograder.cli import own_assignment
        from autograder.course import assignments
        from autograder.course import directory as courses
        from autograder.grading import grade_class, plain_assignment
        from autograder.grading.assignment import load_assignment
        from autograder.grading.attendance import attendance, enrol_new

    if force and question:
        raise typer.BadParameter("--force runs every submission in full; leave --question out")
    if cluster and workers:
        raise typer.BadParameter(
            "-j is for sandboxes on this machine; a cluster has its own workers"
        )
    opened = courses.load(course)
    if plain_assignment.is_own(opened, week):
        own_assignment.grade(
            opened,
            week,
            only=only or (),
            force=force,
            new_students=new_students,
            as_json=as_json,
        )
    assignment = load_assignment(opened, week, as_released=as_released)
    if due := assignments.follow_settings(opened, assignment.week.name, assignment.week.stem):
        errors.print(f"{assignment.week.name} is due {due:%Y-%m-%d %H:%M} UTC, by course.toml now.")
    for sentence in assignment.decisions.told():
        errors.print(sentence, highlight=False)
    assignment.run_experiments = run_all
    found = attendance(
        opened,
        assignment.week.name,
        assignment.week.stem,
        grade_class.submissions(opened, assignment),
        new_students=new_students,
    )
    submissions: Sequence[Submission] = found.graded
    if only:
        submissions = grade_class.only(submissions, only)
    enrol_new(opened, found, submissions)
    reports = grade_class.grade_course(
        opened,
        assignment,
        submissions,
        workers=workers,
        isolation=isolation,
        force=force or bool(only and not question),
        questions=question or (),
        cluster=cluster,
    )
    table = ClassTable(
        assignment.week.name, found.not_graded, found.doubtful, [] if only else found.notes
    )
    shown = reports if as_json else progress(reports, len(submissions), "Grading")
    try:
        # Closed here, so that everything is written before the summary is printed.
        with closing(reports), closing(shown):
            lines = _counted(shown, table)
            if as_json:
                print_json(
                    assignment.week.name,
                    lines,
                    not_graded=found.not_graded,
                    doubtful=found.doubtful,
                    missing=found.missing,
                )
            else:
                for _ in lines:
                    pass
    except KeyboardInterrupt:
        errors.print(
            f"Stopped. {table.total} of {len(submissions)} submissions are graded and saved; "
            "run the same command again to grade the rest."
        )
        raise typer.Exit(INTERRUPTED) from None
    if not as_json:
        table.print(regraded=bool(question))
    raise typer.Exit(SOME_NOT_GRADED if table.problems else 0)


def _counted(reports: Iterable[Report], table: ClassTable) -> Iterator[dict[str, Any]]:
    for report in reports:
        line = brief(report)
        table.add(line)
        yield line


def feedback(
    week: Annotated[str, typer.Argument(help="The week, such as week06 or 6.")],
    course: CourseOption = Path("."),
) -> None:
    """Write the feedback pages of a graded week."""
    from autograder.cli import own_assignment
    from autograder.course import directory as courses
    from autograder.feedback.pages import generate_feedback
    from autograder.grading import plain_assignment
    from autograder.questions import catalogue

    opened = courses.load(course)
    if plain_assignment.is_own(opened, week):
        own_assignment.feedback(opened, week)
        return
    pages = generate_feedback(opened, catalogue.week(week).stem, bar("Writing feedback"))
    screen.print(f"Wrote {len(pages)} pages, such as {pages[0]}")
