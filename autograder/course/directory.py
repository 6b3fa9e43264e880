"""A course directory: nbgrader's folders and gradebook, and the secret behind the hidden cases.

course.toml             what the instructor says: title, weeks, due dates, late work
nbgrader_config.py      nbgrader's settings, with our preprocessors among its own
gradebook.db            nbgrader's database, unless it is in PostgreSQL
weeks/                  weeks that the instructor has adapted or made, if any
.autograder/secret      seeds the hidden cases; readable by the instructor only
source/ release/ submitted/ autograded/ feedback/      nbgrader's steps
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import database as databases
from autograder.course import nbgrader_settings
from autograder.course import settings as course_settings
from autograder.course.create_database import created
from autograder.course.roster import read_roster
from autograder.course.settings import Settings
from autograder.errors import CourseBusy, CourseError
from autograder.output.files import is_shared
from autograder.questions import search_path

CONFIG_FILE = "nbgrader_config.py"
SECRET_FILE = Path(".autograder", "secret")
SECRET_BYTES = 32
_UNUSABLE = re.compile(r"[\[\]{}*?%\\\x00-\x1f\x7f]")
WEEKS_FOLDER = "weeks"
"""The course's own weeks; the package's are the rest."""


@dataclass(frozen=True)
class Course:
    """A course directory that has been checked and can be used."""

    root: Path
    course_id: str
    db_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    config: Any = field(repr=False)
    """A traitlets Config: nbgrader_config.py as nbgrader reads it."""
    settings: Settings = field(default_factory=Settings)
    """What course.toml says."""

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """nbgrader's folder for an assignment at a step such as "release" or "submitted"."""
        return self.root / step / student / assignment

    def notebook(self, step: str, assignment: str, student: str = ".") -> Path:
        """The assignment's notebook at that step."""
        return self.folder(step, assignment, student) / f"{assignment}.ipynb"

    def hidden_values(self, assignment: str) -> Path:
        """The file with reference values of the assignment's hidden cases."""
        return self.root / ".autograder" / "references" / f"{assignment}.npz"


