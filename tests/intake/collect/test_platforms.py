"""Is what a platform writes into file names and listings taken apart as it was put together?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.course.people import Roster
from autograder.course.person import squeeze
from autograder.errors import UnusableSource
from autograder.intake.collect import archives
from autograder.intake.collect.sources import attempts
from tests.course.test_people import NAMES
from tests.intake.collect.difficult_class import (
    CLASS,
    NB,
    STEM,
    WEEK,
    content,
    results,
    take,
)
from tests.intake.exports import (
    brightspace_folder,
    canvas_name,
    gradescope_listing,
    ilias_folder,
    moodle_folder,
    write_zip,
)


@given(NAMES, st.integers(1, 10**9), st.integers(1, 10**9), st.booleans(), NAMES)
def test_is_every_canvas_name_taken_apart(tmp_path_factory, name, user, attachment, late, title):
    assume(squeeze(name) and not title.startswith((".", "/")) and "\\" not in title)
    # Nobody can tell a number at the end of such a name from the one that Canvas writes after it.
    assume(not re.search(r"_\d+$", "".join(c for c in name if c == "_" or squeeze(c))))
    file = canvas_name(name, str(user), attachment, f"{title}.ipynb", late)
    assume(len(file.encode()) < 200)
    path = write_zip(tmp_path_factory.mktemp("canvas") / "a.zip", {file: "{}"})
    with archives.entries(path) as entries:
        kind, (found,) = attempts(entries, "week99_bends", "week99")
    (person,) = found.people
    assert (kind, found.account, found.late, found.order) == ("canvas", str(user), late, attachment)
    assert squeeze(person.names[0]) == squeeze(name.lower())


def test_does_a_group_of_gradescope_receive_the_same(full, tmp_path):
    listing = gradescope_listing(
        {
            "submission_11": (
                [("Ann Lee", "", "ANN@x.org"), ("Who Else", "77", "who@x.org")],
                "2026-10-02 12:00:00.000000000 Z",
            ),
            "submission_12": ([("Anyone", "bob", "")], "2026-10-03 14:00:00 +02:00"),
        }
    )
    root = "assignment_5_export"
    files = {
        f"{root}/submission_metadata.yml": listing,
        f"{root}/submission_11/{NB}": "eleven",
        f"{root}/submission_11/earlier_weeks.py": "x = 1",
        f"{root}/submission_12/sub/my work.ipynb": "twelve",
        f"{root}/submission_13/{NB}": "whose",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert found.kind == "gradescope"
    assert results(found) == {
        "ann": "new",
        "bob": "new",
        "Who Else (Gradescope)": "left out",
        "submission_13": "left out",
    }
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 12:00:00 UTC\n"
    assert content(full, "bob", "timestamp.txt") == "2026-10-03 12:00:00 UTC\n"
    assert content(full, "ann", "earlier_weeks.py") == "x = 1"


NOON = "2026-10-02-12-00-00"
SPOTS = {
    "canvas": lambda who, file: canvas_name(f"{who}, x", {"ann": "501"}.get(who, "77"), 1, file),
    "moodle": lambda who, file: f"{moodle_folder(NAMES_OF[who], 7)}/{file}",
    "blackboard": lambda who, file: f"Week 6_{who}_attempt_{NOON}_{file}",
    "brightspace": lambda who, file: (
        f"{brightspace_folder(NAMES_OF[who], 'Oct 1, 2026 930 PM')}/{file}"
    ),
    "ilias": lambda who, file: f"My_own_Blatt_6/Abgaben/{ilias_folder('L', 'A', who, 901)}/{file}",
    "nbgrader": lambda who, file: f"{who}/{STEM}/{file}",
}
NAMES_OF = {"ann": "Ann Lee", "eve": "Eve Else"}


@pytest.mark.parametrize("platform", SPOTS)
@pytest.mark.parametrize(
    "file",
    [
        canvas_name("x", "502", 9, NB),
        f"Week 6_bob_attempt_{NOON}_{NB}",
        f"{brightspace_folder('Séan O`Neil-Straße', 'Oct 2, 2026 930 PM')} - {NB}",
        *(
            f"{folder}/{NB}"
            for folder in (
                moodle_folder("Séan O Neil-Straße", 8),
                brightspace_folder("Séan O`Neil-Straße", "Oct 2, 2026 930 PM"),
                f"Abgaben/{ilias_folder('ONeil', 'Sean', 'bob', 902)}",
                f"bob/{STEM}",
            )
        ),
    ],
)
def test_does_a_name_that_a_student_chose_never_make_it_another_students(platform, file):
    """Whoever names a file or folder as the platform does hands it in all the same."""
    if "/" in file and platform in ("canvas", "blackboard"):
        file = file.replace("/", "_")
    ann, eve = (
        archives.Entry(PurePosixPath(SPOTS[platform](who, name)), 2, None, lambda: b"{}")
        for who, name in (("ann", file), ("eve", NB))
    )
    for entries, kind in (([ann, eve], platform), ([ann, eve], ""), ([ann], platform), ([ann], "")):
        try:
            recognised, found = attempts(entries, STEM, WEEK, kind)
        except UnusableSource as error:
            # Of a single file with two platforms' marks the instructor says which it is.
            assert (entries, kind) == ([ann], "") and "unclear which platform" in str(error)
            continue
        assert recognised == platform
        students = Roster(CLASS)
        people = [person for attempt in found for person in attempt.people]
        assert {match.student.id for match in map(students.match, people) if match.student} <= {
            "ann"
        }


@pytest.mark.parametrize("platform", ["moodle", "brightspace", "ilias", "nbgrader"])
def test_does_a_listing_that_a_student_handed_in_name_nobody(platform):
    """A file called as Gradescope's listing, in the only submission of another platform."""
    listing = gradescope_listing({"submission_1": ([("Séan", "bob", "")], "2026-10-02 12:00:00 Z")})
    entries = [
        archives.Entry(PurePosixPath(SPOTS[platform]("ann", file)), 2, None, content.encode)
        for file, content in (("submission_metadata.yml", listing), (f"submission_1/{NB}", "{}"))
    ]
    try:
        _, found = attempts(entries, STEM, WEEK)
    except UnusableSource as error:
        assert "unclear which platform" in str(error)
        return
    students = Roster(CLASS)
    assert not any(students.match(each).student == CLASS[1] for one in found for each in one.people)


