"""Hide in an archive: what unpacks it writes elsewhere, fills the disk, or stops for the class.

An archive is handed in where a platform expects a notebook, and comes to the grader among the
class's files. The same bytes are also tried as the archive that holds the whole class.
"""

from __future__ import annotations

import io
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path

from nbgrader import api
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from autograder.cli.demo import STEM
from autograder.course.directory import Course
from tests.attacks.attack import ATTACKER, NEIGHBOUR, pack
from tests.intake.exports import canvas_name, write_zip

GROUP = "hide in an archive"
ACCOUNTS = {ATTACKER: "501", NEIGHBOUR: "502"}
"""The numbers by which a platform knows the two."""
NAME = f"{STEM}.ipynb"
BY_NBGRADER = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
"""How nbgrader's documentation reads a platform's file names."""


def enrol(course: Course) -> None:
    """Write the two into a course's gradebook, with the platform's numbers for them."""
    engine = create_engine(course.db_url)
    with Session(engine) as session, session.begin():
        for student, account in ACCOUNTS.items():
            session.merge(api.Student(id=student, last_name=student, lms_user_id=account))
    engine.dispose()


def by_canvas(student: str, file: str, number: int = 9000) -> str:
    """The name that Canvas gives a student's file."""
    return canvas_name(student, ACCOUNTS[student], number + int(ACCOUNTS[student]), file)


def by_nbgrader(student: str, file: str, time: str = "2026-11-20-12-00-00") -> str:
    """The name that `BY_NBGRADER` reads."""
    return f"ps_{student}_attempt_{time}_{file}"


def download(path: Path, archive: tuple[str, bytes], neighbour: bytes) -> Path:
    """The class's files as Canvas exports them: the attacker's archive, a neighbour's notebook."""
    name, content = archive
    files = {by_canvas(ATTACKER, name): content, by_canvas(NEIGHBOUR, NAME): neighbour}
    return write_zip(path, files)


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # As it stands: ZipFile would take a leading slash away.
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


@pack(GROUP, ".zip", "lies in an archive under a name that leads to its neighbour's notebook")
def leads_out(notebook: bytes) -> bytes:
    up = [f"{'../' * depth}submitted/{NEIGHBOUR}/{STEM}/{NAME}" for depth in range(2, 7)]
    return zipped({NAME: notebook, **dict.fromkeys(up, notebook)})


@pack(GROUP, ".zip", "lies in an archive under an absolute path")
def absolute_path(notebook: bytes) -> bytes:
    places = ["/var/tmp/answers", "/tmp/answers", "C:/answers", "\\\\host\\answers"]
    return zipped({NAME: notebook, **dict.fromkeys(places, b"written outside")})


@pack(
    GROUP, ".zip", "is an archive of links to the course's secret and to its neighbour's notebook"
)
def links_in_a_zip(notebook: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, target in ((NAME, f"../../submitted/{NEIGHBOUR}/{STEM}/{NAME}"),
                             ("earlier_weeks.py", "../../.autograder/secret")):  # fmt: skip
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, target)
    return made.getvalue()


@pack(GROUP, ".tar.gz", "is an archive of hard and soft links, and of files that lie behind them")
def links_in_a_tar(notebook: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for kind, name, target in (
            (tarfile.SYMTYPE, "up", "../../../.."),
            (tarfile.LNKTYPE, NAME, f"../../../submitted/{NEIGHBOUR}/{STEM}/{NAME}"),
            (tarfile.SYMTYPE, "earlier_weeks.py", "/etc/passwd"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        info = tarfile.TarInfo(f"up/submitted/{NEIGHBOUR}/{STEM}/{NAME}")
        info.size = len(notebook)
        archive.addfile(info, io.BytesIO(notebook))
    return made.getvalue()


@pack(GROUP, ".zip", "unpacks from one megabyte to a gigabyte")
def bomb(notebook: bytes) -> bytes:
    return zipped({NAME: notebook, **{f"{n}.txt": bytes(2 * 10**8) for n in range(5)}})


@pack(GROUP, ".zip", "is an archive of archives of archives, a gigabyte in all")
def archives_in_archives(notebook: bytes) -> bytes:
    made = bytes(10**7)
    for suffix in ("txt", "zip"):
        made = zipped({f"{n}.{suffix}": made for n in range(10)})
    return zipped({NAME: notebook, "inside.zip": made})


@pack(GROUP, ".zip", "holds a file named as the platform names its neighbour's, and newer")
def another_students_name(notebook: bytes) -> bytes:
    newer = by_nbgrader(NEIGHBOUR, NAME, "2026-11-20-13-00-00")
    return zipped({NAME: notebook, newer: notebook, by_canvas(NEIGHBOUR, NAME, 99_000): notebook})


@pack(GROUP, ".zip", "holds 30,000 empty files")
def thirty_thousand_files(notebook: bytes) -> bytes:
    return zipped({NAME: notebook} | {f"{number}/{number}": b"" for number in range(30_000)})


@pack(GROUP, ".zip", "holds two files of one name")
def one_name_twice(notebook: bytes) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(NAME, b"{}")
        archive.writestr(NAME, notebook)
    return made.getvalue()


@pack(GROUP, ".zip", "is encrypted, at which others stop for the whole class")
def encrypted(notebook: bytes) -> bytes:
    made = bytearray(zipped({NAME: notebook}))
    made[made.index(b"PK\x03\x04") + 6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


@pack(GROUP, ".zip", "is called an archive but is not one, which stops other graders")
def no_archive(notebook: bytes) -> bytes:
    return b"PK\x03\x04" + notebook[:1000]


@pack(GROUP, ".zip", "declares ten bytes and holds four gigabytes, as its headers say")
def false_sizes(notebook: bytes) -> bytes:
    made = bytearray(zipped({NAME: notebook, "more.ipynb": bytes(10**6)}))
    last = made.rindex(b"PK\x01\x02")
    struct.pack_into("<II", made, last + 20, 2**32 - 2, 10)
    return bytes(made)
