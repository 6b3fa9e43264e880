"""Is everybody in ILIAS's archive found by login, and does a team receive what one handed in?"""

from __future__ import annotations

from tests.intake.collect.difficult_class import NB, STEM, content, results, take
from tests.intake.exports import ilias_folder, write_zip

ROOT = "Blatt 6_77/Abgaben"


def test_is_everybody_found_by_login_or_number(full, tmp_path):
    files = {
        f"{ROOT}/{ilias_folder('Lee', 'Ann', 'ann', 901)}/{NB}": "ann",
        f"{ROOT}/{ilias_folder('ONeil-Straße', 'Séan', 'u17', 502)}/Late Submission - {NB}": "bob",
        f"{ROOT}/{ilias_folder('Öz_türk', 'Inci', 'cem_2', 903)}/{NB}": "cem",
        f"{ROOT}/{ilias_folder('Else', 'Who', 'welse', 904)}/{NB}": "?",
    }
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert found.kind == "ilias"
    assert results(found) == {
        "ann": "new",
        "bob": "new",
        "cem_2": "new",
        "Else_Who_welse_904 (ILIAS)": "left out",
    }
    assert [content(full, each) for each in ("ann", "bob", "cem_2")] == ["ann", "bob", "cem"]
    assert {line.student for line in found.lines if line.late} == {"bob"}


def test_does_a_team_receive_what_one_of_it_handed_in(full, tmp_path):
    team = f"{ROOT}/Team 12"
    files = {
        f"{team}/{ilias_folder('Lee', 'Ann', 'ann', 901)}/{NB}": "ours",
        f"{team}/{ilias_folder('ONeil', 'Sean', 'bob', 902)}/notes.txt": "n",
    }
    assert results(take(full, write_zip(tmp_path / "a.zip", files))) == {"ann": "new", "bob": "new"}
    assert content(full, "ann") == content(full, "bob") == "ours"


def test_are_folders_that_only_look_like_it_what_they_are(full, tmp_path):
    """A plain folder, and nbgrader's tree, whatever the students' ids look like."""
    plain = {"my_own_work_2/x.ipynb": "?", f"ann/{NB}": "ann"}
    assert take(full, write_zip(tmp_path / "a.zip", plain)).kind == "plain"
    tree = {f"a_b_c_1/{STEM}/{NB}": "?", f"a_b_c_2/{STEM}/{NB}": "?"}
    assert take(full, write_zip(tmp_path / "b.zip", tree)).kind == "nbgrader"
