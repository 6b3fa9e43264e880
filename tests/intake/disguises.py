"""A right notebook as editors, browsers, mail programs and students leave it, and other files."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

WHITE = " \t"
_END = re.compile(r"\r\n|\r|\n")


def _sources(change: Callable[[str], str]) -> Callable[[Document], Document]:
    """A disguise that changes the source of every cell."""

    def disguise(document: Document) -> Document:
        for cell in document["cells"]:
            cell["source"] = change("".join(cell["source"]))
        return document

    return disguise


def _lines(document: Document) -> Document:
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    return document


def _without_ids(document: Document) -> Document:
    for cell in document["cells"]:
        cell.pop("id", None)
    return document | {"nbformat_minor": 4}


def _without_metadata(document: Document) -> Document:
    for cell in document["cells"]:
        cell["metadata"] = {}
    return document


def _of_colab(document: Document) -> Document:
    for number, cell in enumerate(document["cells"]):
        cell["metadata"] |= {"id": f"x{number}", "colab": {"base_uri": "https://localhost"}}
    return document | {"metadata": {"colab": {"provenance": []}, "kernelspec": {"name": "x"}}}


CELLS: dict[str, Callable[[Document], Document]] = {
    "CRLF in sources": _sources(lambda text: _END.sub("\r\n", text)),
    "old Mac's CR in sources": _sources(lambda text: _END.sub("\r", text)),
    "mixed ends of lines": _sources(lambda text: _END.sub("\r\n", text, count=1)),
    "a final newline": _sources(lambda text: f"{text}\n"),
    "final newlines and spaces": _sources(lambda text: f"{text}  \n\n \n"),
    "a newline first": _sources(lambda text: f"\n{text}"),
    "spaces at ends of lines": _sources(lambda text: _END.sub(WHITE + r"\g<0>", text) + WHITE),
    "sources as lines": _lines,
    "no cell ids": _without_ids,
    "no metadata": _without_metadata,
    "Colab's metadata": _of_colab,
}
"""What programs do to the cells."""

TEXTS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "old Mac's CR": lambda text: text.replace("\n", "\r"),
    "white space around": lambda text: f"\n\t {text}\n\n",
    "a trailing comma": lambda text: re.sub(r"\n\}\s*$", ",\n}", text),
    "trailing commas": lambda text: re.sub(r"(?<=[\]}\"])\n(?= *[\]}])", ",\n", text),
    "an extra brace": lambda text: f"{text}}}",
    "an extra brace on a line": lambda text: f"{text}\n}}\n",
    "a comma after the end": lambda text: f"{text},\n",
    "zero bytes after the end": lambda text: f"{text}\0\0\0",
}
"""What editors do to the text."""

BYTES: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-8 with a BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16 LE with a BOM": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 BE with a BOM": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 LE": lambda text: text.lstrip().encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.lstrip().encode("utf-16-be"),
    "UTF-32 LE with a BOM": lambda text: b"\xff\xfe\0\0" + text.encode("utf-32-le"),
    "UTF-32 BE with a BOM": lambda text: b"\0\0\xfe\xff" + text.encode("utf-32-be"),
}
"""How a text may be stored."""

LAYOUTS: dict[str, dict[str, Any]] = {
    "as Jupyter writes": {"indent": 1, "ensure_ascii": False},
    "on one line": {"separators": (",", ":")},
    "indented by 4, in ASCII": {"indent": 4, "sort_keys": True},
}


def disguised(
    notebook: Document, cells: list[str], layout: str, texts: list[str], stored: str
) -> bytes:
    """The notebook after these disguises, in their order."""
    document = copy.deepcopy(notebook)
    for name in cells:
        document = CELLS[name](document)
    text = json.dumps(document, **LAYOUTS[layout])
    for name in texts:
        text = TEXTS[name](text)
    return BYTES[stored](text)


def names(assignment: str, week: str) -> list[str]:
    """File names under which one notebook, alone in its folder, is read."""
    return [
        f"{assignment}.ipynb",
        f"{assignment}.ipynb.txt",
        f"{assignment}.ipynb.json",
        f"{assignment}.ipynb.txt.txt",
        f"{assignment}.IPYNB",
        f"{assignment}.Ipynb",
        f"{assignment}.ipynb.ipynb",
        f"{assignment}.ipynb.download",
        f"{assignment}.ipynb (1)",
        f"{assignment}-checkpoint.ipynb",
        f"{assignment}.json",
        f"{assignment}.txt",
        assignment,
        f"{week}(1).ipynb",
        f"{week} (1).ipynb",
        f"{week}-Copy1.ipynb",
        f"{week} - Copy.ipynb",
        f"Copy of {week}.ipynb",
        f"{week} (Ann Lee's conflicted copy 2026-11-20).ipynb",
        f"{week}-LAPTOP-3F2A.ipynb",
        "Untitled.ipynb",
        "Hausübung 6 😀.ipynb",
    ]


CLUTTER = (
    "._{}.ipynb",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "~${}.ipynb",
    ".{}.ipynb.swp",
    "__MACOSX/._{}.ipynb",
    ".ipynb_checkpoints/{}-checkpoint.ipynb",
    "{}-checkpoint.ipynb",
    "timestamp.txt",
    "report.pdf",
    "data/points.csv",
)
"""What systems and students leave beside a notebook; `{}` is its name."""


def zipped(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()
