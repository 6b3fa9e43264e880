"""Code and outputs as blocks that scroll, also by keyboard; Python in colours."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.feedback.sanitize import renders_quickly

_LEXER = PythonLexer(stripnl=False, ensurenl=False)
_FORMATTER = HtmlFormatter(nowrap=True)


def code_block(text: str, label: str, colored: str = "") -> str:
    """A block of text in monospace.

    Args:
        text: shown as it is.
        label: what a screen reader calls the block.
        colored: the same text as HTML with colours.
    """
    attributes = f'role="group" aria-label="{escape(label)}" tabindex="0"'
    return f"<pre {attributes}><code>{colored or escape(text, quote=False)}</code></pre>\n"


def highlighted(source: str) -> str:
    """Python as HTML with colours; "" if it is long, or a lexer would go through it repeatedly."""
    return _colored(source) if renders_quickly(source) else ""


@lru_cache(maxsize=1_000)
def _colored(source: str) -> str:
    return str(highlight(source, _LEXER, _FORMATTER))
