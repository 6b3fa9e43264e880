"""Is every class list either students or one line that says what to fix?"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.roster import MARKUP, read_roster
from autograder.errors import CourseError
from tests.fuzzing.examples import examples

pytestmark = pytest.mark.slow

CELLS = st.one_of(
    st.sampled_from(
        [
            "id",
            "Student ID",
            "email",
            "ada",
            "ada",
            "=cmd()",
            "..",
            "a/b",
            "O'Neil, Jr.",
            '"',
            "<i>",
            "",
        ]
    ),
    st.text(max_size=8),
)
TABLES = st.lists(st.lists(CELLS, max_size=5), max_size=6)
WHOLE = b"id;last_name;first_name;email\nada;Lovelace;Ada;a@x.org\nbob;;;\n"


def assert_students_or_a_line(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        students = read_roster(path)
    except CourseError as error:
        assert str(error) and str(error).isprintable()
        return
    ids = [student.id for student in students]
    assert len(set(ids)) == len(ids)
    for student in students:
        folder = path.parent / student.id
        assert folder.name == student.id and folder.parent == path.parent
        assert not student.id.startswith(".") and not set(student.id) & set(MARKUP)
        assert "<" not in f"{student.last_name}{student.first_name}"
        folder.exists()  # a name that the file system takes


@examples()
@given(st.binary(max_size=200))
def test_is_noise_read_or_refused(tmp_path, noise):
    assert_students_or_a_line(tmp_path / "roster.csv", noise)


@examples()
@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_is_any_table_read_or_refused(tmp_path, table, separator, encoding):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, escapechar="\\")
    writer.writerow(["id", "last_name"])
    writer.writerows(table)
    content = text.getvalue().encode(encoding, "replace")
    assert_students_or_a_line(tmp_path / "roster.csv", content)


@examples()
@given(st.data())
def test_is_a_changed_list_read_or_refused(tmp_path, data):
    changed = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    assert_students_or_a_line(tmp_path / "roster.csv", bytes(changed))
