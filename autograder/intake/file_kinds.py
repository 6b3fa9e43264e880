"""What a file is that was handed in as a notebook and is none, in one sentence with a next step.

Files are told by how they begin, not by their names, which students and browsers change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ITSELF = "Next: hand in the .ipynb file itself."
AGAIN = "Next: save the notebook in Jupyter and hand in the saved file."
UNPACK = "Next: unpack it and hand in the .ipynb file that is in it."
DOWNLOAD = "Next: open the notebook in Jupyter or Colab and download it again as .ipynb."

EMPTY = f"The file is empty. {AGAIN}"

_SIGNATURES = (
    (b"PK\x03\x04\x14\x00\x06\x00", "an Office document (Word, Excel or PowerPoint)", ITSELF),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "a zip archive", UNPACK),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"%PDF-", "a PDF", ITSELF),
    (b"{\\rtf", "a text document (RTF)", ITSELF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", ITSELF),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", ITSELF),
    (b"\xff\xd8\xff", "a picture (JPEG)", ITSELF),
    (b"GIF8", "a picture (GIF)", ITSELF),
    (b"\x00\x05\x16\x07", "what macOS keeps beside a file (its name begins with ._)", ITSELF),
    (b"bplist00", "a shortcut of macOS, or a file that is still in iCloud", DOWNLOAD),
    (b"book\x00\x00\x00\x00mark", "an alias of macOS", ITSELF),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a shortcut of Windows", ITSELF),
    (b"[InternetShortcut]", "a shortcut to a web page", DOWNLOAD),
    (b"\x93NUMPY", "an array that NumPy saved", ITSELF),
    (b"SQLite format 3\x00", "a database", ITSELF),
)
_TAR_MARK = slice(257, 262)
_GIT_LFS = b"version https://git-lfs.github.com/spec/"
_FROM_NOTEBOOK = re.compile(r"nbconvert|jp-Cell|text_cell_render")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?:[ \r]|$)", re.MULTILINE)
_SCRIPT = re.compile(r"^(?:# In\[|# %%|import \w|from \w|def \w|class \w)", re.MULTILINE)
_BEGINNING = 5_000


def of_bytes(content: bytes) -> str:
    """The sentence about a file that no decoding makes a notebook; "" if it may be one."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        zeros = content.startswith(b"\x00")
        return f"The file holds only zero bytes. {AGAIN}" if zeros else EMPTY
    start = content.lstrip(b"\r\n\t ")[:64]
    for signature, what, then in _SIGNATURES:
        if start.startswith(signature):
            return f"The file is {what}, not a notebook. {then}"
    if content[_TAR_MARK] == b"ustar":
        return f"The file is a tar archive, not a notebook. {UNPACK}"
    if start.startswith(_GIT_LFS):
        return (
            "The file is a pointer that Git LFS left in place of the notebook. "
            "Next: run `git lfs pull` and hand in the notebook itself."
        )
    return ""


def of_text(text: str) -> str:
    """The sentence about a text that is not JSON; "" if it begins as a notebook does.

    Args:
        text: without white space before it.
    """
    if text.startswith(("{", "<<<<<<<")) and _CONFLICT.search(text):
        return (
            "The file holds the marks of an unresolved merge conflict (<<<<<<<). Next: resolve "
            "it with git, see that the notebook opens in Jupyter, and hand it in."
        )
    if text.startswith("<"):
        return _of_markup(text)
    if text.startswith("{"):
        return ""
    what = "a Python script" if _SCRIPT.search(text[:_BEGINNING]) else "text"
    return f"The file is {what}, not a notebook: it does not begin as one. {ITSELF}"


def _of_markup(text: str) -> str:
    if _FROM_NOTEBOOK.search(text):
        return f"The file is a web page made from a notebook (HTML), not the notebook. {ITSELF}"
    if text.startswith("<?xml"):
        return f"The file is XML, not a notebook. {ITSELF}"
    return (
        "The file is a web page, not a notebook; perhaps a sign-in page was saved instead. "
        f"{DOWNLOAD}"
    )


def of_json(document: Any) -> str:
    """The sentence about JSON that is a well-known file and no notebook; "" for others."""
    if not isinstance(document, Mapping) or "cells" in document or "worksheets" in document:
        return ""
    url = str(document.get("url", ""))[:200]
    if "google.com/" in url or {"doc_id", "resource_id"} & set(document):
        return f"The file is a link to a document in Google Drive, not the document. {DOWNLOAD}"
    return ""
