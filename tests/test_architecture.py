"""The house keeps its plan: stages do not reach into each other, and imports stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "autograder"
STAGES = [path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]
SHARED = {
    "records",
    "errors",
    "files",
    "light_imports",
    "light_nbformat",
    "calling",
    "recent",
    "rounding",
    "message",
    "names",
    "spreadsheet",
    "questions.define",
}
# The joints, each with its reason.
ALLOWED = {
    # A mistake is recognised by the same comparison that found the answer wrong.
    "diagnosis": {"comparison.compare"},
    # Who handed something in is decided by the class list.
    "intake": {"roster"},
    # These write into a course directory, or read one.
    "gradebook": {"course", "database", "pipeline", "intake.notebooks", "intake.restore"},
    # Takes grades and reasons from the gradebook to an LMS, with feedback's short comment.
    "lms": {"course", "roster", "gradebook.totals", "gradebook.reports", "feedback.comment"},
    # The class report joins grades, what grading found, and the mistakes' pages.
    "feedback": {
        "course",
        "gradebook.reports",
        "gradebook.totals",
        "diagnosis.explain",
        "questions.catalogue",
    },
    # Hands work to sandboxes, as its name says.
    "dispatch": {"sandbox.session", "sandbox.limits"},
}


def alone(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python of its own, where nothing is loaded yet."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            module = (node.module or "").removeprefix("autograder").removeprefix(".")
            names = [f"{module}.{alias.name}".strip(".") for alias in node.names]
            found |= {
                name if (PACKAGE / (name.replace(".", "/") + ".py")).exists() else module
                for name in names
            }
        elif isinstance(node, ast.Import):
            found |= {
                alias.name.removeprefix("autograder.")
                for alias in node.names
                if alias.name.startswith("autograder.")
            }
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_does_a_stage_import_no_other_stage(stage):
    for path in (PACKAGE / stage).rglob("*.py"):
        foreign = {
            name
            for name in imports(path)
            if name not in SHARED | ALLOWED.get(stage, set()) and name.split(".")[0] != stage
        }
        assert not foreign, f"{path.name} imports {foreign}"


def test_does_the_sandbox_alone_unpickle():
    """What a student's process sends is never unpickled: the one reader of pickles is inside."""
    readers = {
        (path.name, node.value.id)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {(name, verb) for name in ("pickle", "marshal", "dill") for verb in ("load", "loads")}
        | {("inward", "receive")}
    }
    assert readers == {
        ("inward.py", "pickle"),
        ("serve.py", "inward"),
        ("serve.py", "marshal"),
    }


@pytest.mark.parametrize(
    "module",
    [
        "autograder",
        "course_lib",
        *(
            f"course_lib.{name}"
            for name in ("datasets", "gradients", "models", "plots", "training")
        ),
    ],
)
def test_does_importing_it_load_nothing_heavy(module):
    heavy = ["tensorflow", "keras", "nbformat", "nbgrader", "matplotlib", "sklearn", "rich"]
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    result = alone(code)
    assert result.stdout.strip() == "[]", result.stderr


def test_does_gradescope_need_no_nbgrader():
    """Its machine has what grading one submission takes, and neither nbgrader nor a database."""
    code = (
        "import sys; sys.modules.update(nbgrader=None, sqlalchemy=None, rich=None); "
        "import autograder.gradescope_run, autograder.pipeline"
    )
    result = alone(code)
    assert result.returncode == 0, result.stderr


def test_does_the_public_face_hold_only_what_it_promises():
    import autograder

    assert sorted(autograder.__all__) == ["__version__", "check"]
    assert all(hasattr(autograder, name) for name in autograder.__all__)


def test_does_grading_load_no_more_of_a_library_than_it_uses():
    """Nobody waits for what no command calls."""
    unused = ["rfc3987_syntax", "setuptools", "requests", "jupyter_server", "tensorflow", "keras"]
    code = (
        "import sys, autograder.cli, autograder.demo, autograder.grading, autograder.release; "
        f"print([name for name in {unused} if name in sys.modules])"
    )
    result = alone(code)
    assert result.stdout.strip() == "[]", result.stderr


def test_is_a_stand_in_loaded_when_it_is_called():
    """And is what seemed absent there again afterwards?"""
    code = (
        "import sys\n"
        "from autograder.light_imports import absent, later\n"
        "with absent('colorsys'), later('json', 'fractions'):\n"
        "    import fractions\n"
        "    try:\n        import colorsys\n        raise SystemExit('found')\n"
        "    except ImportError:\n        pass\n"
        "assert 'fractions' not in sys.modules\n"
        "assert fractions.Fraction('1/2') * 2 == 1\n"
        "import colorsys\n"
    )
    result = alone(code)
    assert result.returncode == 0, result.stderr
