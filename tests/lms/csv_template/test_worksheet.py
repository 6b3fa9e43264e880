"""Does a downloaded table come back byte for byte, but for the cells that were filled?"""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.lms.csv_template.worksheet import read, read_table

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]
# Python's own writer does not quote "\r" where lines end in "\n".
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def table(folder, rows, separator=",", ending="\n", encoding="utf-8"):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, lineterminator=ending).writerows(rows)
    path = folder / "grades.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


@given(
    TABLES,
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(ENCODINGS),
    st.data(),
)
def test_do_only_the_filled_cells_change_in_any_encoding(
    tmp_path_factory, rows, separator, ending, encoding, data
):
    # The first row says what separates cells, as a header does.
    header = [f"title {number}" for number in range(len(rows[0]) + 1)]
    rows = [header, *([f"#{n}", *row] for n, row in enumerate(rows))]
    path = table(tmp_path_factory.mktemp("table"), rows, separator, ending, encoding)
    sheet = read(path)
    assert sheet.filled({}) == path.read_bytes()
    assert sheet.header == header
    places = st.tuples(st.integers(1, len(rows) - 1), st.integers(1, len(header) - 1))
    changes = data.draw(st.dictionaries(places, TEXTS))
    for (row, column), value in changes.items():
        assert sheet.value(row, column) == rows[row][column].strip()
        rows[row][column] = value
    path.write_bytes(sheet.filled(changes))
    assert [[cell.value for cell in row] for row in read(path).rows] == rows


@given(st.binary(max_size=60))
def test_is_any_file_read_or_refused_in_one_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "grades.csv"
    path.write_bytes(content)
    try:
        sheet = read_table(path)
    except CourseError as error:
        assert "grades.csv" in str(error)
    else:
        assert sheet.filled({}) == content


@given(TABLES)
def test_are_rows_without_text_no_students(tmp_path_factory, rows):
    assume(any(any(row) for row in rows))
    path = table(tmp_path_factory.mktemp("table"), [["a", "b"], *rows, ["", ""], []])
    assert len(read(path).rows) == 1 + sum(any(row) for row in rows)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04", "workbook"),
        (b"\xd0\xcf\x11\xe0", "workbook"),
        (b"<html>", "web page"),
        (b"a,\xe9\n", "neither UTF-8 nor UTF-16"),
        (b'a,"b\n1,2', "damaged"),
        (b'a,b\n1,"2" x\n', "damaged"),
    ],
)
def test_is_what_is_no_table_refused_with_the_next_step(tmp_path, content, reason):
    path = tmp_path / "grades.csv"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=reason):
        read_table(path)


def test_are_a_missing_file_and_one_without_students_said(tmp_path):
    with pytest.raises(CourseError, match="absent.csv cannot be read: No such file"):
        read_table(tmp_path / "absent.csv")
    path = table(tmp_path, [["Username", "Grade"]])
    assert read_table(path).header == ["Username", "Grade"]
    with pytest.raises(CourseError, match="has no students below its header"):
        read(path)


def test_is_a_row_without_the_cell_named(tmp_path):
    path = table(tmp_path, [["Username", "Grade"], ["ada"]])
    with pytest.raises(CourseError, match="row 2 has 1 cells, expected 2"):
        read(path).filled({(1, 1): "5"})
