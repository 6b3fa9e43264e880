"""Does a released folder explain itself, and is it one file for a learning management system?"""

from __future__ import annotations

import re
import zipfile

import pytest

from autograder.course.directory import Course
from autograder.course.settings import Settings
from autograder.release.start_here.write import (
    GUIDE,
    SCRIPT,
    for_students,
    guide,
    write_start_here,
    write_zip,
)

STEMS = ("week00_start", "week06_backpropagation")
WHEEL = "nn_course_check-0.1.0.post7-py3-none-any.whl"


@pytest.fixture
def course(tmp_path):
    made = Course(tmp_path, "course", "", b"", None, Settings())
    for stem in STEMS:
        path = made.notebook("release", stem)
        path.parent.mkdir(parents=True)
        path.write_text("{}")
        path.with_name(WHEEL).write_bytes(b"wheel")
    write_start_here(made, WHEEL)
    return made


def test_lie_the_guide_and_the_check_beside_every_notebook(course):
    for stem in STEMS:
        folder = course.folder("release", stem)
        text = (folder / GUIDE).read_text()
        assert f"`{stem}.ipynb`" in text and WHEEL in text and "$" not in text
        assert (folder / SCRIPT).read_text().startswith('"""Says what is missing')


def test_has_every_way_three_steps():
    ways = re.split(r"^(?:## |With )", guide("week06.ipynb", WHEEL), flags=re.MULTILINE)
    steps = {
        way.partition("\n")[0]: len(re.findall(r"^\d\. ", way, flags=re.MULTILINE)) for way in ways
    }
    known = ("pip", "[uv]", "JupyterLab", "VS Code", "Colab", "Kaggle", "JupyterHub")
    for name in known:
        assert [count for title, count in steps.items() if title.startswith(name)] == [3], name


def test_is_nothing_installed_by_a_name_of_ours():
    """Only what everybody knows comes from the public index; ours is a file."""
    text = guide("week06.ipynb", WHEEL)
    assert "**Never run `pip install autograder`.**" in text
    commands = re.findall(r"^\d\. `(.*pip install.*)`", text, flags=re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert command.endswith(f" jupyterlab ./{WHEEL}")


def test_does_colab_ask_or_download_as_the_course_has_set():
    assert f"choose `{WHEEL}`" in guide("a.ipynb", WHEEL)
    linked = guide("a.ipynb", WHEEL, "https://example.edu/a.whl")
    assert "It downloads what checks" in linked and f"choose `{WHEEL}`" not in linked


def test_is_one_file_made_of_released_folders(course):
    (course.folder("release", STEMS[0]) / ".hidden").touch()
    made = write_zip(course, STEMS)
    content = made.read_bytes()
    with zipfile.ZipFile(made) as archive:
        names = set(archive.namelist())
    each = (GUIDE, SCRIPT, WHEEL)
    expected = {f"{stem}/{name}" for stem in STEMS for name in (*each, f"{stem}.ipynb")}
    assert made.name == "week00-week06.zip" and names == expected
    assert write_zip(course, STEMS).read_bytes() == content
    assert write_zip(course, STEMS[1:]).name == "week06.zip"


def test_are_hidden_files_and_links_to_elsewhere_kept_from_students(course, tmp_path):
    folder = course.folder("release", STEMS[0])
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "old.ipynb").write_text("{}")
    (tmp_path / "secret").write_text("hidden")
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    names = for_students(course, STEMS[0])
    assert set(names) == {f"{STEMS[0]}.ipynb", WHEEL, GUIDE, SCRIPT}
