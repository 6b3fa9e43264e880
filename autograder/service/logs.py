"""Structured logs: one JSON object a line, and nothing about a student in it.

What an error says may name a student, a file of theirs or a grade. So only its type is logged, and
where in our code it was raised; the sentence itself is on the instructor's pages.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

LOGGER = logging.getLogger("autograder.service")
_PACKAGE = Path(__file__).resolve().parents[1]
_FIELDS = "autograder_fields"


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line: time, level, event, and the event's own fields."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        fields = getattr(record, _FIELDS, None)
        if fields is None:
            # A library's own message may hold anything.
            fields = {"event": "library", "logger": record.name, "line": record.lineno}
            if record.exc_info and record.exc_info[1]:
                fields |= _about(record.exc_info[1])
        return json.dumps(line | fields)


def set_up(stream: TextIO | None = None) -> None:
    """Write everything that is logged in this process as JSON lines; by default to stderr."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for noisy in ("uvicorn", "uvicorn.error", "urllib3", "sse_starlette", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def event(name: str, **fields: Any) -> None:
    """Log something that happened.

    Args:
        name: such as "graded".
        fields: numbers, weeks, states; nothing that names a person.
    """
    LOGGER.info(name, extra={_FIELDS: {"event": name, **fields}})


def trouble(name: str, error: BaseException, **fields: Any) -> None:
    """Log that something failed: the error's type and place, not its text."""
    LOGGER.warning(name, extra={_FIELDS: {"event": name, **fields, **_about(error)}})


def _about(error: BaseException) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    where = (
        f"{Path(ours[-1].filename).relative_to(_PACKAGE).as_posix()}:{ours[-1].lineno}"
        if ours
        else ""
    )
    reason = getattr(error, "reason", "")
    return {
        "error": type(error).__name__,
        "raised_at": where,
        **({"reason": reason} if isinstance(reason, str) and reason else {}),
    }
