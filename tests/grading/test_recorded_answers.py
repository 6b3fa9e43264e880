"""Are recorded answers read back to the bit, and is nothing else read?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.grading.recorded_answers import (
    MAX_QUESTION_BYTES,
    NotRecorded,
    RecordedAnswers,
    ask_digest,
    encode_question,
    encode_submission,
)
from autograder.sandbox.requests import Ask
from autograder.tree import Opaque, same_tree

ASK = Ask(3, "relu", "", {"z": np.array([[-1.0, 2.0]])}, ("sigmoid",), 2.0, True)
OTHER = {
    "question": "gelu",
    "driver": "def drive(f, z):\n    return f(z)",
    "arguments": {"z": np.array([[-1.0, 2.5]])},
    "replace": (),
    "seconds": 3.0,
    "hidden": False,
}
ANSWERS = [
    Answer(
        Status.RETURNED,
        {"dW": np.arange(6.0).reshape(2, 3), "more": [np.array(True), "b", Opaque("function")]},
        ("z",),
        ("overflow",),
    ),
    Answer(Status.RETURNED, np.array([np.nan, -0.0, np.inf], np.float32)),
    Answer(Status.RAISED, error="ValueError: ½", line="line 3 of the cell, `x`"),
    Answer(Status.RAISED, quoted="line 3 of the cell, `x`", changed_later=("slope", "one")),
    Answer(Status.MISSING, error="the cell above it raised NameError"),
    Answer(Status.TIMED_OUT, error="relu was stopped after 5 s"),
]
ASKED = [bytes([number] * 12) for number in range(len(ANSWERS))]


def written() -> bytes:
    return encode_submission({"relu": encode_question(ASKED, ANSWERS)})


def same(left: Answer, right: Answer) -> bool:
    """Whether two answers are equal to the bit."""
    values = same_tree(left.value, right.value)
    return values and vars(replace(left, value=None)) == vars(replace(right, value=None))


def test_does_every_kind_of_answer_come_back_to_the_bit():
    read = RecordedAnswers(written()).question("relu").read(ASKED[::-1])
    assert all(map(same, read, ANSWERS[::-1]))


def test_is_what_was_not_asked_not_guessed():
    with pytest.raises(NotRecorded, match="relu has not been asked this"):
        RecordedAnswers(written()).question("relu").read([b"?" * 12])
    with pytest.raises(NotRecorded, match="no answers to gelu"):
        RecordedAnswers(written()).question("gelu")


def test_are_repeated_asks_answered_in_their_order():
    content = encode_submission({"draw": encode_question([ASKED[0], ASKED[0]], ANSWERS[:2])})
    recorded = RecordedAnswers(content).question("draw")
    (first,), (second,) = recorded.read(ASKED[:1]), recorded.read(ASKED[:1])
    assert same(first, ANSWERS[0]) and same(second, ANSWERS[1])
    with pytest.raises(NotRecorded):
        recorded.read(ASKED[:1])


def test_is_a_question_with_huge_answers_left_out_and_the_others_kept():
    huge = encode_question(ASKED[:1], [Answer(Status.RETURNED, np.zeros(MAX_QUESTION_BYTES))])
    content = encode_submission({"huge": huge, "relu": encode_question(ASKED, ANSWERS)})
    with pytest.raises(NotRecorded):
        RecordedAnswers(content).question("huge")
    assert len(RecordedAnswers(content).question("relu").read(ASKED)) == len(ASKED)


@pytest.mark.parametrize("place", range(0, len(written()), 7))
def test_are_damaged_answers_refused_or_read_as_none(place):
    good = written()
    for bad in (good[:place], good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :]):
        try:
            RecordedAnswers(bad).question("relu").read(ASKED)
        except NotRecorded:
            continue
        raise AssertionError("damaged answers were read")


@pytest.mark.parametrize("field", OTHER)
def test_does_an_ask_differ_by_all_that_a_function_could_tell(field):
    assert ask_digest(ASK) != ask_digest(replace(ASK, **{field: OTHER[field]}))
    assert ask_digest(ASK) == ask_digest(replace(ASK, id=ASK.id + 1))
