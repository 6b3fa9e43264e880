"""The section `[service]` of `course.toml`: what `autograder serve` needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

EXAMPLE = """
# The service for the LMS, `autograder serve` (docs/lti.md).
# [service]
# address = "https://nn.example.edu"    # what browsers and the LMS call it
# new_students = true                   # whoever the LMS says is a learner joins the roster
# grades = "final"                      # to the LMS once all is graded; "so far": at once
# attempts = 10                         # uploads per student and week; as many as they like without
# uploads_per_hour = 20                 # per student
# largest_mb = 20                       # per upload
# longest_wait_minutes = 60             # with a longer queue, uploads are refused for a while
"""
_LARGEST_MB = 20


@dataclass(frozen=True)
class ServiceSettings:
    """What `course.toml` says of the service.

    Args:
        address: where browsers and the LMS find it, without a slash at the end; empty if unknown.
        new_students: whether the LMS's learners join the roster when they first come.
        grades: "final": a grade goes to the LMS once no part of it waits for a person; "so far":
            at once, and again when a person has graded.
        attempts: the most uploads per student and week; 0 for as many as they like.
        uploads_per_hour: the most per student.
        largest_mb: the size of the largest upload, in MiB.
        longest_wait_minutes: with a longer queue, uploads are refused for a while.
    """

    address: str = ""
    new_students: bool = False
    grades: str = "final"
    attempts: int = 0
    uploads_per_hour: int = 20
    largest_mb: int = _LARGEST_MB
    longest_wait_minutes: int = 60

    @property
    def largest_bytes(self) -> int:
        return self.largest_mb * 2**20


class Unusable(Exception):
    """What was expected in place of a value; `key` names an entry of a table."""

    def __init__(self, expected: str, value: Any, key: str = "") -> None:
        super().__init__(f"expected {expected}")
        self.value = value
        self.key = key


def read_service(value: Any) -> ServiceSettings:
    """The section as it stands in the file.

    Raises:
        Unusable: when it has an unknown key, or a value that cannot be used.
    """
    if not isinstance(value, Mapping):
        raise Unusable("a section [service]", value)
    for key, given in value.items():
        if key not in _READERS:
            raise Unusable(f"one of {', '.join(_READERS)} before the =", key, key)
        if not _READERS[key][1](given):
            raise Unusable(_READERS[key][0], given, key)
    found = dict(value)
    if "address" in found:
        found["address"] = found["address"].rstrip("/")
    return ServiceSettings(**found)


def _is_address(value: Any) -> bool:
    if not isinstance(value, str) or not value.isprintable():
        return False
    parts = urlsplit(value)
    # A browser takes loopback for safe, so that a service can be tried without a certificate.
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )
    return safe and bool(parts.hostname) and not (parts.query or parts.fragment)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _up_to(most: int, least: int = 1) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return fits


_READERS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "address": ('an address such as "https://nn.example.edu"', _is_address),
    "new_students": ("true or false", _is_bool),
    "grades": ('"final" or "so far"', lambda value: value in ("final", "so far")),
    "attempts": ("a number of uploads up to 1000, 0 for no limit", _up_to(1000, 0)),
    "uploads_per_hour": ("a number of uploads from 1 to 1000", _up_to(1000)),
    "largest_mb": (f"a number of megabytes from 1 to {_LARGEST_MB}", _up_to(_LARGEST_MB)),
    "longest_wait_minutes": ("a number of minutes from 1 to 1440", _up_to(1440)),
}
