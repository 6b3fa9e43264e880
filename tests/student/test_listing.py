"""Does the listing name all that is missing, in plain text and in HTML?"""

from __future__ import annotations

import pytest

from autograder.records import Outcome, Verdict
from autograder.student.listing import Listing, file_age
from autograder.student.notebook_file import CodeCell


def verdict(name, outcome, **more):
    return Verdict(name, 0.0, 1.0, outcome, name, **more)


RIGHT = verdict("relu", Outcome.RIGHT)


def test_is_a_complete_notebook_told_so():
    listing = Listing("week02.ipynb", [RIGHT])
    assert listing.complete
    assert listing.text == (
        "week02.ipynb: 1 of 1 questions are right.\n"
        "Nothing is missing; hidden cases count when you hand in."
    )


def test_is_everything_named_by_its_kind():
    wrong = verdict("gelu", Outcome.VALUES, part="y", mistake="gelu-tanh")
    listing = Listing(
        "week02.ipynb",
        [RIGHT, verdict("tanh", Outcome.NOT_ATTEMPTED), verdict("silu", Outcome.MISSING), wrong],
        ["gelu"],
        [CodeCell(3, "\nfigure = <b>plots</b>.bends()\nmore", False)],
        {4: "ValueError: no"},
        {"relu": ["k"]},
    )
    text = listing.text
    assert not listing.complete
    for line in (
        "Not attempted: tanh.",
        "Not defined: silu.",
        "  gelu: y · gelu-tanh",
        "Never checked since the start: gelu.",
        "  code cell 3: figure = <b>plots</b>.bends()",
        "  code cell 4: ValueError: no",
        "relu: it works here with `k`, which no cell above the check defines.",
    ):
        assert line in text
    html = listing._repr_html_()
    assert "<b>plots" not in html and "&lt;b&gt;plots" in html
    assert repr(listing) == text


@pytest.mark.parametrize(
    ("more", "next_step"),
    [
        ({"verdicts": [verdict("gelu", Outcome.VALUES)]}, 'Next: check("gelu", hint=1)'),
        ({"verdicts": [verdict("gelu", Outcome.NOT_ATTEMPTED)]}, "Next: write gelu"),
        ({"verdicts": [RIGHT], "unchecked": ["relu"]}, "Next: restart the notebook and run all"),
        (
            {"verdicts": [RIGHT], "lost": {"relu": ["k"]}},
            "Next: write a cell above the check that defines",
        ),
        ({"verdicts": [RIGHT], "raised": {1: "E"}}, "Next: make the first of these cells run"),
    ],
)
def test_is_there_one_next_step(more, next_step):
    assert Listing("a", **more).text.splitlines()[-1].startswith(next_step)


def test_are_many_cells_counted_and_not_listed():
    cells = [CodeCell(n, "x" * 100, False) for n in range(1, 20)]
    text = Listing("a", [RIGHT], not_run=cells).text
    assert "  and 14 more" in text and max(map(len, text.splitlines())) < 80


@pytest.mark.parametrize(
    ("seconds", "told"), [(5, "just now"), (61, "1 minute ago"), (600, "10 minutes ago")]
)
def test_is_the_age_of_the_file_told(seconds, told):
    assert told in file_age(1000.0, 1000.0 + seconds)
    assert file_age(None) == ""
