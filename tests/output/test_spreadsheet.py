"""Does a spreadsheet evaluate no cell of an exported file, and do numbers stay numbers?"""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.output.spreadsheet import cell, number, to_csv


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_is_a_formula_made_text(start):
    assert cell(f"{start}1+1") == f"'{start}1+1"
    assert cell(f"a{start}1") == f"a{start}1"


@pytest.mark.parametrize(
    ("value", "written"),
    [(87.5, "87.5"), (100, "100"), (0.0, "0"), (-3.25, "-3.25"), (1 / 3, "0.33"), (-0.001, "0")],
)
def test_do_numbers_stay_numbers(value, written):
    assert cell(value) == number(value) == written
    assert cell(None) == ""


@pytest.mark.slow
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5))
def test_does_the_csv_module_read_back_what_was_written(texts):
    content = to_csv([texts, [1.5] * len(texts)])
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    first, second = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert first == [cell(each) for each in texts] and set(second) == {"1.5"}
    assert not any(each.startswith(tuple("=+-@\t\r")) for each in first)
