"""Has each purpose a secret of its own, which follows from the course's?"""

from __future__ import annotations

import pytest
from itsdangerous import BadSignature

from autograder.service.web import state


def test_are_secrets_the_same_after_a_restart_and_different_by_purpose(service, empty_course):
    again = state.make(service.engine, empty_course, "https://nn.example.edu/")
    assert again.secret("sessions") == service.secret("sessions")
    assert service.secret("sessions") != service.secret("deep link")
    assert service.course.secret.hex() not in service.secret("sessions")


def test_is_what_was_signed_for_another_purpose_not_taken(service):
    signed = service.signed("deep link").dumps({"url": "https://lms.example"})
    assert service.signed("deep link").loads(signed) == {"url": "https://lms.example"}
    with pytest.raises(BadSignature):
        service.signed("sessions").loads(signed)


def test_is_the_origin_the_addresss(service):
    assert service.origin == "https://nn.example.edu"
    service.address = "http://127.0.0.1:8000"
    assert service.origin == "http://127.0.0.1:8000"
