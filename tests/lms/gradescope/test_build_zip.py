"""Does the zip install offline and grade in a clean root, laid out like Gradescope's?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError
from autograder.grading import pipeline
from autograder.lms.gradescope import build_zip, container
from autograder.questions import catalogue, references
from autograder.records import Submission
from autograder.release import generate
from autograder.sandbox.mounts import isolation_available
from autograder.sandbox.session import Sandbox
from tests.conftest import EXHAUSTIVE
from tests.lms.gradescope.test_container import SNOOP, edited
from tests.own_weeks import write_week
from tests.submissions import write_submission

pytestmark = pytest.mark.slow

STEM = demo.STEM
IN_ROOT = "/autograder"


def without_pip(monkeypatch):
    def own_wheel(folder):
        folder.mkdir()
        (folder / "nn_from_scratch-0-py3-none-any.whl").touch()

    monkeypatch.setattr(build_zip, "_own_wheel", own_wheel)
    monkeypatch.setattr(build_zip, "_download", lambda folder, week: "no index")


def carry_public(questions, secret, path, mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(catalogue.week(STEM).values, path)


@pytest.fixture
def opened(tmp_path):
    """A course with week 06's notebooks in place, made without Keras."""
    made = directory.init(tmp_path / "course")
    for step in ("release", "source"):
        made.folder(step, STEM).mkdir(parents=True)
        shutil.copy(
            Path(build_zip.CHECKOUT, "assignments", STEM, f"{STEM}.ipynb"),
            made.notebook(step, STEM),
        )
    return made


def test_does_the_zip_hold_what_gradescope_runs(opened, tmp_path, monkeypatch):
    without_pip(monkeypatch)
    monkeypatch.setattr(references, "hidden", lambda *given: {})
    monkeypatch.setattr(references, "carry", carry_public)
    monkeypatch.setattr(
        build_zip, "load_assignment", lambda opened, week: _Loaded(catalogue.week(week))
    )
    made = build_zip.build(opened, "week06", tmp_path / "out.zip")
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        settings = json.loads(archive.read("private/settings.json"))
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert {mode for name, mode in modes.items() if name.startswith("private/")} == {0o600}
    assert made.path.stat().st_mode & 0o077 == 0
    assert settings["secret"] != opened.secret.hex()
    assert made.points == 80 and "no index" in " ".join(build_zip.about(made))


class _Loaded:
    own = ""
    not_as_asked = 0.5
    decided: dict[str, str] = {}

    def __init__(self, week):
        self.week = week


def test_is_a_failed_wheel_said_and_no_zip_left(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(references, "carry", carry_public)
    monkeypatch.setattr(
        build_zip, "load_assignment", lambda opened, week: _Loaded(catalogue.week(week))
    )
    monkeypatch.setattr(build_zip, "_pip", lambda arguments: "ERROR: no space")
    with pytest.raises(CourseError, match="no space"):
        build_zip.build(opened, "week06", tmp_path / "out.zip")
    assert not list(tmp_path.glob("*out*"))


def test_is_a_zip_that_cannot_be_written_one_sentence_and_the_old_one_kept(
    opened, tmp_path, monkeypatch
):
    without_pip(monkeypatch)
    monkeypatch.setattr(references, "hidden", lambda *given: {})
    monkeypatch.setattr(references, "carry", carry_public)
    monkeypatch.setattr(
        build_zip, "load_assignment", lambda opened, week: _Loaded(catalogue.week(week))
    )
    path = tmp_path / "zips" / "out.zip"
    path.parent.mkdir()
    path.write_bytes(b"old")

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build_zip, "write_whole", full)
    with pytest.raises(CourseError, match="out.zip cannot be written: No space left"):
        build_zip.build(opened, "week06", path)
    assert [each.read_bytes() for each in path.parent.iterdir()] == [b"old"]


def test_is_an_unreachable_index_said_and_only_our_wheel_kept(tmp_path, monkeypatch):
    own = tmp_path / "nn_from_scratch-0.1.0-py3-none-any.whl"
    for name in (own.name, "numpy-2-none-any.whl"):
        (tmp_path / name).touch()
    monkeypatch.setattr(build_zip, "_pip", lambda arguments: "ERROR: no route")
    assert "no route" in build_zip._download(tmp_path, catalogue.week("week06"))
    assert list(tmp_path.iterdir()) == [own]