def test_does_a_number_of_gradescope_keep_its_zeros(full, tmp_path):
    """Read as a number, 0765 would be LMS id 501, which is Ann's."""
    listing = gradescope_listing({"submission_1": ([("Who", "X", "")], "2026-10-02 12:00:00 Z")})
    files = {
        "x/submission_metadata.yml": listing.replace("'X'", "0765"),
        f"x/submission_1/{NB}": "{}",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert results(found) == {"Who (Gradescope)": "left out"}


def test_is_a_plain_folder_read_by_folders_and_by_file_names(full, tmp_path):
    files = {
        "work/ann/final.ipynb": "ann",
        "work/Séan O’Neil Straße/sub/week99-2.ipynb": "bob",
        "work/cem@x.org/week99.ipynb": "cem",
        "work/nobody/week99.ipynb": "?",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert (found.kind, found.left_out[0].shown) == ("plain", "nobody")
    assert [content(full, name) for name in ("ann", "bob", "cem_2")] == ["ann", "bob", "cem"]
    flat = {"lee_ann_week99.ipynb": "a", "cem_2 (1).ipynb": "c", f"{STEM}_bob.ipynb": "b"}
    assert take(full, write_zip(tmp_path / "b.zip", flat)).left_out == []
    assert [content(full, name) for name in ("ann", "bob", "cem_2")] == ["a", "b", "c"]


def test_is_nobody_of_a_plain_folder_lost(full, tmp_path):
    files = {"ann.ipynb": "{}", "bob.zip": "PK", "cem_2.pdf": "pdf", "dana/week99.html": "x"}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert [line.student for line in found.lines if line.student] == ["ann"]
    assert {line.shown for line in found.left_out} == {"bob", "cem_2", "dana"}


def test_is_gradescopes_listing_not_trusted(full, tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
    )
    listing = f"{bomb}submission_1:\n  :submitters:\n  - :name: *m\n    :sid: ann\n"
    files = {"x/submission_metadata.yml": listing, f"x/submission_1/{NB}": "{}"}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert results(found)["ann"] == "new"
    files["x/submission_metadata.yml"] = "[" * 5000
    with pytest.raises(UnusableSource, match="submission_metadata.yml cannot be read"):
        take(full, write_zip(tmp_path / "b.zip", files))


def test_may_a_moodle_submission_hold_any_folders(full, tmp_path):
    folder = moodle_folder("Ann Lee", 7)
    files = {f"{folder}/{STEM}/{NB}": "deep", f"{folder}/{STEM}/1_2_3_x.png": "p"}
    assert results(take(full, write_zip(tmp_path / "a.zip", files))) == {"ann": "new"}


def test_are_group_names_before_moodles_names_understood(full, tmp_path):
    files = {
        f"{moodle_folder(f'Team A-{name}', n)}/{NB}": name
        for n, name in enumerate(("Ann Lee", "Séan O'Neil-Straße"))
    }
    assert set(results(take(full, write_zip(tmp_path / "a.zip", files)))) == {"ann", "bob"}


def test_are_anonymous_ids_listed_and_not_guessed(full, tmp_path):
    files = {f"anon_x1Y2z_31_{NB}": "{}", f"LATE_anon_q9_32_{NB}": "{}"}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert found.kind == "canvas"
    assert {(line.shown, line.late) for line in found.left_out} == {
        ("anon_x1Y2z", False),
        ("anon_q9", True),
    }
