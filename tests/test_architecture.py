"""The house keeps its plan: stages do not reach into each other, and imports stay light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "autograder"
TESTS = PACKAGE.parent / "tests"
# From the bottom to the top: a module imports from lower rows alone, or from its own folder.
LEVELS = (
    {"errors", "light_imports"},
    {"output", "tree", "double_precision"},
    {"answer"},
    {"records"},
    {"questions", "sandbox"},
    {"judging", "course"},
    {"student"},
    {"intake"},
    {"release", "gradebook"},
    {"feedback", "dispatch"},
    {"grading", "check"},
    {"lms", "notebook"},
    {"service"},
    {"cli"},
    {"__init__", "__main__"},
)
# The names that `nbgrader_config.py` has in courses made before the move.
KEPT_FOR_OLD_COURSES = PACKAGE / "gradebook" / "preprocessors.py"
LEVEL_OF = {name: level for level, names in enumerate(LEVELS) for name in names}


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


@pytest.mark.parametrize("stage", sorted(LEVEL_OF))
def test_does_a_module_import_only_from_below(stage):
    path = PACKAGE / stage
    files = set(path.rglob("*.py")) if path.is_dir() else {path.with_suffix(".py")}
    for file in files - {KEPT_FOR_OLD_COURSES}:
        for imported in imports(file):
            other = imported.split(".")[0]
            assert other == stage or LEVEL_OF[other] < LEVEL_OF[stage], (
                f"{file.relative_to(PACKAGE)} imports {imported}, which is not below it"
            )


def test_has_every_module_a_level():
    found = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}
    assert found - {"__pycache__"} == set(LEVEL_OF)


# What begins like a module of ours and is none: an entry point group, a file, a logger.
NO_MODULES = {"autograder.exporters", "autograder.zip", "autograder.nbgrader"}
_DOTTED = re.compile(r"(?<![\w/.-])autograder(?:\.[a-z_]\w*)+")
_IMPORTED = re.compile(r"from (autograder[\w.]*) import (\w+)")
_FILE = re.compile(r"(?<![\w/.-])(?:autograder|tests|benchmarks)/[\w/]+\.py\b")


def is_there(name: str) -> bool:
    """Whether a dotted name is a module of ours, or stands in the text of one."""
    place = PACKAGE.parent
    for part in name.split("."):
        if (place / part).is_dir():
            place /= part
            continue
        if (place / f"{part}.py").is_file():
            place /= f"{part}.py"
            continue
        text = (place if place.is_file() else place / "__init__.py").read_text()
        return part.startswith("__") or re.search(rf"\b{part}\b", text) is not None
    return True


def test_does_every_module_exist_that_a_text_names():
    """Code in strings, docstrings, docs and settings, which no type checker follows."""
    root = PACKAGE.parent
    texts = [root / "README.md", root / "Makefile", root / "pyproject.toml"]
    texts += [*root.glob("docs/*.md"), *root.glob("benchmarks/*.py")]
    texts += [file for folder in (PACKAGE, TESTS) for file in folder.rglob("*.py")]
    missing = []
    for path in texts:
        text = path.read_text()
        dotted = set(_DOTTED.findall(text)) | {".".join(pair) for pair in _IMPORTED.findall(text)}
        missing += [(path.name, name) for name in dotted - NO_MODULES if not is_there(name)]
        missing += [(path.name, file) for file in _FILE.findall(text) if not (root / file).exists()]
    assert not missing


def test_has_every_module_with_logic_its_tests_in_the_mirror():
    """Weeks have laws that hold for all of their questions, and plots one file for all."""
    modules = [
        *(path for path in PACKAGE.rglob("*.py") if not {"__pycache__"} & set(path.parts)),
        *(PACKAGE.parent / "course_lib").rglob("*.py"),
    ]
    missing = set()
    for path in modules:
        module = path.relative_to(PACKAGE.parent)
        of_a_week = any(part.startswith("week") for part in module.parts)
        if not of_a_week and "plots" not in module.parts and has_logic(path):
            inside = module.relative_to("autograder") if module.parts[0] == "autograder" else module
            # `__main__.py` is tested by `test_main.py`.
            if not (TESTS / inside).with_name(f"test_{path.stem.strip('_')}.py").exists():
                missing.add(module.as_posix())
    assert not missing


def has_logic(path: Path) -> bool:
    """Whether a function there does more than return what it has."""
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not is_trivial(node)
        for node in ast.walk(ast.parse(path.read_text()))
    )


def is_trivial(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    statements = [
        each
        for each in function.body
        if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
    ]
    match statements:
        case [] | [ast.Pass()] | [ast.Return(value=None)]:
            return True
        case [ast.Return(value=ast.Constant() | ast.Name() | ast.Attribute())]:
            return True
    return False


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
        "import autograder.lms.gradescope.container, autograder.grading.pipeline"
    )
    result = alone(code)
    assert result.returncode == 0, result.stderr


def test_does_the_public_face_hold_only_what_it_promises():
    import autograder

    promised = ["__version__", "again", "check", "check_all", "explain", "submit"]
    assert sorted(autograder.__all__) == promised
    assert all(hasattr(autograder, name) for name in autograder.__all__)


@pytest.mark.slow
def test_does_grading_load_no_more_of_a_library_than_it_uses():
    """Nobody waits for what no command calls."""
    unused = ["rfc3987_syntax", "setuptools", "requests", "jupyter_server", "tensorflow", "keras"]
    code = (
        "import sys, autograder.cli.main, autograder.cli.demo, autograder.grading.grade_class, "
        "autograder.release.generate; "
        f"print([name for name in {unused} if name in sys.modules])"
    )
    result = alone(code)
    assert result.stdout.strip() == "[]", result.stderr
