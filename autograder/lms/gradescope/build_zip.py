"""Build the zip that Gradescope calls an autograder.

    setup.sh         installs, once, when Gradescope builds its image
    run_autograder   grades one submission
    wheels/          this package and its dependencies, so that nothing is downloaded
    private/         the released and the solved notebook, the hidden values, and the week's
                     questions where they are the course's own

The hidden cases are drawn with a secret of this week's, derived from the course's: whoever reads a
zip learns nothing about other weeks.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.directory import Course
from autograder.errors import CourseError, MissingReference
from autograder.grading.assignment import Assignment, load_assignment
from autograder.lms.gradescope import container
from autograder.output.files import write_whole
from autograder.questions import references
from autograder.questions.catalogue import Week
from autograder.questions.places import read_week

CHECKOUT = Path(__file__).resolve().parents[3]
TARGET = "3.11"
"""The Python version of the wheels; setup.sh installs it if the image has no suitable one."""
NEEDED = ("cachetools", "nbformat", "packaging")
"""What grading imports beyond the package's own dependencies."""
_PLATFORMS = (
    "manylinux2014_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_28_x86_64",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)

SETUP = """\
#!/bin/bash
# Installs the grader of {week}. Gradescope runs this once, when it builds the image.
set -euo pipefail
cd "$(dirname "$0")"
umask 022
chmod -R go-rwx private
export DEBIAN_FRONTEND=noninteractive

suits='import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
python=""
for candidate in python{target} python3.12 python3.13 python3; do
  if "$candidate" -c "$suits" 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Installing Python {target} from the distribution"
  apt-get update -qq
  apt-get install -y -qq python{target} python{target}-venv
  python=python{target}
fi
if ! command -v bwrap >/dev/null; then
  apt-get install -y -qq bubblewrap >/dev/null 2>&1 ||
    echo "bubblewrap is not available; submissions run as an unprivileged user"
fi

rm -rf {venv}
"$python" -m venv {venv}
install="{venv}/bin/python -m pip install --disable-pip-version-check --quiet"
wheels="--find-links wheels --constraint constraints.txt"
# By file name: a package index may have another project of this name.
own=$(echo wheels/nn_from_scratch-*.whl)
if $install --no-index $wheels {packages} 2>/tmp/offline.log; then
  echo "Installed from the wheels in the zip"
else
  tail -n 2 /tmp/offline.log
  echo "The zip lacks wheels for $($python --version); downloading them"
  $install $wheels {packages}
fi
{venv}/bin/python -c "import autograder.grading.pipeline"
echo "Ready"
"""

RUN = """\
#!/bin/bash
# Grades one submission of {week}. The results written first are kept if grading is cut off.
umask 022
root="${{AUTOGRADER_ROOT:-/autograder}}"
mkdir -p "$root/results"
cat > "$root/results/results.json" <<'JSON'
{cut_off}
JSON
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
cd /
"${{AUTOGRADER_PYTHON:-{venv}/bin/python}}" -m autograder.lms.gradescope.container "$root"
exit 0
"""

VENV = "/opt/autograder"
_CUT_OFF = (
    "The autograder was stopped before it finished: the container ran out of time or memory, or "
    "setup.sh failed when the image was built. The notebook need not be at fault. "
    "Next: submit again; if that fails too, tell the instructor."
)


@dataclass(frozen=True)
class Built:
    """The zip that was built.

    `carried` are the wheels of other packages in it; `missing` says why there are none.
    """

    path: Path
    size: int
    carried: tuple[str, ...]
    points: float
    missing: str = ""
    libraries: tuple[str, ...] = ()


def build(course: Course, week: str, output: Path | None = None) -> Built:
    """Build the autograder zip of a released week.

    Args:
        course: the course that has released it.
        week: such as week06.
        output: the zip; by default gradescope-week06.zip in the working directory.

    Raises:
        CourseError: if the week is not released, or the zip cannot be built.
    """
    assignment = load_assignment(course, week)
    found = assignment.week
    path = output or Path(f"gradescope-{found.name}.zip")
    if not (CHECKOUT / "pyproject.toml").is_file():
        raise CourseError(
            "the zip contains this package as a wheel, which is built from a clone of its "
            f"repository; expected {CHECKOUT / 'pyproject.toml'}. "
            "Next: run this command in a clone"
        )
    with tempfile.TemporaryDirectory(prefix="gradescope-") as temporary:
        staging = Path(temporary)
        _private(course, assignment, staging / "private")
        wheels = staging / "wheels"
        _own_wheel(wheels)
        missing = _download(wheels, found)
        _scripts(found, staging)
        _pack(staging, path)
    names = _names(path)
    carried = tuple(name for name in names if not name.startswith("nn_from_scratch-"))
    points = sum(question.points for question in found.questions.values())
    return Built(path, path.stat().st_size, carried, points, missing, found.libraries)


