"""A newer package's changes come into a week that the course has adapted.

The week's files, what they were copied from, and the package's files now are merged by git
(`merge_week`). The week as it was is kept, in a folder that has the course's own layout:

.autograder/upgrades/week06_backpropagation-2026-11-29-160102/
    weeks/week06_backpropagation/
    .autograder/adapted/week06_backpropagation/
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

import autograder
from autograder.course import own_weeks
from autograder.course.directory import WEEKS_FOLDER
from autograder.errors import CourseError, ProtocolError
from autograder.output.files import write_together
from autograder.questions import catalogue, places, references
from autograder.questions.conflicts import refuse_conflicts
from autograder.records import Expected
from autograder.release.merge_week import Files, MergedFiles, merge_files

UPGRADES = Path(".autograder", "upgrades")
_READABLE = 0o644


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade of one week does.

    Args:
        stem: the week.
        folder: where the course has it.
        before: the course's files.
        package: the package's files now.
        merged: the files afterwards, `public.npz` included, with conflicts and notes.
        new: whether the package has anything that the course's week was not copied from.
    """

    stem: str
    folder: Path
    before: Files
    package: Files
    merged: MergedFiles
    new: bool

    @property
    def name(self) -> str:
        """The week's name, such as week06."""
        return self.stem[:6]

    @property
    def written(self) -> dict[str, bytes]:
        """The files that are added or become others."""
        files = self.merged.files
        return {name: text for name, text in files.items() if self.before.get(name) != text}

    @property
    def added(self) -> list[str]:
        """The files that the course's week gets."""
        return [name for name in self.written if name not in self.before]

    @property
    def changed(self) -> list[str]:
        """The files that become others."""
        return [name for name in self.written if name in self.before]

    @property
    def removed(self) -> list[str]:
        """The files that the package has removed and the instructor has not touched."""
        return [name for name in self.before if name not in self.merged.files]


def adapted_weeks(root: Path) -> list[str]:
    """The weeks that the course has adapted from the package, such as week06, in order."""
    weeks = {path.parent.name[:6] for path in (root / WEEKS_FOLDER).glob("week*/__init__.py")}
    copied = {path.name[:6] for path in (root / own_weeks.ADAPTED).glob("week*/")}
    return sorted(weeks & copied)


def plan_upgrade(root: Path, name: str) -> Upgrade:
    """Find out what an upgrade of a week would do; nothing is written.

    Args:
        root: the course directory, which is open.
        name: any of the week's names.

    Raises:
        CourseError: when the course has not adapted it, git is missing, or lessons are.
        QuestionError: when conflicts of an earlier upgrade are not decided.
        UnknownName: when there is no such week.
    """
    stem = catalogue.stem_of(name)
    folder = places.folder_of(stem)
    shipped = _in_package(stem, own=places.is_own(folder))
    try:
        refuse_conflicts(folder)
        before = _read(folder)
        base = _read(_base_of(root, stem))
        # A week that the package has given another name keeps the course's, as its grades do.
        package = {
            file: text.replace(shipped.encode(), stem.encode()) if file.endswith(".py") else text
            for file, text in own_weeks.shipped_files(shipped, "upgrade").items()
        }
    except OSError as error:
        raise CourseError(
            f"{error.filename} cannot be read: {error.strerror}; nothing was changed"
        ) from None
    if base == package:
        return Upgrade(stem, folder, before, package, MergedFiles(before, {}, ()), new=False)
    label = f"package {autograder.__version__}"
    merged = merge_files(_code(base), _code(before), _code(package), label)
    if values := _values(base, before, package):
        merged.files[places.VALUES_FILE] = values
    return Upgrade(stem, folder, before, package, merged, new=True)


def carry_out(root: Path, upgrade: Upgrade) -> Path:
    """Write the merged week, once the week as it was is kept.

    Returns:
        Where the week as it was is kept.

    Raises:
        CourseError: when something cannot be written.
    """
    moment = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    kept = root / UPGRADES / f"{upgrade.stem}-{moment}"
    try:
        # Files that are links elsewhere are copied as files: what they lead to is changed too. An
        # open editor may keep links that lead nowhere.
        week = kept / WEEKS_FOLDER / upgrade.stem
        shutil.copytree(upgrade.folder, week, ignore_dangling_symlinks=True)
        shutil.copytree(_base_of(root, upgrade.stem), kept / own_weeks.ADAPTED / upgrade.stem)
        # A link leads to where the instructor keeps the file, and stays one.
        files = {
            Path(os.path.realpath(upgrade.folder / name)): text
            for name, text in upgrade.written.items()
        }
        write_together(files, _READABLE)
        for name in upgrade.removed:
            (upgrade.folder / name).unlink()
        # Last: should this fail, the next upgrade merges the same changes once more.
        own_weeks.remember(root, upgrade.stem, upgrade.package)
    except OSError as error:
        raise CourseError(
            f"{error.filename} cannot be written: {error.strerror}; {kept} has {upgrade.name} as "
            "it was"
        ) from None
    return kept


def _in_package(stem: str, own: bool) -> str:
    """The package's stem of a week of the same number."""
    folders = places.PACKAGE.glob(f"{stem[:6]}_*/__init__.py")
    found = next((path.parent.name for path in sorted(folders)), "")
    if not own:
        raise CourseError(
            f"{stem[:6]} is the package's, not the course's, and is always the package's newest; "
            "nothing was changed"
        )
    if not found:
        raise CourseError(
            f"the package has no {stem[:6]}, so there is nothing to upgrade {stem} from; nothing "
            "was changed"
        )
    return found


def _base_of(root: Path, stem: str) -> Path:
    folder = root / own_weeks.ADAPTED / stem
    if not folder.is_dir():
        # The instructor may have given the week's folder another name.
        if others := sorted(folder.parent.glob(f"{stem[:6]}_*/")):
            return others[0]
        raise CourseError(
            f"{folder} does not exist, so what {stem[:6]} was copied from is not known; restore "
            "that folder from a backup, or move the week away, run "
            f"`autograder adapt {stem[:6]}`, and make your changes in the copy"
        )
    return folder


def _read(folder: Path) -> dict[str, bytes]:
    files = [*places.code_files(folder), folder / places.VALUES_FILE]
    return {path.name: path.read_bytes() for path in files if path.is_file()}


def _code(files: Files) -> dict[str, bytes]:
    return {name: text for name, text in files.items() if name != places.VALUES_FILE}


def _values(base: Files, yours: Files, package: Files) -> bytes | None:
    """Reference values for whatever the merge has made of the questions.

    Each belongs to one text of a question, so those of both sides can stand side by side; what
    neither side has, `autograder validate` computes.
    """
    old, mine, new = (files.get(places.VALUES_FILE) for files in (base, yours, package))
    if new is None or mine in (None, old):
        return new or mine
    return references.pack({**_stored(mine), **_stored(new)})


def _stored(content: bytes | None) -> Mapping[str, Expected]:
    try:
        return references.unpack(content or b"")
    except (OSError, EOFError, ValueError, TypeError, BadZipFile, ProtocolError):
        return {}
