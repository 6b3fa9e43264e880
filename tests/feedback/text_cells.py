"""Text cells as they are sanitized, and as nbgrader's pages then show them."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix

from autograder.feedback.sanitize import disarm_text

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


def markdown(source: str, **more: object) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def cleaned(source: str) -> str:
    notebook = {"cells": [markdown(source)]}
    disarm_text(notebook, ())
    return str(notebook["cells"][0]["source"])


def rendered(source: str, **attachments: dict[str, str]) -> str:
    """The cell as nbgrader's pages show it."""
    notebook = {"cells": [markdown(source, attachments={**attachments})]}
    disarm_text(notebook, ())
    (cell,) = notebook["cells"]
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    return strip_files_prefix(MarkdownWithMath(renderer=renderer).render(cell["source"]))


class Addresses(HTMLParser):
    """All that a page links to or loads, with entities resolved as a browser does."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "src" and tag == "img":
                self.images.append(value or "")
            elif name in ("href", "src", "action", "formaction", "data", "xlink:href", "srcset"):
                self.links.append(value or "")
            assert not name.startswith("on")
