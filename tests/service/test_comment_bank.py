"""Are remarks kept for the next answer, once each, and dropped on demand?"""

from __future__ import annotations

from autograder.service.comment_bank import drop, keep, of_question
from tests.service.conftest import NOON, STEM


def texts(engine, question="why"):
    return [row.text for row in of_question(engine, STEM, question)]


def test_is_a_remark_kept_once_and_for_its_question_alone(engine):
    for text in (" Say why. ", "Say why.", "", "Which paths?"):
        keep(engine, STEM, "why", text, "Tom", NOON)
    assert texts(engine) == ["Say why.", "Which paths?"]
    assert texts(engine, "another") == []


def test_is_a_remark_dropped_only_from_its_own_question(engine):
    keep(engine, STEM, "why", "Say why.", "Tom", NOON)
    (row,) = of_question(engine, STEM, "why")
    drop(engine, STEM, "another", row.id)
    assert texts(engine) == ["Say why."]
    drop(engine, STEM, "why", row.id)
    assert texts(engine) == []
