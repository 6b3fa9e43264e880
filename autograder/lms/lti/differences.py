"""How platforms differ, read from platform_differences.json: data, not conditions in code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("platform_differences.json")


@dataclass(frozen=True)
class Differences:
    """What has to be known about a family of platforms; every field has the standard's value.

    Attributes:
        product_codes: what the platform calls itself in `tool_platform.product_family_code`.
        addresses: issuer, authorization_url, token_url, keyset_url as patterns of `{url}`, the
            address of the LMS; empty if each has to be given.
        form: what is entered in the LMS to register the tool by hand: the field and its value, in
            which {base}, {login}, {launch}, {keyset} and {host} are ours.
        configuration_origins: sites that may serve this family's settings for dynamic registration
            although its issuer is on another.
        token_audience: whom a token request is addressed to: "token-url", "issuer-and-token-url",
            or an address.
        time_step: seconds that a score's time has to be later than the one before.
        conflicts: answers to a score that mean "not later than what is stored": a status, and a
            word that the body has to hold (or "").
        throttles: answers that mean "too many requests": a status, and a header with its value
            (or "").
        sends_unfinished: whether a score that is not final can be sent without harm.
        comment_missing_clears: whether a score without a comment deletes the earlier comment.
        comments_append: whether every score with a comment adds one more.
        new_submission: the claim that says whether a score counts as an attempt, if there is one.
        names_escaped: whether names in the class list are HTML-escaped.
        creates_line_items: whether line items that we create can be seen by people.
        account_fields: the fields that students cannot change themselves, strongest first; a
            person is found in the roster by these alone.
        account_custom: the custom parameter with the LMS's own number for a person, if `sub` is
            not that number; it is asked for at registration.
        keyset_trouble: what the administrator does when the platform cannot get our keys.
        blocked_keyset_status: the token URL's status while the platform cannot get our keys.
    """

    product_codes: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, str], ...] = ()
    configuration_origins: tuple[str, ...] = ()
    token_audience: str = "token-url"
    time_step: float = 1.0
    conflicts: tuple[tuple[int, str], ...] = ((409, ""),)
    throttles: tuple[tuple[int, str, str], ...] = ((429, "", ""),)
    sends_unfinished: bool = False
    comment_missing_clears: bool = True
    comments_append: bool = False
    new_submission: str = ""
    names_escaped: bool = False
    creates_line_items: bool = True
    account_fields: tuple[str, ...] = ()
    account_custom: str = ""
    keyset_trouble: str = ""
    blocked_keyset_status: int = 0


def differences(family: str) -> Differences:
    """The differences of a family such as "moodle"; the standard's for an unknown one."""
    return _all().get(family, Differences())


def families() -> tuple[str, ...]:
    """The families that platform_differences.json knows."""
    return tuple(_all())


def family_of(product_code: str) -> str:
    """The family of a platform that calls itself so; "other" if it is not known."""
    code = product_code.strip().lower()
    for family, found in _all().items():
        if code == family or code in found.product_codes:
            return family
    return "other"


def may_configure(site: str, issuer: str) -> bool:
    """Whether a site may serve the settings of an issuer that is on another site."""
    return any(
        found.addresses.get("issuer") == issuer and site in found.configuration_origins
        for found in _all().values()
    )


@cache
def _all() -> dict[str, Differences]:
    rows: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {family: _read(row) for family, row in rows.items()}


def _read(row: dict[str, Any]) -> Differences:
    known = {each.name for each in fields(Differences)}
    if unknown := set(row) - known - {"sources"}:
        raise ValueError(f"{FILE.name} has fields that nothing reads: {sorted(unknown)}")
    return Differences(**{k: _frozen(v) for k, v in row.items() if k in known})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
