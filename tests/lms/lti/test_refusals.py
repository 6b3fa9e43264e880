"""Is every launch that is not right refused, with a reason of its own, and nothing consumed?"""

from __future__ import annotations

import base64
import json
import re
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import update

from autograder.lms.lti import contexts, deep_linking, keyset, platforms, registration
from autograder.lms.lti.deep_linking import Item
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.launch import read_launch
from autograder.lms.lti.login import GOOD_FOR, start_login
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.refusals import REFUSALS
from autograder.lms.lti.tables import LINE_ITEMS, LOGINS
from tests.lms.lti.platform.emulator import public, signing_key
from tests.lms.lti.platform.quirks import DL, LTI
from tests.lms.lti.platform.sign_in import id_token

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


class Attempt:
    """A login, and launches that may be wrong."""

    def __init__(self, world: Any) -> None:
        self.world, self.engine = world, world.engine
        self.now = datetime.now(UTC)
        self.url = world.tool.launch_url
        self.parameters = {
            "iss": world.emulator.base,
            "client_id": world.platform.client_id,
            "login_hint": "h",
            "target_link_uri": self.url,
            "lti_deployment_id": "1",
        }

    def login(self, now: datetime | None = None, **changes: Any) -> Any:
        """Begin a login; a change to None removes a parameter."""
        given = {k: v for k, v in (self.parameters | changes).items() if v is not None}
        return start_login(self.engine, given, self.url, now or self.now)

    def token(self, given: str, /, user: str = "2", deep: bool = False, **changes: Any) -> str:
        """The platform's message, with claims changed."""
        what = {"context": "2"} if deep else {"context": "2", "link": "1"}
        login = {"user": user, "target": self.url, **what}
        return id_token(self.world.emulator, login, given, changes)

    def read(self, token: str, state: str, browser: str | None = "same", **more: Any) -> Any:
        """Read a launch."""
        held = state if browser == "same" else browser
        now = more.pop("now", self.now)
        form = {"id_token": token, "state": state, **more}
        form = {name: value for name, value in form.items() if value is not None}
        return read_launch(self.engine, form, held, now, self.url)

    def launch(self, **changes: Any) -> Any:
        """A login, and the launch with claims changed."""
        login = self.login()
        return self.read(self.token(login.nonce, **changes), login.state)


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict[str, Any], key: Any = None, algorithm: str = "RS256", **header: Any) -> str:
    kid, own = signing_key(0)
    headers = {name: value for name, value in ({"kid": kid} | header).items() if value is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(claims, key if key is not None else own, algorithm, headers=headers)


def signed_bytes(payload: bytes) -> str:
    kid, key = signing_key(0)
    return jwt.PyJWS().encode(payload, key, "RS256", headers={"kid": kid})


def raw(header: Any, payload: Any, signature: bytes = b"x") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def resigned(attempt: Attempt, **how: Any) -> Any:
    """The right claims, signed in another way."""
    login = attempt.login()
    return attempt.read(signed(claims_of(attempt.token(login.nonce)), **how), login.state)


def with_token(attempt: Attempt, token: str) -> Any:
    return attempt.read(token, attempt.login().state)


def two_logins(attempt: Attempt) -> Any:
    first, second = attempt.login(), attempt.login()
    return attempt.read(attempt.token(first.nonce), second.state)


def used_nonce(attempt: Attempt) -> Any:
    first = attempt.login()
    token = attempt.token(first.nonce)
    attempt.read(token, first.state)
    return attempt.read(token, attempt.login().state)


def used_state(attempt: Attempt) -> Any:
    login = attempt.login()
    token = attempt.token(login.nonce)
    attempt.read(token, login.state)
    return attempt.read(token, login.state)


def late(attempt: Attempt) -> Any:
    login = attempt.login(now=attempt.now - GOOD_FOR)
    return attempt.read(attempt.token(login.nonce), login.state)


def bad_signature(attempt: Attempt) -> Any:
    login = attempt.login()
    head, body, mark = attempt.token(login.nonce).split(".")
    claims = {**claims_of(f"{head}.{body}.{mark}"), "sub": "3"}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return attempt.read(f"{head}.{changed}.{mark}", login.state)


def public_key_as_password(attempt: Attempt) -> Any:
    """The classic: HS256 with the public key as its secret."""
    login = attempt.login()
    secret = public(*signing_key(0))["n"].encode()
    claims = claims_of(attempt.token(login.nonce))
    return attempt.read(signed(claims, secret, "HS256"), login.state)


def weak_key(attempt: Attempt) -> Any:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    emulator = attempt.world.emulator
    login = attempt.login()
    token = signed(claims_of(attempt.token(login.nonce)), weak, kid="weak")
    emulator.keys = [*emulator.keys, ("weak", weak)]
    keyset.forget()
    return attempt.read(token, login.state)


def unreachable_keys(attempt: Attempt) -> Any:
    login = attempt.login()
    token = attempt.token(login.nonce)
    platform = attempt.world.platform
    elsewhere = {**vars(platform), "keyset_url": "http://127.0.0.1:9/keys"}
    platforms.add(attempt.engine, Platform(**elsewhere))
    return attempt.read(token, login.state)


def two_client_ids(attempt: Attempt) -> Any:
    platform = attempt.world.platform
    for number in (2, 3):
        more = {**vars(platform), "client_id": f"client-{number}", "deployments": frozenset()}
        platforms.add(attempt.engine, Platform(**more))
    return attempt.login(client_id=None, lti_deployment_id=None)


def another_course(attempt: Attempt) -> Any:
    attempt.launch()
    return attempt.launch(**{f"{LTI}context": {"id": "9", "title": "Another course"}})


def foreign_line_item(attempt: Attempt) -> Any:
    """The instructor of another connected course names a column of this one."""
    launch = attempt.launch()
    with pytest.raises(Refused) as refused:
        another_course(attempt)
    assert refused.value.reason == "other-course"
    (other,) = [each for each in contexts.every(attempt.engine) if each.context == "9"]
    contexts.connect(attempt.engine, other.id)
    grades = {"scope": [], "lineitem": launch.line_item}
    return attempt.launch(**{f"{LTI}context": {"id": "9"}, AGS: grades})


def several_items(attempt: Attempt) -> Any:
    settings = {
        "deep_link_return_url": f"{attempt.world.emulator.base}/deep-link-return",
        "accept_types": ["ltiResourceLink"],
        "accept_multiple": False,
    }
    launch = attempt.launch(deep=True, **{f"{DL}deep_linking_settings": settings})
    items = [Item("week06", "Week 06", attempt.url, 1.0)] * 2
    return deep_linking.response(attempt.engine, launch, items)


def register(attempt: Attempt, code: str = "", now: datetime | None = None, **more: str) -> Any:
    """Dynamic registration with a code, or with a good one."""
    address = registration.invite(attempt.engine, attempt.world.tool.base, attempt.now)
    given = {"code": code or address.partition("code=")[2], **more}
    given.setdefault("openid_configuration", f"{attempt.world.emulator.base}/configuration")
    return registration.register(attempt.engine, given, attempt.world.tool.base, now)


def register_twice(attempt: Attempt) -> Any:
    address = registration.invite(attempt.engine, attempt.world.tool.base, attempt.now)
    code = address.partition("code=")[2]
    for _ in range(2):
        register(attempt, code, registration_token="registration-token")


def configured_elsewhere(attempt: Attempt) -> Any:
    emulator = attempt.world.emulator
    localhost = emulator.base.replace("127.0.0.1", "localhost")
    return register(attempt, openid_configuration=f"{localhost}/configuration")


NUMBERED = {"alg": "RS256", "kid": 7}
Try = Callable[[Attempt], Any]
NEGATIVES: list[tuple[str, str, Try]] = [
    # --- the login
    ("no-issuer", "opened by hand", lambda a: a.login(iss=None)),
    ("no-login-hint", "no hint", lambda a: a.login(login_hint=None)),
    ("no-target", "no target", lambda a: a.login(target_link_uri=None)),
    ("foreign-target", "another site", lambda a: a.login(target_link_uri="https://evil.example/")),
    ("foreign-target", "another port", lambda a: a.login(target_link_uri="http://127.0.0.1:9/x")),
    ("foreign-target", "a script", lambda a: a.login(target_link_uri="javascript:alert(1)")),
    (
        "foreign-target",
        "a user's name",
        lambda a: a.login(target_link_uri="http://127.0.0.1@evil.example/"),
    ),
    ("unknown-platform", "another issuer", lambda a: a.login(iss="https://evil.example")),
    ("unknown-platform", "another client id", lambda a: a.login(client_id="other")),
    ("ambiguous-platform", "no client id", two_client_ids),
    ("malformed-login", "a long hint", lambda a: a.login(login_hint="x" * 10_000)),
    # --- the frame
    ("platform-refused", "an error", lambda a: a.read("", "", error="login_required")),
    ("no-token", "no token", lambda a: a.read("", a.login().state)),
    ("no-state", "no state", lambda a: a.read("x", "")),
    ("state-unknown", "a state of nobody's", lambda a: a.read("x", "unknown")),
    ("state-unknown", "what no database stores", lambda a: a.read("x", "a\0b")),
    ("state-unknown", "a letter that is none", lambda a: a.read("x", "\ud800")),
    ("state-expired", "after ten minutes", late),
    ("state-used", "sent twice", used_state),
    ("no-cookie", "no cookie", lambda a: a.read("x", a.login().state, None)),
    ("other-browser", "another's cookie", lambda a: a.read("x", a.login().state, a.login().state)),
    # --- form and signature
    ("malformed-token", "no token at all", lambda a: with_token(a, "x")),
    ("malformed-token", "five parts", lambda a: with_token(a, "a.b.c.d.e")),
    ("malformed-token", "no JSON", lambda a: with_token(a, "YQ.YQ.YQ")),
    ("malformed-token", "a list", lambda a: with_token(a, raw(["RS256"], {}))),
    (
        "malformed-token",
        "deep nesting",
        lambda a: with_token(
            a, base64.urlsafe_b64encode(b"[" * 60_000).decode().rstrip("=") + ".YQ.YQ"
        ),
    ),
    ("token-too-large", "a large token", lambda a: with_token(a, "x" * 200_001)),
    ("unsigned", "alg none", lambda a: resigned(a, key="", algorithm="none")),
    ("unsigned", "alg None", lambda a: with_token(a, raw({"alg": "NonE", "kid": "k"}, {}, b""))),
    ("unsigned", "no alg", lambda a: with_token(a, raw({"kid": "k"}, {}))),
    ("wrong-algorithm", "HS256", public_key_as_password),
    ("wrong-algorithm", "RS512", lambda a: resigned(a, algorithm="RS512")),
    ("malformed-token", "a signed list", lambda a: with_token(a, signed_bytes(b"[1]"))),
    ("malformed-token", "a signed text", lambda a: with_token(a, signed_bytes(b"no JSON"))),
    ("malformed-token", "signed nesting", lambda a: with_token(a, signed_bytes(b"[" * 50_000))),
    ("malformed-token", "crit", lambda a: resigned(a, crit=["exp"])),
    ("no-key-id", "no kid", lambda a: resigned(a, kid=None)),
    ("no-key-id", "an empty kid", lambda a: resigned(a, kid="")),
    ("malformed-token", "a number as kid", lambda a: with_token(a, raw(NUMBERED, {}))),
    ("unknown-key", "another kid", lambda a: resigned(a, kid="other")),
    ("weak-key", "1024 bits", weak_key),
    ("keyset-unreachable", "no keyset", unreachable_keys),
    ("bad-signature", "a changed claim", bad_signature),
    ("bad-signature", "another key", lambda a: resigned(a, key=signing_key(1)[1])),
    # --- from whom, for whom, when
    ("wrong-issuer", "another iss", lambda a: a.launch(iss="https://evil.example")),
    ("wrong-issuer", "a slash more", lambda a: a.launch(iss=a.world.emulator.base + "/")),
    ("wrong-audience", "another aud", lambda a: a.launch(aud="other")),
    ("wrong-audience", "others' aud", lambda a: a.launch(aud=["a", "b"])),
    ("wrong-audience", "a part of it", lambda a: a.launch(aud="client-1x")),
    ("no-authorized-party", "no azp", lambda a: a.launch(aud=["client-1", "b"])),
    ("wrong-authorized-party", "another azp", lambda a: a.launch(azp="b")),
    (
        "wrong-authorized-party",
        "another's of two",
        lambda a: a.launch(aud=["client-1", "b"], azp="b"),
    ),
    ("expired", "a minute ago", lambda a: a.launch(exp=int(a.now.timestamp()) - 60)),
    ("from-the-future", "in a minute", lambda a: a.launch(iat=int(a.now.timestamp()) + 60)),
    ("from-the-future", "not before", lambda a: a.launch(nbf=int(a.now.timestamp()) + 60)),
    ("too-old", "two hours ago", lambda a: a.launch(iat=int(a.now.timestamp()) - 7200)),
    ("nonce-used", "a replayed message", used_nonce),
    ("nonce-unknown", "a nonce of nobody's", lambda a: a.launch(nonce="unknown")),
    ("state-swapped", "two logins", two_logins),
    # --- the claims
    *(
        ("missing-claim", name, lambda a, name=name: a.launch(**{name: None}))
        for name in (
            *("iss", "aud", "exp", "iat", "nonce"),
            *(f"{LTI}{each}" for each in ("version", "message_type", "deployment_id", "roles")),
            *(f"{LTI}{each}" for each in ("target_link_uri", "resource_link")),
        )
    ),
    ("missing-claim", "no link id", lambda a: a.launch(**{f"{LTI}resource_link": {"title": "x"}})),
    (
        "missing-claim",
        "no return address",
        lambda a: a.launch(deep=True, **{f"{DL}deep_linking_settings": {"accept_types": ["x"]}}),
    ),
    ("malformed-claim", "a list as sub", lambda a: a.launch(sub=["3"])),
    ("malformed-claim", "a truth value as sub", lambda a: a.launch(sub=True)),
    ("malformed-claim", "a long sub", lambda a: a.launch(sub="x" * 256)),
    ("malformed-claim", "a text as exp", lambda a: a.launch(exp="soon")),
    ("malformed-claim", "an endless exp", lambda a: a.launch(exp=float("inf"))),
    ("malformed-claim", "an object as roles", lambda a: a.launch(**{f"{LTI}roles": {"a": 1}})),
    ("malformed-claim", "a text as context", lambda a: a.launch(**{f"{LTI}context": "2"})),
    ("malformed-claim", "a number as name", lambda a: a.launch(name=7)),
    (
        "malformed-claim",
        "files alone",
        lambda a: a.launch(
            deep=True,
            **{
                f"{DL}deep_linking_settings": {
                    "deep_link_return_url": "https://x.example/",
                    "accept_types": ["file"],
                }
            },
        ),
    ),
    ("wrong-version", "1.1", lambda a: a.launch(**{f"{LTI}version": "LTI-1p0"})),
    ("unknown-message", "a review", lambda a: a.launch(**{f"{LTI}message_type": "Lti1"})),
    ("unknown-message", "a list", lambda a: a.launch(**{f"{LTI}message_type": ["x"]})),
    ("unknown-deployment", "a new one", lambda a: _other_deployment(a)),
    ("deployment-changed", "another", lambda a: _two_deployments(a)),
    ("anonymous", "no sub", lambda a: a.launch(sub=None)),
    ("anonymous", "an empty sub", lambda a: a.launch(sub="")),
    ("not-in-a-course", "no context", lambda a: a.launch(**{f"{LTI}context": None})),
    ("foreign-target", "in the message", lambda a: a.launch(**{f"{LTI}target_link_uri": "//x"})),
    # --- what belongs to what
    ("course-not-connected", "a student first", lambda a: a.launch(user="3")),
    ("course-not-connected", "an assistant first", lambda a: a.launch(user="5")),
    ("other-course", "another teacher", another_course),
    ("line-item-of-another-course", "another's column", foreign_line_item),
    (
        "foreign-service",
        "a column by http",
        lambda a: a.launch(**{AGS: {"lineitem": "http://evil.example/x"}}),
    ),
    (
        "foreign-service",
        "an answer to a script",
        lambda a: a.launch(
            deep=True,
            **{
                f"{DL}deep_linking_settings": {
                    "deep_link_return_url": "javascript:x",
                    "accept_types": ["ltiResourceLink"],
                }
            },
        ),
    ),
    ("no-deep-link", "a link", lambda a: deep_linking.response(a.engine, a.launch(), [])),
    ("one-item-only", "two items", several_items),
    # --- registration
    ("invitation-unknown", "a guess", lambda a: register(a, "guess")),
    ("invitation-expired", "a day later", lambda a: register(a, now=a.now + timedelta(days=2))),
    ("invitation-used", "twice", register_twice),
    (
        "configuration-unreachable",
        "by http",
        lambda a: register(a, openid_configuration="http://169.254.169.254/x"),
    ),
    (
        "configuration-unreachable",
        "another page",
        lambda a: register(a, openid_configuration=f"{a.world.emulator.base}/nowhere"),
    ),
    ("configuration-foreign", "another site's", configured_elsewhere),
    ("registration-refused", "another token", lambda a: register(a, registration_token="x")),
]


def _other_deployment(attempt: Attempt) -> Any:
    login = attempt.login(lti_deployment_id=None)
    changed = attempt.token(login.nonce, **{f"{LTI}deployment_id": "7"})
    return attempt.read(changed, login.state)


def _two_deployments(attempt: Attempt) -> Any:
    platforms.add_deployment(attempt.engine, attempt.world.platform.id, "7")
    return attempt.launch(**{f"{LTI}deployment_id": "7"})


@pytest.mark.parametrize(
    ("reason", "how", "attempt"), NEGATIVES, ids=[f"{row[0]}-{row[1]}" for row in NEGATIVES]
)
def test_is_it_refused_with_its_own_reason(world, reason, how, attempt):
    with pytest.raises(Refused) as refused:
        attempt(Attempt(world))
    assert refused.value.reason == reason
    assert refused.value.title == REFUSALS[reason][0]
    assert not re.search(r"\{\w+\}", str(refused.value))


def test_has_every_reason_a_launch_that_earns_it():
    assert {row[0] for row in NEGATIVES} == set(REFUSALS)


def test_do_all_texts_end_as_sentences_and_say_what_to_do():
    for reason, (title, text) in REFUSALS.items():
        assert title and not title.endswith("."), reason
        assert text.endswith((".", "}")) and len(text) > 60, reason


def test_does_a_refused_launch_leave_its_login_good(world):
    """A message that is wrong consumes nothing; the right one then counts, once."""
    attempt = Attempt(world)
    login = attempt.login()
    with pytest.raises(Refused):
        attempt.read(attempt.token(login.nonce, aud="other"), login.state)
    with pytest.raises(Refused):
        attempt.read(attempt.token(login.nonce), login.state, None)
    assert attempt.read(attempt.token(login.nonce), login.state).subject == "2"


def test_is_of_two_copies_at_once_one_let_in(world):
    """State and nonce are consumed in one step, whichever of two requests comes first."""
    from concurrent.futures import ThreadPoolExecutor

    attempt = Attempt(world)
    login = attempt.login()
    token = attempt.token(login.nonce)

    def read(_: int) -> str:
        try:
            attempt.read(token, login.state)
        except Refused as error:
            return error.reason
        return "in"

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(read, range(4)))
    assert found == ["in", "state-used", "state-used", "state-used"]


def test_are_expired_logins_forgotten(world):
    attempt = Attempt(world)
    old = attempt.login(now=attempt.now - timedelta(days=2))
    attempt.login()
    with attempt.engine.begin() as connection:
        found = connection.execute(LOGINS.select().where(LOGINS.c.state == old.state)).all()
    assert not found


def test_does_a_line_item_stay_with_its_course(world):
    """It was first seen in one course, and no launch moves it."""
    attempt = Attempt(world)
    launch = attempt.launch()
    with attempt.engine.begin() as connection:
        row = connection.execute(LINE_ITEMS.select()).one()
        assert (row.context, row.url, row.week) == (launch.context_key, launch.line_item, "week06")
        connection.execute(update(LINE_ITEMS).values(week=None))
    attempt.launch()
    assert contexts.line_item_of(attempt.engine, launch.context_key, "week06") == launch.line_item
