"""One file that holds a whole course, and a course made from such a file on any machine."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from autograder.course import database as databases
from autograder.course import directory as courses
from autograder.course import service_data
from autograder.course.create_database import refuse_filled
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.output.files import PRIVATE, is_partial

ENDING = ".tar.gz"
_GRADEBOOK = "gradebook.db"
_DUMP = ".autograder/gradebook.pgdump"
_LEFT_OUT = (
    ".autograder/grading.lock",
    ".autograder/service.web.lock",
    ".autograder/service.worker.lock",
)
_URL_LINE = re.compile(r"^c\.CourseDirectory\.db_url\s*=.*$", re.MULTILINE)
_COMMAND_SECONDS = 3600
PATIENCE = 5.0
"""Seconds to wait until a service has graded what it has in its hands."""


def back_up(course: Course, target: Path | None = None) -> Path:
    """Write the whole course, with its gradebook and its secret, into one private file.

    Args:
        course: what is saved; nothing may be grading it meanwhile.
        target: the file; by default one with the time in its name beside the course directory.

    Raises:
        CourseError: when it cannot be written, or another run is grading the course.
    """
    moment = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    path = (target or course.root.parent / f"{course.root.name}-{moment}{ENDING}").absolute()
    if path.exists():
        raise CourseError(f"{path} exists already; nothing was changed. Choose another name")
    with (
        courses.alone(course, PATIENCE),
        _staged(path) as staged,
        tempfile.TemporaryDirectory() as aside,
    ):
        gradebook = _saved_gradebook(course, Path(aside))
        service = _saved_service(course, Path(aside))
        with tarfile.open(staged, "w:gz", compresslevel=6) as archive:
            for file in _files(course.root, leave_out=(path, staged)):
                archive.add(file, f"course/{file.relative_to(course.root)}", recursive=False)
            archive.add(gradebook, f"course/{_name_of(gradebook)}")
            if service:
                archive.add(service, f"course/{service.name}")
    return path


def restore(archive: Path, directory: Path, database: str = "") -> Course:
    """Make a course from a backup, completely or not at all.

    Args:
        archive: a file that `back_up` wrote.
        directory: must be new or empty.
        database: URL of an empty PostgreSQL database, for a course that used one.

    Raises:
        CourseError: when the file is no backup, or the directory or database cannot be used.
    """
    directory = directory.absolute()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise CourseError(f"{directory} is not empty; choose a new directory")
    courses.refuse_unusable_path(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    except OSError as error:
        raise CourseError(f"{directory} cannot be created: {error.strerror}") from None
    try:
        with tarfile.open(archive, "r:gz") as packed:
            packed.extractall(made, filter="tar")
        root = made / "course"
        if not (root / courses.CONFIG_FILE).is_file():
            raise CourseError(f"{archive} is no backup of a course; nothing was changed")
        if (root / _DUMP).is_file():
            _restore_dump(root, database)
        _make_private(root)
        root.replace(directory)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise CourseError(
            f"{archive} cannot be restored ({error}); nothing was changed. Try another backup"
        ) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return courses.load(directory)


def _make_private(root: Path) -> None:
    """Let nobody else read a course, as `init` does: its group of graders may not exist here."""
    root.chmod(0o700)
    folder = root / courses.SECRET_FILE.parent
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if not mode & stat.S_IRWXO:
            path.chmod(mode & stat.S_IRWXU)


def _saved_gradebook(course: Course, aside: Path) -> Path:
    """A copy of the gradebook in which no change is half made."""
    if course.db_url.startswith(databases.SQLITE):
        copy = aside / _GRADEBOOK
        _copy_sqlite("the gradebook", course.db_url.removeprefix(databases.SQLITE), copy)
        return copy
    dump = aside / Path(_DUMP).name
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={dump}", _plain(course.db_url)])
    return dump


def _saved_service(course: Course, aside: Path) -> Path | None:
    """A copy of the service's own database; None where it has none, or one in PostgreSQL."""
    source = course.root / service_data.FILE
    if not source.is_file():
        return None
    copy = aside / service_data.FILE
    _copy_sqlite("the service's database", str(source), copy)
    copy.chmod(PRIVATE)
    return copy


def _copy_sqlite(what: str, source: str, copy: Path) -> None:
    try:
        with (
            contextlib.closing(sqlite3.connect(source)) as original,
            contextlib.closing(sqlite3.connect(copy)) as saved,
        ):
            original.backup(saved)
    except sqlite3.Error as error:
        raise CourseError(
            f"{what} {source} cannot be copied ({error}); "
            "close whatever else is writing to it and try again"
        ) from None


def _restore_dump(root: Path, database: str) -> None:
    if not database:
        raise CourseError(
            "this course's gradebook was in PostgreSQL; create an empty database and give its "
            f"address with --database {databases.EXAMPLE}"
        )
    url = databases.postgresql_url(database)
    with databases.connected(url) as connection:
        refuse_filled(connection, url)
    _run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_plain(url)}", root / _DUMP])
    (root / _DUMP).unlink()
    config = root / courses.CONFIG_FILE
    line = f"c.CourseDirectory.db_url = {url!r}"
    text, found = _URL_LINE.subn(lambda _: line, config.read_text(encoding="utf-8"))
    config.write_text(text if found else f"{text}\n{line}\n", encoding="utf-8")


def _run(command: Sequence[str | Path]) -> None:
    name = command[0]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_SECONDS)
    except FileNotFoundError:
        raise CourseError(
            f"{name} is not installed; install PostgreSQL's client programs and try again"
        ) from None
    except subprocess.TimeoutExpired:
        raise CourseError(f"{name} did not end within an hour; nothing was changed") from None
    if done.returncode:
        *_, last = done.stderr.strip().splitlines() or ["no reason given"]
        raise CourseError(f"{name} failed ({last}); nothing was changed")


def _plain(db_url: str) -> str:
    return db_url.replace(databases.DRIVER, "postgresql", 1)


def _name_of(gradebook: Path) -> str:
    return _DUMP if gradebook.suffix == ".pgdump" else gradebook.name


def _files(root: Path, leave_out: Sequence[Path]) -> Iterator[Path]:
    """Everything in a course but its database and what a killed run left; links stay links."""
    skipped = {root / name for name in _LEFT_OUT} | set(leave_out)
    skipped |= {
        root / f"{name}{ending}"
        for name in (_GRADEBOOK, service_data.FILE)
        for ending in ("", "-journal", "-wal", "-shm")
    }
    for folder, folders, files in os.walk(root):
        for name in sorted((*folders, *files)):
            path = Path(folder, name)
            if path not in skipped and not is_partial(path) and _is_kept(path):
                yield path


def _is_kept(path: Path) -> bool:
    # Pipes and devices hold nothing, and reading one might never end.
    return path.is_symlink() or path.is_dir() or path.is_file()


@contextlib.contextmanager
def _staged(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its name when the body has ended well."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        os.close(descriptor)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from None
    staged = Path(name)
    try:
        yield staged
        os.chmod(staged, PRIVATE)
        staged.replace(path)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        staged.unlink(missing_ok=True)
