"""Says every refusal what to do next?"""

from __future__ import annotations

import pytest

from autograder.service.web.errors import (
    ForeignForm,
    NoPage,
    NotAllowed,
    NotFound,
    SignedOut,
    TooMany,
)


@pytest.mark.parametrize("error", [SignedOut(), NotFound(), ForeignForm()])
def test_says_it_what_to_do_next(error):
    assert "in the LMS" in str(error)
    assert isinstance(error, NoPage)


def test_has_each_a_status_and_a_reason_of_its_own():
    kinds = [SignedOut, NotAllowed, NotFound, ForeignForm, TooMany]
    assert len({each.reason for each in kinds}) == len(kinds)
    assert [each.status for each in kinds] == [401, 403, 404, 403, 429]


def test_says_a_limit_when_it_ends():
    assert TooMany("Wait.", 3.0).after == 3.0
    assert str(NotFound("This week is not released.")) == "This week is not released."
