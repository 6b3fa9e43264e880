"""Does a right answer get full points in whatever style it is written?"""

from __future__ import annotations

import pytest

from tests.laws.public_points import WEEKS, verdict_on
from tests.laws.styles import (
    attention,
    automatic,
    cures,
    later,
    networks,
    numbers,
    training,
    writing,
)

WEEK_OF = {name: (week.stem, each) for week in WEEKS for name, each in week.questions.items()}
STYLES = [
    (question, style, answer)
    for part in (numbers, networks, training, cures, automatic, later, attention, writing)
    for question, answers in part.STYLES.items()
    for style, answer in answers.items()
]


@pytest.mark.parametrize(
    ("question", "style", "answer"), STYLES, ids=[f"{name}-{style}" for name, style, _ in STYLES]
)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.filterwarnings("default:.* encountered:RuntimeWarning")
def test_is_a_right_answer_right_in_an_unusual_style(question, style, answer):
    stem, asked = WEEK_OF[question]
    verdict = verdict_on(stem, asked, answer)
    assert verdict.points == asked.points, verdict.message
    assert verdict.right, verdict.message
