"""`autograder export FORMAT WEEK...`: one command for each installed exporter."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from rich.markup import escape
from typer.core import TyperGroup

from autograder.cli.display import errors, screen
from autograder.errors import CourseError

SOME_LEFT_OUT = 3


class Exporters(TyperGroup):
    """The installed exporters as commands, loaded only when needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        from autograder.lms import exporter

        return exporter.names()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        from autograder.lms import exporter

        app = typer.Typer(add_completion=False)
        try:
            app.command(cmd_name)(_command(cmd_name, exporter.find(cmd_name)))
        except CourseError as error:
            # --help lists all exporters; a broken one should not hide the others.
            anything = {"allow_extra_args": True, "ignore_unknown_options": True}
            app.command(cmd_name, context_settings=anything)(_broken(error))
        return typer.main.get_command(app)


def register(app: typer.Typer) -> None:
    """Add `export` to the command line."""
    group = typer.Typer(cls=Exporters, no_args_is_help=True)
    group.callback()(_export)
    app.add_typer(group, name="export")


def _export() -> None:
    """Export a week's grades for an LMS, or as CSV."""


def _broken(error: CourseError) -> Any:
    def command() -> None:
        """Cannot be loaded; run it to see why."""
        raise error

    return command


def _command(name: str, export: Any) -> Any:
    """The command of one exporter: the common options, then its own keyword parameters."""

    def command(
        weeks: Annotated[list[str], typer.Argument(metavar="WEEK", help="Such as week06 or 6.")],
        course: Annotated[Path, typer.Option("--course", help="The course directory.")] = Path("."),
        output: Annotated[
            Path | None,
            typer.Option(help="The file to write, instead of the usual name in this folder."),
        ] = None,
        with_waiting: Annotated[
            bool,
            typer.Option(
                "--with-waiting", help="Include students whose manual grading is not done."
            ),
        ] = False,
        **options: Any,
    ) -> None:
        _run(name, export, weeks, course, output, with_waiting, options)

    hints = get_type_hints(export, include_extras=True)
    own = list(inspect.signature(export).parameters.values())[1:]
    common = get_type_hints(command, include_extras=True)
    shared = list(inspect.signature(command).parameters.values())[:-1]
    for each in own:
        if each.name in common or each.name not in hints or each.kind is not each.KEYWORD_ONLY:
            raise CourseError(
                f"the exporter {name} cannot be used: its parameter {each.name} should be "
                f"keyword-only, annotated, and none of {', '.join(p.name for p in shared)}"
            )
    parameters = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=known[each.name])
        for known, group in ((common, shared), (hints, own))
        for each in group
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    command.__doc__ = inspect.getdoc(export)
    return command


def _run(
    name: str,
    export: Any,
    weeks: list[str],
    directory: Path,
    output: Path | None,
    with_waiting: bool,
    options: dict[str, Any],
) -> None:
    from autograder.course import directory as course
    from autograder.gradebook import exported
    from autograder.grading.plain_assignment import names_of
    from autograder.lms import exporter

    opened = course.load(directory)
    found = dict.fromkeys(names_of(opened, week) for week in weeks)
    grades = [exporter.grades(opened, *names, with_waiting) for names in found]
    with errors.status("Exporting"):
        made = export(grades, **options)
    for path in exporter.write(made.files, output):
        _say(f"Wrote {path}")
    for each in grades:
        for line in exporter.about_waiting(each):
            _say(line)
    for line in (*made.notes, *made.problems):
        _say(line)
    sent = options.get("push") and not options.get("dry_run")
    for each in grades if made.files or sent else ():
        points = {total.student: total.points for total in each.totals}
        exported.remember(opened, each.stem, name, points)
    raise typer.Exit(SOME_LEFT_OUT if made.problems else 0)


def _say(line: str) -> None:
    screen.print(escape(line), highlight=False, soft_wrap=True)
