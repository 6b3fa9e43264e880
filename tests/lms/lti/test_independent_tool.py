"""Does somebody else's tool, `pylti1p3next`, read the same in our emulator's messages as we do?

So the emulator is no mirror of our own mistakes: what it sends, and what it takes, is tried by a
library that other tools use.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from autograder.lms.lti import deep_linking, keys
from autograder.lms.lti.deep_linking import Item
from tests.lms.lti.platform import PERSONALITIES
from tests.lms.lti.platform.quirks import DL, LTI
from tests.lms.lti.tool import Browser, Forms

pytest.importorskip("pylti1p3")

from pylti1p3.cookie import CookieService  # noqa: E402
from pylti1p3.deep_link_resource import DeepLinkResource  # noqa: E402
from pylti1p3.grade import Grade  # noqa: E402
from pylti1p3.lineitem import LineItem  # noqa: E402
from pylti1p3.message_launch import MessageLaunch  # noqa: E402
from pylti1p3.oidc_login import OIDCLogin  # noqa: E402
from pylti1p3.redirect import Redirect  # noqa: E402
from pylti1p3.request import Request  # noqa: E402
from pylti1p3.service_connector import ServiceConnector  # noqa: E402
from pylti1p3.session import SessionService  # noqa: E402
from pylti1p3.tool_config import ToolConfDict  # noqa: E402


class Given(Request):
    """A request, and the session that it belongs to."""

    def __init__(self, parameters: dict[str, str], session: dict[str, Any]) -> None:
        self.parameters, self._session = parameters, session

    @property
    def session(self) -> dict[str, Any]:
        return self._session

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self.parameters.get(key, "")


class Cookies(CookieService):
    def __init__(self, kept: dict[str, str]) -> None:
        self.kept = kept

    def get_cookie(self, name: str) -> str | None:
        return self.kept.get(name)

    def set_cookie(self, name: str, value: Any, exp: int | None = 3600) -> None:
        self.kept[name] = str(value)


class To(Redirect[str]):
    def __init__(self, location: str) -> None:
        self.location = location

    def do_redirect(self) -> str:
        return self.location

    def do_js_redirect(self) -> str:
        return self.location

    def set_redirect_url(self, location: str) -> None:
        self.location = location

    def get_redirect_url(self) -> str:
        return self.location


class TheirLogin(OIDCLogin[Any, Any, Any, Any, str]):
    def get_redirect(self, url: str) -> Redirect[str]:
        return To(url)


class Connector(ServiceConnector):
    """Without its cache, which knows no client ids."""

    def _get_cached_access_token(self, scope_key: str) -> None:
        return None

    def _cache_access_token(self, scope_key: str, access_token: str, expires_in: float) -> None:
        pass


class TheirLaunch(MessageLaunch[Any, Any, Any, Any]):
    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)


def their_launch(world: Any, path: str) -> TheirLaunch:
    """A launch that goes to their tool, with the registration and the keys of ours."""
    emulator, addresses = world.emulator, world.emulator.addresses
    configuration = ToolConfDict(
        {
            emulator.base: {
                "client_id": world.platform.client_id,
                "auth_login_url": addresses["authorization_url"],
                "auth_token_url": addresses["token_url"],
                "key_set_url": addresses["keyset_url"],
                "deployment_ids": ["1"],
            }
        }
    )
    ours = next(key for key in keys.published(world.engine) if key.signs)
    configuration.set_private_key(emulator.base, ours.private_pem)
    configuration.set_public_key(emulator.base, ours.public_pem)
    session: dict[str, Any] = {}
    cookies = Cookies({})
    browser = Browser().session
    begun = browser.get(f"{emulator.base}{path}", allow_redirects=False)
    forms = Forms.of(begun.text)
    first = (
        forms[0]["fields"]
        if forms
        else dict(parse_qsl(urlsplit(begun.headers["location"]).query, keep_blank_values=True))
    )
    request = Given(first, session)
    login = TheirLogin(
        request,
        configuration,
        session_service=SessionService(request),
        cookie_service=cookies,
    )
    answer = browser.get(login.redirect(world.tool.launch_url))
    (form,) = Forms.of(answer.text)
    request = Given(form["fields"], session)
    launch = TheirLaunch(
        request,
        configuration,
        session_service=SessionService(request),
        cookie_service=cookies,
        service_connector_cls=Connector,
    )
    return launch.validate()


@pytest.mark.parametrize(
    "personality",
    [
        pytest.param(each, marks=() if each == "strict" else pytest.mark.beyond_sample)
        for each in PERSONALITIES
    ],
)
def test_do_two_tools_read_the_same(worlds, personality):
    world = worlds(personality)
    ours = world.launch("2")
    theirs = their_launch(world, "/launch?user=2&link=1").get_launch_data()
    assert ours.subject == str(theirs["sub"])
    assert theirs.get("name") in (None, ours.name)
    assert ours.context_id == theirs[f"{LTI}context"]["id"]
    assert ours.resource_link_id == theirs[f"{LTI}resource_link"]["id"]
    assert ours.custom["week"] == theirs[f"{LTI}custom"]["week"] == "week06"
    assert not world.emulator.complaints


def test_does_the_emulator_serve_another_tool(world):
    """Its class list, columns and scores, asked for by their code."""
    world.launch("2")
    launch = their_launch(world, "/launch?user=2&link=1")
    names = {each["user_id"] for each in launch.get_nrps().get_members()}
    assert names == set(world.emulator.records.users), world.emulator.complaints
    grade = Grade().set_score_given(7.0).set_score_maximum(10.0).set_user_id("3")
    grade.set_timestamp((datetime.now(UTC) - timedelta(seconds=2)).isoformat())
    grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
    grades = launch.get_ags()
    grades.put_grade(grade, LineItem({"id": world.emulator.base + "/ags/2/lineitems/8/lineitem"}))
    assert world.emulator.records.columns[8].grades["3"].score == 70.0
    assert not world.emulator.complaints


def test_do_two_tools_answer_deep_links_alike(world):
    """The same claims, where the standard leaves no choice."""
    launch = world.deep_link()
    _, token = deep_linking.response(
        world.engine, launch, [Item("week06", "Week 06", world.tool.launch_url, 40.0)]
    )
    ours = jwt.decode(token, options={"verify_signature": False})
    link = their_launch(world, "/deep-link?user=2&context=2").get_deep_link()
    resource = DeepLinkResource().set_url(world.tool.launch_url).set_title("Week 06")
    column = LineItem().set_label("Week 06").set_score_maximum(40).set_resource_id("week06")
    resource.set_custom_params({"week": "week06"}).set_lineitem(column.set_tag("week06"))
    theirs = link.get_message_jwt([resource])
    assert ours[f"{DL}content_items"] == theirs[f"{DL}content_items"]
    assert ours[f"{DL}data"] == theirs[f"{DL}data"]
    for name in ("iss", *(LTI + each for each in ("deployment_id", "message_type", "version"))):
        assert ours[name] == theirs[name]
    assert [ours["aud"]] == theirs["aud"]
    assert set(ours) == set(theirs)
