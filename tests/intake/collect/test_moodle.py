"""Is every folder of Moodle's given to the people whose it is, and to nobody where that is unsure?

The shapes are those of archives that a real Moodle 4.5.6 wrote; the archives themselves are used
where they are there.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.course.people import Roster
from autograder.course.roster import Student, read_roster
from autograder.errors import CourseError, UnusableSource
from autograder.intake import moodle_worksheet
from autograder.intake.collect import archives, moodle, sources
from tests.intake.collect.difficult_class import NB, content, results, take
from tests.intake.exports import moodle_folder, write_zip
from tests.intake.real_moodle import real

TITLES = [
    *("Identifier", "Full name", "Email address", "Status", "Group", "Grade", "Maximum grade"),
    *("Grade can be changed", "Last modified (submission)", "Last modified (grade)"),
    "Feedback comments",
]
DATE = "Tuesday, 17 November 2026, 1:41 AM"
HANDED_IN = "Submitted for grading -  - "


def worksheet(path: Path, rows, together: bool = False, group_title: str = "Group") -> Path:
    """A worksheet with rows of number, name, e-mail and group or status."""
    titles = [group_title if title == "Group" else title for title in TITLES]
    lines = [[title for title in titles if together or title != group_title]]
    for number, name, email, what in rows:
        who = [f"Participant {number}", name, email]
        about = [HANDED_IN, what] if together else [what or HANDED_IN]
        lines.append([*who, *about, "", "100.00", "Yes", DATE, "-", ""])
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))
    return path


@pytest.mark.parametrize(
    "path",
    [
        "{}_7_assignsubmission_file/{}",
        "{}_7_assignsubmission_file_/{}",
        "{}_7_assignsubmission_file_{}",
        "week06 submissions/{}_7_assignsubmission_file/{}",
        "{}_7_assignsubmission_file/my_assignsubmission_file/{}",
    ],
)
def test_is_every_layout_of_moodle_read(full, tmp_path, path):
    """With folders or without, from older Moodles, and in a folder of the instructor's own."""
    source = write_zip(tmp_path / "a.zip", {path.format("Ann Lee", NB): "x"})
    found = take(full, source)
    assert (found.kind, results(found)) == ("moodle", {"ann": "new"})


def test_are_two_of_one_name_told_apart_by_the_worksheet(full, tmp_path):
    """The name in the folder fits both; the number in it is in the worksheet."""
    files = {f"{moodle_folder('Séan ONeil-Straße', n)}/{NB}": str(n) for n in (12, 13)}
    source = write_zip(tmp_path / "a.zip", files)
    rows = [(12, "Séan O'Neil-Straße", "bob@x.org", ""), (13, "Séan O'Neil-Straße", "b2@x.org", "")]
    sheet = worksheet(tmp_path / "sheet.csv", rows)
    assert len(take(full, source).left_out) == 2
    found = take(full, source, worksheet=sheet)
    assert content(full, "bob") == "12"
    # The other one is no student of the course, and not taken for one whose name is the same.
    assert [line.shown for line in found.left_out] == ["Séan O'Neil-Straße (b2@x.org)"]


def test_is_lateness_what_the_worksheet_says(full, tmp_path):
    files = {f"{moodle_folder(name, n)}/{NB}": name for n, name in ((1, "Ann Lee"), (2, "X Y"))}
    late = "Submitted for grading - 23 hours 50 mins late -  - "
    extended = "Submitted for grading - Extension granted until: Friday, 4 December 2026, 8:00 PM -"
    rows = [(1, "Ann Lee", "ann@x.org", late), (2, "X Y", "bob@x.org", extended)]
    sheet = worksheet(tmp_path / "sheet.csv", rows)
    found = take(full, write_zip(tmp_path / "a.zip", files), worksheet=sheet)
    assert {line.student: line.late for line in found.lines} == {"ann": True, "bob": False}


@pytest.mark.parametrize(
    ("date", "known"),
    [
        (DATE, True),
        ("Dienstag, 17. November 2026, 01:41", True),
        ("17.11.2026 01:41", True),
        ("17 November 2026, 3:12", False),
    ],
)
def test_are_times_within_an_hour_used_that_the_worksheet_has_too(full, tmp_path, date, known):
    """Without it, nobody could tell them from the time of a download."""
    files = {f"{moodle_folder('Ann Lee', 1)}/{NB}": "{}"}
    times = dict.fromkeys(files, (2026, 11, 17, 1, 41, 14))
    sheet = worksheet(tmp_path / "sheet.csv", [(1, "Ann Lee", "ann@x.org", "")])
    sheet.write_bytes(sheet.read_bytes().replace(DATE.encode(), date.encode()))
    source = write_zip(tmp_path / "a.zip", files, times)
    assert not take(full, source, zone=UTC, dry_run=True).times_known
    assert take(full, source, zone=UTC, worksheet=sheet).times_known == known
    written = content(full, "ann", "timestamp.txt")
    assert written == ("2026-11-17 01:41:14 UTC\n" if known else None)


