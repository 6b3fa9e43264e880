"""Does a stranger of a student's name get neither the grade nor the page, whatever the exporter?"""

from __future__ import annotations

import inspect
import io
import zipfile
from dataclasses import dataclass, replace

import pytest

from autograder.lms import blackboard, brightspace, exporter, moodle
from autograder.lms.canvas import gradebook_csv as canvas
from tests.lms.canvas.fake_canvas import TOKEN, FakeCanvas, serving
from tests.lms.filled_class import STEM, rows, student, week
from tests.lms.moodle_model import Assignment, Person

CLASS = [
    student(0, first_name="Ada", last_name="Lovelace", email="ada@uni.example", lms_id="901"),
    student(1, first_name="Wei", last_name="Chen", email="wei@uni.example", lms_id="902"),
]
ADA = {"id": "s0000", "email": "ada@uni.example", "account": "901"}
KNOWN = {"id": "s0001", "email": "wei@uni.example", "account": "902"}
# What speaks against the name: another address, the LMS's other number, another id.
STRANGERS = {
    "email": {"id": "", "email": "chen@elsewhere.example", "account": ""},
    "account": {"id": "", "email": "", "account": "999"},
    "id": {"id": "s9999", "email": "", "account": ""},
}


def for_moodle(each):
    people = [Person(1, "Ada Lovelace", ADA["email"]), Person(2, "Wei Chen", each["email"])]
    return Assignment(people).worksheet()


def for_canvas(each):
    header = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Week 6 (42)\n    Points Possible,,,,,100\n"
    )
    ada = f'"Lovelace, Ada",{ADA["account"]},{ADA["id"]},ada,A,\n'
    return f'{header}{ada}"Chen, Wei",{each["account"]},{each["id"]},,A,\n'.encode()


def for_brightspace(each):
    title = "Week 6 Points Grade <Numeric MaxPoints:100>"
    header = f"OrgDefinedId,Last Name,First Name,Email,{title},End-of-Line Indicator\n"
    ada = f"#{ADA['id']},Lovelace,Ada,{ADA['email']},,#\n"
    return f"{header}{ada}#{each['id']},Chen,Wei,{each['email']},,#\n".encode()


def for_blackboard(each):
    header = "Last Name,First Name,Username,Student ID,Week 6 [Total Pts: 100 Score] |12\n"
    ada = f"Lovelace,Ada,{ADA['account']},{ADA['id']},\n"
    return f"{header}{ada}Chen,Wei,{each['account']},{each['id']},\n".encode()


@dataclass(frozen=True)
class Case:
    export: object
    file: object
    against: str

    def __str__(self):
        return f"{self.export.__module__}-{self.against}"


CASES = [
    Case(moodle.export, for_moodle, "email"),
    Case(canvas.export, for_canvas, "account"),
    Case(canvas.export, for_canvas, "id"),
    Case(brightspace.export, for_brightspace, "email"),
    Case(brightspace.export, for_brightspace, "id"),
    Case(blackboard.export, for_blackboard, "account"),
    Case(blackboard.export, for_blackboard, "id"),
]


def with_pages(folder):
    graded = week(folder, CLASS)
    for each in CLASS:
        page = folder / "feedback" / each.student / STEM / f"{STEM}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"the page of {each.student}")
    return graded


def graded_people(content, wanted="80"):
    return [row for row in rows(content) if wanted in row]


def test_is_every_exporter_that_looks_for_people_tried_here():
    looking = {
        name
        for name in exporter.names()
        if {"template", "push"} & {*inspect.signature(exporter.find(name)).parameters}
    }
    assert looking == {each.export.__module__.split(".")[2] for each in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_is_a_stranger_of_a_students_name_left_out_and_named(case, tmp_path):
    template = tmp_path / "grades.csv"
    template.write_bytes(case.file(STRANGERS[case.against]))
    pages = tmp_path / "pages.zip"
    options = {"feedback": pages} if case.export is not canvas.export else {}
    made = case.export([with_pages(tmp_path)], template=template, **options)
    (filled, *zipped) = made.files.values()
    assert len(graded_people(filled)) == 1 and "Ada" in str(graded_people(filled))
    assert rows(filled)[-1] == rows(template.read_bytes())[-1]
    (problem, *_) = [each for each in made.problems if "has the name of s0001" in each]
    assert "Wei" in problem and STRANGERS[case.against][case.against] in problem
    assert any("s0001" in each for each in made.problems if each != problem)
    for each in zipped:
        with zipfile.ZipFile(io.BytesIO(each)) as archive:
            (name,) = archive.namelist()
            assert "Ada" in name and archive.read(name) == b"the page of s0000"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_is_the_student_of_that_name_still_found(case, tmp_path):
    """By what the file has of them, and by the name alone where nothing speaks against it."""
    for each in (KNOWN, {"id": "", "email": "", "account": ""}):
        template = tmp_path / "grades.csv"
        template.write_bytes(case.file(each))
        made = case.export([week(tmp_path, CLASS)], template=template)
        assert len(graded_people(next(iter(made.files.values())))) == 2 and not made.problems


@pytest.mark.parametrize("against", ["email", "account"])
def test_does_a_push_send_a_stranger_nothing(against, tmp_path, monkeypatch):
    graded = with_pages(tmp_path)
    if against == "email":
        # Without Canvas's numbers in the class list.
        graded = replace(graded, everyone=tuple(replace(each, lms_id="") for each in CLASS))
    ada = {"id": 901, "name": "Ada", "sortable_name": "Lovelace, Ada", "email": ADA["email"]}
    wei = {"id": 999, "name": "Wei", "sortable_name": "Chen, Wei"}
    wei |= {"email": STRANGERS["email"]["email"]} if against == "email" else {}
    fake = FakeCanvas([ada, wei], {"points_possible": 100})
    with serving(fake):
        monkeypatch.setenv("CANVAS_URL", fake.url)
        monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
        monkeypatch.setattr("autograder.lms.canvas.push.POLL_SECONDS", 0.001)
        made = canvas.export([graded], push=True, course_id="7", assignment_id="42")
    assert fake.submissions[901]["score"] == 80 and fake.submissions[999]["score"] is None
    assert not fake.comments(999) and {owner for owner, _ in fake.uploads.values()} == {901}
    assert any("has the name of s0001" in each for each in made.problems)
