"""What students' code can see of the machine, and the command that starts Python there.

The file system starts empty. Mounted into it are Python's standard library, the packages that a
notebook may import, and the few files of the grader that run inside. Mounting everything and hiding
a forbidden package behind an empty directory would not do: Python imports that as a namespace.
"""

from __future__ import annotations

import csv
import functools
import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.requirements import Requirement

from autograder.errors import SandboxError
from autograder.sandbox.inside import namespaces
from autograder.sandbox.limits import Limits

PACKAGES = ("numpy", "ipython", "matplotlib", "scikit-learn", "matplotlib-inline")
OWN_FILES = {
    "autograder/__init__.py": "autograder/sandbox/inside/check_stub.py",
    "autograder/answer.py": "autograder/answer.py",
    "autograder/double_precision.py": "autograder/double_precision.py",
    "autograder/errors.py": "autograder/errors.py",
    "autograder/tree.py": "autograder/tree.py",
    "autograder/sandbox/__init__.py": "autograder/sandbox/__init__.py",
    "autograder/sandbox/inside": "autograder/sandbox/inside",
    "google/colab/__init__.py": "autograder/sandbox/inside/colab_stub.py",
}
COURSE_FILES = ("__init__.py", "datasets.py", "datasets", "plots.py", "plots")

# One thread per submission: there is one sandbox per core, and results are reproducible.
_FOR_KERAS = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}

_FROM_ETC = ("/etc/ld.so.cache", "/etc/alternatives")

GRADER_DIRECTORY = "/grader"
PACKAGE_DIRECTORY = "/site-packages"  # answer.py finds a student's lines by this name.
TEMPORARY_DIRECTORY = "/tmp"
_PATH_INSIDE = [GRADER_DIRECTORY, PACKAGE_DIRECTORY]
_PUBLIC_PROC_FILES = ("cpuinfo", "meminfo", "stat", "filesystems", "version")

# No garbage collection during imports: these objects live as long as the process.
_BOOT = """\
import gc, sys
gc.disable()
sys.path[:0] = {path!r}
from autograder.sandbox.inside.fork_server import main
main(sys.argv[1])
"""

_TRY_NESTED = """\
import sys
sys.path[:0] = {path!r}
from autograder.sandbox.inside import namespaces
sys.exit(not namespaces.are_available(namespaces.Space(["/tmp"], 2**20, 100)))
"""


def _boot(path: Sequence[str]) -> str:
    return _BOOT.format(path=list(path))


def isolation_available() -> str:
    """The word "bubblewrap", or the reason why it cannot be used here and the next step."""
    return _probe(shutil.which("bwrap"))