def test_is_it_said_if_moodle_and_the_course_differ_on_who_is_late():
    """As with a wrong time zone."""
    due = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
    before, after = due - timedelta(hours=1), due + timedelta(hours=1)
    agreed = [("ann", True, after), ("bob", False, before)]
    assert moodle.about_lateness(agreed, due) == moodle.about_lateness(agreed, None) == ""
    said = moodle.about_lateness([*agreed, ("cem", True, before), ("dana", False, after)], due)
    assert "cem, dana." in said and "--timezone" in said and "2026-11-17 01:00 UTC" in said


def test_does_a_worksheet_of_another_assignment_collect_nothing(full, tmp_path):
    source = write_zip(tmp_path / "a.zip", {f"{moodle_folder('Ann Lee', 7)}/{NB}": "{}"})
    for number, name in ((8, "Ann Lee"), (7, "Bob Lee")):
        sheet = worksheet(tmp_path / "sheet.csv", [(number, name, "ann@x.org", "")])
        with pytest.raises(UnusableSource, match="worksheet of another assignment"):
            take(full, source, worksheet=sheet)
    assert content(full, "ann") is None


def test_is_a_worksheet_for_another_platform_refused(full, tmp_path):
    source = write_zip(tmp_path / "a.zip", {"ann.ipynb": "{}"})
    with pytest.raises(UnusableSource, match="--worksheet is for Moodle"):
        take(full, source, worksheet=worksheet(tmp_path / "s.csv", [(1, "A", "a@x.org", "")]))
    moodles = write_zip(tmp_path / "b.zip", {f"{moodle_folder('Ann Lee', 7)}/{NB}": "{}"})
    (tmp_path / "other.csv").write_text("id,name\n1,x\n")
    with pytest.raises(CourseError, match="expected Moodle's grading worksheet"):
        take(full, moodles, worksheet=tmp_path / "other.csv")


GROUPS = {
    "Team A_1_assignsubmission_file": "a",
    "Grüne B, amp; Co._2_assignsubmission_file": "b",
    "Default group_assignsubmission_file": "none",
}
MEMBERS = [
    (65, "Ann Lee", "ann@x.org", "Team_A"),
    (66, "S O", "bob@x.org", "Team_A"),
    (67, "C O", "cem@x.org", 'Grüne "B", & Co.'),
    (68, "D H", "dana@x.org", "Default group"),
]


def together(path: Path) -> Path:
    return write_zip(path, {f"{folder}/{NB}": text for folder, text in GROUPS.items()})


@pytest.mark.parametrize("title", ["Group", "Ryhmä"])
def test_does_every_member_of_a_group_receive_its_work(full, tmp_path, title):
    """Also where the title is of an unknown language, and for those who are in no group."""
    sheet = worksheet(tmp_path / "sheet.csv", MEMBERS, together=True, group_title=title)
    found = take(full, together(tmp_path / "a.zip"), worksheet=sheet)
    assert results(found) == dict.fromkeys(("ann", "bob", "cem_2", "dana"), "new")
    assert [content(full, s) for s in ("ann", "bob", "cem_2", "dana")] == ["a", "a", "b", "none"]


def test_are_groups_without_a_worksheet_refused_and_not_lost(full, tmp_path):
    with pytest.raises(UnusableSource, match="'Default group' has no number.*--worksheet"):
        take(full, together(tmp_path / "a.zip"))
    del (named := dict(GROUPS))["Default group_assignsubmission_file"]
    source = write_zip(tmp_path / "b.zip", {f"{folder}/{NB}": "x" for folder in named})
    found = take(full, source)
    assert len(found.left_out) == 2 and "--worksheet" in found.notes[-1]


def test_may_a_list_of_groups_name_the_members(full, tmp_path):
    """Where there is no worksheet, as with a rubric."""
    lines = [
        "group,email",
        "Team_A,ann@x.org",
        "Team_A,bob@x.org",
        '"Grüne ""B"", & Co.",cem@x.org',
    ]
    listed = tmp_path / "groups.csv"
    listed.write_text("\n".join(lines) + "\n")
    found = take(full, together(tmp_path / "a.zip"), groups=listed)
    assert [content(full, s) for s in ("ann", "bob", "cem_2")] == ["a", "a", "b"]
    assert [line.shown for line in found.left_out] == ["Default group (without a number)"]


