"""Does the doctor report what this machine provides, what is missing, and what to do next?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import doctor
from autograder.cli.doctor import Finding, examine
from autograder.cli.main import app
from autograder.sandbox import control_group, mounts
from tests.tiny_course import TINY_WEEK, course  # noqa: F401

APPARMOR = "kernel/apparmor_restrict_unprivileged_userns"


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def machine(monkeypatch, isolation: str, **settings: str) -> dict[str, Finding]:
    """What the doctor says of a machine with this isolation and these kernel settings."""
    values = {name.replace("__", "/"): value for name, value in settings.items()}
    monkeypatch.setattr(mounts, "kernel_setting", lambda name: values.get(name, ""))
    monkeypatch.setattr(mounts, "isolation_available", lambda: isolation)
    monkeypatch.setattr(doctor, "_inside", list)
    return by_name(examine(None))


@pytest.mark.bubblewrap
def test_is_the_sandbox_tried_from_inside():
    found = by_name(examine(None))
    assert found["bubblewrap"].good and found["bubblewrap"].found.endswith("works here")
    assert "no network, no capabilities" in found["sandbox"].found
    assert "memory 2 GiB" in found["limits"].found
    for name in ("user namespaces", "sandbox", "nested namespaces", "system-call filter", "limits"):
        assert found[name].good, found[name]


@pytest.mark.parametrize(("available", "said"), [(True, "limited by a"), (False, "security.md")])
def test_is_it_said_whether_kernel_memory_is_limited(monkeypatch, available, said):
    """Nothing is missing without a group, so the doctor still ends well."""
    monkeypatch.setattr(control_group, "is_available", lambda: available)
    finding = doctor._kernel_memory()
    assert finding.good and said in finding.found


def test_is_the_restriction_of_ubuntu_explained(monkeypatch):
    reason = "bubblewrap cannot start (setting up uid map: Permission denied). Next: see below."
    found = machine(monkeypatch, reason, kernel__apparmor_restrict_unprivileged_userns="1")
    finding = found["user namespaces"]
    assert not finding.good and "AppArmor" in finding.found and "Ubuntu" in finding.found
    assert "/etc/apparmor.d/bwrap" in finding.next_step
    assert not found["bubblewrap"].good
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
    assert "profile bwrap /usr/bin/bwrap" in text  # what the next step points to


def test_is_a_restriction_that_exempts_bubblewrap_accepted(monkeypatch):
    found = machine(monkeypatch, "bubblewrap", kernel__apparmor_restrict_unprivileged_userns="1")
    assert found["user namespaces"].good and "AppArmor" in found["user namespaces"].found


@pytest.mark.parametrize(
    ("setting", "step"),
    [
        ("kernel__unprivileged_userns_clone", "sysctl kernel.unprivileged_userns_clone=1"),
        ("user__max_user_namespaces", "sysctl user.max_user_namespaces=10000"),
    ],
)
def test_is_the_setting_that_disables_namespaces_named(monkeypatch, setting, step):
    reason = "bubblewrap cannot start (No permissions). Next: run it by hand."
    finding = machine(monkeypatch, reason, **{setting: "0"})["user namespaces"]
    assert not finding.good and step in finding.next_step


def test_does_a_missing_bubblewrap_get_a_next_step(monkeypatch):
    reason = "bubblewrap is not installed. Next: install it (Ubuntu: apt install bubblewrap)."
    finding = machine(monkeypatch, reason)["bubblewrap"]
    assert finding.found == "bubblewrap is not installed"
    assert "apt install bubblewrap" in finding.next_step
    assert "--isolation process" in finding.next_step


def test_are_missing_packages_reported(monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda name: "")
    found = machine(monkeypatch, "bubblewrap")
    assert not found["keras"].good and "`keras` extra" in found["keras"].next_step
    assert not found["nbgrader"].good and not found["tensorflow"].good


def test_is_it_reported_who_can_read_a_course(fresh_course, monkeypatch):
    monkeypatch.setattr(doctor, "_inside", list)
    fresh_course.chmod(0o700)
    assert all(f.good for f in doctor._course(fresh_course))
    fresh_course.chmod(0o755)
    (fresh_course / "gradebook.db").chmod(0o644)
    found = by_name(list(doctor._course(fresh_course)))
    assert found["secret"].good
    assert not found["gradebook.db"].good
    assert found["gradebook.db"].next_step == f"chmod 600 {fresh_course / 'gradebook.db'}"
    assert found["course directory"].next_step == f"chmod 700 {fresh_course}"
    (fresh_course / ".autograder" / "secret").chmod(0o644)
    (finding,) = doctor._course(fresh_course)
    assert not finding.good and "chmod 600" in finding.found


@pytest.mark.bubblewrap
@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_does_the_exit_code_say_whether_something_is_missing(fresh_course, monkeypatch, mode):
    monkeypatch.setattr(doctor, "_version", lambda name: "1.0")
    fresh_course.chmod(mode)
    plain = CliRunner().invoke(app, ["doctor", "--course", str(fresh_course)])
    as_json = CliRunner().invoke(app, ["doctor", "--course", str(fresh_course), "--json"])
    findings = json.loads(as_json.output)
    private = mode == 0o700
    assert plain.exit_code == as_json.exit_code == (0 if private else 3)
    assert all(each["good"] for each in findings) == private
    assert all(each["good"] or each["next_step"] for each in findings)


@pytest.fixture
def no_sandbox(monkeypatch):
    monkeypatch.setattr(doctor, "_inside", list)


def test_is_a_course_that_several_graders_share_checked_file_by_file(course, no_sandbox):  # noqa: F811
    for path in (course.root, *course.root.rglob("*")):
        path.chmod(0o2770 if path.is_dir() else 0o660)
    found = by_name(examine(course.root))
    assert found["graders"].good and found["secret"].good and found["course directory"].good
    notebook = course.notebook("source", TINY_WEEK.stem)
    notebook.chmod(0o600)
    finding = by_name(examine(course.root))["graders"]
    assert not finding.good and str(notebook) in finding.found and "chmod" in finding.next_step


def test_is_a_shared_course_closed_to_everybody_else(course, no_sandbox):  # noqa: F811
    course.root.chmod(0o2775)
    (course.root / ".autograder" / "secret").chmod(0o664)
    found = by_name(examine(course.root))
    assert not found["course"].good and "chmod 660" in found["course"].found


def test_has_a_course_of_one_owner_one_grader(course, no_sandbox):  # noqa: F811
    finding = by_name(examine(course.root))["graders"]
    assert finding.good and "alone" in finding.found
