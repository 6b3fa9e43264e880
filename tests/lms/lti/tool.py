"""The core as a tool over real HTTP, and a browser that goes from page to page by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests
from sqlalchemy import Engine

from autograder.lms.lti import addresses, deep_linking, keys, platforms, registration
from autograder.lms.lti.deep_linking import Item
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.launch import Launch, read_launch
from autograder.lms.lti.login import Login, start_login
from autograder.lms.lti.platforms import Platform
from tests.lms.lti.platform import Emulator
from tests.lms.lti.platform.web import Reply, Request, as_json, page, posting, redirect, served


class Tool:
    """Login, launch and keyset, as the web service will have them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.base = ""
        self.launches: list[Launch] = []
        self.logins: list[Login] = []
        self.refusals: list[Refused] = []
        self.registered: list[Platform] = []
        self.posted: list[dict[str, str]] = []
        self.items: list[Item] = []
        """What the next deep-linking launch picks."""
        self.later = timedelta()
        """By how much this tool's clock is later."""

    @contextmanager
    def running(self, port: int = 0) -> Iterator[Tool]:
        """Serve it."""
        with served(self._answer, port) as self.base:
            yield self

    @property
    def launch_url(self) -> str:
        """Our launch address."""
        return self.base + addresses.LAUNCH

    def know(self, emulator: Emulator, family: str = "other") -> Platform:
        """Register the two with each other."""
        emulator.know(self.base)
        return platforms.add(
            self.engine,
            Platform(
                client_id=emulator.registration.client_id,
                deployments=frozenset(emulator.registration.deployments),
                family=family,
                **emulator.addresses,
            ),
        )

    def now(self) -> datetime:
        """This tool's clock."""
        return datetime.now(UTC) + self.later

    def _answer(self, request: Request) -> Reply:
        try:
            match request.path:
                case addresses.KEYSET:
                    return as_json(keys.jwks(self.engine))
                case addresses.LOGIN:
                    return self._login(request)
                case addresses.LAUNCH:
                    return self._launch(request)
                case addresses.REGISTER:
                    made = registration.register(self.engine, request.query, self.base, self.now())
                    self.registered.append(made)
                    return page("registered")
        except Refused as error:
            self.refusals.append(error)
            return page(f"{error.title}: {error}", 403)
        return page("nothing here", 404)

    def _login(self, request: Request) -> Reply:
        given = request.query if request.method == "GET" else request.form
        login = start_login(self.engine, given, self.launch_url, self.now())
        self.logins.append(login)
        reply = redirect(login.url)
        reply.headers["Set-Cookie"] = f"lti-{login.state[:8]}={login.state}; Path=/; HttpOnly"
        return reply

    def _launch(self, request: Request) -> Reply:
        form = request.form
        self.posted.append(form)
        held = request.cookies.get(f"lti-{form.get('state', '')[:8]}")
        launch = read_launch(self.engine, form, held, self.now(), self.launch_url)
        self.launches.append(launch)
        if launch.deep_link:
            url, token = deep_linking.response(self.engine, launch, self.items)
            return posting(url, {"JWT": token})
        return page("welcome")


class Browser:
    """Follows redirects, and posts the forms that a page's script would post."""

    def __init__(self) -> None:
        self.session = requests.Session()

    def open(self, url: str, form: dict[str, str] | None = None) -> requests.Response:
        """The page at which it ends."""
        method = "GET" if form is None else "POST"
        answer = self.session.request(method, url, data=form, timeout=60)
        for _ in range(8):
            found = Forms.of(answer.text)
            waiting = [each for each in found if each["posts_itself"]]
            if not waiting:
                return answer
            action = urljoin(answer.url, waiting[0]["action"])
            answer = self.session.post(action, data=waiting[0]["fields"], timeout=60)
        raise AssertionError(f"no end at {answer.url}")

    def sign_in(self, url: str, name: str, password: str) -> None:
        """Fill in the form at this address that asks for a password."""
        answer = self.session.get(url, timeout=60)
        forms = [each for each in Forms.of(answer.text) if each["password"]]
        assert forms, f"{url} has no form with a password"
        fields = {**forms[0]["fields"], forms[0]["password"]: password}
        fields[forms[0]["name"]] = name
        done = self.session.post(urljoin(answer.url, forms[0]["action"]), data=fields, timeout=60)
        assert not any(each["password"] for each in Forms.of(done.text)), f"{name} may not sign in"


class Forms(HTMLParser):
    """The forms of a page."""

    @classmethod
    def of(cls, text: str) -> list[dict[str, Any]]:
        """All of them, with their fields."""
        parser = cls()
        parser.feed(text)
        for form in parser.found:
            # Moodle's and Canvas's pages post a form of these fields by a script.
            form["posts_itself"] |= bool(
                {"id_token", "lti_message_hint", "JWT"} & set(form["fields"])
            )
        return parser.found

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            form: dict[str, Any] = {"action": values.get("action", ""), "fields": {}}
            form |= {"posts_itself": "data-auto" in values, "password": "", "name": ""}
            self.found.append(form)
        elif tag == "input" and self.found and values.get("name"):
            form = self.found[-1]
            kind = values.get("type", "text").lower()
            if kind == "password":
                form["password"] = values["name"]
            elif kind in ("text", "email") and not form["password"]:
                form["name"] = values["name"]
            elif kind in ("checkbox", "radio") and "checked" not in values:
                return
            if kind != "submit":
                form["fields"][values["name"]] = values.get("value", "")
