"""Does nothing outlive a submission, whatever it leaves, and can it reach nothing outside?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pytest

from autograder.sandbox import mounts
from autograder.sandbox.requests import Cell
from autograder.sandbox.session import Sandbox

pytestmark = pytest.mark.bubblewrap

SEEN = """
import fcntl, os, resource, signal, socket, stat

def digest():
    roots = ["/", "/tmp", "/dev", "/dev/shm", "/proc", "/work", "."]
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty")]
    seen = {}
    for path in roots + devices:
        try:
            status = os.stat(path)
        except OSError:
            continue
        # Times of what is made for each run are its own; of what is shared they must not change.
        shared = path not in ("/tmp", "/dev/shm", ".", "/proc")
        times = (status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns) if shared else ()
        listed = sorted(os.listdir(path)) if path in ("/tmp", "/dev/shm", "/proc", ".") else ()
        try:
            attributes = sorted(os.listxattr(path))
        except OSError:
            attributes = ()
        seen[path] = (oct(status.st_mode), status.st_uid, times, tuple(listed), tuple(attributes))
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    seen["limits"] = {name: resource.getrlimit(getattr(resource, name)) for name in names}
    seen["limits of 1"] = {
        name: resource.prlimit(1, getattr(resource, name)) for name in names
    }
    seen["process"] = (
        os.getpriority(os.PRIO_PROCESS, 0), os.getpriority(os.PRIO_PROCESS, 1),
        os.sched_getscheduler(0), os.sched_getaffinity(0), os.umask(0o22), os.getcwd(),
        signal.pthread_sigmask(signal.SIG_BLOCK, []), os.getpgid(0), os.getsid(0), os.getppid(),
        {n: signal.getsignal(n) for n in (signal.SIGUSR1, signal.SIGALRM, signal.SIGCHLD)},
        dict(os.environ),
    )
    numbers = []
    for number in range(3, 400):
        try:
            os.kill(number, 0)
            numbers.append(number)
        except ProcessLookupError:
            pass
    seen["processes"] = numbers
    try:
        socket.socket(socket.AF_UNIX).bind("\\0left")
        seen["abstract socket"] = "free"
    except OSError as error:
        seen["abstract socket"] = str(error)
    with open("/usr/bin/env", "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            seen["lock"] = "free"
        except OSError as error:
            seen["lock"] = str(error)
    return seen
"""
SHOW = SEEN + "\nprint(digest())"

LEAVES = {
    "limit of processes": "resource.prlimit(1, resource.RLIMIT_NPROC, (1, 1))",
    "limit of files": "resource.prlimit(1, resource.RLIMIT_FSIZE, (0, 0))",
    "limit of CPU": "resource.prlimit(1, resource.RLIMIT_CPU, (60, 60))",
    "own limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))",
    "niceness": "os.setpriority(os.PRIO_PROCESS, 1, 19); os.nice(19)",
    "scheduling class": "os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))",
    "affinity": "os.sched_setaffinity(1, [0]); os.sched_setaffinity(0, [0])",
    "umask": "os.umask(0o777)",
    "working folder": "os.mkdir('/tmp/away'); os.chdir('/tmp/away')",
    "files": "open('/tmp/left', 'w').write('x'); open('/dev/shm/left', 'w').write('x')",
    "hidden files": "os.makedirs('/tmp/.config/a'); open('/tmp/.config/a/b', 'w')",
    "mode of /tmp": "os.chmod('/tmp/work', 0); os.chmod('/tmp', 0o555)",
    "mode of /dev/shm": "os.chmod('/dev/shm', 0)",
    "mode of a device": "os.chmod('/dev/null', 0)",
    "times": "[os.utime(p, (1, 1)) for p in ('/tmp', '/dev/shm', '/dev/null')]",
    "access times": "[open(p, 'rb').read(9) for p in ('/dev/zero', '/usr/bin/env')]",
    "extended attribute": "os.setxattr('/tmp', 'user.left', b'x')",
    "attribute of the root": "os.setxattr('/', 'user.left', b'x')",
    "default ACL": "os.setxattr('/tmp', 'system.posix_acl_default', bytes.fromhex("
    "'0200000001000000ffffffff04000000ffffffff20000000ffffffff'))",
    "lock": "f = open('/usr/bin/env', 'rb'); fcntl.flock(f, fcntl.LOCK_EX)",
    "System V memory": "import ctypes; ctypes.CDLL(None).shmget(7, 100, 0o1777)",
    "System V semaphore": "import ctypes; ctypes.CDLL(None).semget(7, 1, 0o1777)",
    "POSIX queue": "import ctypes; ctypes.CDLL(None).mq_open(b'/left', 0o102, 0o666, None)",
    "shared memory": "from multiprocessing import shared_memory as s\n"
    "m = s.SharedMemory('left', True, 10)",
    "abstract socket": "s = socket.socket(socket.AF_UNIX); s.bind('\\0left'); s.listen()",
    "closed connection": "a, b = socket.socketpair(); a.send(b'x'); a.close()",
    "key": "import ctypes; ctypes.CDLL(None).syscall(248, b'user', b'left', b'x', 1, -4)",
    "kernel setting": "open('/proc/sys/kernel/hostname', 'w').write('left')",
    "host name": "socket.sethostname('left')",
    "signal": "signal.signal(signal.SIGUSR1, signal.SIG_IGN); os.kill(1, signal.SIGUSR1)",
    "blocked signals": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))",
    "stopped process": "\nif os.fork() == 0:\n    os.kill(os.getpid(), signal.SIGSTOP)",
    "orphan": "\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        import time; time.sleep(99)\n    os._exit(0)",
    "many orphans": "\nfor _ in range(20):\n    if os.fork() == 0:\n"
    "        import time; time.sleep(99)",
    "everybody killed": "os.kill(-1, signal.SIGKILL)",
    "environment": "os.environ['LEFT'] = 'x'",
}


@pytest.fixture(scope="module")
def used() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def fresh(used: Sandbox) -> str:
    """What the first submission sees in it."""
    return shown(used, SHOW)


def shown(sandbox: Sandbox, source: str) -> str:
    with sandbox.open([Cell(0, source)]) as session:
        result = session.cells[0]
    assert result.error == ""
    return str(result.outputs[0]["text"])


@pytest.mark.parametrize("what", LEAVES)
def test_does_a_submission_see_nothing_that_an_earlier_one_left(used, fresh, what):
    leaves = f"{SEEN}\ntry:\n{textwrap.indent(LEAVES[what], '    ')}\nexcept OSError: pass"
    with used.open([Cell(0, leaves)]):
        pass
    assert shown(used, SHOW) == fresh


@pytest.mark.parametrize("what", LEAVES)
def test_does_its_own_second_run_see_nothing_that_the_first_one_left(used, fresh, what):
    leaves = f"{SEEN}\ntry:\n{textwrap.indent(LEAVES[what], '    ')}\nexcept OSError: pass"
    # A cell that ends its process is left out of the second run, which shows what is left.
    steps = [Cell(0, f"{leaves}\nos._exit(1)"), Cell(1, SHOW)]
    with used.open(steps) as session:
        assert session.cells[1].error == ""
        assert session.cells[1].outputs[0]["text"] == fresh


def test_does_this_machine_allow_nested_namespaces():
    """Without them each submission needs a sandbox of its own, and the tests above take longer."""
    if not mounts.nested_namespaces_available():
        pytest.skip("this machine does not allow them; `autograder doctor` says what follows")
    with Sandbox() as sandbox:
        assert shown(sandbox, "import os; print(os.getpid(), os.getppid())") == "2 1\n"


def test_is_a_sandbox_for_one_submission_where_namespaces_cannot_be_nested(monkeypatch):
    monkeypatch.setattr(mounts, "nested_namespaces_available", lambda: False)
    with Sandbox() as sandbox:
        for _ in range(2):
            worker = sandbox._worker
            with sandbox.open([Cell(0, f"{SEEN}\n{LEAVES['limit of processes']}")]):
                assert sandbox._worker is not worker
        assert "(1, 1)" not in shown(sandbox, SHOW)