@functools.cache
def _probe(program: str | None) -> str:
    if program is None:
        return "bubblewrap is not installed. Next: install it (Ubuntu: apt install bubblewrap)."
    trial = subprocess.run(
        [program, "--unshare-all", "--uid", "1000", "--ro-bind", "/", "/", "--proc", "/proc"]
        + ["--", "/bin/sh", "-c", ":"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    return "bubblewrap" if trial.returncode == 0 else explain_refusal(trial.stderr)


def explain_refusal(message: str) -> str:
    """Why bubblewrap could not start, with the next step.

    Args:
        message: what bubblewrap wrote to its standard error.
    """
    last = (message.strip().splitlines() or ["no reason given"])[-1]
    if kernel_setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        step = (
            "AppArmor restricts user namespaces here (Ubuntu's default). Next: add an AppArmor "
            "profile that allows bwrap to create user namespaces, or as root run "
            "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    elif (
        kernel_setting("kernel/unprivileged_userns_clone") == "0"
        or kernel_setting("user/max_user_namespaces") == "0"
    ):
        step = (
            "User namespaces are switched off here. Next: as root run "
            "`sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000`."
        )
    else:
        step = "Next: inside a container, allow user namespaces; elsewhere run `bwrap` by hand."
    return f"bubblewrap cannot start ({last}). {step}"


def kernel_setting(name: str) -> str:
    """A setting below /proc/sys; empty if this kernel has none of that name."""
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def environment(temporary: str, libraries: Sequence[str] = ()) -> dict[str, str]:
    """All environment variables of a notebook under test; none are inherited.

    Args:
        temporary: the only directory in which it may write.
        libraries: what it may import in addition to the packages of every week.
    """
    variables = {
        "PATH": "/usr/bin:/bin",
        # As nbgrader sets it, so that a notebook can tell that it is graded.
        "NBGRADER_EXECUTION": "autograde",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "USER": "student",
        "HOME": temporary,
        "TMPDIR": temporary,
        "IPYTHONDIR": f"{temporary}/.ipython",
        "MPLCONFIGDIR": f"{temporary}/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if "LD_LIBRARY_PATH" in os.environ:
        variables["LD_LIBRARY_PATH"] = str(Path(sys.base_prefix, "lib"))
    return variables | (_FOR_KERAS if "keras" in libraries else {})


def own_files(libraries: Sequence[str] = ()) -> Iterator[tuple[Path, str]]:
    """The grader's files and folders that run inside, each with its path in /grader."""
    course_files = (*COURSE_FILES, "quiet.py") if "keras" in libraries else COURSE_FILES
    root = Path(__file__).parents[2]
    for inside, outside in OWN_FILES.items():
        yield root / outside, inside
    for name in course_files:
        if (path := root / "course_lib" / name).exists():
            yield path, f"course_lib/{name}"


@functools.cache
def required_packages(names: tuple[str, ...] = PACKAGES) -> Mapping[str, Path]:
    """The top-level files and directories of some packages and of their requirements.

    Returns:
        Names below `site-packages`, each with its path in the running environment.
    """
    entries: dict[str, Path] = {}
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if name not in names:
                # Required by a package that gets along without it here.
                continue
            raise SandboxError(
                f"the package {name} is not installed. Next: pip install {name}"
            ) from None
        for entry in _top_level(package):
            entries[entry] = Path(str(package.locate_file(entry)))
        for text in package.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return entries


def _top_level(package: importlib.metadata.Distribution) -> set[str]:
    """What an installed distribution has put directly into `site-packages`."""
    # RECORD is read as CSV because `files` would create an object for each of thousands of files.
    record = package.read_text("RECORD")
    if record:
        entries = {row[0].partition("/")[0] for row in csv.reader(record.splitlines()) if row}
    else:
        entries = {file.parts[0] for file in package.files or ()}
    return entries - {"..", "__pycache__"}


def distributions(libraries: Sequence[str]) -> list[str]:
    """The installed distributions that provide these libraries, by the names of their imports.

    Raises:
        SandboxError: when one is not installed; the message has the next step.
    """
    if not libraries:
        return []
    # TensorFlow is often provided by a distribution of another name, such as tensorflow-cpu.
    providers = importlib.metadata.packages_distributions()
    if missing := [name for name in libraries if name not in providers]:
        raise SandboxError(
            f"this week's notebooks may use {missing[0]}, which is not installed. "
            f"Next: pip install {missing[0]}"
        )
    return [provider for name in libraries for provider in dict.fromkeys(providers[name])]


def bubblewrap_command(
    worker_argument: str, limits: Limits, libraries: Sequence[str] = (), *, nested: bool
) -> list[str]:
    """The command that starts the worker in its own namespaces.

    Args:
        worker_argument: what the worker's `main` receives.
        limits: bound the files that may be written.
        libraries: what notebooks may import in addition to the packages of every week.
        nested: whether each submission has namespaces of its own inside.
    """
    return [*_in_bubblewrap(limits, libraries, nested), _boot(_PATH_INSIDE), worker_argument]


def _in_bubblewrap(limits: Limits, libraries: Sequence[str], nested: bool) -> list[str]:
    """The command that runs Python code, given as one more word, in the sandbox."""
    packages = required_packages((*PACKAGES, *distributions(libraries)))
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    return [
        shutil.which("bwrap") or "bwrap",
        *["--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session", "--cap-drop", "ALL"],
        *["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"],
        *_environment_arguments(environment(TEMPORARY_DIRECTORY, libraries)),
        *_system(),
        *_python(),
        *[word for name, source in sorted(packages.items())
          for word in ("--ro-bind", str(source), f"{PACKAGE_DIRECTORY}/{name}")],
        *[word for source, name in own_files(libraries)
          for word in ("--ro-bind", str(source), f"{GRADER_DIRECTORY}/{name}")],
        # /proc is read-only: if the grader runs as root, code inside could otherwise change
        # kernel settings below /proc/sys, which bubblewrap does not protect.
        *["--proc", "/proc", "--remount-ro", "/proc"],
        *(_for_nested_namespaces(python) if nested else ()),
        *["--dev", "/dev"],
        *["--size", str(limits.file_size), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
        *["--size", str(limits.file_size), "--tmpfs", TEMPORARY_DIRECTORY],
        *["--remount-ro", "/", "--chdir", "/"],
        *["--", python, "-I", "-B", "-c"],
    ]  # fmt: skip


def _for_nested_namespaces(python: str) -> list[str]:
    """Mounts for `namespaces.enter`: a /proc of its own, and what submissions find at /proc."""
    words = ["--proc", namespaces.OWN_PROC]
    # TensorFlow ends the process unless both exist; it reads any text as a command.
    words += ["--symlink", python, f"{namespaces.PUBLIC_PROC}/self/exe"]
    words += ["--ro-bind", "/proc/version", f"{namespaces.PUBLIC_PROC}/self/cmdline"]
    for name in _PUBLIC_PROC_FILES:
        words += ["--ro-bind-try", f"/proc/{name}", f"{namespaces.PUBLIC_PROC}/{name}"]
    return words


@functools.cache
def nested_namespaces_available() -> bool:
    """Whether each submission can have namespaces of its own inside bubblewrap's.

    Elsewhere a sandbox serves one submission and is then replaced, which takes a second each.
    """
    if isolation_available() != "bubblewrap":
        return False
    command = [*_in_bubblewrap(Limits(), (), nested=True), _TRY_NESTED.format(path=_PATH_INSIDE)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def process_command(
    worker_argument: str, directory: Path, libraries: Sequence[str] = ()
) -> list[str]:
    """The command that starts the worker without namespaces, in the current environment.

    Args:
        worker_argument: what the worker's `main` receives.
        directory: receives links to the files that bubblewrap would mount, so that
            `import autograder` finds the same in both.
        libraries: what notebooks may import in addition to the packages of every week.
    """
    for source, name in own_files(libraries):
        link = directory / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source)
    boot = _boot([str(directory)])
    return [sys.executable, "-I", "-B", "-c", boot, worker_argument]


def _environment_arguments(variables: Mapping[str, str]) -> list[str]:
    words = ["--clearenv"]
    for name, value in variables.items():
        words += ["--setenv", name, value]
    return words


def _system() -> list[str]:
    """Mounts for shared libraries and programs; no home, no `/usr/local`, almost no `/etc`."""
    libraries = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}"
    if not os.path.isdir(libraries):
        libraries = "/usr/lib"
    words = []
    for path in (libraries, "/usr/lib32", "/usr/lib64", "/usr/bin", *_FROM_ETC):
        words += ["--ro-bind-try", path, path]
    for directory in ("/bin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(directory):
            words += ["--symlink", os.readlink(directory), directory]
        else:
            words += ["--ro-bind-try", directory, directory]
    return words


def _python() -> list[str]:
    """Mounts for the running Python's standard library, without packages installed into it."""
    base = Path(sys.base_prefix)
    standard = Path(sysconfig.get_path("stdlib"))
    visible = [standard] if base == Path("/usr") else [base / "bin", base / "lib", base / "lib64"]
    words = []
    for directory in visible:
        if directory.is_dir():
            words += ["--ro-bind", str(directory), str(directory)]
    for parent in sorted({standard.parent, Path("/usr/lib"), Path("/usr/lib64")}):
        for pattern in ("python3*/site-packages", "python3*/dist-packages"):
            for packages in sorted(parent.glob(pattern)):
                words += ["--tmpfs", str(packages), "--remount-ro", str(packages)]
    return words