def test_are_the_secrets_of_zips_not_the_courses():
    found = {build_zip.derived_secret(b"secret", stem) for stem in catalogue.stems()}
    assert len(found) == len(catalogue.stems()) and b"secret" not in found


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_are_the_scripts_bash(script, tmp_path):
    build_zip._scripts(catalogue.week("week14"), tmp_path)
    subprocess.run(["bash", "-n", str(tmp_path / script)], check=True)


# --- the real thing: a clean Debian, without network ------------------------------------------


def why_no_clean_root():
    if not EXHAUSTIVE:
        return "two minutes, for `make test-all`"
    if os.geteuid() != 0:
        return "a clean root needs root"
    missing = [name for name in ("debootstrap", "unshare") if not shutil.which(name)]
    return f"{missing[0]} is not installed" if missing else ""


@pytest.fixture(scope="module")
def clean_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    root.chmod(0o755)
    packages = "--include=python3,python3-venv,ca-certificates"
    command = ["debootstrap", "--variant=minbase", packages, "bookworm", str(root)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"debootstrap failed: {done.stdout.strip().splitlines()[-1:]}")
    for folder in ("source", "submission", "results"):
        (root / "autograder" / folder).mkdir(parents=True)
    return root


def inside(root, script):
    """Run a script in the root, without network; what it mounts is gone afterwards."""
    mounted = f'mount -t proc proc "{root}/proc" && mount --rbind /dev "{root}/dev"'
    command = f'{mounted} && exec chroot "{root}" /bin/bash {IN_ROOT}/{script}'
    return subprocess.run(
        ["unshare", "--net", "--mount", "bash", "-c", command],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
    )


@pytest.mark.skipif(bool(why_no_clean_root()), reason=why_no_clean_root())
def test_does_it_install_and_grade_offline_in_a_clean_root(clean_root, released_course, tmp_path):
    made = build_zip.build(directory.load(released_course), "week06", tmp_path / "out.zip")
    if made.missing:
        pytest.skip(made.missing)
    base = clean_root / "autograder"
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(base / "source")
    shutil.copy(base / "source" / "run_autograder", base)
    done = inside(clean_root, "source/setup.sh")
    assert done.returncode == 0 and "Installed from the wheels" in done.stdout, done.stderr

    assignment = container.load(base / container.PRIVATE)
    there = isolation_available()
    snoop = demo.writes(relative_error=SNOOP.format(root=IN_ROOT))
    pupils = {**demo.RIGHT, **demo.MISTAKES, "snoop": snoop, **demo.BROKEN, "crashes": crashes}
    with Sandbox("bubblewrap" if there == "bubblewrap" else "process") as sandbox:
        for name, edit in pupils.items():
            shutil.rmtree(base / "submission")
            path = write_submission(base / "submission" / f"{STEM}.ipynb", edited(edit))
            (base / "submission_metadata.json").write_text('{"id": 1}')
            assert inside(clean_root, "run_autograder").returncode == 0
            written = json.loads((base / "results" / "results.json").read_text())
            if name == "snoop":
                # The paths that it tries exist in the clean root alone.
                assert written["score"] == 80 and written["extra_data"]["isolation"] != "process"
                continue
            report = pipeline.grade(Submission("", "week06", path), assignment, sandbox)
            told = [(test["score"], test["output"]) for test in written["tests"]]
            assert told == [(each.points, each.message) for each in report.verdicts], name


crashes = demo.HOSTILE["crashes"]


def test_does_the_zip_carry_a_courses_own_week(tmp_path, monkeypatch):
    without_pip(monkeypatch)
    made = directory.init(tmp_path / "course")
    write_week(made.root / "weeks")
    catalogue.use(made.root / "weeks")
    try:
        week = catalogue.week("16")
        references.write_public(week.questions.values(), week.stem)
        generate.release(directory.load(made.root), week)
        built = build_zip.build(directory.load(made.root), "16", tmp_path / "out.zip")
        # In the container there is no course.
        catalogue.use(None)
        with zipfile.ZipFile(built.path) as archive:
            archive.extractall(tmp_path / "container")
        loaded = container.load(tmp_path / "container" / "private")
    finally:
        catalogue.use(None)
    assert loaded.week.own and list(loaded.week.questions) == ["halve"]
    assert not list((tmp_path / "container").rglob("lesson.py"))
