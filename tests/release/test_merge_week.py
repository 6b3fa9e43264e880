"""Do an instructor's and a package's changes of a week both arrive, whatever they are?"""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.release.merge_week import merge_files
from tests.conftest import EXHAUSTIVE

BASE = {"a.py": b"1\n2\n3\n4\n5\n6\n7\n", "b.py": b"one\ntwo\nthree\n"}


def merged(yours, package, base=BASE):
    return merge_files(base, yours, package, "package 2")


def without(name, files=BASE):
    return {key: content for key, content in files.items() if key != name}


def test_are_changes_in_different_places_both_there():
    made = merged(
        {**BASE, "a.py": b"0\n1\n2\n3\n4\n5\n6\n7\n", "mine.py": b"m\n"},
        {**BASE, "a.py": b"1\n2\n3\n4\n5\n6\n7\n8\n", "new.py": b"n\n"},
    )
    assert made.files == {
        **BASE,
        "a.py": b"0\n1\n2\n3\n4\n5\n6\n7\n8\n",
        "mine.py": b"m\n",
        "new.py": b"n\n",
    }
    assert not made.conflicts and not made.notes


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_has_a_conflict_gits_marks_and_the_files_own_ends_of_lines(end):
    yours = BASE["a.py"].replace(b"3", b"mine").replace(b"\n", end)
    made = merged({**BASE, "a.py": yours}, {**BASE, "a.py": BASE["a.py"].replace(b"3", b"new")})
    marked = b"1\n2\n<<<<<<< yours\nmine\n=======\nnew\n>>>>>>> package 2\n4\n5\n6\n7\n"
    assert made.files["a.py"] == marked.replace(b"\n", end)
    assert made.conflicts == {"a.py": [3]}


def test_follows_the_merge_a_file_that_one_side_renamed():
    newer = {**BASE, "a.py": BASE["a.py"] + b"8\n"}
    renamed = {**without("a.py"), "c.py": BASE["a.py"]}
    for yours, package in ((renamed, newer), (newer, renamed)):
        made = merged(yours, package)
        assert made.files == {**without("a.py"), "c.py": newer["a.py"]} and not made.notes


def test_is_told_what_one_side_removed_and_the_other_changed():
    newer = {**BASE, "b.py": b"one\ntwo\nthree\nfour\n"}
    made = merged(without("b.py"), newer)
    assert made.files == without("b.py")
    assert made.notes == ("b.py: you removed it and the package changed it; it stays removed",)
    made = merged(newer, without("b.py"))
    assert made.files == newer
    assert made.notes == ("b.py: the package removed it and you changed it; yours stays",)


def test_stays_what_git_cannot_merge_and_is_it_told():
    yours = {**BASE, "a.py": b"\0 no text"}
    made = merged(yours, {**BASE, "a.py": b"new\n"})
    assert made.files == yours and len(made.notes) == 1
    one, other = ({**without("a.py"), name: BASE["a.py"]} for name in ("c.py", "d.py"))
    made = merged(one, other)
    assert {"c.py", "d.py"} < made.files.keys() and "rename" in made.notes[0]


def test_do_this_accounts_settings_of_git_change_nothing(tmp_path, monkeypatch):
    (tmp_path / ".gitconfig").write_text(
        "[core]\nautocrlf = true\nhooksPath = /nowhere\n[merge]\nconflictStyle = diff3\n"
        "renames = false\n[commit]\ngpgSign = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another"))
    test_has_a_conflict_gits_marks_and_the_files_own_ends_of_lines(b"\n")


def test_is_a_missing_git_told_in_one_sentence(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", missing)
    with pytest.raises(CourseError, match="git is not installed, and is needed to keep your"):
        merged(BASE, {})


LINES = 12
# For each line of a file: kept, changed or removed; and whether a line is added after it.
edits = st.lists(
    st.tuples(st.sampled_from(["keep"] * 6 + ["change", "remove"]), st.sampled_from([0, 0, 0, 1])),
    min_size=LINES,
    max_size=LINES,
)
NAMES = ("relu.py", "tanh.py", "lesson.py")
# For each file: its edits, and another name, none, or its own.
sides = st.tuples(*(st.tuples(edits, st.sampled_from(["", "", "", "x", None])) for _ in NAMES))


def edited(side, who):
    """A side's files, the lines that are new in each, and the base's lines that it removed."""
    files, new, gone = {}, {}, set()
    for name, (changes, prefix) in zip(NAMES, side, strict=True):
        lines, own = [], set()
        for number, (change, more) in enumerate(changes):
            line = f"{name} {number}"
            if change == "keep":
                lines.append(line)
            else:
                gone.add(line)
            for word in [change] * (change == "change") + ["more"] * more:
                lines.append(f"{who} {word} {line}")
                own.add(lines[-1])
        if prefix is None:
            gone |= {f"{name} {number}" for number in range(LINES)}
            continue
        path = f"{prefix}{who if prefix else ''}{name}"
        files[path], new[name] = "".join(f"{line}\n" for line in lines).encode(), own
    return files, new, gone


@pytest.mark.slow
@given(sides, sides)
@settings(max_examples=400 if EXHAUSTIVE else 12)
def test_is_no_line_lost_that_the_instructor_added_and_none_that_the_package_changed(mine, theirs):
    keep = [(("keep", 0),) * LINES, ""]
    base, *_ = edited([keep] * len(NAMES), "base")
    yours, added, removed = edited(mine, "yours")
    package, changed, dropped = edited(theirs, "package")
    made = merge_files(base, yours, package, "package 2")
    lines = b"".join(made.files.values()).decode().splitlines()
    assert set().union(*added.values()) <= set(lines)
    # What the instructor removed as a whole may stay removed, with a note.
    told = " ".join(made.notes)
    for name, new in changed.items():
        assert new <= set(lines) or (name not in yours and name in told)
    whole = {f"{name} {number}" for name in NAMES for number in range(LINES)}
    if not made.conflicts and not made.notes:
        assert whole - removed - dropped == whole & set(lines)
        assert set(lines) == (whole - removed - dropped).union(*added.values(), *changed.values())
    for name, content in made.files.items():
        assert (b"<<<<<<< " in content) == (name in made.conflicts)
