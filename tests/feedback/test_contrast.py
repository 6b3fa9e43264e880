"""Can a page be read in both themes? Contrast is computed from its style sheet, for all pairs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.feedback import page

CSS = (Path(page.__file__).parent / "page.css").read_text()
THEMES = dict(
    zip(
        ("light", "dark"),
        (
            dict(re.findall(r"(--\w+): (#[0-9a-f]{6});", block))
            for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
        ),
        strict=True,
    )
)
RULES = re.findall(r"([^{}]+)\{([^{}]*)\}", CSS)
INKS = {value for _, rule in RULES for value in re.findall(r"(?<![-\w])color: ([^;]+);", rule)}
GROUNDS = {value for _, rule in RULES for value in re.findall(r"background: ([^;]+);", rule)}


def luminance(color: str) -> float:
    """Relative luminance, as in WCAG 2.2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_has_every_text_colour_enough_contrast_on_every_ground(theme):
    """All pairs, whether or not one stands on the other today."""
    colors = THEMES[theme]
    inks = {colors[name] for ink in INKS if (name := ink[4:-1]) in colors}
    grounds = {colors[name] for ground in GROUNDS if (name := ground[4:-1]) in colors}
    assert len(inks) >= 6 and len(grounds) == 2
    assert min(contrast(ink, ground) for ink in inks for ground in grounds) >= 4.5
    # Lines beside a verdict and around what has the focus.
    borders = {colors[name] for name in ("--right", "--wrong", "--soft", "--link")}
    assert min(contrast(border, ground) for border in borders for ground in grounds) >= 3


def test_has_every_colour_a_value_in_both_themes():
    assert THEMES["light"].keys() == THEMES["dark"].keys()
    used = {*re.findall(r"var\((--\w+)\)", CSS)}
    assert used == THEMES["light"].keys()
    # What has one colour in both themes brings its own ground.
    fixed = [rule for _, rule in RULES if re.search(r"(?<!-)\b(?:color|background): #", rule)]
    for rule in fixed:
        (ink,) = re.findall(r"(?<![-\w])color: (#\w{6});", rule)
        (ground,) = re.findall(r"background: (#\w{6});", rule)
        assert contrast(ink, ground) >= 4.5
    assert len(fixed) == 1
