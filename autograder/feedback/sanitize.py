r"""Remove everything from a graded notebook that a browser would execute.

nbgrader's feedback pages and its formgrader insert students' outputs and Markdown as HTML, so a
script in them would run with the reader's rights. Plain text and raster images are kept; a
student's own markup is shown as literal text, and so is every link whose scheme is not allowed.

All of it takes time in proportion to the text, and so does what follows: Markdown that a renderer
could be slow on is put between fences, which shows it as plain text.

nbconvert's `SanitizeHTML` (bleach) is no substitute. In Markdown it escapes the `>` of a quotation
and every `<` in code, so that readers see entities, and it keeps `[text](javascript:...)`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from autograder.light_imports import NotebookNode
from autograder.output.text import printable

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif"})
NOT_SHOWN = "This output is only shown in Jupyter: it is neither text nor a PNG, JPEG or GIF image."

MAX_CELL = 10_000
"""Characters of one cell that are rendered as Markdown; a longer cell is shown as plain text."""
MAX_NOTEBOOK = 100_000
"""Characters that are rendered as Markdown in one notebook."""
MAX_RUN = 100
"""Equal punctuation marks, or white space of any kind, in a row."""
MAX_OPENERS = 500
"""Openers in one cell for which a renderer may look through all that follows."""
MAX_EMPHASIS = 1_500
"""Marks of emphasis in one cell, which a renderer goes through once for each level."""

# A browser reads `<` as the start of a tag only before one of these; a space makes it text.
_TAG = re.compile(r"<(?=[A-Za-z/?!])")
_RUN = re.compile(r"([^\w\s])\1*+|\s++")
_OPENERS = ("[", "`", "\\\\(", "\\\\[", "\\begin{")
_TILDES = re.compile("~++")

# Every link and image is `](target)`, or `[label]: target` at the start of a line. What stands
# before that label may be the marks of lists and quotations.
_BRACKETS = re.compile(
    r"(?<!\\)!\[[\w .,:;'()%+-]{0,200}+"
    r"(?P<image>\]\(attachment:(?P<name>[A-Za-z0-9_.%+-]{1,200}+)(?=[)\s]))"
    r"|^[^A-Za-z_\n\[\]\\!]*+(?P<label>\[)"
    r"|(?<!\\)(?P<open>\[)"
    r"|(?P<close>\](?=[(:]))",
    re.MULTILINE,
)
# Only literal spellings are allowed: a scheme that is spelled with entities, escapes or control
# characters hides something.
_ALLOWED = r"(?:https?://|mailto:|#)"
_TARGET = re.compile(rf"\([ \t\n]{{0,4}}{_ALLOWED}", re.IGNORECASE)
# A label may be used often, so what it stands for is short, and nothing may follow on later lines.
_DEFINITION = re.compile(
    rf':[ \t]{{1,4}}{_ALLOWED}[^\s<>\]]{{0,200}}+(?:[ \t]+"[^"\n\\]{{0,100}}+")?+[ \t]*+$'
    r"""(?!\n[ \t]*+["'(])""",
    re.IGNORECASE | re.MULTILINE,
)
# Pygments has hundreds of lexers, and some take forever on the wrong text.
_FENCE = re.compile(
    r"^([^A-Za-z_\n`~]*+(?:`{3,}+(?![^\n]*`)|~{3,}+)[ \t]*+)"
    r"(?!(?:python3?|py|text)[ \t]*+$)[^\s~][^\n]*+$",
    re.MULTILINE,
)


def shown(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A cell's outputs, reduced to what is safe in a page: text and raster images."""
    return [_plain(output) for output in outputs]


def _plain(output: dict[str, Any]) -> dict[str, Any]:
    if "data" not in output:
        return output
    kept = {
        kind: data
        for kind, data in output["data"].items()
        if kind == "text/plain" or (kind in IMAGES and is_base64(data))
    }
    # Metadata (sizes, alternative texts) is dropped: its values could break out of an attribute.
    return output | {"data": kept or {"text/plain": NOT_SHOWN}, "metadata": {}}


def is_base64(data: Any) -> bool:
    """Whether this is base64, possibly on several lines; in one pass through the text."""
    if not isinstance(data, str) or not data.isascii():
        return False
    try:
        base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error:
        return False
    return True


def disarm_text(notebook: NotebookNode, ours: Container[tuple[str, str]]) -> None:
    """Neutralise markup in a student's text cells, in place; the course's own are left alone.

    Args:
        notebook: a student's notebook, after its locked cells were restored.
        ours: type and source of every cell in the released notebook.
    """
    left = MAX_NOTEBOOK
    # Access by key: attribute access on a NotebookNode runs Python code.
    for cell in notebook["cells"]:
        kind, source = cell["cell_type"], cell["source"]
        if kind == "code":
            continue
        pictures = _pictures(cell.pop("attachments", {}))
        if (kind, source) not in ours:
            source, pictures = _inert(source, pictures)
            if kind == "markdown" and (len(source) > left or not renders_quickly(source)):
                source = as_plain_text(source)
            elif kind == "markdown":
                left -= len(source)
            cell["source"] = source
        if pictures:
            cell["attachments"] = pictures


def renders_quickly(source: str) -> bool:
    """Whether a Markdown renderer is done soon: a short text, short runs, few openers."""
    return (
        len(source) <= MAX_CELL
        and all(found.end() - found.start() <= MAX_RUN for found in _RUN.finditer(source))
        and sum(map(source.count, _OPENERS)) <= MAX_OPENERS
        and source.count("*") + source.count("_") <= MAX_EMPHASIS
    )


def as_plain_text(source: str) -> str:
    """Markdown that shows a text as it is: between fences longer than any in it."""
    longest = max(map(len, _TILDES.findall(source)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}text\n{source}\n{fence}"


def plain_text(source: str) -> str | None:
    """The text that `as_plain_text` was given; None for other Markdown."""
    first, _, rest = source.partition("\n")
    fence = first.removesuffix("text")
    fenced = len(fence) >= 3 and fence == "~" * len(fence) and rest.endswith(f"\n{fence}")
    return rest.removesuffix(f"\n{fence}") if fenced else None


def _pictures(attachments: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """A cell's attachments, reduced to raster images; without one, a reference has no target."""
    kept = {
        name: {kind: data for kind, data in bundle.items() if kind in IMAGES and is_base64(data)}
        for name, bundle in attachments.items()
    }
    return {name: bundle for name, bundle in kept.items() if bundle}


def _inert(
    source: str, pictures: dict[str, dict[str, str]]
) -> tuple[str, dict[str, dict[str, str]]]:
    """The text without tags, unknown links and languages; and the pictures under their names."""
    # Renderers end a line at each of these, and drop other control characters.
    for end in ("\r\n", "\r", "\u2028", "\u2029"):
        source = source.replace(end, "\n")
    source = _TAG.sub("< ", printable(source))
    source = _FENCE.sub(r"\1text", source)
    pieces: list[str] = []
    used: dict[str, dict[str, str]] = {}
    copied, is_label = 0, False
    for found in _BRACKETS.finditer(source):
        if found["label"] or found["open"]:
            is_label = bool(found["label"])
        elif (name := found["name"]) and name not in used and (each := _named(name, pictures)):
            # A picture is copied into the page, so each is shown once.
            used[name] = each
        elif name or not _is_allowed(source, found.end(), is_label):
            # A space before the target: no renderer reads a link then.
            bracket = found.start("image" if name else "close") + 1
            pieces += [source[copied:bracket], " "]
            copied = bracket
    return "".join([*pieces, source[copied:]]), pictures | used


def _named(name: str, pictures: Mapping[str, dict[str, str]]) -> dict[str, str] | None:
    return pictures.get(name) or pictures.get(unquote(name))


def _is_allowed(source: str, position: int, is_label: bool) -> bool:
    """Whether what stands after a closing bracket is no link, or one whose scheme is allowed."""
    if source[position] == "(":
        return _TARGET.match(source, position) is not None
    return not is_label or _DEFINITION.match(source, position) is not None
