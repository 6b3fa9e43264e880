"""The token that hands in for a student: asked for once, and kept out of the notebook.

In a cell it would be handed in with the notebook, and in a cloud folder it would be shared with it.
"""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from autograder.errors import AutograderError

VARIABLE = "NNFS_TOKEN"
"""Where a machine has no home that stays, a secret of its may hold the token."""
FILE = Path(".config", "nnfs", "token")
"""In the home folder."""
_PROMPT = "Your token, from the page of the week in your LMS: "
_BEGINS = "nnfs_"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SubmitError(AutograderError):
    """Nothing was handed in, or its verdict is not known; the text says what to do next."""


@dataclass(frozen=True)
class PersonalToken:
    """Which service, and the secret that it knows the student by."""

    address: str
    secret: str


def token(*, new: bool = False, ask: Callable[[str], str] | None = None) -> PersonalToken:
    """The token that was kept, or what the student pastes.

    Args:
        new: to ask even if one was kept.
        ask: asks without showing what is typed; by default `getpass`.

    Raises:
        SubmitError: when there is none, or it is no token.
    """
    kept = "" if new else os.environ.get(VARIABLE, "") or _kept()
    if kept:
        return read(kept)
    try:
        text = (ask or getpass.getpass)(_PROMPT)
    except Exception as error:
        raise SubmitError(
            f"The token cannot be asked for here ({type(error).__name__}). Next: set the "
            f"environment variable {VARIABLE} to it, outside of the notebook."
        ) from None
    found = read(text)
    _keep(text.strip())
    return found


def read(text: str) -> PersonalToken:
    """A token as the page shows it: the service's address, #, and the secret.

    Raises:
        SubmitError: when it is anything else.
    """
    address, _, secret = text.strip().rpartition("#")
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    whole = f"{address}{secret}"
    if not (
        secret.startswith(_BEGINS) and safe and parts.hostname and "@" not in parts.netloc
    ) or any(not c.isprintable() or c.isspace() for c in whole):
        raise SubmitError(
            "Expected a token such as https://nn.example.edu#nnfs_..., received something else. "
            "Next: open the week in your LMS, make a token there, copy the whole line, and call "
            "submit(new_token=True)."
        )
    return PersonalToken(address.rstrip("/"), secret)


def _kept() -> str:
    try:
        return (Path.home() / FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError, RuntimeError):
        return ""


def _keep(text: str) -> None:
    """Keep it for this user alone; where that does not work it is asked for again."""
    with contextlib.suppress(OSError, RuntimeError):
        path = Path.home() / FILE
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
