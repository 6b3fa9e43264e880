"""A connection to Canvas that retries, and whose errors say what to do next.

The token is read from the environment only: other users can see a command line, and the shell
keeps it in its history.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
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
    """Retry as Retry-After says, or after twice as long each time.

    A GET is retried after any error of the server. A POST is retried only after a 429, which says
    that Canvas ignored it. After a 5xx it may have been processed, and comments would be doubled.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code == 429 or (method == "GET" and status_code >= 500)


def number_in_address(option: str, value: str) -> int:
    """The number that an option holds, from the address /courses/N/assignments/M.

    Raises:
        CourseError: if it is none.
    """
    if not value.isdecimal():
        raise CourseError(
            f"asking Canvas needs {option}, a number in the address /courses/N/assignments/M; "
            f"received {value!r}"
        )
    return int(value)


def connect() -> Any:
    """Connect to the Canvas that the environment names.

    Returns:
        A `canvasapi.Canvas`.

    Raises:
        CourseError: if CANVAS_URL or CANVAS_TOKEN is missing or unusable, or canvasapi is not
            installed.
    """
    try:
        from canvasapi import Canvas
        from requests.adapters import HTTPAdapter
    except ModuleNotFoundError:
        raise CourseError(
            "asking Canvas needs canvasapi, which is not installed. Next: pip install canvasapi"
        ) from None
    url, token = _environment()
    with warnings.catch_warnings():
        # It warns about http://, which `_environment` allows for this machine only.
        warnings.simplefilter("ignore", UserWarning)
        canvas = Canvas(url, token)
    session = _session(canvas)
    patience = Patience(
        total=RETRIES,
        allowed_methods=["GET"],
        backoff_factor=BACKOFF_SECONDS,
        raise_on_status=False,
    )
    session.mount(url, HTTPAdapter(max_retries=patience))
    # canvasapi sets no timeout, and without one requests waits forever.
    session.request = partial(session.request, timeout=ANSWER_SECONDS)
    return canvas


def upload_for_comment(assignment: Any, user: int, page: Path) -> int:
    """Upload a file that a comment to a student may have attached.

    Returns:
        Canvas's number for the file.
    """
    from canvasapi.exceptions import CanvasException
    from canvasapi.upload import Uploader

    address = (
        f"courses/{assignment.course_id}/assignments/{assignment.id}/submissions/{user}"
        "/comments/files"
    )
    done, answer = Uploader(assignment._requester, address, page, content_type="text/html").start()
    number = answer.get("id") if isinstance(answer, dict) else None
    if not done or not isinstance(number, int):
        raise CanvasException(f"{page.name} was not stored")
    return number


def _session(canvas: Any) -> Any:
    """The `requests.Session` that carries everything.

    canvasapi has no public way to it; tests/lms/canvas/test_client.py notices if this one goes.
    """
    return canvas._Canvas__requester._session


def _environment() -> tuple[str, str]:
    url, token = (os.environ.get(name, "").strip() for name in (URL, TOKEN))
    for name, value, example in (
        (URL, url, "https://canvas.example.edu"),
        (TOKEN, token, "an access token created in Canvas under Account, Settings"),
    ):
        if not value:
            raise CourseError(
                f"Canvas is asked with the environment variable {name}; set it to {example}"
            )
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise CourseError(
            f"{URL} should begin with https://, received {url!r}: "
            "the token would be sent unencrypted"
        )
    return f"{parts.scheme}://{parts.netloc}", token


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the errors of `canvasapi` and `requests` into one sentence with the next step.

    Raises:
        CourseError: in their place.
    """
    from canvasapi import exceptions
    from requests.exceptions import RequestException

    try:
        yield
    except (exceptions.InvalidAccessToken, exceptions.Unauthorized):
        raise CourseError(
            f"Canvas refused the token in {TOKEN}. Next: create one under Account, Settings, "
            "as a teacher of the course"
        ) from None
    except exceptions.ResourceDoesNotExist:
        raise CourseError(
            "This token sees no such course or assignment. Next: copy --course-id and "
            "--assignment-id from the address /courses/N/assignments/M"
        ) from None
    except exceptions.RateLimitExceeded:
        raise CourseError(
            "Canvas is limiting this token's requests. Next: wait a few minutes and run it again"
        ) from None
    except exceptions.Forbidden:
        raise CourseError(
            "This token may not grade in the course. Next: use the token of a teacher"
        ) from None
    except exceptions.CanvasException as error:
        raise CourseError(f"Canvas answered with an error: {error}. Next: run it again") from None
    except RequestException as error:
        raise CourseError(
            f"Canvas at {os.environ.get(URL)} does not answer ({type(error).__name__}). "
            "Next: run it again; grades that have arrived are not sent twice"
        ) from None
