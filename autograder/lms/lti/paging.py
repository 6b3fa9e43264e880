"""The next page of a list, from a Link header as platforms really write it."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from autograder.lms.lti.addresses import origin
from autograder.lms.lti.client import Answer
from autograder.lms.lti.errors import ServiceError

_LINK = re.compile(r"<([^>]*)>([^<]*)")
_REL = re.compile(r"""rel\s*=\s*["'“”„«»]*\s*([\w\s-]*)""", re.IGNORECASE)


def next_page(answer: Answer) -> str | None:
    """The address of the next page; None at the last one.

    Moodle writes its quotes as typographic ones, in UTF-8 inside a Latin-1 header, and escapes the
    address for HTML; other platforms' addresses are relative.

    Raises:
        ServiceError: when it is on another origin, where our access token must not go.
    """
    header = _decoded(answer.headers.get("link", ""))
    for address, parameters in _LINK.findall(header):
        rel = _REL.search(parameters)
        if rel and "next" in rel[1].lower().split():
            page = urljoin(answer.url, html.unescape(address.strip()))
            if origin(page) != origin(answer.url):
                raise ServiceError(
                    "foreign-page",
                    f"{answer.url} names a next page on another site, {page}, which gets no token",
                )
            return page
    return None


def _decoded(header: str) -> str:
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
