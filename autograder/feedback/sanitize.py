"""Take from a graded notebook what a browser would run.

Students' outputs and words come back in nbgrader's feedback pages and in its formgrader, which put
HTML into the page as it stands: a script in them would run with the rights of whoever reads them.
Text and pictures of dots stay; markup of a student's own is shown as the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import Any

from autograder.light_imports import NotebookNode

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
TOO_RICH = "[This output is shown in Jupyter only: neither text nor a picture of dots.]"

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*")
# A browser sees a tag where `<` is followed by one of these, and none where a space follows.
_TAG = re.compile(r"<(?=[A-Za-z/?!])")
_SCRIPT_LINK = re.compile(r"\b(javascript|vbscript|data)(?=\s*:)", re.IGNORECASE)


def shown(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs of a cell as they may stand in a page: text, and pictures of dots."""
    return [_plain(output) for output in outputs]


def _plain(output: dict[str, Any]) -> dict[str, Any]:
    if "data" not in output:
        return output
    kept = {
        kind: data
        for kind, data in output["data"].items()
        if kind == "text/plain" or (kind in PICTURES and _is_base64(data))
    }
    # Its metadata could hold sizes and texts that end the attribute in which they stand.
    return output | {"data": kept or {"text/plain": TOO_RICH}, "metadata": {}}


def _is_base64(data: Any) -> bool:
    return isinstance(data, str) and _BASE64.fullmatch(data) is not None


def disarm_text(notebook: NotebookNode, ours: Container[tuple[str, str]]) -> None:
    """Make a student's text cells harmless, in place; the course's own stay as they are.

    Args:
        notebook: the restored notebook of a student.
        ours: kind and source of each cell that students received.
    """
    # By key: an attribute of a notebook's node is found by a function in Python.
    for cell in notebook["cells"]:
        kind, source = cell["cell_type"], cell["source"]
        if kind == "code" or (kind, source) in ours:
            continue
        cell["source"] = _SCRIPT_LINK.sub(r"\1 ", _TAG.sub("< ", source))
        for bundle in cell.get("attachments", {}).values():
            for kind in [kind for kind, data in bundle.items() if not _is_base64(data)]:
                del bundle[kind]
