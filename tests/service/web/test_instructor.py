"""Are the instructor's pages for staff alone?"""

from __future__ import annotations

import pytest

from autograder.lms.lti.roles import Role


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ASSISTANT])
def test_sees_staff_weeks_and_students(sign_in, role):
    assert sign_in(role).get("/teach").status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.STUDENT, 403), (None, 401)])
def test_does_nobody_else_see_them(sign_in, role, status):
    assert sign_in(role).get("/teach").status_code == status
