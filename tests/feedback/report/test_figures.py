"""Is every figure well-formed, described in words, and true to its numbers?"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from autograder.feedback.report.figures import (
    MOST_COLUMNS,
    difficulty_bars,
    discrimination_bars,
    heat_map,
    milliseconds,
    score_distribution,
    seconds_bars,
)
from autograder.feedback.report.findings import UNEXPLAINED, Count, QuestionFigures


def question(name: str, difficulty: float | None, discrimination: float | None) -> QuestionFigures:
    return QuestionFigures(name, 4.0, 9, 9, 3, difficulty, discrimination, 0.012, 0.5, ())


QUESTIONS = [question("relu", 0.25, -0.4), question("tanh", 1.0, None)]


def parsed(svg: str) -> ElementTree.Element:
    """The figure as XML, after what must hold for all of them."""
    root = ElementTree.fromstring(svg)
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    referred = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
    assert set(referred) <= set(ids)
    assert set(root.attrib["aria-labelledby"].split()) <= set(ids)
    assert "<script" not in svg and not re.search(r'href="(?!#)', svg)
    return root


def words(svg: str) -> str:
    return " ".join(text.strip() for text in parsed(svg).itertext() if text.strip())


@pytest.mark.parametrize("points", [[], [0.0], [100.0], [3.0, 50.5, 120.0]])
def test_does_the_distribution_name_its_median(points):
    assert "median 50.5" in words(score_distribution(points, 100.0, 50.5))


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (difficulty_bars, "relu 0.25, tanh 1.00"),
        (discrimination_bars, "relu -0.40, tanh none"),
        (seconds_bars, "relu 12, tanh 12"),
    ],
)
def test_do_bars_say_their_numbers_in_words(draw, told):
    assert told in words(draw(QUESTIONS))


def test_do_two_figures_share_no_id_and_is_one_always_the_same():
    first, second = difficulty_bars(QUESTIONS), discrimination_bars(QUESTIONS)
    assert not set(re.findall(r'\bid="([^"]+)"', first)) & set(
        re.findall(r'\bid="([^"]+)"', second)
    )
    assert difficulty_bars(QUESTIONS) == first


def test_has_the_heat_map_a_cell_for_every_count():
    counts = [
        Count("relu", "no-gate", True, 17, 9.0),
        Count("tanh", "no-gate", True, 2, 1.0),
        Count("relu", UNEXPLAINED, False, 23, 1.0),
    ]
    svg, left_out = heat_map(["relu", "tanh", "gelu"], counts)
    text = words(svg)
    assert left_out == 0
    assert all(each in text.split() for each in ("17", "2", "23", "relu", "tanh", "no-gate"))
    assert "gelu" not in text


def test_does_the_heat_map_leave_out_the_rarest_misconceptions_alone():
    many = [Count("relu", f"m{n:02}", True, 100 - n, 1.0) for n in range(MOST_COLUMNS + 3)]
    svg, left_out = heat_map(["relu"], [*many, Count("relu", "missing", False, 1, 1.0)])
    text = words(svg).split()
    assert left_out == 3
    assert "m00" in text and "missing" in text and f"m{MOST_COLUMNS:02}" not in text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.123, "0.12"), (9.96, "10"), (123.4, "123")]
)
def test_have_milliseconds_two_digits(value, text):
    assert milliseconds(value) == text
