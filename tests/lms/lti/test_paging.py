"""Is the next page found in Link headers as platforms really write them?"""

from __future__ import annotations

import pytest

from autograder.lms.lti.client import Answer
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.paging import next_page

HERE = "https://lms.example/a/members?limit=2"
NEXT = "https://lms.example/a/members?limit=2&from=2"


def page(header: str) -> str | None:
    return next_page(Answer(HERE, 200, {"link": header}, b""))


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>;rel=next",
        f"<{NEXT}>; type=json; REL = 'Next'",
        f'<{HERE}>; rel="current", <{NEXT}>; rel="next", <{HERE}>; rel="last"',
        f'<{NEXT}>; rel="alternate next"',
        f"<{NEXT.replace('&', '&amp;')}>; rel=”next”".encode().decode("latin-1"),
        f"<{NEXT}>; rel=”next”",
        '</a/members?limit=2&from=2>; rel="next"',
        '<?limit=2&from=2>; rel="next"',
    ],
)
def test_is_the_next_page_found(header):
    assert page(header) == NEXT


@pytest.mark.parametrize("header", ["", f'<{NEXT}>; rel="prev"', "next", "<>; rel=prev", "<<<>>>"])
def test_is_there_an_end(header):
    assert page(header) is None


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "http://lms.example/x", "https://lms.example:8/"],
)
def test_is_no_token_carried_to_another_site(elsewhere):
    with pytest.raises(ServiceError, match="another site"):
        page(f'<{elsewhere}>; rel="next"')
