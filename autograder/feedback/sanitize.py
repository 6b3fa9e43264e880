"""Remove everything from a graded notebook that a browser would execute.

nbgrader's feedback pages and its formgrader insert students' outputs and Markdown as HTML, so a
script in them would run with the reader's rights. Plain text and raster images are kept; a
student's own markup is shown as literal text.

nbconvert's `SanitizeHTML` (bleach) is no substitute. In Markdown it escapes the `>` of a quotation
and every `<` in code, so that readers see entities, and it keeps `[text](javascript:...)`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import Any

from autograder.light_imports import NotebookNode

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif"})
NOT_SHOWN = "This output is only shown in Jupyter: it is neither text nor a PNG, JPEG or GIF image."

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*")
# A browser reads `<` as the start of a tag only before one of these; a space makes it text.
_TAG = re.compile(r"<(?=[A-Za-z/?!])")
_SCRIPT_LINK = re.compile(r"\b(javascript|vbscript|data)(?=\s*:)", re.IGNORECASE)


def shown(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A cell's outputs, reduced to what is safe in a page: text and raster images."""
    return [_plain(output) for output in outputs]


def _plain(output: dict[str, Any]) -> dict[str, Any]:
    if "data" not in output:
        return output
    kept = {
        kind: data
        for kind, data in output["data"].items()
        if kind == "text/plain" or (kind in IMAGES and _is_base64(data))
    }
    # Metadata (sizes, alternative texts) is dropped: its values could break out of an attribute.
    return output | {"data": kept or {"text/plain": NOT_SHOWN}, "metadata": {}}


def _is_base64(data: Any) -> bool:
    return isinstance(data, str) and _BASE64.fullmatch(data) is not None


def disarm_text(notebook: NotebookNode, ours: Container[tuple[str, str]]) -> None:
    """Neutralise markup in a student's text cells, in place; the course's own are left alone.

    Args:
        notebook: a student's notebook, after its locked cells were restored.
        ours: type and source of every cell in the released notebook.
    """
    # Access by key: attribute access on a NotebookNode runs Python code.
    for cell in notebook["cells"]:
        kind, source = cell["cell_type"], cell["source"]
        if kind == "code" or (kind, source) in ours:
            continue
        cell["source"] = _SCRIPT_LINK.sub(r"\1 ", _TAG.sub("< ", source))
        for bundle in cell.get("attachments", {}).values():
            for kind in [kind for kind, data in bundle.items() if not _is_base64(data)]:
                del bundle[kind]