def test_is_anonymous_work_matched_by_a_worksheet_that_has_the_names(full, tmp_path):
    """Whoever may see the names gets them in the worksheet, and not in the archive."""
    files = {f"Osallistuja_{n}_assignsubmission_file/{NB}": str(n) for n in (1, 2)}
    rows = [(1, "Ann Lee", "ann@x.org", ""), (2, "S O", "bob@x.org", "")]
    sheet = worksheet(tmp_path / "sheet.csv", rows)
    take(full, write_zip(tmp_path / "a.zip", files), worksheet=sheet)
    assert [content(full, student) for student in ("ann", "bob")] == ["1", "2"]


def test_are_groups_of_one_name_left_out(full, tmp_path):
    twins = [(1, "Ann Lee", "ann@x.org", "Team_A"), (2, "S O", "bob@x.org", "Team A")]
    sheet = worksheet(tmp_path / "sheet.csv", [*twins, *MEMBERS[2:]], together=True)
    found = take(full, together(tmp_path / "a.zip"), worksheet=sheet)
    assert "fits 2 groups" in found.left_out[0].shown
    assert [content(full, student) for student in ("ann", "bob")] == [None, None]


@pytest.mark.parametrize("word", ["Participant", "Teilnehmer in", "参与人"])
def test_is_it_said_that_anonymous_work_matches_nobody(full, tmp_path, word):
    files = {f"{moodle_folder(word, n)}/{NB}": "{}" for n in (9, 10)}
    with pytest.raises(UnusableSource, match="Reveal student identities"):
        take(full, write_zip(tmp_path / "a.zip", files))


def test_is_the_notebooks_own_time_the_time_of_the_work(full, tmp_path):
    """The text beside it carries the time of the download, and other files their own."""
    names = {"onlinetext": "onlinetext.html", "file": NB}
    files = {f"Ann Lee_7_assignsubmission_{kind}/{name}": "{}" for kind, name in names.items()}
    files["Ann Lee_7_assignsubmission_file/data.csv"] = "1"
    other = f"{moodle_folder('Séan ONeil-Straße', 8)}/{NB}"
    times = dict.fromkeys(files, (2026, 10, 9, 8, 0, 0))
    times[f"Ann Lee_7_assignsubmission_file/{NB}"] = (2026, 10, 2, 8, 0, 0)
    times[other] = (2026, 10, 1, 8, 0, 0)
    source = write_zip(tmp_path / "a.zip", {**files, other: "{}"}, times)
    assert take(full, source, zone=UTC).times_known
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 08:00:00 UTC\n"


@pytest.mark.parametrize(
    "name", ["OBrienSeán", "LovelaceAda  Mae", "李小龙", "de’ MediciOHara", "ÁnhNguyễn Văn"]
)
def test_are_names_without_a_space_known(name):
    """As Moodle's interface in Chinese writes them."""
    students = Roster(
        [
            Student("s1", "O'Brien", "Seán"),
            Student("s2", "Lovelace", "Ada  Mae"),
            Student("s3", "李", "小龙"),
            Student("s4", "O`Hara", "de’ Medici"),
            Student("s5", "Nguyễn Văn", "Ánh"),
        ]
    )
    (found,) = moodle.identify(
        moodle.parse([entry(moodle_folder(name, 1))], "", ""), None, students
    )
    assert students.match(found.people[0]).student


def entry(folder: str) -> archives.Entry:
    path = Path(folder, NB)
    return archives.Entry(path, 1, None, lambda: b"{}")  # type: ignore[arg-type]


def test_is_a_space_that_is_missing_elsewhere_not_ignored():
    """Ann Alee is not Anna Lee."""
    students = Roster([Student("s1", "Lee", "Anna")])
    (found,) = moodle.parse([entry(moodle_folder("Ann Alee", 1))], "", "")
    assert students.match(found.people[0]).student is None


@pytest.mark.parametrize(
    ("name", "roster", "with_sheet", "matched"),
    [
        ("main", "roster", False, 8),
        ("main", "roster", True, 10),
        ("online", "roster", True, 4),
        ("team", "roster", True, 12),
        ("odd-zh_cn", "roster24", False, 15),
        ("odd-zh_cn", "roster24", True, 15),
    ],
)
def test_is_everybody_of_a_real_archive_matched(name, roster, with_sheet, matched):
    students = Roster(read_roster(real(f"{roster}.csv")))
    sheet = moodle_worksheet.read(real(f"{name}.csv")) if with_sheet else None
    with archives.entries(real(f"{name}.zip")) as entries:
        kind, found = sources.attempts(entries, "week06_backpropagation", "week06")
        found, _ = sources.settle_times(kind, found, ZoneInfo("Europe/Berlin"))
        people = [
            person for one in moodle.identify(found, sheet, students) for person in one.people
        ]
    ids = [match.id for person in people if (match := students.match(person).student)]
    assert (kind, len(ids), len(set(ids))) == ("moodle", matched, matched)
