"""`autograder lti`: which LMSs may send people to `autograder serve`, and whether all works."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.display import screen
from autograder.cli.options import CourseOption
from autograder.errors import CourseError
from autograder.output.text import printable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from autograder.lms.lti.class_list import Match

_app = typer.Typer(help="Register LMSs for `autograder serve` (LTI 1.3), and test them.")

NumberArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", help="The platform's number in `autograder lti list`.")
]
AtOption = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="URL",
        help="The service's own address (default: `address` in course.toml's [service]).",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(_app, name="lti")


@_app.command()
def add(
    family: Annotated[str, typer.Argument(help="moodle, canvas, brightspace, blackboard, ...")],
    url: Annotated[str, typer.Argument(metavar="URL", help="The LMS's address.")],
    client_id: Annotated[
        str, typer.Option(help="As the LMS shows it; without it, what to enter there is printed.")
    ] = "",
    deployment: Annotated[
        list[str] | None, typer.Option(help="A deployment id, as the LMS shows it; repeatable.")
    ] = None,
    issuer: Annotated[str, typer.Option(help="Where it is not the family's usual one.")] = "",
    authorization_url: Annotated[str, typer.Option(help="The same.")] = "",
    token_url: Annotated[str, typer.Option(help="The same.")] = "",
    keyset_url: Annotated[str, typer.Option(help="The same.")] = "",
    at: AtOption = "",
    course: CourseOption = Path("."),
) -> None:
    """Register an LMS: first print what to enter there, then store what it shows."""
    from autograder.lms.lti import platforms
    from autograder.lms.lti.differences import differences

    given = {
        "issuer": issuer,
        "authorization_url": authorization_url,
        "token_url": token_url,
        "keyset_url": keyset_url,
    }
    _refuse_unknown(family, url)
    engine, address = _open(course, at)
    if not client_id:
        _print_form(engine, family, url, _needed(address))
        return
    patterns = differences(family).addresses
    filled = {
        name: value or patterns.get(name, "").format(url=url.rstrip("/"), client_id=client_id)
        for name, value in given.items()
    }
    if missing := [name for name, value in filled.items() if not value]:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise CourseError(f"the addresses of {family} are not known here; give {options}")
    made = platforms.add(
        engine,
        platforms.Platform(
            issuer=filled["issuer"],
            client_id=client_id,
            authorization_url=filled["authorization_url"],
            token_url=filled["token_url"],
            keyset_url=filled["keyset_url"],
            deployments=frozenset(deployment or []),
            family=family,
        ),
    )
    _line(f"Platform {made.id}: {made.family} at {made.issuer}, client id {made.client_id}.")
    if not made.deployments:
        _line(f"Next: autograder lti deployment {made.id} DEPLOYMENT_ID, as the LMS shows it")
    else:
        _line(f"Next: autograder lti test {made.id}")


@_app.command("list")
def list_platforms(course: CourseOption = Path(".")) -> None:
    """Print the LMSs that may send people here, and their courses."""
    from autograder.lms.lti import contexts, platforms

    engine, _ = _open(course)
    known = platforms.every(engine)
    table = Table(box=None, pad_edge=False)
    for title in ("number", "family", "issuer", "client id", "deployments"):
        table.add_column(title, overflow="fold")
    for each in known:
        deployments = ", ".join(sorted(each.deployments)) or "none yet"
        cells = (str(each.id), each.family, each.issuer, each.client_id, deployments)
        table.add_row(*(escape(printable(cell)) for cell in cells))
    if known:
        screen.print(table)
    else:
        _line("No LMS is registered. Next: autograder lti add moodle URL")
    for context in contexts.every(engine):
        state = "connected" if context.connected else "not connected"
        title = f"{context.title or '(no title)'} ({context.context})"
        _line(f"Course {context.id} of platform {context.platform}, {state}: {title}")


@_app.command()
def test(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="A platform's (default: all).")
    ] = None,
    at: AtOption = "",
    course: CourseOption = Path("."),
) -> None:
    """Try each step that works without a person, and say which one fails and what to do."""
    from autograder.lms.lti import platforms
    from autograder.lms.lti.checkup import checkup

    engine, address = _open(course, at)
    chosen = platforms.every(engine) if number is None else [platforms.get(engine, number)]
    if not chosen:
        raise CourseError("no LMS is registered. Next: autograder lti add moodle URL")
    failed = 0
    for platform in chosen:
        _line(f"Platform {platform.id}: {platform.family} at {platform.issuer}")
        for step in checkup(engine, platform, address):
            mark = {True: "ok    ", False: "FAILED", None: "      "}[step.ok]
            _line(f"  {mark} {step.name}: {step.said}")
            failed += step.ok is False
    if not address:
        _line("Left out: our own keyset. Name the service's address with --at URL.")
    if failed:
        raise typer.Exit(1)


@_app.command()
def keys(
    rotate: Annotated[bool, typer.Option("--rotate", help="Make and publish a new key.")] = False,
    wait: Annotated[
        int, typer.Option(min=0, help="With --rotate: hours until the new key signs.")
    ] = 24,
    pem: Annotated[
        bool, typer.Option("--pem", help="Print the public key that signs, as text for an LMS.")
    ] = False,
    course: CourseOption = Path("."),
) -> None:
    """Show the service's signing keys, or rotate them; old and new are published together."""
    from autograder.lms.lti import keys as signing

    engine, _ = _open(course)
    if rotate:
        made = signing.rotate(engine, wait=timedelta(hours=wait))
        _line(f"The key {made.kid} is published, and signs from {_time(made.signs_from)} on.")
        _line(
            "An LMS in which you entered a key as text (Moodle's RSA key) needs the new one then: "
            "autograder lti keys --pem"
        )
    published = signing.published(engine)
    if pem:
        print(next(key.public_pem for key in published if key.signs), end="")
        return
    for key in published:
        state = "signs" if key.signs else "published for messages that are on their way"
        if key.signs_from > datetime.now(UTC):
            state = f"signs from {_time(key.signs_from)} on"
        _line(f"{key.kid}, of {_time(key.created)}: {state}")


