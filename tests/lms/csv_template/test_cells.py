"""Do cells edited in place read as the csv module reads them, and is the rest untouched?"""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from autograder.lms.csv_template.cells import delimiter_of, replace, scan

texts = st.text(st.sampled_from('ab,;"\r\n \t=é'), max_size=40)


@given(texts, st.sampled_from(",;"))
def test_are_the_values_those_of_the_csv_module(text, delimiter):
    theirs = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert [[cell.value for cell in row] for row in scan(text, delimiter)] == theirs


@given(texts, texts, st.data())
def test_does_a_replaced_cell_read_as_the_new_value_and_all_others_as_before(text, new, data):
    rows = scan(text, ",")
    places = [(r, c) for r, row in enumerate(rows) for c in range(len(row))]
    # An open quote at the end is closed by nothing: no row of a real file.
    if not places or text.count('"') % 2:
        return
    r, c = data.draw(st.sampled_from(places))
    changed = replace(text, {rows[r][c]: new})
    expected = [[cell.value for cell in row] for row in rows]
    expected[r][c] = new
    if new or len(rows[r]) > 1:
        assert list(csv.reader(io.StringIO(changed, newline=""))) == expected
    assert replace(text, {}) == text


def test_is_the_delimiter_the_one_that_splits_the_first_row():
    assert delimiter_of('"a;b;c;d",e,f\n1;2;3;4;5') == ","
    assert delimiter_of("a;b,c;d\n") == ";"
    assert delimiter_of('"a\nb;c";d;e') == ";"
