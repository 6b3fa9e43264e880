"""Does an LMS that takes our file change what was meant, create nothing, and lose nobody?

Every exporter but Moodle's, against the strict models in `import_rules`; Moodle's own test is
`test_moodle`.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.lms import blackboard, brightspace, plain_csv
from autograder.lms.canvas import gradebook_csv as canvas
from autograder.lms.gradescope import export as gradescope
from autograder.records import Outcome, Report, Verdict
from tests.lms.filled_class import STEM, student, week
from tests.lms.import_rules import (
    Blackboard,
    Brightspace,
    Canvas,
    Lms,
    Refused,
    gradescope_score,
    rfc4180,
)

EXPORTERS = {
    Canvas: (canvas.export, "gradebook.csv"),
    Brightspace: (brightspace.export, "export.csv"),
    Blackboard: (blackboard.export, "gc.xls"),
}
TITLES = [
    "Attendance week 6",
    "Quiz 6",
    "Backprop, again",
    "Week 5",
    'A "quoted"; title',
    "Week 60",
]
POINTS = st.floats(0, 100).map(lambda value: round(value, 3)) | st.none()


@st.composite
def classes(draw):
    """A course in an LMS, the students with their points here, and the item that is meant."""
    points = draw(st.lists(POINTS, max_size=6))
    totals = [student(number, each) for number, each in enumerate(points)]
    others = draw(st.lists(st.sampled_from(TITLES), unique=True, max_size=4))
    titles = draw(st.permutations(["Week 6", *others]))
    worth = [draw(st.sampled_from([5.0, 50.0, 100.0])) for _ in titles]
    items = {
        str(41 + place): (title, 100.0 if title == "Week 6" else each)
        for place, (title, each) in enumerate(zip(titles, worth, strict=True))
    }
    there = draw(st.sets(st.sampled_from(range(len(totals) + 2)), min_size=1))
    known = [student(number) for number in sorted(there)]
    people = {each.student: (each.last_name, each.first_name) for each in known}
    grades = {
        (login, item): draw(st.sampled_from(["7", "33.5", "0"]))
        for login in people
        for item in items
        if draw(st.booleans())
    }
    target = next(number for number, (title, _) in items.items() if title == "Week 6")
    return totals, items, people, grades, target


@pytest.mark.slow
@pytest.mark.parametrize("platform", EXPORTERS)
@given(made=classes(), named=st.booleans())
def test_does_an_import_change_only_the_weeks_grades(tmp_path_factory, platform, made, named):
    totals, items, people, grades, target = made
    lms: Lms = platform(dict(items), dict(people), dict(grades))
    before = copy.deepcopy(lms)
    export, name = EXPORTERS[platform]
    path = tmp_path_factory.mktemp("round") / name
    path.write_bytes(lms.export())  # type: ignore[attr-defined]
    graded = week(path.parent, totals)
    wanted = "Week 6" if named else ""
    try:
        content, *_ = export([graded], template=path, column=wanted).files.values()
    except CourseError as error:
        # Attendance, a quiz or the topic may be meant as well; then nothing is written.
        assert not named and "--column" in str(error)
        return
    lms.load(content)  # type: ignore[attr-defined]
    assert (lms.items, lms.created, lms.unmatched) == (before.items, [], [])
    for login in people:
        for item in items:
            was, now = before.grades.get((login, item)), lms.grades.get((login, item))
            points = next((each.points for each in totals if each.student == login), None)
            if item == target and points is not None:
                assert now is not None and abs(float(now) - points) <= 0.0051
            else:
                assert now == was


def test_do_canvas_excused_and_decimal_commas_survive_the_way_there_and_back(tmp_path):
    lms = Canvas({"42": ("Week 6", 100.0)}, {"s0000": ("Lovelace 0", "Ada"), "s0001": ("B", "C")})
    lms.grades = {("s0000", "42"): "EX"}
    path = tmp_path / "gradebook.csv"
    path.write_bytes(lms.export(delimiter=";", comma=True))
    made = canvas.export([week(tmp_path, [student(0, 5.5), student(1, 7.25)])], template=path)
    (content,) = made.files.values()
    lms.load(content)
    assert lms.grades == {("s0000", "42"): "EX", ("s0001", "42"): "7,25"}
    assert lms.items == {"42": ("Week 6", 100.0)} and not lms.created


def test_would_the_models_notice_what_must_not_happen(tmp_path):
    """A new title, other points, a lost closing column: each is seen."""
    lms = Canvas({"42": ("Week 6", 100.0)}, {"ada": ("L", "A")})
    lms.load(lms.export().replace(b"Week 6 (42)", b"Week 06").replace(b"100.00", b"90.00"))
    assert lms.created == ["Week 06"] and lms.items["42"] == ("Week 6", 100.0)
    lms.load(lms.export().replace(b"100.00", b"90.00"))
    assert lms.items["42"] == ("Week 6", 90.0)
    d2l = Brightspace({"1": ("Week 6", 100.0)}, {"ada": ("L", "A")})
    for wrong in (
        d2l.export().replace(b"End-of-Line Indicator", b"End"),
        d2l.export().replace(b",#\r\n", b",\r\n"),
        d2l.export().replace(b"Week 6 Points", b"Week 7 Points").replace(b",,,#", b",5,,#"),
    ):
        with pytest.raises(Refused):
            d2l.load(wrong)
    board = Blackboard({"12": ("Week 6", 100.0)}, {"ada": ("L", "A")})
    text = board.export()[2:].decode("utf-16-le").replace(" |12", "")
    board.load(b"\xff\xfe" + text.encode("utf-16-le"))
    assert board.created == ["Week 6 [Total Pts: 100 Score]"]


@given(st.lists(POINTS, max_size=5))
def test_does_gradescope_show_the_gradebooks_points_of_everybody(tmp_path_factory, points):
    totals = [student(number, each) for number, each in enumerate(points)]
    graded = week(tmp_path_factory.getbasetemp(), totals)
    verdict = Verdict("relu", 1.0, 4.0, Outcome.VALUES, "relu · 1 of 4", mistake="no-gate")
    graded.__dict__["reports"] = {
        each.student: Report(each.student, "week06", (verdict,)) for each in totals
    }
    (content,) = gradescope.export([graded]).files.values()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        shown = {
            name.partition("/")[0]: gradescope_score(json.loads(archive.read(name)))
            for name in archive.namelist()
        }
    assert shown == {each.student: each.points for each in totals if each.points is not None}


@given(st.lists(POINTS, max_size=6))
def test_does_any_reader_get_every_line_of_the_plain_file(tmp_path_factory, points):
    totals = [student(number, each) for number, each in enumerate(points)]
    graded = week(tmp_path_factory.getbasetemp(), totals)
    (content,) = plain_csv.export([graded]).files.values()
    lines = {line["id"]: line for line in rfc4180(content)}
    assert set(lines) == {each.student for each in totals}
    for each in totals:
        cell = lines[each.student]["week06"]
        assert cell == "" if each.points is None else abs(float(cell) - each.points) <= 0.0051
        assert not lines[each.student]["last_name"].startswith(("=", "+", "-", "@"))
    assert STEM not in content.decode("utf-8-sig")
