"""Store collected submissions in `submitted/`, and replaced ones in `.autograder/earlier/`.

A submission is written to a staging folder on the same disk and moved to its place in one step.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.collect.attempts import parse_time
from autograder.output.files import make_private

TIMESTAMP = "timestamp.txt"


class Store:
    """One assignment's submissions in a course directory.

    `names` are the files to compare: submissions that agree in them are the same.
    """

    def __init__(self, root: Path, assignment: str, names: tuple[str, ...]) -> None:
        self.submitted = root / "submitted"
        self.assignment = assignment
        self.names = names
        self._private = root / ".autograder"

    def folder(self, student: str) -> Path:
        return self.submitted / student / self.assignment

    def holds(self, student: str) -> bool:
        """Whether there is a submission of this student.

        Raises:
            CourseError: if the folder cannot be read.
        """
        folder = self.folder(student)
        try:
            return folder.exists()
        except OSError as error:
            raise CourseError(f"{folder} cannot be read: {error.strerror}") from None

    def earlier(self, student: str, digest: str) -> Path:
        """The folder for a submission of this content once it has been replaced."""
        return self._private / "earlier" / self.assignment / student / digest

    def time(self, student: str) -> datetime | None:
        """When the student's submission was handed in; None if unknown."""
        try:
            text = (self.folder(student) / TIMESTAMP).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        return parse_time(text.strip())

    def digest(self, folder: Path) -> str:
        """The digest of the submission in a folder.

        Raises:
            CourseError: if it cannot be read.
        """
        paths = [folder / name for name in self.names]
        try:
            return digest({path.name: path.read_bytes() for path in paths if path.is_file()})
        except OSError as error:
            raise CourseError(f"{error.filename} cannot be read: {error.strerror}") from None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A temporary folder in which submissions are prepared.

        Raises:
            CourseError: if something cannot be written.
        """
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(prefix="collecting-", dir=self._private))
            yield folder
        except OSError as error:
            raise CourseError(
                f"the submissions cannot be written: {error.filename}: {error.strerror}; "
                "fix this and collect again"
            ) from None
        finally:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)

    def put(self, prepared: Path, student: str) -> None:
        """Move a submission to its place, and keep the one that was there."""
        target = self.folder(student)
        if self.holds(student):
            self.keep(target, student, self.digest(target), prepared.with_name(f"old-{student}"))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(prepared, target)

    def keep(self, folder: Path, student: str, digest: str, otherwise: Path) -> None:
        """Keep a replaced submission; move it to `otherwise` if it is already kept."""
        place = self.earlier(student, digest)
        if place.exists():
            place = otherwise
        # Submissions are private to the instructor, like the secret.
        make_private(place.parent)
        os.replace(folder, place)


def write(folder: Path, contents: Mapping[str, bytes], time: datetime | None) -> None:
    """Write a submission to a new folder, with its time in nbgrader's format."""
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    if time:
        (folder / TIMESTAMP).write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC\n", encoding="ascii")


def digest(contents: Mapping[str, bytes]) -> str:
    """A digest of files' names and contents."""
    total = hashlib.sha256()
    for name, content in sorted(contents.items()):
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()[:32]