def about(built: Built) -> list[str]:
    """What the instructor is told about a zip."""
    lines = [f"Wrote {built.path}, {built.size / 2**20:.0f} MB."]
    if built.missing:
        lines.append(f"It contains only this package: {built.missing} when Gradescope builds it.")
    else:
        lines.append(
            f"It contains {len(built.carried)} wheels for Python {TARGET} on Linux x86-64, so "
            "nothing is downloaded during installation."
        )
    lines += [
        f"The automatic checks are worth {built.points:g} points.",
        "It contains the solutions and hidden cases of this week: upload it to Gradescope only.",
    ]
    if built.libraries:
        lines.append(
            f"This week uses {' and '.join(built.libraries)}: choose a container with 4 GB of "
            "memory or more."
        )
    return lines


def derived_secret(secret: bytes, stem: str) -> bytes:
    """The secret of one week's zip, which does not reveal the course's."""
    return hmac.new(secret, f"gradescope/{stem}".encode(), hashlib.sha256).digest()


def _private(course: Course, assignment: Assignment, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    week, own = assignment.week, assignment.own
    secret = derived_secret(course.secret, week.stem)
    settings = {
        "assignment": week.stem,
        "secret": secret.hex(),
        "not_as_asked": assignment.not_as_asked,
        "decided": dict(assignment.decided),
    }
    (folder / container.SETTINGS).write_text(json.dumps(settings), encoding="utf-8")
    for step, name in (("release", container.RELEASED), ("source", container.SOLVED)):
        (folder / name).write_bytes(course.notebook(step, week.stem).read_bytes())
    if own:
        (folder / container.OWN).write_text(own, encoding="utf-8")
    if week.own:
        for name, content in read_week(week.folder).items():
            path = folder / container.WEEKS / week.stem / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    # Keras takes some seconds to compute them, so they are kept like those of the course.
    kept = course.root / ".autograder" / "references" / f"{week.stem}-gradescope.npz"
    questions = week.questions.values()
    try:
        references.carried(questions, secret, kept, "")
    except MissingReference:
        references.carry(questions, secret, kept)
    (folder / container.VALUES).write_bytes(kept.read_bytes())


def _own_wheel(folder: Path) -> None:
    command = ["wheel", "--no-deps", "--wheel-dir", str(folder), str(CHECKOUT)]
    failed = _pip(command) if not _has_hatchling() else _pip([*command, "--no-build-isolation"])
    if failed:
        raise CourseError(
            f"this package could not be built as a wheel: {failed}. "
            "Next: pip install hatchling, and run this command again"
        )


def _has_hatchling() -> bool:
    from importlib.util import find_spec

    return find_spec("hatchling") is not None


def _download(folder: Path, week: Week) -> str:
    """Download the wheels that grading needs; returns the reason if it cannot."""
    if week.libraries:
        return f"{' and '.join(week.libraries)} are too large, so setup.sh downloads them with pip"
    own = next(folder.glob("nn_from_scratch-*.whl"))
    failed = _pip(
        [
            "download",
            *["--only-binary=:all:", "--dest", str(folder), "--python-version", TARGET],
            *[word for platform in _PLATFORMS for word in ("--platform", platform)],
            *["--constraint", str(CHECKOUT / "constraints.txt"), str(own), *NEEDED],
        ]
    )
    if failed:
        for path in folder.glob("*.whl"):
            if path != own:
                path.unlink()
        return f"the wheels could not be downloaded ({failed}), so setup.sh installs with pip"
    return ""


def _pip(arguments: Sequence[str]) -> str:
    """Run pip; returns its last error, or an empty text."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (lines or done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]


def _scripts(week: Week, staging: Path) -> None:
    from autograder.lms.gradescope import results_json

    extra = "[keras]" if week.libraries else ""
    words = {
        "week": week.name,
        "target": TARGET,
        "venv": VENV,
        "packages": " ".join([f'"$own{extra}"', *NEEDED]),
        "cut_off": json.dumps(results_json.failure(_CUT_OFF, ["cut off"])),
    }
    (staging / "setup.sh").write_text(SETUP.format(**words), encoding="utf-8")
    (staging / "run_autograder").write_text(RUN.format(**words), encoding="utf-8")
    constraints = (CHECKOUT / "constraints.txt").read_bytes()
    (staging / "constraints.txt").write_bytes(constraints)


def _pack(staging: Path, path: Path) -> None:
    """Write the zip atomically, readable by the instructor only."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for source, name in _members(staging):
            entry = zipfile.ZipInfo(name, _EPOCH)
            private = name.startswith("private/")
            mode = 0o755 if "/" not in name and "." not in name or name == "setup.sh" else 0o644
            entry.external_attr = (0o600 if private else mode) << 16
            entry.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            )
            archive.writestr(entry, source.read_bytes())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, packed.getvalue())
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from None


def _members(staging: Path) -> Iterator[tuple[Path, str]]:
    for source in sorted(staging.rglob("*")):
        if source.is_file():
            yield source, source.relative_to(staging).as_posix()


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [
            name.removeprefix("wheels/")
            for name in archive.namelist()
            if name.startswith("wheels/")
        ]
