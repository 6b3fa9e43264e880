"""Do the metrics say what the queue and the outbox hold, and survive a database that is gone?"""

from __future__ import annotations

from sqlalchemy.exc import OperationalError

from autograder.service import metrics, queue
from tests.service.conftest import STEM


def test_is_everything_counted_by_state(engine):
    for student in ("ada", "bob"):
        queue.accept(engine, student, STEM, b"{}", "page")
    queue.take(engine, most=1)
    text = metrics.Metrics(engine).text().decode()
    for line in (
        'autograder_uploads{state="waiting"} 1.0',
        'autograder_uploads{state="running"} 1.0',
        'autograder_uploads{state="failed"} 0.0',
        'autograder_scores{state="due"} 0.0',
        "autograder_database_up 1.0",
    ):
        assert line in text
    assert "autograder_oldest_waiting_seconds" in text


def test_does_a_database_that_is_gone_show_as_such(engine, monkeypatch):
    def gone(*_):
        raise OperationalError("", {}, Exception("gone"))

    made = metrics.Metrics(engine)
    monkeypatch.setattr(metrics, "reading", gone)
    assert b"autograder_database_up 0.0" in made.text()
