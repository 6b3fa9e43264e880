"""The claims of an id_token, read as what they should be; anything else is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.lms.lti.errors import Refused
from autograder.output.text import printable

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINK = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"

LONGEST_ID = 255
LONGEST_TEXT = 2000


class Claims:
    """A JSON object from a platform, read claim by claim.

    Args:
        values: the object.
        inside: the claim that it is the value of, for messages; empty for the token itself.
    """

    def __init__(self, values: Mapping[str, Any], inside: str = "") -> None:
        self._values, self._inside = values, inside

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, name: str) -> Any:
        """A claim's value, whatever it is; None if it is missing."""
        return self._values.get(name)

    def needs(self, name: str) -> Any:
        """A claim that has to be there.

        Raises:
            Refused: missing-claim.
        """
        value = self._values.get(name)
        if value is None or value == "":
            raise Refused("missing-claim", claim=self._path(name))
        return value

    def text(self, name: str, limit: int = LONGEST_TEXT) -> str:
        """A text; empty if it is missing, or is a variable that the platform did not fill in.

        Raises:
            Refused: malformed-claim, for anything that is no text.
        """
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._malformed(name, "a text", value)
        return "" if is_unexpanded(value) else clean(value[:limit])

    def identifier(self, name: str, *, required: bool = True) -> str:
        """An id: 1 to 255 characters, which no message may cut.

        Some platforms send numbers, which are taken as their digits.

        Raises:
            Refused: missing-claim or malformed-claim.
        """
        value = self.needs(name) if required else self._values.get(name)
        if value is None or value == "":
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or len(value) > LONGEST_ID or not value.isprintable():
            raise self._malformed(name, f"an id of 1 to {LONGEST_ID} printable characters", value)
        return value

    def seconds(self, name: str, *, required: bool = True) -> float | None:
        """A time in seconds since 1970.

        Raises:
            Refused: missing-claim or malformed-claim.
        """
        value = self.needs(name) if required else self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
            raise self._malformed(name, "a time in seconds", value)
        return float(value)

    def texts(self, name: str, *, required: bool = False) -> list[str]:
        """A list of texts; a single text counts as a list of one.

        Raises:
            Refused: missing-claim or malformed-claim.
        """
        if required and self._values.get(name) is None:
            raise Refused("missing-claim", claim=self._path(name))
        value = self._values.get(name)
        if value is None:
            return []
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self._malformed(name, "a list of texts", value)
        return value

    def flag(self, name: str, default: bool) -> bool:
        """A truth value; platforms also send it as a text."""
        value = self._values.get(name)
        if isinstance(value, str):
            return value.strip().lower() == "true"
        return value if isinstance(value, bool) else default

    def inner(self, name: str, *, required: bool = False) -> Claims:
        """An object; an empty one if it is missing.

        Raises:
            Refused: missing-claim or malformed-claim.
        """
        value = self.needs(name) if required else self._values.get(name)
        # PHP writes an empty object as an empty list.
        if value is None or value == [] or value == "":
            return Claims({}, self._path(name))
        if not isinstance(value, dict):
            raise self._malformed(name, "an object", value)
        return Claims(value, self._path(name))

    def filled(self) -> dict[str, str]:
        """All texts and numbers in it, as texts, without variables that were not filled in."""
        return {
            name: clean(str(value)[:LONGEST_TEXT])
            for name, value in self._values.items()
            if isinstance(value, str | int | float) and not is_unexpanded(value)
        }

    def _path(self, name: str) -> str:
        short = name.rpartition("/claim/")[2] or name
        return f"{self._inside}.{short}" if self._inside else short

    def _malformed(self, name: str, expected: str, value: object) -> Refused:
        kind = "an empty text" if value == "" else type(value).__name__
        return Refused("malformed-claim", claim=self._path(name), expected=expected, received=kind)


def clean(text: str) -> str:
    """The text without what no page shows and no database stores: controls, half characters."""
    return printable(text.encode("utf-8", "replace").decode())


def is_unexpanded(value: object) -> bool:
    """Whether it is a variable that the platform did not fill in, such as $Person.email.primary."""
    return isinstance(value, str) and value.startswith("$") and value[1:2].isalpha()
