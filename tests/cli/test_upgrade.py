"""Does `autograder upgrade` say what came, what is kept where, and what to do next?"""

from __future__ import annotations

import pytest

from autograder.course import directory, own_weeks
from autograder.questions import catalogue


@pytest.fixture
def root(tmp_path):
    yield directory.init(tmp_path / "course").root
    catalogue.use(None)


@pytest.fixture
def newer(monkeypatch):
    """A newer package, in which a line of week 02's lesson has changed."""
    shipped = own_weeks.shipped_files

    def changed(stem, command):
        files = shipped(stem, command)
        first, rest = files["lesson.py"].split(b"\n", 1)
        return {**files, "lesson.py": first + b"\n# Newer.\n" + rest, "new.py": b"A = 1\n"}

    return lambda: monkeypatch.setattr(own_weeks, "shipped_files", changed)


@pytest.mark.slow
def test_says_upgrade_what_came_and_what_is_next(root, run, newer):
    code, out, _ = run("upgrade", "--course", root)
    assert code == 0 and "has adapted no week; `autograder adapt WEEK` does" in out
    assert run("adapt", "2", "--course", root)[0] == 0
    code, out, _ = run("upgrade", "--course", root)
    assert code == 0 and out == "week02: the package has nothing new.\n"
    newer()
    lesson = root / "weeks" / "week02_bends" / "lesson.py"
    before = lesson.read_bytes()
    code, out, _ = run("upgrade", "2", "week02", "--dry-run", "--course", root)
    assert code == 0 and out.splitlines()[1:] == [
        "  changed: lesson.py",
        "  added: new.py",
        "Nothing was changed.",
    ]
    assert lesson.read_bytes() == before and not (root / ".autograder" / "upgrades").exists()
    code, out, _ = run("upgrade", "--course", root)
    *_, kept, last = out.splitlines()
    assert code == 0 and b"# Newer." in lesson.read_bytes()
    assert kept.startswith(f"The week as it was: {root}/.autograder/upgrades/week02_bends-")
    assert last == "Next: run `autograder validate week02` and `autograder release week02`"


def test_ends_a_conflict_with_3_and_is_nothing_done_with_the_week_until_it_is_decided(
    root, run, newer
):
    run("adapt", "2", "--course", root)
    lesson = root / "weeks" / "week02_bends" / "lesson.py"
    first, rest = lesson.read_text().split("\n", 1)
    lesson.write_text(f"{first}\n# Mine.\n{rest}")
    newer()
    code, out, _ = run("upgrade", "--course", root)
    assert code == 3 and f"  CONFLICT: {lesson}, line 2" in out
    assert "Next: choose between the lines after <<<<<<< and those after =======" in out
    for words in (["validate", "2"], ["release", "2"], ["grade", "2"], ["upgrade"]):
        code, out, errors = run(*words, "--course", root)
        assert code == 1 and "lesson.py, line 2: a conflict of an upgrade is not deci" in errors
        assert errors.count("\n") == 1, errors
