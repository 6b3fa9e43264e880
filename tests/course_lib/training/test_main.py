"""Does the command line of training say what a reader wants to know?"""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from course_lib.quiet import import_keras, installed_backends
from course_lib.training.__main__ import app

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    import_keras()
    monkeypatch.delenv("NN_MNIST", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    before = os.environ.copy()
    yield
    # In place: another object in its place would be what a library loaded meanwhile keeps.
    os.environ.clear()
    os.environ.update(before)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200", "TERM": "dumb"})
    return result.exit_code, result.output


def test_does_it_print_accuracy_and_rate():
    code, said = run("--data", "spirals", "--epochs", "2", "--peak", "0.5")
    assert code == 0, said
    assert "mlp on spirals: 1,251 parameters, 2,400 examples, 600 held out" in said
    for line in ("accuracy on held-out examples", "examples a second", "operations an example"):
        assert line in said
    assert "of 0.5e12 a second" in said


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--data", "mnist"), 1, "NN_MNIST"),
        (("--model", "cnn", "--data", "spirals"), 2, "a cnn needs pictures"),
        (("--backend", "abacus"), 2, "the Keras backend abacus is not installed"),
    ],
)
def test_is_what_cannot_be_done_told_in_a_line(arguments, code, told):
    found, said = run(*arguments)
    assert found == code and told in said and "Traceback" not in said


def test_are_all_models_offered():
    code, said = run("--help")
    assert code == 0 and all(name in said for name in ("mlp", "cnn", "transformer", "--download"))


def test_is_tensorflow_the_first_choice():
    assert installed_backends()[0] == "tensorflow" or "tensorflow" not in installed_backends()
