"""TeX formulas as MathML, which browsers show without a script and without a network.

A student's formulas come through here, so only elements and attributes that draw are kept, all text
is escaped, and a formula that is too long, defines macros or is no TeX is shown as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from itertools import pairwise
from typing import Literal
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

MAX_FORMULA = 2_000
"""Characters of a formula that is drawn."""
# Macros can double at each step what is to be drawn.
_DEFINES = re.compile(r"\\(?:(?:re)?new|provide|def|let|Declare)")

_ELEMENTS = re.compile(
    "math|mrow|mi|mn|mo|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|"
    "mmultiscripts|mprescripts|none|mtable|mtr|mlabeledtr|mtd|mstyle|mpadded|mphantom|menclose"
)
# Colours are left out, since they might not be readable on the page.
_ATTRIBUTES = re.compile(
    "accent|accentunder|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence|"
    "form|height|largeop|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|notation|"
    "rowlines|rowspacing|rspace|scriptlevel|separator|stretchy|symmetric|voffset|width"
)
_ROWS = frozenset(("mrow", "mstyle", "mtd"))
_BARS = frozenset(("|", "&#x0007C;", "&#x02016;", "&#x02225;"))
_THIN_SPACE = '<mspace width="0.17em"></mspace>'


@lru_cache(maxsize=2_000)
def formula(tex: str, display: Literal["inline", "block"]) -> str:
    """A formula as MathML; the TeX itself, as code, if it cannot be drawn.

    Args:
        tex: without the dollars or brackets around it.
        display: within a line, or on a line of its own.
    """
    if len(tex) <= MAX_FORMULA and not _DEFINES.search(tex):
        try:
            # Not `convert`: it turns the entities in a text back into markup.
            return _markup(Converter(display=display).convert_to_element(tex))
        except Exception:
            # The library's own errors, and those that it forgot: StopIteration, RecursionError.
            pass
    return f"<code>{escape(tex)}</code>"


def _markup(element: Element) -> str:
    """An element as HTML.

    Raises:
        ValueError: when it, or one in it, is none that only draws.
    """
    if not _ELEMENTS.fullmatch(element.tag):
        raise ValueError(f"expected an element of MathML, received {element.tag!r}")
    given = dict(element.items())
    if element.tag == "mo" and (_is_name(element) or element.text in _BARS):
        # Browsers space them like a binary operator.
        given |= {"lspace": "0", "rspace": "0"}
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in given.items() if _ATTRIBUTES.fullmatch(name)
    )
    # The library writes symbols as entities, and leaves an underscore in a text as in TeX.
    text = escape(unescape(element.text or "").replace("\\_", "_"), quote=False)
    return f"<{element.tag}{attributes}>{text}{_inside(element)}</{element.tag}>"


def _inside(element: Element) -> str:
    """What an element contains; as in TeX, `log p` has a thin space, and `log(p)` has none."""
    children = list(element)
    pieces = [_markup(child) for child in children]
    if element.tag in _ROWS:
        for at, (first, second) in enumerate(pairwise(children)):
            if _need_space(first, second):
                pieces[at] += _THIN_SPACE
    return "".join(pieces)


def _need_space(first: Element, second: Element) -> bool:
    """Whether one is a function's name, and the other no operator or parenthesis."""
    if _is_name(first):
        return second.tag not in ("mo", "mspace") or _is_name(second)
    return _is_name(second) and first.tag not in ("mo", "mspace")


def _is_name(element: Element) -> bool:
    """Whether this is a function's name such as log, perhaps with an index."""
    if element.tag in ("msub", "msup", "msubsup", "munder"):
        return len(element) > 0 and _is_name(element[0])
    text = element.text or ""
    return element.tag in ("mi", "mo") and len(text) > 1 and text.isascii() and text.isalpha()
