"""Is a token shown once, and revoked with a click?"""

from __future__ import annotations

import re

from autograder.service import tokens
from tests.service.web.conftest import ADDRESS


def made(client):
    page = client.post("/weeks/week06/token").text
    return re.search(r'value="([^"]+#nnfs_[^"]+)"', page)[1]


def test_is_it_shown_once_with_the_services_address(ada, of_week):
    address, _, token = made(ada).partition("#")
    assert address == ADDRESS
    assert tokens.student_with(of_week.engine, token, of_week.clock()) == "ada"
    page = ada.get("/weeks/week06").text
    assert token not in page and "You have a token" in page and "not used yet" in page


def test_is_it_revoked_with_a_click(ada, of_week):
    token = made(ada).partition("#")[2]
    assert ada.post("/weeks/week06/token/revoke").status_code == 303
    assert tokens.student_with(of_week.engine, token, of_week.clock()) is None
    assert "You have a token" not in ada.get("/weeks/week06").text
