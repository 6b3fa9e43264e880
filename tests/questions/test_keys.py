"""Does a question's key change with what decides its verdicts, and with nothing else?"""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.questions import catalogue, keys
from autograder.questions.keys import digest, question_keys
from tests.test_architecture import imports

WEEK = catalogue.week("week06")
FOLDER = f"questions/{WEEK.stem}"
SHARED = sorted(
    path.relative_to(keys.PACKAGE).as_posix()
    for pattern in ("questions/*.py", "judging/**/*.py")
    for path in keys.PACKAGE.glob(pattern)
)
OWN = sorted({question.module.rpartition(".")[2] for question in WEEK.questions.values()})


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the files from which keys are computed."""
    root = tmp_path_factory.mktemp("package")
    caches = shutil.ignore_patterns("__pycache__", "public")
    for folder in ("questions", "judging"):
        shutil.copytree(keys.PACKAGE / folder, root / folder, ignore=caches)
    return root


@pytest.fixture
def edit(package, monkeypatch):
    """Edits a file of that copy; it is restored after the test."""
    monkeypatch.setattr(keys, "PACKAGE", package)
    originals = {}

    def change(file):
        originals[package / file] = content = (package / file).read_bytes()
        (package / file).write_bytes(content + b"# Changed.\n")

    yield change
    for path, content in originals.items():
        path.write_bytes(content)


def changed_by(edit, file):
    """The questions whose keys an edit changes."""
    before = question_keys(WEEK)
    edit(file)
    after = question_keys(WEEK)
    return {name for name in before if after[name] != before[name]}


def test_has_every_question_a_key_of_its_own():
    made = question_keys(WEEK)
    assert list(made) == list(WEEK.questions)
    assert len(set(made.values())) == len(made)
    assert question_keys(WEEK) == made


def test_are_the_folders_there_that_keys_are_made_of():
    assert {file.partition("/")[0] for file in SHARED} == {"judging", "questions"}
    assert {"judging/compare.py", "questions/tolerance.py"} <= set(SHARED)
    assert "judging/advice/exceptions.py" in SHARED


def test_is_everything_covered_that_judging_imports():
    """But for what also runs student code or only reports: see the docstring of `keys`."""
    found, waiting = set(), judging_modules()
    while waiting:
        module = waiting.pop()
        path = keys.PACKAGE / (module.replace(".", "/") + ".py")
        if module not in found and path.is_file():
            found.add(module)
            waiting += imports(path)
    uncovered = found - {file.removesuffix(".py").replace("/", ".") for file in SHARED}
    assert uncovered == {"answer", "double_precision", "errors", "records", "tree"} | {
        module for module in uncovered if module.startswith(("output.", "sandbox.inside."))
    }


def judging_modules():
    files = (file for file in SHARED if file.startswith("judging/"))
    return [file.removesuffix(".py").replace("/", ".") for file in files]


@pytest.mark.parametrize("file", SHARED)
def test_does_every_shared_file_change_all_keys(edit, file):
    assert changed_by(edit, file) == set(WEEK.questions)


@pytest.mark.parametrize("file", ["__init__.py", "engine.py", "formulas.py"])
def test_do_the_weeks_other_files_change_all_keys(edit, file):
    assert changed_by(edit, f"{FOLDER}/{file}") == set(WEEK.questions)


@pytest.mark.parametrize("part", OWN)
def test_does_a_questions_file_change_only_its_own_keys(edit, part):
    """And those of gradients that are checked against it, and of answers that are made of it."""
    own = {name for name, item in WEEK.questions.items() if item.module.endswith(f".{part}")}
    of = {
        name
        for name, item in WEEK.questions.items()
        if item.derivative and item.derivative.of in own
    }
    made = {
        name
        for name, item in WEEK.questions.items()
        if own & {mistake.of for mistake in item.mistakes.values()}
    }
    assert changed_by(edit, f"{FOLDER}/{part}.py") == own | of | made


def test_does_a_file_of_another_week_change_the_keys_of_what_is_made_of_it(edit, monkeypatch):
    monkeypatch.setattr("tests.questions.test_keys.WEEK", catalogue.week("week08"))
    changed = changed_by(edit, f"{FOLDER}/dense_backward.py")
    assert {"residual_backward", "mlp_backward"} <= changed
    assert "dead_fraction" not in changed


def test_does_another_weeks_file_change_no_key(edit):
    other = catalogue.week("week03").stem
    assert not changed_by(edit, f"questions/{other}/weight_image.py")


@pytest.mark.parametrize("stem", catalogue.stems())
def test_can_every_weeks_keys_be_made(stem):
    week = catalogue.week(stem)
    assert set(question_keys(week)) == set(week.questions)


PARTS = st.lists(st.binary(max_size=3), max_size=4)


@given(PARTS, PARTS)
def test_have_different_parts_different_digests(left, right):
    assert (digest(*left) == digest(*right)) == (left == right)