@_app.command()
def deployment(
    number: NumberArgument,
    deployment_id: Annotated[str, typer.Argument(metavar="ID", help="As the LMS shows it.")],
    course: CourseOption = Path("."),
) -> None:
    """Accept launches from one more deployment of a platform."""
    from autograder.lms.lti import platforms

    engine, _ = _open(course)
    found = platforms.add_deployment(engine, number, deployment_id)
    _line(f"Platform {number} has the deployments {', '.join(sorted(found.deployments))}.")


@_app.command()
def connect(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="The course's number in `autograder lti list`.")
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Disconnect it.")] = False,
    course: CourseOption = Path("."),
) -> None:
    """Let one more course of an LMS use this course directory."""
    from autograder.lms.lti import contexts

    engine, _ = _open(course)
    changed = contexts.connect(engine, number, connected=not undo)
    state = "is connected" if changed.connected else "is not connected any more"
    _line(f"{changed.title or changed.context} {state}.")


@_app.command("people")
def list_people(course: CourseOption = Path(".")) -> None:
    """Print who has come from an LMS, and which student of the roster each one is."""
    from autograder.lms.lti import people

    engine, _ = _open(course)
    table = Table(box=None, pad_edge=False)
    for title in ("number", "platform", "name", "account", "number in records", "student"):
        table.add_column(title, overflow="fold")
    known = people.every(engine)
    for each in known:
        numbers = (str(each.id), str(each.platform))
        cells = (*numbers, each.name, each.login, each.sourced_id, each.student or "nobody yet")
        table.add_row(*(escape(printable(cell)) for cell in cells))
    if known:
        screen.print(table)
    else:
        _line("Nobody has come from an LMS yet.")


@_app.command()
def link(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="The person's in `autograder lti people`.")
    ],
    student: Annotated[
        str, typer.Argument(metavar="STUDENT", help="The student's id in the roster.")
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Say that it is nobody.")] = False,
    course: CourseOption = Path("."),
) -> None:
    """Say which student of the roster somebody from an LMS is."""
    from autograder.course import directory as courses
    from autograder.course.roster import enrolled
    from autograder.lms.lti import people
    from autograder.output.did_you_mean import hint

    if bool(student) == undo:
        raise typer.BadParameter("expected a STUDENT, or --undo")
    engine, _ = _open(course)
    ids = [each.id for each in enrolled(courses.load(course).db_url)]
    if student and student not in ids:
        raise CourseError(f"there is no student {student!r} on the roster{hint(student, ids)}")
    found = people.link(engine, number, student or None)
    _line(f"{found.name or found.login or found.subject} is {found.student or 'nobody'} now.")


@_app.command()
def roster(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="The course's number in `autograder lti list`.")
    ],
    link_all: Annotated[
        bool, typer.Option("--link", help="Link all whom e-mail addresses or names tell.")
    ] = False,
    enrol: Annotated[
        bool, typer.Option("--enrol", help="Add those to the roster who are not there, and link.")
    ] = False,
    course: CourseOption = Path("."),
) -> None:
    """Compare a course's class list in the LMS with the roster."""
    from autograder.course import directory as courses
    from autograder.course.enrolment import enrol as add_students
    from autograder.course.roster import all_students
    from autograder.lms.lti import class_list, contexts, platforms
    from autograder.lms.lti.services import Services

    engine, _ = _open(course)
    context = contexts.get(engine, number)
    if not context.connected or not context.memberships_url:
        raise CourseError(
            "expected a connected course whose class list the LMS offers; see `autograder lti test`"
        )
    platform = platforms.get(engine, context.platform)
    listed = Services(engine, platform).members(context.memberships_url)
    opened = courses.load(course)
    students = all_students(opened.db_url)
    matches = class_list.compare(engine, platform, listed, students)
    if enrol:
        missing = [each.member for each in matches if not each.student]
        made = class_list.as_students(platform, missing, students)
        add_students(opened, made)
        joined = [
            class_list.Match(person, student.id, "new")
            for person, student in zip(missing, made, strict=True)
        ]
        matches = [each for each in matches if each.student] + joined
    chosen = [each for each in matches if link_all or each.by in (class_list.ACCOUNT, "new")]
    linked = class_list.accept(engine, platform, chosen)
    _print_matches(matches)
    _line(f"{len(matches)} learners; {linked} were linked now.")
    if not link_all and any(each.by in (class_list.EMAIL, class_list.NAME) for each in matches):
        _line("Next: read the pairs that e-mail or name tell, and accept them with --link.")
    if any(not each.student for each in matches):
        _line("Who is not on the roster: `--enrol` adds them, `autograder lti link` links one.")


