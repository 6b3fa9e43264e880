"""The exporters of `autograder export`, as downloads."""

from __future__ import annotations

import inspect
import io
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.errors import AutograderError, CourseError
from autograder.gradebook import exported
from autograder.lms import exporter
from autograder.lms.exporter import Export
from autograder.service.actions import recorded
from autograder.service.web.errors import NotFound
from autograder.service.web.instructor_page import (
    WEEK,
    Form,
    by,
    done,
    instructor,
    told,
    week_of,
)
from autograder.service.web.state import service

EXPORT = WEEK + "/export/{name}"
LARGEST = 21 * 2**20
"""Bytes of a request with the LMS's own file."""
_TEMPLATE, _COLUMN = "template", "column"
_NOTES = "READ-ME.txt"


@dataclass(frozen=True)
class Offered:
    """An exporter with what it asks for.

    Attributes:
        name: as `autograder export` has it.
        about: its first line of help.
        takes_template: whether it fills a file that was downloaded from the LMS.
        needs_template: whether it cannot do without.
        takes_column: whether a column of that file can be named.
    """

    name: str
    about: str
    takes_template: bool
    needs_template: bool
    takes_column: bool


def exporters() -> list[Offered]:
    """The installed exporters that can be loaded."""
    found = []
    for name in exporter.names():
        try:
            export = exporter.find(name)
        except AutograderError:
            continue
        takes = inspect.signature(export).parameters
        template = takes.get(_TEMPLATE)
        about = (inspect.getdoc(export) or name).splitlines()[0]
        needs = template is not None and template.default is template.empty
        # Without its file, an exporter for which it is optional sends grades by itself; here the
        # outbox does that.
        found.append(Offered(name, about, template is not None, needs, _COLUMN in takes))
    return found


async def export(request: Request) -> Response:
    """Download a week's grades."""
    async with request.form(max_files=1, max_fields=10) as form:
        given = Form(form.multi_items())
        upload = form.get(_TEMPLATE)
        file = None
        if isinstance(upload, UploadFile) and upload.filename:
            # Windows browsers may send a path.
            name = PurePosixPath(upload.filename.replace("\\", "/")).name
            file = name, await upload.read()
    return await run_in_threadpool(_export, request, given, file)


def _export(request: Request, given: Form, file: tuple[str, bytes] | None) -> Response:
    who = instructor(request)
    shared, week = service(request), week_of(request)
    name = request.path_params["name"]
    offered = next((each for each in exporters() if each.name == name), None)
    if offered is None:
        raise NotFound("No exporter of that name is installed.")
    try:
        with recorded(shared.engine, by(who), "export", week.stem, details=name):
            grades = exporter.grades(
                shared.course, week.name, week.stem, week.title, bool(given.get("with_waiting"))
            )
            made = _made(offered, grades, given, file)
            points = {total.student: total.points for total in grades.totals}
            exported.remember(shared.course, week.stem, name, points)
    except AutograderError as error:
        return told(request, str(error), f"{week.address}#export", bad=True)
    done("export", week.name)
    notes = [*exporter.about_waiting(grades), *made.notes, *made.problems]
    return _download(f"{week.stem}-{name}", made.files, notes)


def _made(
    offered: Offered, grades: exporter.WeekGrades, given: Form, file: tuple[str, bytes] | None
) -> Export:
    if offered.takes_template and file is None:
        raise CourseError(
            f"{offered.name} fills a file of the LMS, and none was chosen. Next: download the "
            "LMS's own export of its gradebook, and choose it here"
        )
    options: dict[str, Any] = {}
    if offered.takes_column and given.get(_COLUMN):
        options[_COLUMN] = given.get(_COLUMN)
    with tempfile.TemporaryDirectory() as folder:
        if offered.takes_template and file is not None:
            # An exporter knows the kind of a file by the end of its name.
            path = Path(folder) / f"template{PurePosixPath(file[0]).suffix[:8]}"
            path.write_bytes(file[1])
            options[_TEMPLATE] = path
        found: Export = exporter.find(offered.name)([grades], **options)
    return found


def _download(name: str, files: Mapping[str, bytes], notes: list[str]) -> Response:
    """The one file, or a zip of all with what there is to say about them."""
    if len(files) == 1 and not notes:
        ((file, content),) = files.items()
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, data in files.items():
                archive.writestr(each, data)
            if notes:
                archive.writestr(_NOTES, "\n".join([*notes, ""]))
        file, content = f"{name}.zip", packed.getvalue()
    headers = {"content-disposition": f'attachment; filename="{_plain(file)}"'}
    return Response(content, headers=headers, media_type="application/octet-stream")


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and letter.isprintable()).replace(
        '"', ""
    )


ROUTES = [Route(EXPORT, export, methods=["POST"], max_body_size=LARGEST)]
