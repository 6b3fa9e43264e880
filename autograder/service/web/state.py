"""What all pages share: the course, the database, the limits."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine
from starlette.requests import Request

from autograder.course.directory import Course
from autograder.lms.lti.addresses import origin_text
from autograder.service.limits import Limits
from autograder.service.metrics import Metrics
from autograder.service.progress import Board
from autograder.service.weeks import Weeks


@dataclass
class Service:
    """One course's service.

    Attributes:
        engine: the service's database; its tables are in `service.tables` and `lms.lti.tables`.
        weeks: `weeks.course` is the course with its settings as they are now.
        address: what browsers and the LMS call us, without a slash at the end.
        limits: what one student may ask for.
        board: where the uploads stand, for live pages.
        metrics: what is counted.
        is_working: whether the process that grades is alive.
    """

    engine: Engine
    weeks: Weeks
    address: str
    limits: Limits
    board: Board
    metrics: Metrics
    is_working: Callable[[], bool] = lambda: True
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    @property
    def course(self) -> Course:
        return self.weeks.course

    @property
    def origin(self) -> str:
        """As browsers name it, such as https://nn.example.edu."""
        return origin_text(self.address)

    def secret(self, purpose: str) -> str:
        """A secret of our own for one purpose, made from the course's."""
        key = self.course.secret
        return hmac.new(key, f"service: {purpose}".encode(), hashlib.sha256).hexdigest()

    def signed(self, purpose: str) -> URLSafeTimedSerializer:
        """Signs what a page hands to itself in a hidden field."""
        return URLSafeTimedSerializer(self.secret(purpose))


def make(
    engine: Engine,
    root: Path,
    address: str,
    is_working: Callable[[], bool] = lambda: True,
) -> Service:
    """The service of a course directory."""
    weeks = Weeks(root)
    limits = Limits(engine, root, lambda: weeks.course.settings)
    return Service(
        engine, weeks, address.rstrip("/"), limits, Board(engine), Metrics(engine), is_working
    )


def service(request: Request) -> Service:
    """The service that a request is for."""
    found: Service = request.app.state.service
    return found