def _print_matches(matches: Sequence[Match]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("name", "e-mail", "account", "student", "by"):
        table.add_column(title, overflow="fold")
    for each in matches:
        person = each.member
        cells = (person.name, person.email, person.login, each.student or "nobody", each.by)
        table.add_row(*(escape(printable(cell)) for cell in cells))
    screen.print(table)


@_app.command()
def invite(at: AtOption = "", course: CourseOption = Path(".")) -> None:
    """Print an address with which an LMS registers the tool by itself; it is good once."""
    from autograder.lms.lti import registration

    engine, address = _open(course, at)
    print(registration.invite(engine, _needed(address)))


@_app.command("canvas-json")
def canvas_json(at: AtOption = "", course: CourseOption = Path(".")) -> None:
    """Print the settings that Canvas takes for an LTI developer key, as JSON."""
    from autograder.lms.lti.canvas_key import developer_key

    _, address = _open(course, at)
    print(json.dumps(developer_key(_needed(address)), indent=1))


@_app.command()
def remove(
    number: NumberArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    course: CourseOption = Path("."),
) -> None:
    """Forget an LMS with its courses and links; grades in the gradebook stay."""
    from autograder.lms.lti import platforms

    engine, _ = _open(course)
    found = platforms.get(engine, number)
    if not yes and not typer.confirm(f"Forget {found.family} at {found.issuer} with its courses?"):
        raise CourseError("nothing was changed")
    platforms.remove(engine, number)
    _line(f"Forgot {found.family} at {found.issuer}, client id {found.client_id}.")


def _open(course: Path, at: str = "") -> tuple[Engine, str]:
    """The service's database, and the service's own address, if it is known."""
    from autograder.course import directory as courses

    opened = courses.load(course)
    try:
        import jwt  # noqa: F401
        import requests  # noqa: F401

        from autograder.lms.lti.store import open_course_store
    except ModuleNotFoundError as error:
        raise CourseError(
            f"LTI needs {error.name}, which is not installed. Next: install the extra `serve`"
        ) from None
    return open_course_store(opened), (at or opened.settings.service.address).rstrip("/")


def _needed(address: str) -> str:
    from autograder.lms.lti.addresses import is_safe

    if not address:
        raise CourseError(
            "the service's own address is needed; write it into course.toml as address in "
            "[service], or give --at https://nn.example.edu"
        )
    if not is_safe(address):
        raise CourseError(
            f"expected an address of the service that begins with https://, received {address!r}"
        )
    return address


def _refuse_unknown(family: str, url: str) -> None:
    from autograder.lms.lti.addresses import is_safe
    from autograder.lms.lti.differences import families
    from autograder.output.did_you_mean import hint

    if family not in families():
        known = ", ".join(families())
        raise CourseError(f"expected one of {known}, received {family!r}{hint(family, families())}")
    if not is_safe(url):
        raise CourseError(f"expected the LMS's address, https://..., received {url!r}")


def _print_form(engine: Engine, family: str, url: str, address: str) -> None:
    """What to enter in the LMS."""
    from autograder.lms.lti import addresses, registration
    from autograder.lms.lti.differences import differences

    values = {
        "base": address,
        "host": address.partition("://")[2].partition("/")[0],
        "login": address + addresses.LOGIN,
        "launch": address + addresses.LAUNCH,
        "keyset": address + addresses.KEYSET,
    }
    _line(f"Enter in {family} at {url}:")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=False, max_width=34)
    table.add_column(overflow="fold")
    for name, value in differences(family).form:
        table.add_row(escape(f"  {name}"), escape(value.format(**values)))
    screen.print(table)
    _line("Or let the LMS register the tool by itself, with this address (good once, for a day):")
    print(f"  {registration.invite(engine, address)}")
    _line(
        f"Next: autograder lti add {family} {url} --client-id ID --deployment ID, with the ids "
        "that the LMS then shows"
    )


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _line(text: str) -> None:
    screen.print(escape(printable(text)), highlight=False, soft_wrap=True)
