"""What Prometheus reads at /metrics: counts and times, and nothing about a person.

What the queue and the outbox hold is read from the database at each scrape, so that it is right
after a restart, and whichever process did the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.lms.lti.store import reading
from autograder.service import outbox, queue
from autograder.service.tables import SCORES, UPLOADS

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What is counted in this process, beside what the database holds.

    Args:
        engine: the service's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Stored(engine))
        self.requests = Histogram(
            "autograder_http_request_seconds",
            "Time to answer a request, by the route's pattern.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.refusals = Counter(
            "autograder_refusals_total",
            "Pages and launches that were refused, by reason.",
            ("reason",),
            registry=self._registry,
        )

    def text(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self._registry)


class _Stored(Collector):
    """Reads the database when it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: or the database would be read before there is a scrape."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; one that says so if the database does not answer."""
        up = GaugeMetricFamily("autograder_database_up", "Whether the database answers.")
        try:
            gauges = list(self._gauges())
            up.add_metric([], 1.0)
        except SQLAlchemyError:
            gauges = []
            up.add_metric([], 0.0)
        yield up
        yield from gauges

    def _gauges(self) -> Iterator[GaugeMetricFamily]:
        with reading(self._engine) as connection:
            states = connection.execute(
                select(UPLOADS.c.state, func.count(), func.sum(UPLOADS.c.seconds)).group_by(
                    UPLOADS.c.state
                )
            ).all()
            oldest = connection.scalar(
                select(func.min(UPLOADS.c.accepted)).where(UPLOADS.c.state == queue.State.WAITING)
            )
            sent = connection.execute(
                select(SCORES.c.state, func.count()).group_by(SCORES.c.state)
            ).all()
        counts = {state: count for state, count, _ in states}
        uploads = GaugeMetricFamily("autograder_uploads", "Uploads by state.", labels=["state"])
        for state in queue.State:
            uploads.add_metric([state.value], counts.get(state, 0))
        yield uploads
        age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        yield _gauge("autograder_oldest_waiting_seconds", "Age of the oldest waiting upload.", age)
        spent = sum(seconds or 0.0 for _, _, seconds in states)
        yield _gauge("autograder_grading_seconds", "Time that all uploads took together.", spent)
        scores = GaugeMetricFamily(
            "autograder_scores", "Scores for the LMS by state.", labels=["state"]
        )
        known = {state: count for state, count in sent}
        for each in outbox.State:
            scores.add_metric([each.value], known.get(each, 0))
        yield scores


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text)
    gauge.add_metric([], value)
    return gauge
