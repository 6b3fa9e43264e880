"""Does everybody in a group receive its submission, by a list of the groups?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError, UnusableSource
from autograder.intake.collect.groups import read
from tests.intake.collect.difficult_class import NB, content, results, take
from tests.intake.exports import brightspace_folder, canvas_name, moodle_folder, write_zip

CANVAS = (
    "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id\n"
    "Ann Lee,501,,ann,A,Team 1,9,\nSéan,502,,bob,A,Team 1,9,\nCem,503,,cem@x.org,A,Team 2,8,\n"
    "Dana,504,,dana,A,,,\n"
)


def a_list(tmp_path, content=CANVAS):
    path = tmp_path / "groups.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_does_a_group_of_canvas_receive_its_work_by_the_number_of_one(full, tmp_path):
    files = {
        canvas_name("Team 1", "502", 1, NB): "ours",
        canvas_name("Team 2", "503", 2, NB): "theirs",
        canvas_name("حسين", "504", 3, NB): "alone",
    }
    source = write_zip(tmp_path / "a.zip", files)
    found = take(full, source, groups=a_list(tmp_path))
    assert {name: content(full, name) for name in ("ann", "bob", "cem_2")} == {
        "ann": "ours",
        "bob": "ours",
        "cem_2": "theirs",
    }
    assert not found.alarms and "a group of 2" in found.lines[0].note


def test_does_a_group_of_another_platform_receive_its_work_by_the_groups_name(full, tmp_path):
    files = {f"{brightspace_folder('Team 1', 'Oct 1, 2026 930 PM')}/{NB}": "ours"}
    path = a_list(tmp_path, "Username;Group\nann;Team 1\nbob;Team 1\n")
    assert results(take(full, write_zip(tmp_path / "a.zip", files), groups=path)) == {
        "ann": "new",
        "bob": "new",
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,login\nAnn,ann\n", "line 1: expected a column for the group"),
        ("group,section\nA,1\n", "line 1: expected a column for the group.*and one for its mem"),
        ("group,login\nA,ann\nA,\n", "line 3: it is not said who the member is"),
        ("group,login\n,ann\n", "nobody is in a group"),
        ("", "is empty"),
    ],
)
def test_is_a_list_that_is_none_refused_with_its_line(tmp_path, content, said):
    with pytest.raises(CourseError, match=said):
        read(a_list(tmp_path, content))


def test_is_a_list_refused_beside_moodles_worksheet_which_has_the_groups(full, tmp_path):
    files = {f"{moodle_folder('Ann Lee', 7)}/{NB}": "x"}
    source = write_zip(tmp_path / "a.zip", files)
    with pytest.raises(UnusableSource, match="leave --groups out"):
        take(full, source, groups=tmp_path / "g.csv", worksheet=tmp_path / "s.csv")
    assert content(full, "ann") is None
