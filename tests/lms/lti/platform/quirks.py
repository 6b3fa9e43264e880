"""Rows of quirks.json, and the few operations by which they change a message."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_SHORT = {
    "ags": f"{AGS}claim/endpoint",
    "nrps": f"{NRPS}claim/namesroleservice",
    "deep_link": f"{DL}deep_linking_settings",
    **{
        name: LTI + name
        for name in (
            "context",
            "custom",
            "deployment_id",
            "ext",
            "launch_presentation",
            "lis",
            "message_type",
            "resource_link",
            "roles",
            "target_link_uri",
            "tool_platform",
            "version",
        )
    },
}
PERSONALITIES = ("strict", "moodle", "canvas", "brightspace", "blackboard", "coursera")


@dataclass(frozen=True)
class Quirk:
    """One way in which a platform differs.

    Attributes:
        name: of the row.
        who: the personalities that have it; with none, some platform has been seen with it.
        at: which message or service it changes.
        what: a sentence.
        source: how it is known.
        only: whom it concerns: "student", "teacher", "assistant", "deep-link"; empty for all.
        do: operations on the message, see `change`.
        rule: what the service does, by keys that the service knows.
        expect: what the tool then understands otherwise than without the quirk.
    """

    name: str
    at: str
    what: str
    source: str
    who: tuple[str, ...] = ()
    only: str = ""
    do: tuple[tuple[Any, ...], ...] = ()
    rule: dict[str, Any] = field(default_factory=dict, hash=False)
    expect: dict[str, Any] = field(default_factory=dict, hash=False)


def _rows() -> dict[str, Quirk]:
    given = json.loads(Path(__file__).with_name("quirks.json").read_text(encoding="utf-8"))
    rows = {}
    for row in given:
        made = {**row, "who": tuple(row.get("who", ())), "do": tuple(map(tuple, row.get("do", ())))}
        assert row["name"] not in rows, row["name"]
        rows[row["name"]] = Quirk(**made)
    return rows


ROWS = _rows()


class Quirks:
    """The rows that one emulator has, and how often each was used."""

    def __init__(self, names: Iterable[str]) -> None:
        self._rows = [ROWS[name] for name in names]
        self.used: Counter[str] = Counter()

    def at(self, place: str, *kinds: str) -> Iterator[Quirk]:
        """The rows for a message or service, and for these kinds of person or message."""
        for row in self._rows:
            if row.at == place and row.only in ("", *kinds):
                self.used[row.name] += 1
                yield row

    def rule(self, place: str, key: str, default: Any = None) -> Any:
        """The value that the last row for a service has for a key."""
        for row in reversed(self._rows):
            if row.at == place and key in row.rule:
                self.used[row.name] += 1
                return row.rule[key]
        return default

    def change(self, place: str, message: dict[str, Any], *kinds: str) -> dict[str, Any]:
        """The message with the operations of all rows for it."""
        for row in self.at(place, *kinds):
            for operation, path, *value in row.do:
                _change(message, operation, path, *value)
        return message


def _change(message: dict[str, Any], operation: str, path: list[str], value: Any = None) -> None:
    # Claims are named in short; members, columns and settings have names like these of their own.
    *way, last = [_SHORT.get(name, name) for name in path] if "iss" in message else path
    place = message
    for name in way:
        place = place.setdefault(name, {})
    match operation:
        case "set":
            place[last] = value
        case "remove":
            place.pop(last, None)
        case "append":
            place[last] = [*place.get(last, []), *value]
        case "wrap":
            place[last] = [place[last]]
        case "text":
            place[last] = str(place[last])
        case "number":
            place[last] = float(place[last]) if value == "float" else int(place[last])
        case "upper":
            place[last] = place[last].upper()
        case "join":
            place[last] = ",".join(place[last])
        case "escape":
            place[last] = html.escape(place[last], quote=False)
        case "tails":
            place[last] = [each.rpartition("#")[2] for each in place[last]]
        case _:
            raise ValueError(operation)
