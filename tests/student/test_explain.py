"""Does `explain` tell the reason and keep the formula to itself?"""

from __future__ import annotations

import pytest

from autograder.errors import UnknownName
from autograder.student.explain import explained


def test_is_the_reason_told_without_the_formula():
    text = explained("kernel-gradient-averaged")
    assert "plain sum over the examples" in text and "Check:" in text
    assert "```" not in text and "return" not in text


def test_is_a_similar_name_suggested_but_no_letter_of_a_choice():
    with pytest.raises(UnknownName, match="kernel-gradient-averaged"):
        explained("kernel-gradient-average")
    with pytest.raises(UnknownName) as error:
        explained("who-learns-x")
    assert "who-learns" not in str(error.value).replace("'who-learns-x'", "")
