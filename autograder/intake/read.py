"""Read a file that should be a notebook: the notebook, or one sentence that says what it is.

Students hand in what their browser, mail program or version control left them. What can fairly
be repaired (an old format, a missing field) is; outputs are dropped, because a submission is
run again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.errors import UnreadableNotebook
from autograder.intake.decode import decode, too_deep
from autograder.intake.file_kinds import ITSELF
from autograder.intake.file_names import shown
from autograder.intake.folder import about
from autograder.light_imports import NotebookNode, from_dict, nbformat

MAX_BYTES = 20 * 2**20
MAX_DEPTH = 50
MAX_CELLS = 5_000
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif"})

_CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


def read_notebook(path: Path, max_bytes: int = MAX_BYTES) -> NotebookNode:
    """Read a notebook file as nbformat 4, without outputs.

    Raises:
        UnreadableNotebook: one sentence for the student and the instructor.
    """
    return parse_notebook(read_bytes(path, max_bytes), max_bytes)


def parse_notebook(content: bytes, max_bytes: int = MAX_BYTES) -> NotebookNode:
    """Read a notebook from a file's content; see `read_notebook`."""
    if len(content) > max_bytes:
        raise _too_large(len(content), max_bytes)
    return _notebook(_document(content))


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """A file's content, where it is a file of a notebook's size; see `read_notebook`."""
    name = shown(path.name)
    try:
        if path.is_dir():
            raise UnreadableNotebook(about(path))
        if not path.exists():
            raise UnreadableNotebook(f"There is no file {name}.")
        if not path.is_file():
            raise UnreadableNotebook(f"{name} is not a regular file. {ITSELF}")
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
            size = path.stat().st_size
    except OSError as error:
        raise UnreadableNotebook(f"{name} cannot be opened: {error.strerror}.") from None
    if len(content) > max_bytes:
        raise _too_large(size, max_bytes)
    return content


def _too_large(size: int, max_bytes: int) -> UnreadableNotebook:
    return UnreadableNotebook(
        f"The file holds {size / 2**20:.0f} MB; at most {max_bytes / 2**20:.0f} MB are read. "
        "Next: clear the outputs of all cells, save, and hand in the saved file."
    )


def _document(content: bytes) -> dict[str, Any]:
    document = decode(content)
    if not isinstance(document, dict):
        raise UnreadableNotebook(f"The file is JSON but not a notebook. {ITSELF}")
    return document


def _notebook(document: dict[str, Any]) -> NotebookNode:
    major = document.get("nbformat", 4 if "cells" in document else None)
    if isinstance(major, bool) or not isinstance(major, int) or major < 1:
        raise UnreadableNotebook(
            f"The file is JSON but not a notebook: it has no format number. {ITSELF}"
        )
    if major > 4:
        raise UnreadableNotebook(
            f"The notebook has format {major}, newer than the 4 that is read here; "
            "save it in an older format."
        )
    if major < 4:
        document = _upgrade(document, major)
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise UnreadableNotebook(
            f"The file is JSON but not a notebook: it has no list of cells. {ITSELF}"
        )
    if len(cells) > MAX_CELLS:
        raise UnreadableNotebook(
            f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are read."
        )
    return NotebookNode(
        nbformat=4,
        nbformat_minor=5,
        metadata=_metadata(document),
        cells=_with_ids([_cell(cell) for cell in cells if isinstance(cell, dict)]),
    )


def _upgrade(document: dict[str, Any], major: int) -> dict[str, Any]:
    for cell in _old_cells(document):
        _leave_out_what_takes_long(cell)
    try:
        old = nbformat.versions[major].to_notebook_json({"metadata": {}} | document)
        upgraded: dict[str, Any] = nbformat.convert(old, 4)
    except Exception:
        # The converters assume every field: whatever they stumble over, the file is not complete.
        raise UnreadableNotebook(
            f"The notebook has the old format {major} and cannot be brought to format 4."
        ) from None
    return upgraded


def _old_cells(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of formats 1 to 3, some of which keep them in worksheets."""
    sheets = document.get("worksheets")
    for holder in (document, *(sheets if isinstance(sheets, list) else ())):
        cells = holder.get("cells") if isinstance(holder, dict) else None
        if isinstance(cells, list):
            yield from (each for each in cells if isinstance(each, dict))


def _leave_out_what_takes_long(cell: dict[str, Any]) -> None:
    """nbformat compares every tag with every other, and writes as many # as a heading says."""
    if "outputs" in cell:
        cell["outputs"] = []
    if isinstance(cell.get("metadata"), dict):
        cell["metadata"].pop("tags", None)
    if cell.get("level") not in range(1, 7):
        cell.pop("level", None)


def _cell(raw: dict[str, Any]) -> NotebookNode:
    kind = raw.get("cell_type")
    fields = {
        "id": raw.get("id"),
        "cell_type": kind if kind in ("code", "markdown") else "raw",
        "metadata": _metadata(raw),
        "source": _source(raw.get("source")),
    }
    if kind == "code":
        fields |= {"execution_count": None, "outputs": []}
    elif kind == "markdown" and (attachments := _images(raw.get("attachments"))):
        fields["attachments"] = from_dict(attachments)
    return NotebookNode(fields)


def _metadata(holder: dict[str, Any]) -> NotebookNode:
    metadata = holder.get("metadata")
    return _node(metadata if isinstance(metadata, dict) else {}, MAX_DEPTH)


def _node(value: Any, depth: int) -> Any:
    """As nbformat's `from_dict`, which goes down to where Python ends."""
    if isinstance(value, (dict, list)) and depth == 0:
        raise too_deep()
    if isinstance(value, dict):
        return NotebookNode(
            {
                key: _node(each, depth - 1) if isinstance(each, (dict, list)) else each
                for key, each in value.items()
            }
        )
    if isinstance(value, list):
        return [_node(each, depth - 1) for each in value]
    return value


def _source(source: Any) -> str:
    if isinstance(source, list):
        source = "".join([line for line in source if isinstance(line, str)])
    if not isinstance(source, str):
        return ""
    # Python and Markdown read all three ends of a line alike.
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


def _images(attachments: Any) -> dict[str, dict[str, str]]:
    """Pictures pasted into a text cell: a written answer may consist of one."""
    if not isinstance(attachments, dict):
        return {}
    kept = {
        name: {kind: data for kind, data in bundle.items() if _is_image(kind, data)}
        for name, bundle in attachments.items()
        if isinstance(bundle, dict)
    }
    return {name: bundle for name, bundle in kept.items() if bundle}


def _is_image(kind: str, data: Any) -> bool:
    return kind in IMAGE_TYPES and isinstance(data, str)


def _with_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Give every cell an id of its own, keeping those that are valid and first."""
    taken: set[str] = set()
    for position, cell in enumerate(cells):
        name = cell["id"]
        if not isinstance(name, str) or not _CELL_ID.fullmatch(name) or name in taken:
            name = f"cell-{position}"
        while name in taken:
            name += "x"
        taken.add(name)
        cell["id"] = name
    return cells
