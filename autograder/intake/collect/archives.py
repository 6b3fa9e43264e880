"""List and read the files of a zip archive or folder; refuse archives that could do harm.

Nothing is unpacked: files are read into memory when needed, and no name in an archive becomes a
path on this machine.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import NoReturn

from autograder.errors import UnusableSource
from autograder.intake.file_names import is_clutter

MAX_ENTRIES = 20_000
MAX_TOTAL = 8 * 2**30
MAX_FILE = 100 * 2**20
"""The largest file that is read; real notebooks are far smaller."""
MAX_RATIO = 200
RATIO_MATTERS = 20 * 2**20
"""Smaller files are harmless at any ratio, and some notebooks compress extremely well."""

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_UNIX_TIMES = 0x5455
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True)
class Entry:
    """A file in the source: its path there, its size and time, and a function that reads it.

    A zip archive usually holds the local time of the machine that wrote it, and not its zone. Such
    a time is written as if it were UTC and marked as `local`; it only tells which file is newer.
    """

    path: PurePosixPath
    size: int
    time: datetime | None
    read: Callable[[], bytes] = field(repr=False, compare=False)
    local: bool = False

    def in_zone(self, zone: tzinfo) -> Entry:
        """The entry with its time in UTC, if it was a local time of this zone."""
        if not self.local or not self.time:
            return self
        return replace(self, time=self.time.replace(tzinfo=zone).astimezone(UTC), local=False)


@contextmanager
def entries(source: Path) -> Iterator[list[Entry]]:
    """The files of a folder or zip archive, sorted by name.

    Links in a folder are listed but never followed. An archive with links is refused, since no
    platform makes one.

    Raises:
        UnusableSource: if the source is refused, before anything is read.
    """
    if source.is_dir():
        yield _of_folder(source)
        return
    if not source.exists():
        raise UnusableSource(f"{source} does not exist; expected a zip archive or a folder")
    try:
        archive = zipfile.ZipFile(source)
    except OSError as error:
        raise UnusableSource(f"{source} cannot be opened: {error.strerror}") from None
    except _BROKEN as error:
        raise UnusableSource(
            f"{source.name} is neither a folder nor a zip archive that can be read ({error}). "
            "Next: download it again, or unpack it and name the folder"
        ) from None
    with archive:
        yield _of_archive(archive, source)


def _of_archive(archive: zipfile.ZipFile, source: Path) -> list[Entry]:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        _refuse(source, f"it has {len(infos)} entries; at most {MAX_ENTRIES} are read")
    names: set[str] = set()
    for info in infos:
        name = _name(info)
        if reason := _why_harmful(info, name):
            _refuse(source, f"{name!r} {reason}")
        if name in names:
            _refuse(source, f"two of its entries are called {name!r}")
        names.add(name)
    total = sum(info.file_size for info in infos)
    # Compared with the file on disk, since entries may share the same compressed bytes.
    if total > MAX_TOTAL or (total > RATIO_MATTERS and total > MAX_RATIO * source.stat().st_size):
        _refuse(source, f"{source.stat().st_size} bytes would unpack to {total / 2**20:.0f} MB")
    found = [
        Entry(path, info.file_size, time, _reader(archive, info), local)
        for info in infos
        if not (name := _name(info)).endswith("/") and _wanted(path := PurePosixPath(name))
        for time, local in [_time(info)]
    ]
    return sorted(found, key=lambda entry: str(entry.path))


def _refuse(source: Path, reason: str) -> NoReturn:
    raise UnusableSource(f"{source.name} is refused: {reason}. Nothing was collected.")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of an entry as UTF-8, even where a platform forgot the flag that says so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name


def _why_harmful(info: zipfile.ZipInfo, name: str) -> str:
    parts = name.split("/")
    mode = info.external_attr >> 16
    # Only archives from Unix systems have file types here.
    kind = stat.S_IFMT(mode) if info.create_system == 3 else 0
    if ".." in parts or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "points outside the archive"
    if not PurePosixPath(name).parts or "\\" in name or any(ord(letter) < 32 for letter in name):
        return "is not a usable file name"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.file_size > RATIO_MATTERS and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"would unpack from {info.compress_size} bytes to {info.file_size / 2**20:.0f} MB"
    return ""


def _time(info: zipfile.ZipInfo) -> tuple[datetime | None, bool]:
    """When the entry was last changed, and whether that is a local time of an unknown zone."""
    extra = info.extra
    try:
        while len(extra) >= 4:
            kind, size = struct.unpack_from("<HH", extra)
            if kind == _UNIX_TIMES and size >= 5 and extra[4] & 1:
                return datetime.fromtimestamp(struct.unpack_from("<i", extra, 5)[0], UTC), False
            extra = extra[4 + size :]
        return datetime(*info.date_time, tzinfo=UTC), True
    except (ValueError, OverflowError, OSError, struct.error):
        return None, False


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        name = _name(info)
        if info.file_size > MAX_FILE:
            raise UnusableSource(
                f"{name!r} has {info.file_size / 2**20:.0f} MB; "
                f"at most {MAX_FILE / 2**20:.0f} MB of a file are read"
            )
        try:
            return archive.read(info)
        except (*_BROKEN, OSError) as error:
            raise UnusableSource(
                f"{name!r} is damaged in the archive ({error}). Nothing was collected. "
                "Next: download the archive again"
            ) from None

    return read


def _of_folder(source: Path) -> list[Entry]:
    found: list[Entry] = []
    for folder, folders, names in os.walk(source, onerror=_refuse_unreadable):
        for name in (*names, *(each for each in folders if Path(folder, each).is_symlink())):
            path = Path(folder, name)
            inside = PurePosixPath(path.relative_to(source).as_posix())
            try:
                status = path.lstat()
            except OSError as error:
                _refuse_unreadable(error)
            if stat.S_ISLNK(status.st_mode):
                # Listed, so that no student is lost, under a name that no notebook has.
                inside = inside.with_name(f"{inside.name} (a link)")
                found.append(Entry(inside, 0, None, _file_reader(path)))
            elif stat.S_ISREG(status.st_mode) and _wanted(inside):
                time = datetime.fromtimestamp(status.st_mtime, UTC)
                found.append(Entry(inside, status.st_size, time, _file_reader(path)))
        if len(found) > MAX_ENTRIES:
            _refuse(source, f"it has more than {MAX_ENTRIES} files")
    return sorted(found, key=lambda entry: str(entry.path))


def _refuse_unreadable(error: OSError) -> NoReturn:
    # Skipping it could lose a student silently.
    raise UnusableSource(f"{error.filename} cannot be read: {error.strerror}") from None


def _file_reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            # The file may have become a link since the folder was listed.
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with open(descriptor, "rb") as file:
                content = file.read(MAX_FILE + 1)
        except OSError as error:
            raise UnusableSource(f"{path} cannot be read: {error.strerror}") from None
        if len(content) > MAX_FILE:
            raise UnusableSource(f"{path} has more than {MAX_FILE / 2**20:.0f} MB")
        return content

    return read


def _wanted(path: PurePosixPath) -> bool:
    return not any(is_clutter(part) for part in path.parts)
