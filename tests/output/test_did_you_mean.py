"""Does somebody who writes a name wrongly learn which one it should be?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.output.did_you_mean import hint, nearest

NAMES = st.text("abcdef-", min_size=1, max_size=8)


@given(NAMES, st.lists(NAMES, unique=True), st.integers(1, 4), st.floats(0, 1))
def test_is_every_suggestion_known_and_said_once(name, known, count, similarity):
    found = nearest(name, known, count, similarity)
    assert set(found) <= set(known)
    assert len(found) == len(set(found)) <= count
    assert name not in known or found[0] == name


@pytest.mark.slow
@given(NAMES, st.lists(NAMES))
def test_does_the_hint_name_what_is_nearest_and_nothing_else(name, known):
    said = hint(name, known)
    names = nearest(name, dict.fromkeys(known))
    assert bool(said) == bool(names)
    assert said.count("'") == 2 * len(names) and all(repr(each) in said for each in names)


def test_does_the_hint_end_the_sentence_before_it():
    known = ["dense_forward", "dense_backward", "relu_forward"]
    assert hint("dence_forward", known[:1]) == "; did you mean 'dense_forward'?"
    assert hint("dense_backwards", known) == "; did you mean 'dense_backward' or 'dense_forward'?"
    assert hint("abc", ["abd", "abe", "abf"]).count(", ") == 1
    assert hint("zzz", known) == ""
