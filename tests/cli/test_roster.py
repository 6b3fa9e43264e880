"""Does `autograder roster` say what it changed, and change nothing else?"""

from __future__ import annotations

import pytest

from tests.tiny_course import course  # noqa: F401


@pytest.fixture
def roster(course, run):  # noqa: F811
    def call(command: str, *arguments: object) -> tuple[int, str, str]:
        return run("roster", command, "--course", course.root, *arguments)

    return call


def test_is_every_change_named(roster, tmp_path):
    file = tmp_path / "class.csv"
    file.write_text("id,last_name,email\nada,Lovelace,ada@example.org\nbob,Builder,\n")
    assert "Added 2: ada, bob" in roster("update", file)[1]
    file.write_text("id,last_name,email\nada,Lovelace,new@example.org\ncyd,,\n")
    code, out, _ = roster("update", file)
    assert code == 0
    for said in ("Added 1: cyd", "ada@example.org → new@example.org", "still in the course: bob"):
        assert said in out
    assert "3 students." in roster("list")[1]


def test_is_one_student_added_and_removed(roster):
    assert "Added 1: eve" in roster("add", "eve", "--first-name", "Eve")[1]
    assert "who has no grades" in roster("remove", "eve", "--yes")[1]
    code, _, err = roster("remove", "eve", "--yes")
    assert code == 1 and "eve" in err


@pytest.mark.parametrize("name", ["", ".", "a/b", "*", "<b>", "a" * 200, "a\nb"])
def test_is_an_id_that_cannot_be_a_folder_refused(roster, name):
    code, _, err = roster("add", "--", name)
    assert code in (1, 2) and "Traceback" not in err
