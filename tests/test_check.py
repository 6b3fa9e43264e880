"""Does `check` behave as each of its three modes requires?"""

from __future__ import annotations

import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pytest

from autograder import check
from autograder.questions import catalogue, references
from autograder.records import Outcome
from tests.own_weeks import write_week


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def tanh(z):
    return np.tanh(z / 2)


def relu(z):
    raise NotImplementedError


def test_is_a_right_answer_right():
    verdict = check("sigmoid")
    assert verdict.points == verdict.max_points
    assert repr(verdict) == (
        "sigmoid\n4 of 4 public cases are right; hidden cases count when you hand in."
    )


def test_is_a_mistake_named():
    verdict = check("tanh")
    assert verdict.mistake == "tanh-half-argument"
    assert "tanh-half-argument" in verdict._repr_html_()


def test_is_a_function_too_slow_for_the_grader_told_so(monkeypatch):
    """Jupyter stops nothing, so that `check` has to say what grading would stop."""
    clock = iter(range(0, 1000, 7))
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    verdict = check("sigmoid")
    assert verdict.outcome is Outcome.TIMED_OUT
    assert "sigmoid took 7 s; the grader stops a case after 5 s" in verdict.message


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def silu_grad(z): return z * sigmoid(z)", True),
        ("def own(z): return sigmoid(z)\ndef silu_grad(z): return [own(each) for each in z]", True),
        ("def silu_grad(z): return z + 1", False),
    ],
)
def test_is_a_wrong_function_told_where_it_is_called(code, told):
    """One that a right answer may call, and this one does not, is not to blame."""
    notebook = {"check": check, "sigmoid": lambda z: z + 7}
    exec(f"{code}\nverdict = check('silu_grad')", notebook)
    assert notebook["verdict"].outcome is not Outcome.RIGHT
    message = notebook["verdict"].message
    assert ("It calls sigmoid, which is not right yet: start there." in message) == told


def sigmoid_grad(z):
    return (sigmoid(z) * sigmoid(-z)).astype("float32")


def tanh_grad(z):
    return ((np.tanh(z + 1e-6) - np.tanh(z - 1e-6)) / 2e-6).astype("float32")


def test_is_float32_neither_a_fault_nor_a_hiding_place():
    assert check("sigmoid_grad").right
    verdict = check("tanh_grad")
    assert not verdict.right and "rounds to float32" in verdict.message
    assert tanh_grad(np.ones(2)).dtype == np.float32


def silu_slope(z):
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)


@pytest.mark.filterwarnings("default:.* encountered:RuntimeWarning")
def test_do_the_settings_of_the_notebook_count(monkeypatch):
    """Is a warning that Jupyter would not show none, and one that it would show told?"""
    monkeypatch.setitem(globals(), "silu_grad", silu_slope)
    assert check("silu_grad").mistake == "silu-slope-overflow-negative"
    with np.errstate(all="ignore"):
        assert check("silu_grad").right
    # A case of relu is not there for stability.
    monkeypatch.setitem(globals(), "relu", lambda z: np.maximum(z, np.log(np.zeros(1))) * (z > 0))
    verdict = check("relu")
    assert verdict.right
    assert "NumPy warned of divide by zero in log in the case typical." in verdict.message


@pytest.mark.parametrize("setting", ["seterr", "filter"])
def test_do_the_settings_of_the_notebook_stay_with_it(setting):
    """A case of it is made with numbers that become 0, and mistakes take the logarithm of 0."""
    import autograder.check  # noqa: F401, the module, which the function of its name hides

    sys.modules["autograder.check"]._judge.cache_clear()
    with np.errstate(all="raise" if setting == "seterr" else "warn"), warnings.catch_warnings():
        warnings.simplefilter("default" if setting == "seterr" else "error")
        before = np.geterr(), list(warnings.filters)
        assert check("softmax_cross_entropy").outcome is Outcome.MISSING
        assert check("tanh").mistake == "tanh-half-argument"
        assert before == (np.geterr(), list(warnings.filters))


def test_is_an_untouched_stub_calm():
    verdict = check("relu")
    assert "not attempted" in repr(verdict)
    assert not verdict.attempted


def test_is_an_undefined_name_calm():
    assert "not defined" in repr(check("softmax"))


def test_is_a_misspelled_name_found_in_the_notebook():
    notebook = {"check": check, "softmx": sigmoid, "_softmax": tanh, "softmax_vjp": tanh}
    exec("verdict = check('softmax')", notebook)
    told = repr(notebook["verdict"])
    assert "`softmax` is not defined when its check runs: the notebook defines `softmx`." in told
    assert told.endswith("Next: rename `softmx` to `softmax`, if it is the answer.")


def test_does_a_wrong_name_get_the_nearest():
    assert "did you mean 'sigmoid'" in repr(check("sigmiod"))


def test_does_validate_raise_with_the_same_text(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check("sigmoid") == 7.0
    with pytest.raises(AssertionError, match="tanh-half-argument"):
        check("tanh")


def test_does_autograde_return_plain_points(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert type(check("sigmoid")) is float and check("sigmoid") == 7.0
    assert type(check("relu")) is float and check("relu") == 0.0


def test_is_hostile_text_escaped():
    def raising(z):
        raise ValueError("<script>alert(1)</script>")

    globals()["gelu"] = raising
    html = check("gelu")._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_does_a_check_need_no_tensorflow_and_no_nbgrader():
    code = """
    import sys
    from autograder import check
    def sigmoid(z):
        return z
    check("sigmoid")
    print([name for name in ("tensorflow", "keras", "nbgrader", "nbformat") if name in sys.modules])
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip().endswith("[]")


def test_is_an_unwritten_exercise_one_calm_line_in_ipython():
    code = """
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance(colors="nocolor")
    shell.run_cell("import autograder")
    shell.run_cell("def relu(z):\\n    raise NotImplementedError\\nrelu(1)")
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "`relu` is not written yet."


def test_is_a_cell_that_needs_an_unwritten_one_told_so_calmly():
    """A whole notebook of stubs is no wall of red; an honest slip still is an error."""
    code = """
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance(colors="nocolor")
    for cell in (
        "import autograder",
        "def relu(z):\\n    raise NotImplementedError",
        "out = relu(1)",
        "double = 2 * out",
        "double + 1",
        "ouput",
    ):
        shell.run_cell(cell, store_history=True)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    calm, _, error = result.stdout.partition("---")
    assert calm.splitlines() == [
        "`relu` is not written yet.",
        "`out` is not defined, because a cell above is not written yet.",
        "`double` is not defined, because a cell above is not written yet.",
    ]
    assert "NameError: name 'ouput' is not defined" in error


def test_does_a_notebook_in_a_course_find_the_courses_own_weeks(tmp_path, monkeypatch):
    folder = write_week(tmp_path / "weeks")
    (tmp_path / "nbgrader_config.py").touch()
    monkeypatch.chdir(folder)
    try:
        catalogue.use(tmp_path / "weeks")
        week = catalogue.week("16")
        references.write_public(week.questions.values(), week.stem)
        catalogue.use(None)
        notebook = {"check": check}
        exec("def halve(X):\n    return X * 2\n\nverdict = check('halve')", notebook)
    finally:
        catalogue.use(None)
    assert notebook["verdict"].mistake == "doubled"
