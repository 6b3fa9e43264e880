"""Does one command run the service, once for a course, and end all that it started?"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from types import SimpleNamespace
from urllib.request import urlopen

import pytest

from autograder.course import directory
from autograder.errors import CourseError
from autograder.service import run
from autograder.service.worker import How
from tests.service.live import wait_until

HOW = How(isolation="process", workers=1)


@pytest.fixture
def course(empty_course):
    return directory.load(empty_course)


def test_does_only_one_service_run_for_a_course(course):
    with (
        run.lock(course, "web"),
        pytest.raises(CourseError, match="another `autograder serve`"),
        run.lock(course, "web"),
    ):
        pass
    with run.lock(course, "web"), run.lock(course, "worker"):
        pass


def test_does_a_service_for_others_need_an_address(course):
    with pytest.raises(CourseError, match="address = "):
        run.serve(course, "0.0.0.0", 8000, how=HOW)


def test_is_a_service_for_others_refused_without_a_sandbox(course):
    with pytest.raises(CourseError, match="needs it. --isolation process is for trying"):
        run.serve(course, "127.0.0.1", 8000, "https://nn.example.edu", HOW)


def test_is_a_port_that_is_taken_named(course):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"port {port}.*another --port"):
            run.serve(course, "127.0.0.1", port, how=HOW)


def test_is_the_sandbox_missing_an_error_before_anything_starts(course, monkeypatch):
    monkeypatch.setattr(run, "isolation_available", lambda: "bubblewrap is not installed")
    with pytest.raises(CourseError, match="bubblewrap is not installed"):
        run.serve(course, "127.0.0.1", 8000)


def test_is_the_process_that_grades_started_again_when_it_ends(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "AGAIN_SECONDS", 0.01)
    started = tmp_path / "started"
    code = f"open({str(started)!r}, 'a').write('x'); import sys; sys.stdin.read()"
    process = run.GradingProcess(tmp_path, HOW)
    process._command = [sys.executable, "-c", code]
    with process:
        wait_until(lambda: started.exists() and started.read_text() == "x", "it runs")
        assert process.is_alive()
        process._process.kill()
        wait_until(lambda: started.read_text() == "xx", "it runs again")
    assert not process.is_alive()


@pytest.mark.slow
@pytest.mark.beyond_sample
def test_does_everything_end_with_the_command(course, tmp_path):
    """Web server and worker answer, and stop at SIGTERM; a kill of one ends the other."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "autograder", "serve", "--course", str(course.root)]
    command += ["--port", str(port), "--isolation", "process"]
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen(command, stderr=file)

    def answers():
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                return json.load(answer)["status"] == "ok"
        except OSError:
            return False

    wait_until(answers, "it answers")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert time.monotonic() - began < 20
    assert '"event": "stopped"' in log.read_text()
    # Nobody holds the worker's lock any more.
    with run.lock(course, "worker"):
        pass


def test_is_a_second_process_that_cannot_start_a_line_in_the_log(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(run.sys, "argv", ["run", str(tmp_path), "{}"])
    monkeypatch.setattr(run.logs, "set_up", lambda: None)
    with pytest.raises(SystemExit) as ended:
        run.main()
    assert ended.value.code == 1
    assert "worker cannot start" in caplog.text


def test_are_the_weeks_warmed_up_that_were_released_last(tmp_path):
    stems = ["week01_perceptron", "week05_losses", "week06_backpropagation"]
    for number, stem in enumerate(stems[::-1]):
        path = tmp_path / f"{stem}.ipynb"
        path.touch()
        import os

        os.utime(path, (number, number))
    course = SimpleNamespace(
        settings=SimpleNamespace(counted=lambda found: stems),
        notebook=lambda step, stem: tmp_path / f"{stem}.ipynb",
    )
    assert run._likely(course) == ["week05_losses", "week01_perceptron"]
