"""Is a submission graded on another machine as it is here, and does no secret go there?"""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import ClusterError
from autograder.grading import grade_class, pipeline, remote
from autograder.grading.assignment import load_assignment
from autograder.questions import catalogue, references
from autograder.release import generate
from tests.own_weeks import write_week


@pytest.mark.bubblewrap
def test_is_a_report_the_same_after_its_journey(fresh_course):
    opened = directory.load(fresh_course)
    demo.hand_in(opened, demo.harmless(1))
    assignment = load_assignment(opened, demo.WEEK)
    submission = replace(grade_class.submissions(opened, assignment)[0], key="a key")
    job = remote.portable(assignment, "bubblewrap", assignment.limits())
    with job.sandbox() as sandbox:
        report = pipeline.grade(submission, assignment, sandbox)
        sent = job.do(pipeline.read(submission), sandbox)
    assert report.answers and report.notebook
    nobody = replace(report, student="", key="graded")
    assert remote.unpack_report(submission, remote.pack_report(nobody)) == report
    untrusted = remote.pack_report(replace(nobody, key=""))
    assert remote.unpack_report(submission, untrusted) == replace(report, key="")
    # And a worker's is like it, but for what it was not told and what is measured.
    there = remote.unpack_report(submission, sent)
    timeless = [[replace(v, seconds=0.0) for v in each.verdicts] for each in (report, there)]
    assert timeless[0] == timeless[1] and there.notebook == report.notebook
    assert submission.student.encode() not in sent and b"a key" not in sent


@pytest.fixture
def job(released_course):
    assignment = load_assignment(directory.load(released_course), demo.WEEK)
    return remote.portable(assignment, "process", assignment.limits())


def test_does_what_travels_hold_no_secret_and_all_hidden_cases(job, released_course):
    opened = directory.load(released_course)
    assignment = load_assignment(opened, demo.WEEK)
    travels = job.settings.encode() + job.values
    assert opened.secret not in travels and opened.secret.hex().encode() not in travels
    assert str(released_course).encode() not in travels
    for name, probes in job._assignment.judge.probes.items():
        ours = assignment.judge.probes[name]
        assert [probe.case for probe in probes] == [probe.case for probe in ours]
        assert [probe.public for probe in probes] == [probe.public for probe in ours]


def test_is_a_job_named_by_what_it_holds(job):
    assert job.name == replace(job).name
    assert job.name != replace(job, values=job.values + b" ").name
    assert job.name != replace(job, settings=job.settings + " ").name


def test_is_a_machine_with_other_versions_refused(job, monkeypatch):
    job.prepare()
    assert remote.versions(["no-such-package"]) == {"no-such-package": "none"}
    monkeypatch.setattr(remote, "versions", lambda names: dict.fromkeys(names, "0.1"))
    with pytest.raises(ClusterError, match="it has .+ 0.1, the grader has .+; install"):
        job.prepare()


def test_does_a_worker_get_a_courses_own_week(own_course):
    assignment = load_assignment(directory.load(own_course), "week16")
    job = remote.portable(assignment, "process", assignment.limits())
    assert str(own_course) not in job.settings
    keys, digests = assignment.question_keys, assignment.digests
    # On the worker there is no course.
    catalogue.use(None)
    shutil.rmtree(own_course)
    try:
        there = job._assignment
    finally:
        catalogue.use(None)
    assert there.week.own and (there.question_keys, there.digests) == (keys, digests)


@pytest.fixture
def own_course(tmp_path):
    """A course that has released a week of its own."""
    made = directory.init(tmp_path / "course")
    write_week(made.root / "weeks")
    catalogue.use(made.root / "weeks")
    week = catalogue.week("16")
    references.write_public(week.questions.values(), week.stem)
    generate.release(directory.load(made.root), week)
    yield made.root
    catalogue.use(None)
