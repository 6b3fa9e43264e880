"""Does somebody else's platform understand us? `lti1p3platform`, served over HTTP.

It makes and checks messages, and leaves the storage to whoever uses it: that is what is written
here, and none of it comes from our emulator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from autograder.lms.lti import platforms
from autograder.lms.lti.deep_linking import Item
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from autograder.lms.lti.scores import Conflict, Score, Sent
from autograder.lms.lti.services import Services
from tests.lms.lti.platform.emulator import signing_key
from tests.lms.lti.platform.web import Reply, Request, as_json, page, posting, redirect, served
from tests.lms.lti.tool import Browser

lti1p3platform = pytest.importorskip("lti1p3platform")

from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract  # noqa: E402
from lti1p3platform.membership import Context  # noqa: E402
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract  # noqa: E402
from lti1p3platform.oidc_login import OIDCLoginAbstract  # noqa: E402
from lti1p3platform.registration import Registration  # noqa: E402
from lti1p3platform.score import UpdateScoreStatus  # noqa: E402
from lti1p3platform.service_connector import (  # noqa: E402
    AssignmentsGradesService,
    NamesRoleProvisioningService,
)

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
USERS = {"u1": ("Ada Lovelace", "Learner"), "u2": ("Grace Hopper", "Instructor")}


def pem(private: bool) -> str:
    _, key = signing_key(1)
    if private:
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()


class Configuration(LTI1P3PlatformConfAbstract):
    """Its view of the tool."""

    def init_platform_config(self, **given: Any) -> None:
        self._registration = given["registration"]

    def get_registration_by_params(self, **given: Any) -> Registration:
        return self._registration


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **given: Any) -> None:
        self._lti_message_hint = given["hint"]

    def get_redirect(self, url: str) -> Reply:
        return redirect(url)


class Message(LTIAdvantageMessageLaunchAbstract):
    def get_preflight_response(self) -> dict[str, Any]:
        return self._request

    def render_launch_form(self, data: dict[str, Any], **given: Any) -> Reply:
        return posting(data["launch_url"], {"id_token": data["id_token"], "state": data["state"]})


class Grades(AssignmentsGradesService):
    """Columns and scores in memory."""

    columns: dict[str, dict[str, Any]]
    scores: dict[tuple[str, str], dict[str, Any]]

    def find_lineitems(self, **asked: Any) -> Any:
        wanted = asked.get("resource_id")
        found = [each for each in self.columns.values() if wanted in (None, each["resourceId"])]
        return {"content": found, "has_next": False}

    def find_lineitem(self, line_item_id: str) -> Any:
        return self.columns[line_item_id]

    def create_lineitem(self, creation_data: Any) -> Any:
        number = str(len(self.columns) + 1)
        row = {**creation_data, "id": f"{self.ags.lineitems_url}/{number}"}
        self.columns[number] = row
        return row

    def update_lineitem(self, update_data: Any) -> Any:
        raise NotImplementedError

    def delete_lineitem(self, line_item_id: str) -> None:
        raise NotImplementedError

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        key = (line_item_id, score["userId"])
        before = self.scores.get(key)
        if before and score["timestamp"] <= before["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.scores[key] = score
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, **asked: Any) -> Any:
        rows = [
            {
                "userId": user,
                "resultScore": score["scoreGiven"],
                "resultMaximum": score["scoreMaximum"],
                "comment": score.get("comment", ""),
            }
            for (column, user), score in self.scores.items()
            if column == line_item_id
        ]
        return {"content": rows, "has_next": False}


class ClassList(NamesRoleProvisioningService):
    def get_member_data_page(self, **asked: Any) -> Any:
        rows = [
            {"user_id": user, "name": name, "roles": [MEMBERSHIP + role]}
            for user, (name, role) in USERS.items()
        ]
        return {"content": rows, "has_next": False}

    def get_context_by_id(self) -> Context:
        return Context("c1", "NN", "Neural Networks")


class OtherPlatform:
    """The addresses."""

    def __init__(self, tool_url: str) -> None:
        self.base, self.tool_url = "", tool_url
        self.registration = Registration()
        self.configuration = Configuration(registration=self.registration)
        self.columns = {"1": {"label": "Week 06", "scoreMaximum": 100, "resourceId": "week06"}}
        self.scores: dict[tuple[str, str], dict[str, Any]] = {}
        self.picked: list[dict[str, Any]] = []

    def start(self, base: str) -> None:
        self.base = base
        self.columns["1"]["id"] = f"{base}/columns/1"
        self.registration.set_iss(base).set_client_id("tool").set_deployment_id("d")
        self.registration.set_oidc_login_url(f"{self.tool_url}/lti/login")
        self.registration.set_launch_url(f"{self.tool_url}/lti/launch")
        self.registration.set_deeplink_launch_url(f"{self.tool_url}/lti/launch")
        self.registration.set_platform_public_key(pem(False)).set_platform_private_key(pem(True))
        self.registration.set_tool_key_set_url(f"{self.tool_url}/lti/keys")

    def answer(self, request: Request) -> Reply:
        match request.path.split("/")[1:]:
            case ["keys"]:
                return as_json(self.configuration.get_jwks())
            case ["open"]:
                login = Login(None, self.configuration)
                login.set_lti_message_hint(hint=request.query["hint"])
                return login.initiate_login(request.query["user"])
            case ["auth"]:
                return self._message(request.query)
            case ["token"]:
                return as_json(self.configuration.get_access_token(request.form))
            case ["picked"]:
                self.picked += self.configuration.validate_deeplinking_resp(request.form)
                return page("picked")
            case ["members"]:
                service = ClassList(_as_theirs(request), self.configuration, f"{self.base}/members")
                return _reply(service.handle_resp(service.handle_get_members))
            case ["columns", *rest]:
                return self._grades(request, rest)
        return page("nothing here", 404)

    def _message(self, query: dict[str, str]) -> Reply:
        message = Message(query, self.configuration)
        name, role = USERS[query["login_hint"]]
        message.set_user_data(query["login_hint"], [MEMBERSHIP + role], name)
        message.set_launch_context_claim("c1", context_title="Neural Networks")
        message.set_nrps(f"{self.base}/members")
        message.set_launch_presentation_claim("window", f"{self.base}/back")
        if query["lti_message_hint"] == "pick":
            message.set_dl(f"{self.base}/picked", "T", "X", {"ltiResourceLink"}, {"kept": [1]})
        else:
            message.set_resource_link_claim("l1", title="Week 06")
            message.set_custom_parameters_claim({"week": "week06"})
        message.set_ags(f"{self.base}/columns", f"{self.base}/columns/1")
        return message.lti_launch()

    def _grades(self, request: Request, rest: list[str]) -> Reply:
        service = Grades(_as_theirs(request), self.configuration, f"{self.base}/columns")
        service.columns, service.scores = self.columns, self.scores
        match rest:
            case [] if request.method == "POST":
                answer = service.handle_resp(service.handle_create_lineitem)
            case []:
                answer = service.handle_resp(service.handle_get_lineitems)
            case [number, "scores"]:
                answer = service.handle_resp(service.handle_update_score, line_item_id=number)
            case [number, "results"]:
                answer = service.handle_resp(service.handle_get_results, line_item_id=number)
            case [number]:
                answer = service.handle_resp(service.handle_get_lineitem, line_item_id=number)
        return _reply(answer)


class _as_theirs:
    """A request in the form that the library reads."""

    def __init__(self, request: Request) -> None:
        self.method, self.path = request.method, request.path
        self.headers, self.get_data = request.headers, request.query
        self.json = json.loads(request.body) if request.body else None


def _reply(answer: Any) -> Reply:
    result = answer.result
    if isinstance(result, dict) and "content" in result:
        result = result["content"]
    return as_json(result, answer.code, answer.media_type)


@pytest.fixture(scope="module")
def other(tool: Any) -> Iterator[OtherPlatform]:
    made = OtherPlatform(tool.base)
    with served(made.answer) as base:
        made.start(base)
        made.platform = platforms.add(
            tool.engine,
            Platform(
                issuer=base,
                client_id="tool",
                authorization_url=f"{base}/auth",
                token_url=f"{base}/token",
                keyset_url=f"{base}/keys",
                deployments=frozenset({"d"}),
            ),
        )
        yield made


def opened(tool: Any, other: OtherPlatform, user: str, hint: str = "link") -> Any:
    Browser().open(f"{other.base}/open?user={user}&hint={hint}")
    assert not tool.refusals, str(tool.refusals[-1])
    return tool.launches[-1]


@pytest.mark.slow
def test_does_another_platform_go_the_whole_way(tool, other):
    """Launch, class list, columns, scores and deep link, in one way."""
    teacher, student = opened(tool, other, "u2"), opened(tool, other, "u1")
    assert (teacher.role, student.role) == (Role.INSTRUCTOR, Role.STUDENT)
    assert (student.name, student.week) == ("Ada Lovelace", "week06")
    services = Services(tool.engine, other.platform)
    found = services.members(student.memberships_url)
    assert {(each.user, each.role) for each in found} == {
        ("u1", Role.STUDENT),
        ("u2", Role.INSTRUCTOR),
    }
    now = datetime.now(UTC)
    for seconds, answer in ((0, Sent), (1, Sent), (1, Conflict)):
        score = Score("u1", 7.0 + seconds, 10.0, now + timedelta(seconds=seconds), "well done")
        assert isinstance(services.send_score(student.line_item, score), answer)
    (result,) = services.results(student.line_item, "u1")
    assert (result.score, result.comment) == (8.0, "well done")
    made = [
        services.create_line_item(student.line_items, "Week 07", 5.0, "week07") for _ in range(2)
    ]
    assert made[0].id == made[1].id == f"{other.base}/columns/2"
    tool.items = [Item("week08", "Week 08", tool.launch_url, 12.0)]
    opened(tool, other, "u2", "pick")
    assert other.picked[0]["lineItem"]["resourceId"] == "week08"
    assert other.picked[0]["custom"] == {"week": "week08"}
