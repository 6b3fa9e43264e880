"""Requests to the course's service with a personal token, by what Python itself brings."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from autograder.student.personal_token import PersonalToken, SubmitError

SECONDS = 60.0
_LONGEST = 20 * 2**20
_TOO_LARGE = 413


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the address that it names, and nowhere else."""

    def redirect_request(self, *arguments: Any, **keywords: Any) -> None:
        """Follow nothing."""


_OPENER = build_opener(_NoRedirect)


def post(token: PersonalToken, path: str, files: Mapping[str, bytes]) -> Mapping[str, Any]:
    """Send files as a form's; the service's answer.

    Raises:
        SubmitError: with what the service says, or why it cannot be reached.
    """
    mark = secrets.token_hex(16)
    body = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="notebook"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s\r\n"
        % (mark.encode(), _plain_name(name).encode(), content)
        for name, content in files.items()
    )
    request = _request(token, path, body + f"--{mark}--\r\n".encode())
    request.add_header("Content-Type", f"multipart/form-data; boundary={mark}")
    return _answer(request)


def get(token: PersonalToken, path: str) -> Mapping[str, Any]:
    """Ask for something; the service's answer.

    Raises:
        SubmitError: with what the service says, or why it cannot be reached.
    """
    return _answer(_request(token, path))


def _request(token: PersonalToken, path: str, body: bytes | None = None) -> Request:
    headers = {"Authorization": f"Bearer {token.secret}", "Accept": "application/json"}
    return Request(f"{token.address}{path}", data=body, headers=headers)


def _answer(request: Request) -> Mapping[str, Any]:
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return _json(answer)
    except HTTPError as error:
        with error:
            _refuse(error)
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        raise SubmitError(
            f"The service {request.host} cannot be reached ({reason}). Next: look at your "
            "connection and try again; or hand in on the page of the week in your LMS."
        ) from None


def _refuse(error: HTTPError) -> NoReturn:
    if error.code == _TOO_LARGE:
        raise SubmitError(
            "The notebook is too large. Nothing was handed in. Next: clear the outputs of all "
            "cells, save the notebook, and run submit() again."
        )
    try:
        text = str(json.loads(error.read(_LONGEST))["error"])
    except (ValueError, KeyError, TypeError, OSError):
        text = (
            f"The service answered with the error {error.code}. Next: try again in a minute; or "
            "hand in on the page of the week in your LMS."
        )
    raise SubmitError(text)


def _json(answer: HTTPResponse) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.read(_LONGEST))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SubmitError(
            "What answered is not the course's service. Next: make a new token on the page of the "
            "week in your LMS, and call submit(new_token=True)."
        )
    return found


def _plain_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
