"""From a file's bytes to the JSON document in it, or one sentence that says what the file is.

Editors, mail programs and browsers change how a notebook is stored and nothing that it says. What
can be read in one way only is read: UTF-16, a byte order mark, a comma before a closing bracket,
brackets after the end.
"""

from __future__ import annotations

import json
import re
from typing import Any

from autograder.errors import UnreadableNotebook
from autograder.intake import file_kinds
from autograder.intake.file_kinds import AGAIN, ITSELF

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_DIGITS = 4_300
# A whole string, or a comma that stands before a closing bracket. A string without an end reaches
# to the end of the text, so that none of its characters is looked at twice.
_STRING_OR_LAST_COMMA = re.compile(
    r'("(?:[^"\\]++|\\.?)*+(?:"|\Z))|,(?=[ \t\r\n]*+[}\]])', re.DOTALL
)
_WHITE = " \t\r\n\x00"
_MAY_FOLLOW = f"{_WHITE}}}],"
# What is left of a value that was cut off: nothing, or the beginning of a word or a number.
_BEGUN = re.compile(
    r"(?:t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-|\.|[eE][+-]?|\\?u?[0-9a-fA-F]{0,4})?"
)


def decode(content: bytes) -> Any:
    """The JSON document in a file.

    Raises:
        UnreadableNotebook: one sentence for the student and the instructor.
    """
    if reason := file_kinds.of_bytes(content):
        raise UnreadableNotebook(reason)
    text = _text(content).strip(_WHITE).removeprefix("\ufeff")
    try:
        document = _parsed(text)
        if _SURROGATE.search(text):
            # Half a surrogate pair is a character that no file can hold.
            whole = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
            document = json.loads(whole)
    except json.JSONDecodeError as error:
        raise UnreadableNotebook(file_kinds.of_text(text) or _about(text, error)) from None
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        raise UnreadableNotebook(
            f"The file holds a number of more than {_DIGITS} digits, which no notebook does. "
            f"{AGAIN}"
        ) from None
    if reason := file_kinds.of_json(document):
        raise UnreadableNotebook(reason)
    return document


def too_deep() -> UnreadableNotebook:
    """The reason for refusing what is nested beyond all use."""
    return UnreadableNotebook("The file is nested far more deeply than a notebook.")


def _text(content: bytes) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end == len(error.object) and error.start > 0:
            # Cut off within a character: what comes before it says what the file is.
            return error.object[: error.start].decode(encoding)
        raise UnreadableNotebook(
            "The file is not text in UTF-8, as a notebook is. Next: open the notebook in Jupyter, "
            "save it there, and hand in the saved file."
        ) from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not text.startswith("{"):
            raise
        without = _STRING_OR_LAST_COMMA.sub(lambda found: found[1] or "", text)
        try:
            document, end = json.JSONDecoder().raw_decode(without)
        except json.JSONDecodeError:
            raise error from None
        if without[end:].strip(_MAY_FOLLOW):
            raise
        return document


def _about(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :].rstrip()
    if error.msg.startswith("Unterminated string") or _BEGUN.fullmatch(rest):
        return (
            "The file ends in the middle of the notebook; it was not saved or sent completely. "
            f"{AGAIN}"
        )
    lines = text[: error.pos].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    if error.msg == "Extra data":
        return f"The file goes on after the end of the notebook ({place}). {ITSELF}"
    return (
        f"The file is not valid JSON, as a notebook is: {place} cannot be read. Next: correct that "
        "place, or hand in the last version that opens in Jupyter."
    )