def init(directory: Path, roster: Path | None = None, database: str = "") -> Course:
    """Create a course directory, completely or not at all.

    Args:
        directory: must be new or empty.
        roster: the class list, see `roster.read_roster`.
        database: URL of an empty PostgreSQL database; by default SQLite in the directory.

    Raises:
        CourseError: when the directory is taken, or the roster or database cannot be used.
    """
    directory = directory.absolute()
    server = databases.postgresql_url(database) if database else ""
    students = read_roster(roster) if roster else []
    refuse_unusable_path(directory)
    _refuse_taken(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        # mkdtemp makes it private, as a directory with a class's grades should be.
        made = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    except OSError as error:
        raise CourseError(f"{directory} cannot be created: {error.strerror}") from None
    try:
        course_id = re.sub(r"[^\w-]+", "-", directory.name).strip("-") or "course"
        text = nbgrader_settings.configuration(course_id, server)
        (made / CONFIG_FILE).write_text(text, encoding="utf-8")
        (made / course_settings.FILE).write_text(course_settings.EXAMPLE, encoding="utf-8")
        write_secret(made / SECRET_FILE)
        for step in ("source", "release", "submitted"):
            (made / step).mkdir()
        db_url = server or f"{databases.SQLITE}{made / 'gradebook.db'}"
        with created(db_url, course_id, students):
            made.replace(directory)
    except OSError as error:
        raise CourseError(f"{directory} cannot be created: {error.strerror}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return load(directory)


def load(directory: Path) -> Course:
    """Open a course directory made by `init`.

    Raises:
        CourseError: when it is not a course, or its secret or gradebook cannot be used.
    """
    root = directory.absolute()
    if not (root / CONFIG_FILE).is_file():
        raise CourseError(
            f"{root} is not a course: it has no {CONFIG_FILE}; create one with `autograder init`"
        )
    if is_shared(root):
        # What one grader makes, the others may change.
        os.umask(0o007)
    use_weeks(root)
    settings = course_settings.read_settings(root)
    refuse_unusable_path(root)
    config = read_config(root)
    default = f"{databases.SQLITE}{root / 'gradebook.db'}"
    db_url = str(config.CourseDirectory.get("db_url") or default)
    secret = _read_secret(root / SECRET_FILE)
    databases.check(db_url)
    course_id = str(config.CourseDirectory.get("course_id") or "default_course")
    return Course(root, course_id, db_url, secret, config, settings)


def use_weeks(directory: Path) -> None:
    """Take weeks from this directory first if it is a course; otherwise from the package alone.

    Opening a course does so too; this is for commands that need no gradebook.
    """
    weeks = directory.absolute() / WEEKS_FOLDER if is_course(directory) else None
    if not search_path.is_in_use(weeks):
        # Imported here: it loads NumPy, which a course without weeks of its own need not wait for.
        from autograder.questions import catalogue

        catalogue.use(weeks)


def is_course(directory: Path) -> bool:
    """Whether a directory is a course's."""
    return (directory / CONFIG_FILE).is_file()


@contextlib.contextmanager
def alone(course: Course, patience: float = 0.0) -> Iterator[None]:
    """Lock a course for one grading run; the lock of a killed run is released by the system.

    Args:
        course: the course.
        patience: seconds to wait for another run, such as one of `autograder serve`.

    Raises:
        CourseBusy: when another run holds the lock.
    """
    import fcntl  # missing on Windows, where students import this package too

    until = time.monotonic() + patience
    with (course.root / ".autograder" / "grading.lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise CourseBusy(
                        "another run is grading this course; wait for it to finish, then grade "
                        "again"
                    ) from None
                time.sleep(0.05)
        yield


def read_config(root: Path) -> Any:
    """nbgrader_config.py as a traitlets Config, with the course directory as nbgrader's root."""
    from traitlets.config import PyFileConfigLoader

    try:
        config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
    except Exception as error:
        raise CourseError(
            f"{root / CONFIG_FILE} cannot be read: {type(error).__name__}: {error}"
        ) from None
    config.CourseDirectory.root = str(root)
    # Courses that were made before there was a course.toml do not ask for it.
    course_settings.configure(config, root)
    return config


def run_converter(
    converter: Callable[..., Any], config: Any, assignment: str, student: str = "*"
) -> None:
    """Run one of nbgrader's converters on an assignment, in this process and without its log.

    Args:
        converter: makes the converter.
        config: the course's settings.
        assignment: nbgrader's name for the week.
        student: whose submission is converted; by default everybody's.

    Raises:
        CourseError: with the cause that nbgrader logged.
    """
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SAWarning

    problems: list[str] = []
    log = logging.Logger("autograder.nbgrader", logging.ERROR)
    log.addHandler(_Collector(problems))
    directory = CourseDirectory(config=config, log=log)
    directory.assignment_id = assignment
    directory.student_id = student
    step = converter(coursedir=directory, config=config, log=log)
    step.force = True
    # nbgrader's gradebook logs tracebacks here, whichever logger its converters are given.
    tornado_log = logging.getLogger("tornado.application")
    try:
        tornado_log.disabled = True
        with warnings.catch_warnings():
            # nbgrader connects the rows of a new submission in an order that SQLAlchemy reports.
            warnings.simplefilter("ignore", SAWarning)
            step.start()
    except (NbGraderException, OSError) as error:
        reasons = [line for problem in problems for line in problem.splitlines() if line.strip()]
        # The last line of nbgrader's first traceback is the cause; a summary follows it.
        causes = [line for line in reasons if re.match(r"[\w.]*(Error|Exception)\b: ", line)]
        cause = (causes or reasons or [str(error)])[0]
        if "OperationalError" in cause:
            cause = f"{cause}; {databases.next_step(cause, directory.db_url)} and try again"
        raise CourseError(f"{assignment}: {cause}") from None
    finally:
        tornado_log.disabled = False


class _Collector(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def refuse_unusable_path(directory: Path) -> None:
    """Refuse a path that nbgrader would take for a pattern, or its database for an option.

    Raises:
        CourseError: with the characters that have to go.
    """
    found = sorted(set(_UNUSABLE.findall(str(directory))))
    if found:
        # A line feed in a message would hide what follows it.
        shown = " ".join(letter if letter.isprintable() else repr(letter) for letter in found)
        raise CourseError(
            f"a course cannot be in {str(directory)!r}: nbgrader reads {shown} in a path as a "
            "pattern; choose a path without it, or move the course"
        )


def _refuse_taken(directory: Path) -> None:
    if (directory / CONFIG_FILE).exists():
        raise CourseError(f"{directory} is already a course; nothing was changed")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise CourseError(f"{directory} is not empty; choose a new directory")


def write_secret(path: Path) -> None:
    """Draw a new secret, which only this account can read."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")


def _read_secret(path: Path) -> bytes:
    restore = "restore it from a backup: a new one would change the hidden cases"
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise CourseError(f"the course's secret {path} is missing; {restore}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"the course's secret {path} cannot be read: {error}") from None
    allowed = 0o770 if is_shared(path.parents[1]) else 0o700
    if os.name == "posix" and mode & 0o777 & ~allowed:
        wanted = 660 if allowed == 0o770 else 600
        raise CourseError(f"others can read the course's secret; run: chmod {wanted} {path}")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise CourseError(f"the course's secret {path} is damaged; {restore}")
    return secret
