"""The command line: `init`, `release`, `grade`, `feedback`, `report`, `export` and the rest.

Exit codes: 0 success; 1 an error, printed as one line; 2 wrong usage; 3 done, but some submissions
were unreadable or had code that was stopped (the last line says how many); 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.markup import escape

import autograder
from autograder.cli import (
    collect,
    desk,
    doctor,
    export,
    gradescope,
    new,
    own_weeks,
    release,
    roster,
)
from autograder.cli import report as report_command
from autograder.cli.display import (
    ClassTable,
    bar,
    brief,
    errors,
    print_json,
    progress,
    screen,
    without_points,
)
from autograder.errors import AutograderError, UnknownName
from autograder.light_imports import loading
from autograder.records import Report, Submission

SOME_NOT_GRADED = 3
INTERRUPTED = 130

app = typer.Typer(
    help="Neural Networks from Scratch: the course that grades itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"autograder {autograder.__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def _every_command(version: VersionOption = False) -> None:
    pass


collect.register(app)
desk.register(app)
doctor.register(app)
export.register(app)
gradescope.register(app)
new.register(app)
release.register(app)
own_weeks.register(app)
report_command.register(app)
roster.register(app)

CourseOption = Annotated[Path, typer.Option("--course", help="The course directory.")]
IsolationOption = Annotated[
    str,
    typer.Option(help="`bubblewrap`, or `process`: process limits only, without a sandbox."),
]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers", "-j", help="Number of sandboxes (0: choose from cores and class size)."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of a table.")
]


@app.command()
def init(
    directory: Annotated[
        Path | None, typer.Argument(help="Where to create the course: a new or empty directory.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The class as CSV: id, last_name, first_name, email; or Canvas's gradebook, or "
            "Moodle's participants."
        ),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="An empty PostgreSQL database for the gradebook, such as "
            "postgresql://USER@HOST/NAME (default: SQLite in the course directory).",
        ),
    ] = "",
    here: Annotated[
        bool,
        typer.Option(
            "--here", help="Take over the nbgrader course in this directory, or in DIRECTORY."
        ),
    ] = False,
) -> None:
    """Create a course directory with nbgrader's configuration, a gradebook and a secret."""
    from autograder.course import directory as course
    from autograder.course import roster as people

    if here:
        _take_over(directory or Path("."), roster, database)
        return
    if directory is None:
        raise typer.BadParameter("expected a DIRECTORY for the course, or --here")
    made = course.init(directory, roster, database)
    screen.print(f"Created the course {made.course_id} in {made.root}.")
    if roster:
        said = people.about(people.enrolled(made.db_url))
        screen.print(f"Read {escape(roster.name)}: {said}.", highlight=False, soft_wrap=True)
    screen.print(f"Next: cd {made.root} && autograder release week06")


def _take_over(directory: Path, roster: Path | None, database: str) -> None:
    from autograder.course.enrolment import enrol
    from autograder.course.roster import read_roster
    from autograder.course.take_over import take_over

    if database:
        raise typer.BadParameter("--here keeps the database that nbgrader_config.py names")
    students = read_roster(roster) if roster else []
    made, added = take_over(directory)
    if students:
        enrol(made, students)
    what = f"Added {', '.join(added)}." if added else "Nothing was missing."
    screen.print(escape(f"{made.root} is a course. {what}"), highlight=False, soft_wrap=True)
    screen.print("Next: autograder release week06, or autograder grade ASSIGNMENT of your own")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A student's notebook.")],
    course: CourseOption = Path("."),
    isolation: IsolationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Run a notebook and judge it on the public cases, as its own checks do."""
    from autograder.course import directory as courses
    from autograder.grading.single_notebook import check_file
    from autograder.sandbox.mounts import isolation_available

    courses.use_weeks(course)
    chosen = isolation or ("bubblewrap" if isolation_available() == "bubblewrap" else "process")
    report = check_file(file, chosen)
    if as_json:
        print(json.dumps(without_points(brief(report)), indent=1))
    else:
        for verdict in report.verdicts:
            screen.print(escape(verdict.message), end="\n\n", highlight=False)
        for problem in report.problems:
            screen.print(escape(problem), end="\n\n", highlight=False)
        right = sum(verdict.right for verdict in report.verdicts)
        screen.print(
            f"{right} of {len(report.verdicts)} questions are right on the public cases; "
            "hidden cases count when you hand in."
        )
    raise typer.Exit(0 if report.right else SOME_NOT_GRADED)


@app.command()
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
        from autograder.grading.attendance import attendance

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


@app.command()
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


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A mistake, such as bias-summed.")],
    course: CourseOption = Path("."),
) -> None:
    """Explain a mistake: what it looks like, why it happens, how to find it."""
    from rich.markdown import Markdown

    from autograder.course import directory as courses
    from autograder.judging.explain import page
    from autograder.output.did_you_mean import hint
    from autograder.questions import catalogue

    courses.use_weeks(course)
    every = [q for week in catalogue.weeks() for q in week.questions.values()]
    found = [(q, q.mistakes[name]) for q in every if name in q.mistakes]
    if not found:
        known = [mistake for q in every for mistake in q.mistakes]
        raise UnknownName(f"There is no mistake {name!r}{hint(name, known)}")
    text = page(found)
    screen.print(Markdown(text) if screen.is_terminal else text)


@app.command()
def demo(
    directory: Annotated[Path, typer.Option(help="Where to create the demo course.")] = Path(
        "demo-course"
    ),
    workers: WorkersOption = 0,
) -> None:
    """Release week 06, create a demo class, grade it, and show the results."""
    from autograder.cli import demo as demonstration

    demonstration.run(directory, workers=workers)


def main() -> None:
    """The entry point: every AutograderError becomes one line on stderr and exit code 1."""
    # jsonschema imports this optional URL checker, which takes 0.7 s and which no notebook needs;
    # an entry of None makes the import fail, and jsonschema then does without it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        app()
    except AutograderError as error:
        _fail(str(error))
    except PermissionError as error:
        _fail(
            f"this account may not use {error.filename}: {error.strerror}. If the course is "
            "another person's, docs/instructor.md says how several graders share one"
        )


def _fail(message: str) -> NoReturn:
    errors.print(f"autograder: {escape(message)}", highlight=False, soft_wrap=True)
    sys.exit(1)
