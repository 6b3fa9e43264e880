"""Are the student's pages for students?"""

from __future__ import annotations


def test_needs_the_page_of_all_weeks_somebody_who_is_signed_in(sign_in):
    assert sign_in().get("/weeks").status_code == 200
    assert sign_in(None).get("/weeks").status_code == 401
