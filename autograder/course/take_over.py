"""Take over a course that nbgrader already keeps: add what is missing, change nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.course import database as databases
from autograder.course import directory as courses
from autograder.course import nbgrader_settings, settings
from autograder.course.create_database import create
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.output.files import write_together

SETTINGS_FILE = "autograder_settings.py"
_GRADEBOOK = "gradebook.db"
_READABLE = 0o644
_SIGNS = (courses.CONFIG_FILE, _GRADEBOOK, "source")
_STEPS = ("source", "release", "submitted")
_LOAD = f"""
# Grade with autograder; written by `autograder init --here`.
load_subconfig({SETTINGS_FILE!r})
"""
_SETTINGS = '''\
"""What nbgrader has to know to grade with autograder, written by `autograder init --here`."""

c = get_config()

{steps}'''
# Their own steps, in place of which ours would be taken without a word.
_OURS = (
    ("GenerateAssignment", "preprocessors"),
    ("Autograde", "exporter_class"),
    ("Autograde", "sanitize_preprocessors"),
    ("Autograde", "autograde_preprocessors"),
    ("GenerateFeedback", "exporter_class"),
    ("GenerateFeedback", "preprocessors"),
)


def take_over(directory: Path) -> tuple[Course, list[str]]:
    """Make a directory that nbgrader uses a course of ours as well.

    Args:
        directory: a course of nbgrader's.

    Returns:
        The course, and what was added, in words.

    Raises:
        CourseError: when there is no course, its gradebook is too old, or its settings have steps
            of their own. Nothing is changed then.
    """
    from traitlets.config import Config

    root = directory.absolute()
    if not any((root / sign).exists() for sign in _SIGNS):
        raise CourseError(
            f"{root} holds no nbgrader course (none of {', '.join(_SIGNS)}); "
            "create one with `autograder init DIRECTORY`"
        )
    courses.refuse_unusable_path(root)
    config = courses.read_config(root) if courses.is_course(root) else Config()
    db_url = str(config.CourseDirectory.get("db_url") or f"{databases.SQLITE}{root / _GRADEBOOK}")
    has_gradebook = _refuse_old(db_url)
    files = _missing_settings(root, config)
    added = [path.name for path in files]
    try:
        write_together(files, _READABLE)
        for step in _STEPS:
            if not (root / step).exists():
                (root / step).mkdir()
                added.append(f"{step}/")
        if not (root / courses.SECRET_FILE).exists():
            courses.write_secret(root / courses.SECRET_FILE)
            added.append(str(courses.SECRET_FILE))
    except OSError as error:
        raise CourseError(f"{error.filename} cannot be written: {error.strerror}") from None
    if not has_gradebook:
        create(db_url, str(config.CourseDirectory.get("course_id") or "course"), [])
        added.append(databases.described(db_url))
    return courses.load(root), added


def _missing_settings(root: Path, config: Any) -> dict[Path, bytes]:
    """The files of settings that have to be written; nbgrader_config.py gains lines at its end."""
    files = {}
    path = root / courses.CONFIG_FILE
    if not (root / settings.FILE).exists():
        files[root / settings.FILE] = settings.EXAMPLE.encode()
    if not path.exists():
        files[path] = nbgrader_settings.configuration(_course_id(root)).encode()
    elif "autograder" not in str(config.Autograde.get("autograde_preprocessors", "")):
        own = [f"c.{name}.{trait}" for name, trait in _OURS if config[name].get(trait)]
        if own:
            raise CourseError(
                f"{path} sets {' and '.join(own)}, where autograder has steps of its own; nothing "
                "was changed. Take these lines out, run this again, and add what you need to "
                f"{SETTINGS_FILE}"
            )
        files[root / SETTINGS_FILE] = _SETTINGS.format(steps=nbgrader_settings.STEPS).encode()
        before = path.read_bytes()
        files[path] = before + b"\n" * (not before.endswith(b"\n")) + _LOAD.encode()
    return files


def _course_id(root: Path) -> str:
    return root.name.replace(" ", "-") or "course"


def _refuse_old(db_url: str) -> bool:
    """Refuse a gradebook of an older nbgrader; whether there is one at all."""
    from nbgrader import api
    from sqlalchemy import inspect

    is_file = db_url.startswith(databases.SQLITE)
    if is_file and not Path(db_url.removeprefix(databases.SQLITE)).exists():
        return False
    databases.check(db_url)
    with databases.connected(db_url) as connection:
        found = inspect(connection)
        tables = set(found.get_table_names())
        missing = [
            f"{table.name}.{column.name}"
            for table in api.Base.metadata.sorted_tables
            for column in table.columns
            if column.name not in _columns(found, table.name, tables)
        ]
    if missing:
        raise CourseError(
            f"the gradebook {databases.described(db_url)} was made by an older nbgrader (it has no "
            f"{min(missing)}); nothing was changed. Copy it to a safe place, run `nbgrader db "
            "upgrade` in the course, then this again"
        )
    return True


def _columns(found: Any, table: str, tables: set[str]) -> set[str]:
    return {column["name"] for column in found.get_columns(table)} if table in tables else set()
