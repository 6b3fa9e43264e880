"""Markdown as the HTML of a feedback page: headings in order, formulas as MathML.

The parser is nbconvert's, so a text is read as in Jupyter; `sanitize` has neutralised what a
student wrote there. Links within a page become text, pictures from the network become links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from typing import Any, NamedTuple

from mistune.plugins import import_plugin
from mistune.util import striptags
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.formulas import formula
from autograder.feedback.highlight import code_block, highlighted
from autograder.feedback.sanitize import plain_text, renders_quickly

LOWEST = 6
"""HTML has six levels of headings."""
LONG_FORMULA = 40
"""Characters of TeX that may be wider than a phone."""
NAMELESS = "A picture without a description"
# Written out here too, so that no spelling that another renderer reads differently gets through.
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"']*+", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*+")
# Not "task_lists": its boxes are inputs without a label.
_PLUGINS = ("strikethrough", "table", "url", "def_list")


class Text(NamedTuple):
    """A text cell as HTML, and the level of the last heading up to its end."""

    html: str
    level: int


def text(source: str, level: int, attachments: Mapping[str, Mapping[str, str]]) -> Text:
    """Markdown as HTML; as plain text where it would take long or the renderer fails.

    Args:
        source: the text, after `sanitize`.
        level: of the last heading before it; the next one is at most one level lower.
        attachments: pictures by name, and in each base64 by media type.
    """
    plain = plain_text(source)
    if plain is None and renders_quickly(source):
        try:
            return _rendered(source, level, attachments) if attachments else _shared(source, level)
        except Exception:
            # Such as a picture that is not attached, or text that is nested too deeply.
            plain = source
    return Text(code_block(source if plain is None else plain, "Text"), level)


@lru_cache(maxsize=1_000)
def _shared(source: str, level: int) -> Text:
    """Most texts are the course's own, the same on all pages."""
    return _rendered(source, level, {})


def _rendered(source: str, level: int, attachments: Mapping[str, Mapping[str, str]]) -> Text:
    renderer = _Renderer(level, attachments)
    parser = MarkdownWithMath(renderer, plugins=[import_plugin(name) for name in _PLUGINS])
    renderer.register("table", _table)
    renderer.register("table_cell", _table_cell)
    return Text(parser.render(source), renderer.level)


def _scrolling(kind: str, drawn: str) -> str:
    # A span, since it stands in a paragraph.
    return f'<span class="{kind}" role="group" aria-label="Formula" tabindex="0">{drawn}</span>'


def _table(renderer: Any, rows: str) -> str:
    label = 'role="group" aria-label="Table" tabindex="0"'
    return f'<div class="scroll" {label}><table>\n{rows}</table></div>\n'


def _table_cell(renderer: Any, text: str, align: str | None = None, head: bool = False) -> str:
    # An empty cell is no heading of anything.
    tag, scope = ("th", ' scope="col"') if head and text.strip() else ("td", "")
    aligned = f' class="to-{align}"' if align in ("right", "center") else ""
    return f"  <{tag}{scope}{aligned}>{text}</{tag}>\n"


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    """Writes the elements whose form on a page differs from Jupyter's."""

    def __init__(self, level: int, attachments: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(escape=False, attachments=attachments)
        self.level = level

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        """One level lower than written, below the page's own heading; no level is skipped."""
        self.level = min(level + 1, self.level + 1, LOWEST)
        return f"<h{self.level}>{text}</h{self.level}>\n"

    def block_math(self, body: str) -> str:
        return _scrolling("formula", formula(body, "block"))

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def inline_math(self, body: str) -> str:
        drawn = formula(body, "inline")
        # Browsers break no line within a formula.
        return drawn if len(body) <= LONG_FORMULA else _scrolling("long formula", drawn)

    def block_code(self, code: str, info: str | None = None) -> str:
        named = (info or "").split(maxsplit=1)
        is_python = bool(named) and named[0] in ("python", "python3", "py")
        return code_block(code, "Code", highlighted(code) if is_python else "")

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return f'<a href="{escape(url)}">{text}</a>' if _ADDRESS.fullmatch(url) else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        address = self._embed_image_or_attachment(url)
        if _PICTURE.fullmatch(address):
            name = unescape(striptags(text)) or NAMELESS
            return f'<img src="{address}" alt="{escape(name)}">'
        return self.link(text or NAMELESS, url)
