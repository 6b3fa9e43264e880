"""A connection to Canvas that is patient, and whose errors a person can act on.

The token comes from the environment alone: what stands on a command line is seen by others and
kept in the shell's history.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from urllib3.util import Retry

from autograder.errors import CourseError

TOKEN = "CANVAS_TOKEN"
URL = "CANVAS_URL"
ANSWER_SECONDS = 60.0
RETRIES = 6
BACKOFF_SECONDS = 0.5
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Patience(Retry):
    """Waits as Retry-After says, or twice as long each time.

    A GET is repeated after any failure of the server. A POST only where Canvas said that it did
    not take it (429): after a 5xx it may have, and comments would be appended twice.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code == 429 or (method == "GET" and status_code >= 500)


def connect() -> Any:
    """Canvas, as `canvasapi` presents it.

    Raises:
        CourseError: when the environment does not say where and as whom, or the extra is missing.
    """
    try:
        from canvasapi import Canvas
        from requests.adapters import HTTPAdapter
    except ModuleNotFoundError:
        raise CourseError(
            "--push needs canvasapi, which is not installed; "
            "run pip install with the `canvas` extra"
        ) from None
    url, token = _environment()
    with warnings.catch_warnings():
        # It warns of http://, which `_environment` allows on this machine alone.
        warnings.simplefilter("ignore", UserWarning)
        canvas = Canvas(url, token)
    session = canvas._Canvas__requester._session
    patience = Patience(
        total=RETRIES,
        allowed_methods=["GET"],
        backoff_factor=BACKOFF_SECONDS,
        raise_on_status=False,
    )
    session.mount(url, HTTPAdapter(max_retries=patience))
    # canvasapi gives no timeout, and requests' own is to wait for ever.
    session.request = partial(session.request, timeout=ANSWER_SECONDS)
    return canvas


def _environment() -> tuple[str, str]:
    url, token = (os.environ.get(name, "").strip() for name in (URL, TOKEN))
    for name, value, such in (
        (URL, url, "https://canvas.example.edu"),
        (TOKEN, token, "an access token made in Canvas under Account, Settings"),
    ):
        if not value:
            raise CourseError(f"--push reads the environment variable {name}; set it to {such}")
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise CourseError(
            f"{URL} should begin with https://, received {url!r}; "
            "the token would travel unencrypted"
        )
    return f"{parts.scheme}://{parts.netloc}", token


@contextmanager
def said_plainly() -> Iterator[None]:
    """What goes wrong with Canvas as one sentence with the next step.

    Raises:
        CourseError: in place of what `canvasapi` and `requests` raise.
    """
    from canvasapi import exceptions
    from requests.exceptions import RequestException

    try:
        yield
    except (exceptions.InvalidAccessToken, exceptions.Unauthorized):
        raise CourseError(
            f"Canvas refused the token in {TOKEN}; make a new one under Account, Settings, and "
            "use that of a teacher of the course"
        ) from None
    except exceptions.ResourceDoesNotExist:
        raise CourseError(
            "Canvas has no such course or assignment for this token; take --course-id and "
            "--assignment-id from the address /courses/N/assignments/M"
        ) from None
    except exceptions.RateLimitExceeded:
        raise CourseError(
            "Canvas is limiting this token's requests; run it again in some minutes"
        ) from None
    except exceptions.Forbidden:
        raise CourseError("Canvas does not let this token grade in the course") from None
    except exceptions.CanvasException as error:
        raise CourseError(f"Canvas answered with an error, run it again: {error}") from None
    except RequestException as error:
        raise CourseError(
            f"Canvas at {os.environ.get(URL)} does not answer ({type(error).__name__}); "
            "what it has taken is kept, so run it again"
        ) from None
