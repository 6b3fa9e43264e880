"""Ten newer packages in a term: what becomes of an adapted week, and of everybody's points?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from autograder.course import own_weeks
from autograder.questions import catalogue
from tests.own_weeks import newer_package
from tests.owner.term import STEM, command, grade_by_hand, graded, grades
from tests.submissions import hand_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
WRITTEN = "why_blame_is_cheap"
TITLE, OWN_TITLE = "# # Week 06: The nudge\n", "# # Woche 6: Der Stups\n"
OWN_LINE = "# Bring paper and a pencil.\n"
OWN_FILE = b"# Ideas for next year.\n"
MARKS = re.compile(r"<{7} .*\n((?:.*\n)*?)={7}\n(?:.*\n)*?>{7} .*\n")


class Term:
    """A course whose week 06 is adapted, released and graded, and the packages that follow."""

    def __init__(self, root: Path, newer: dict[str, bytes | None]) -> None:
        self.root = root
        self.newer = newer
        self.folder = root / "weeks" / STEM
        self.backups: dict[str, dict[str, bytes]] = {}

    def package(self, file: str, old: str, new: str) -> None:
        """In the newer package, a file has `new` in place of `old`."""
        text = own_weeks.shipped_files(STEM, "")[file].decode()
        assert old in text
        self.newer[file] = text.replace(old, new, 1).encode()

    def upgrade(self, code: int = 0) -> str:
        """Upgrade; the week as it was has to be kept with every byte, for good."""
        before = self.files()
        said = command(self.root, "upgrade", code=code)
        if kept := re.search(r"The week as it was: (\S+)", said):
            self.backups[kept[1]] = before
        for place, files in self.backups.items():
            assert contents(Path(place) / "weeks" / STEM) == files
        return said

    def files(self) -> dict[str, bytes]:
        return contents(self.folder)

    def keeps_own_lines(self) -> bool:
        """Whether all that the instructor wrote is there."""
        lesson = (self.folder / "lesson.py").read_text()
        return (
            OWN_TITLE in lesson
            and OWN_LINE in lesson
            and (self.folder / "ideas.py").read_bytes() == OWN_FILE
            and any(b"points=10)" in content for content in self.files().values())
        )

    def points(self, *words: str) -> dict[str, dict[str, float]]:
        """Grade; the points of each question, by student."""
        return {
            student: {name: each["points"] for name, each in report["questions"].items()}
            for student, report in graded(self.root, *words).items()
        }


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def term(released_course, tmp_path, monkeypatch):
    root = Path(shutil.copytree(released_course, tmp_path / "course"))
    command(root, "adapt", "6")
    made = Term(root, newer_package(monkeypatch))
    for file, old, new in (
        ("lesson.py", TITLE, OWN_TITLE),
        ("lesson.py", "# ## The break\n", f"# ## The break\n{OWN_LINE}"),
        ("relu_backward.py", "points=6)", "points=10)"),
        ("__init__.py", "POINTS = 100\n", "POINTS = 104\n"),
    ):
        path = made.folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
    (made.folder / "ideas.py").write_bytes(OWN_FILE)
    yield made
    catalogue.use(None)


@pytest.mark.beyond_sample
def test_are_ten_upgrades_survived_by_edits_and_points(term):
    root = term.root
    command(root, "release", "6")
    hand_in(root, "right", "averages-twice")
    first = term.points("--new-students")
    assert first["right"]["relu_backward"] == 10 and sum(first["right"].values()) == 84
    grade_by_hand(root, "right", WRITTEN, 15.0)

    # 1: nothing new.
    assert "the package has nothing new" in term.upgrade()
    # 2: another wording elsewhere in the lesson.
    term.package("lesson.py", "That is a grade, not advice.", "That is a mark, not advice.")
    term.upgrade()
    assert "That is a mark" in (term.folder / "lesson.py").read_text() and term.keeps_own_lines()
    command(root, "release", "6")
    assert term.points() == first

    # 3: a mistake is explained in other words.
    term.package("tanh_backward.py", "here the square is missing", "a square is missing here")
    term.upgrade()
    assert term.points() == first and term.keeps_own_lines()

    # 4: other points, of questions that the instructor left as they were.
    term.package("tanh_backward.py", "points=5)", "points=10)")
    term.package("relative_error.py", "points=5)", "points=0)")
    term.upgrade()
    said = command(root, "grade", "6", code=1)
    assert "week06 is not what was released" in said and "autograder release week06" in said
    command(root, "release", "6")
    now = term.points()
    for student, before in first.items():
        moved = {"tanh_backward": before["tanh_backward"] * 2, "relative_error": 0}
        assert now[student] == {**before, **moved}

    # 5: the very lines that the instructor changed.
    term.package("lesson.py", TITLE, "# # Week 06: The nudge, backwards\n")
    term.package("relu_backward.py", "points=6)", "points=7)")
    said = term.upgrade(code=3)
    assert "CONFLICT" in said and "lesson.py, line 2" in said and "relu_backward.py" in said
    assert term.keeps_own_lines()
    for words in (["grade", "6"], ["release", "6"], ["validate", "6"], ["upgrade"]):
        assert "a conflict of an upgrade is not decided" in command(root, *words, code=1)
    for file in ("lesson.py", "relu_backward.py"):
        path = term.folder / file
        path.write_text(MARKS.sub(r"\1", path.read_text()))
    assert term.keeps_own_lines() and term.points() == now

    # 6: a question's file has another name.
    text = own_weeks.shipped_files(STEM, "")["relu_backward.py"]
    term.newer |= {"relu_backward.py": None, "relu_gradient.py": text}
    term.package("__init__.py", '"relu_backward"', '"relu_gradient"')
    term.upgrade()
    assert "relu_gradient.py" in term.files() and "relu_backward.py" not in term.files()
    assert term.keeps_own_lines() and term.points() == now

    # 7: a file that the instructor has thrown away is changed; 8: one is new; 9: one is gone.
    (term.folder / "ideas.py").unlink()
    term.newer["more.py"] = b"MORE = 1\n"
    assert "added: more.py" in term.upgrade()
    (term.folder / "more.py").unlink()
    term.newer["more.py"] = b"MORE = 2\n"
    assert "more.py: you removed it and the package changed it" in term.upgrade()
    (term.folder / "ideas.py").write_bytes(OWN_FILE)
    term.newer["more.py"] = None
    term.upgrade()
    assert term.keeps_own_lines() and term.points() == now

    # 10: a question less, which everybody has answered.
    lesson = own_weeks.shipped_files(STEM, "")["lesson.py"].decode()
    cells = re.split(r"(?m)^(?=# %%)", lesson)
    kept = [cell for cell in cells if not re.match(r'# %% (solution|check)="tanh_b', cell)]
    term.newer["lesson.py"] = "".join(kept).encode()
    term.package("__init__.py", '    "tanh_backward",\n', "")
    term.newer["tanh_backward.py"] = None
    term.package("numerical_gradient.py", "points=10,", "points=20,")
    assert "removed: tanh_backward.py" in term.upgrade()
    assert "tanh_backward is gone" in command(root, "grade", "6", code=1)
    last = term.points("--as-released")
    assert all(each["tanh_backward"] == 10 for each in last.values())
    assert all(sum(last[name].values()) >= sum(now[name].values()) for name in now)
    assert term.keeps_own_lines()
    assert grades(root, "right")[WRITTEN]["manual"] == 15.0
    assert not grades(root, "right")[WRITTEN]["waits"]
