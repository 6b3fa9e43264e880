"""Does a lesson quote the numbers that its own cells print?

A markdown cell of a lesson names what it quotes in its header, which no notebook shows:

    # %% [markdown] quotes={"171 of 180": "finds: {} nines in the box: {}"}

On the left stand words of the cell, on the right words that a cell above prints, with `{}` in the
place of each quoted number and `_` for one that is not quoted. The law runs the lesson with its
solutions and compares the numbers.
"""

from __future__ import annotations

import functools
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

from autograder.questions import catalogue
from tests.conftest import EXHAUSTIVE, REPOSITORY

# The cheapest lesson that quotes something: two seconds, without Keras.
SAMPLE = "week01_perceptron"
NUMBER = r"[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
POWER = re.compile(r"\$10\^\{?([-−]?\d+)\}?\$")
# Runs the cells that it reads as JSON, and writes what each one printed as JSON.
RUNNER = """
import contextlib, io, json, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot
printed, names = [], {"__name__": "__main__"}
for cell in json.load(sys.stdin):
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(cell, names)
    matplotlib.pyplot.close("all")
    printed.append(shown.getvalue())
print(json.dumps(printed))
"""


@functools.cache
def cells(stem: str):
    return jupytext.read(REPOSITORY / "solutions" / f"{stem}.py", fmt="py:percent").cells


def quotes(stem: str) -> list[tuple[int, str, str]]:
    """The place of the cell, its words, and the printed words, for every quoted number."""
    return [
        (place, *pair)
        for place, cell in enumerate(cells(stem))
        for pair in cell.metadata.get("quotes", {}).items()
    ]


def one_line(text: str) -> str:
    return " ".join(text.split())


def printed_above(stem: str, folder: Path) -> dict[int, str]:
    """What all cells above each quoting cell print, by the place of the quoting cell."""
    places = sorted({place for place, *_ in quotes(stem)})
    run = [
        place
        for place, cell in enumerate(cells(stem)[: places[-1]])
        if cell.cell_type == "code"
        and "check" not in cell.metadata
        # The comparison with Keras takes seconds and prints differences of rounding.
        and not ("import_keras()" in cell.source and "except ImportError" in cell.source)
    ]
    answer = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps([cells(stem)[place].source for place in run]),
        capture_output=True,
        text=True,
        cwd=folder,
        # Several threads add in another order.
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    printed = dict(zip(run, json.loads(answer.stdout.splitlines()[-1]), strict=True))
    return {
        place: one_line(" ".join(text for at, text in printed.items() if at < place))
        for place in places
    }


def said(words: str) -> list[tuple[float, float]]:
    """Every number of a lesson's words with how far the printed one may lie from it.

    A power of ten stands for its order of magnitude, any other number for what rounds to it, and
    `85 of 100` for 85. The last digit may be off by one, because machines add in different orders.
    """
    numbers = []
    for found in re.finditer(rf"{POWER.pattern}|{NUMBER}", re.sub(r" of 100\b", "", words)):
        if found[1]:
            value = 10.0 ** int(found[1].replace("−", "-"))
            numbers.append((value, math.inf))
            continue
        text = found[0].rstrip(",").replace(",", "").replace("−", "-")
        decimals = len(text.partition(".")[2])
        numbers.append((float(text), 10.0**-decimals))
    return numbers


def disagreement(words: str, template: str, printed: str) -> str:
    """What is wrong with one quotation; nothing where it agrees."""
    pattern = re.escape(one_line(template)).replace(r"\{\}", rf"({NUMBER})")
    pattern = re.sub(r"\b_\b", lambda _: rf"(?:{NUMBER})", pattern)
    found = list(re.finditer(pattern, printed))
    if not found:
        return f"no cell above prints {template!r}"
    shown = [float(number.replace(",", "")) for number in found[-1].groups()]
    quoted = said(words)
    if len(quoted) != len(shown):
        return f"{words!r} has {len(quoted)} numbers, {template!r} asks for {len(shown)}"
    for (number, margin), value in zip(quoted, shown, strict=True):
        # A share of 0.93 is quoted as 93 of 100 or 93 %.
        near = min(abs(number - value), abs(number - 100 * value))
        if margin < math.inf and near > margin:
            return f"{words!r} is quoted, {value:g} is printed"
        if margin == math.inf and not 0.1 < value / number < 10:
            return f"{words!r} is quoted, {value:g} is printed"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("stem", [stem for stem in catalogue.stems() if quotes(stem)])
def test_are_the_numbers_that_a_lesson_quotes_those_that_its_cells_print(stem, tmp_path):
    if not EXHAUSTIVE and stem != SAMPLE:
        pytest.skip("up to a minute a week: the cheapest here, all in `make test-all`")
    printed = printed_above(stem, tmp_path)
    wrong = [disagreement(words, form, printed[place]) for place, words, form in quotes(stem)]
    assert not any(wrong), [reason for reason in wrong if reason]


@pytest.mark.parametrize("stem", catalogue.stems())
def test_do_the_quoted_words_stand_in_their_cell(stem):
    for place, words, template in quotes(stem):
        assert one_line(words) in one_line(cells(stem)[place].source), words
        assert len(said(words)) == template.count("{}") > 0, (words, template)


@pytest.mark.parametrize(
    ("words", "template", "wrong"),
    [
        ("right for 85 of 100", "the rule is right for {}%", False),
        ("falls to 71 of 100", "batch norm {}", False),
        ("falls to 75 of 100", "batch norm {}", True),
        ("after 56 epochs", "best epoch {}", False),
        ("after some 40 epochs", "best epoch {}", True),
        ("near $10^{-31}$", "first / last {}", False),
        ("near $10^{-28}$", "first / last {}", True),
        ("about 14,354 times", "about {} times", False),
        ("at 9 epochs", "the rule is right for _% batch norm _ best epoch {}", True),
        ("after 56 epochs", "batch norm _ best epoch {}", False),
        ("about 2 of 100", "never printed {}", True),
    ],
)
def test_is_a_wrong_quotation_noticed(words, template, wrong):
    printed = (
        "the rule is right for 85% batch norm 0.708 best epoch 56 first / last 4e-31 "
        "about 14,354 times"
    )
    assert bool(disagreement(words, template, printed)) is wrong
