"""How we ask a platform: with time limits, retries where they do no harm, and no redirects.

A redirect would carry an access token to another address, so that none is followed.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from autograder.lms.lti.addresses import is_safe
from autograder.lms.lti.errors import ServiceError, shown

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 20.0
WHOLE_SECONDS = 40.0
"""However slowly a platform sends."""
LARGEST_ANSWER = 8 * 2**20
RETRIES = 2
BACKOFF_SECONDS = 0.3
_BUSY = (429, 500, 502, 503, 504)
_sessions = threading.local()


@dataclass(frozen=True)
class Answer:
    """What a platform answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Their names are compared without regard to case."""
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body, as UTF-8 whatever it calls itself: Moodle sends no type with its token."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """Whether it is a page for people."""
        return "html" in self.headers.get("content-type", "") or self.text.lstrip().startswith("<")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ServiceError: when it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ServiceError(
                "not-json", f"{self.url} should answer with JSON, and answered {self.described()}"
            ) from None

    def described(self) -> str:
        """Status and beginning of the body, for messages."""
        if self.is_html:
            return f"{self.status} with an HTML page"
        return f"{self.status} {shown(self.text) or '(nothing)'}"


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | Mapping[str, str] | None = None,
) -> Answer:
    """Send a request; a GET is repeated where the platform is busy or the connection breaks.

    A POST that may have been read is never repeated here: its sender decides.

    Args:
        body: bytes, or the fields of a form.

    Raises:
        ServiceError: when there is no answer ("unreachable", "unanswered" for a request that may
            have been read), or the address is not safe.
    """
    if not is_safe(url):
        raise ServiceError(
            "unsafe-address", f"expected an address that begins with https://, received {url!r}"
        )
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        with _session().request(
            method,
            url,
            headers=dict(headers or {}),
            data=body,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
            # Or requests would take a password for the host from ~/.netrc.
            auth=_unchanged,
        ) as answer:
            return Answer(url, answer.status_code, answer.headers, _body(answer, deadline))
    except requests.ConnectTimeout:
        raise _unreachable(url, "no connection in time") from None
    except requests.exceptions.SSLError as error:
        raise _unreachable(url, f"its certificate is refused: {shown(error)}") from None
    except requests.Timeout:
        raise _unanswered(url, "no answer in time") from None
    except requests.ConnectionError as error:
        if _was_sent(error):
            raise _unanswered(url, "the connection broke") from None
        raise _unreachable(url, "no connection") from None
    except (requests.RequestException, ValueError) as error:
        raise _unanswered(url, type(error).__name__) from None


def _body(answer: requests.Response, deadline: float) -> bytes:
    parts, size = [], 0
    for part in answer.iter_content(65536):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise ServiceError(
                "answer-too-large", f"{answer.url} sent more than {LARGEST_ANSWER >> 20} MiB"
            )
        if time.monotonic() > deadline:
            raise _unanswered(answer.url, "no whole answer in time")
    return b"".join(parts)


def _session() -> requests.Session:
    """A session of this thread: it keeps connections open between requests."""
    session: requests.Session | None = getattr(_sessions, "own", None)
    if session is None:
        session = _sessions.own = requests.Session()
        retry = Retry(
            total=RETRIES,
            allowed_methods=["GET"],
            status_forcelist=_BUSY,
            backoff_factor=BACKOFF_SECONDS,
            raise_on_status=False,
            # A platform that asks for more gets its time from the outbox.
            respect_retry_after_header=False,
        )
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _unchanged(request: Any) -> Any:
    return request


def _was_sent(error: requests.ConnectionError) -> bool:
    """Whether the request may have reached the platform before the connection broke."""
    text = repr(error)
    return "NewConnectionError" not in text and "NameResolutionError" not in text


def _unreachable(url: str, why: str) -> ServiceError:
    return ServiceError(
        "unreachable",
        f"{url} cannot be reached ({why}). Check the address, and that this machine may open it",
        again=True,
    )


def _unanswered(url: str, why: str) -> ServiceError:
    return ServiceError("unanswered", f"{url} did not answer ({why})", again=True)
