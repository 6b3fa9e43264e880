"""Does every command do its job, and end bad input with one line and the right exit code?"""

from __future__ import annotations

import copy
import json
import re
import sqlite3
from contextlib import closing

import pytest

from autograder.cli import demo
from autograder.cli.display import brief
from autograder.course.directory import load
from autograder.questions import catalogue
from tests.conftest import source
from tests.submissions import hand_in, write_submission

KNOWN = ", ".join(stem.partition("_")[0] for stem in catalogue.stems())


@pytest.mark.bubblewrap
def test_is_a_class_graded_and_the_last_line_says_how_many(fresh_course, run):
    hand_in(fresh_course, "right", "transposes-dW", "corrupt-json", "empty-folder")
    code, out, _ = run("grade", "week06", "--course", fresh_course)
    assert code == 3
    assert out.rstrip().endswith(
        "4 submissions: 2 graded, 2 unreadable (recorded as 0), 0 with code that was stopped."
    )
    assert "kernel-gradient-transposed" in out
    with closing(sqlite3.connect(fresh_course / "gradebook.db")) as database:
        rows = database.execute("select count(*) from submitted_assignment").fetchone()
    assert rows == (4,)


@pytest.mark.bubblewrap
def test_does_json_hold_every_question(fresh_course, run):
    hand_in(fresh_course, "mean-error")
    code, out, _ = run("grade", "6", "--course", fresh_course, "--json", "-j", "1")
    (line,) = json.loads(out)["submissions"]
    assert code == 0
    assert line["questions"]["relative_error"]["mistake"] == "mean-error"
    assert line["isolation"] == "bubblewrap"
    assert len(line["questions"]) == 15


@pytest.mark.bubblewrap
def test_does_feedback_show_the_message(fresh_course, run):
    hand_in(fresh_course, "transposes-dW")
    run("grade", "week06", "--course", fresh_course)
    code, out, _ = run("feedback", "week06", "--course", fresh_course)
    page = fresh_course / "feedback" / "transposes-dW" / demo.STEM / f"{demo.STEM}.html"
    assert code == 0 and str(page) in out.replace("\n", "")
    assert "dW is the transpose of the expected array." in page.read_text()


@pytest.mark.bubblewrap
def test_does_check_judge_a_file_on_public_cases(fresh_course, run):
    hand_in(fresh_course, "gate-from-blame")
    file = fresh_course / "submitted" / "gate-from-blame" / demo.STEM / f"{demo.STEM}.ipynb"
    code, out, _ = run("check", file)
    assert code == 3
    assert "gate-from-the-blame" in out
    told = " ".join(out.split())
    assert "questions are right on the public cases; hidden cases count when you hand in." in told
    assert not re.search(r"\d points?\b", out)
    assert "It calls relu_backward, which is not right yet: start there." in out
    line = json.loads(run("check", file, "--json")[1])
    assert not line["questions"]["relu_backward"].keys() & {"points", "max_points"}
    assert not line.keys() & {"points", "max_points"}
    assert line["questions"]["relu_backward"]["mistake"] == "gate-from-the-blame"


@pytest.mark.bubblewrap
def test_is_another_weeks_notebook_said_in_the_table_and_a_right_file_read(fresh_course, run):
    """A right notebook in UTF-16 under a browser's name, and one of week 07 in week 06's place."""
    hand_in(fresh_course, "right")
    folder = fresh_course / "submitted" / "right" / demo.STEM
    path = folder / f"{demo.STEM}.ipynb"
    (folder / "week06(1).ipynb.txt").write_bytes(path.read_text().encode("utf-16"))
    path.unlink()
    other = fresh_course / "submitted" / "ann" / demo.STEM / f"{demo.STEM}.ipynb"
    write_submission(other, source("week07_sgd"))
    code, out, _ = run("grade", "week06", "--course", fresh_course)
    assert code == 3
    ann, right = (" ".join(line.split()) for line in out.splitlines()[1:3])
    assert ann.startswith(
        "ann 0/80 This is the notebook of week 07, not of week 06. Next: hand in the notebook of"
    )
    assert right.startswith("right 80/80 all right")
    report = json.loads(run("grade", "week06", "--course", fresh_course, "--json")[1])
    (line,) = [line for line in report["submissions"] if line["student"] == "ann"]
    assert line["unreadable"].startswith("This is the notebook of week 07, not of week 06.")
    run("feedback", "week06", "--course", fresh_course)
    page = fresh_course / "feedback" / "ann" / demo.STEM / f"{demo.STEM}.html"
    assert "This is the notebook of week 07, not of week 06." in page.read_text()


def test_does_check_say_of_which_week_a_notebook_is(tmp_path, run):
    """By its cells, of which most decide, and not by its name."""
    mixed = copy.deepcopy(source("week00_start"))
    copied = [cell for cell in source("week07_sgd").cells if cell.id.endswith("sgd_step")]
    mixed.cells += copy.deepcopy(copied)
    path = write_submission(tmp_path / "week07.ipynb", mixed)
    _, out, _ = run("check", path, "--isolation", "process")
    told = " ".join(out.split())
    assert "The notebook also has cells of week 07; only week 00 was graded." in told
    assert "The file is called week07.ipynb, and its cells are those of week 00" in told


def test_does_explain_print_the_page(run):
    code, out, _ = run("explain", "kernel-gradient-transposed")
    assert code == 0
    assert "dense_backward" in out and "dout.T @ X" in out and "Check:" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", "kernel-gradient"], "did you mean 'kernel-gradient-"),
        (["release", "week55"], "create one with `autograder init`"),
        (["grade", "week06", "--course", "/nowhere"], "create one with `autograder init`"),
        (["check", "/nowhere.ipynb"], "There is no file nowhere.ipynb"),
    ],
)
def test_is_a_wrong_argument_one_line_with_the_next_step(run, arguments, words):
    code, out, err = run(*arguments)
    assert code == 1
    assert words in err and err.count("\n") == 1 and not out


@pytest.mark.parametrize("command", [["release"], ["grade"], ["report"], ["collect"]])
def test_is_an_unknown_week_one_line_with_the_nearest(released_course, run, command):
    source = ["/nowhere.zip"] if command == ["collect"] else []
    code, out, err = run(*command, "week55", *source, "--course", released_course)
    assert code == 1
    assert "There is no week 'week55'; did you mean" in err and err.count("\n") == 1 and not out


def test_is_a_week_without_submissions_one_line(fresh_course, run):
    code, _, err = run("grade", "week06", "--course", fresh_course)
    assert code == 1 and "nothing is handed in for week06" in err


def test_is_a_week_that_is_not_released_one_line(fresh_course, run):
    code, _, err = run("grade", "week02", "--course", fresh_course)
    assert code == 1 and "run `autograder release week02`" in err


def test_is_a_missing_secret_one_line(fresh_course, run):
    (fresh_course / ".autograder" / "secret").unlink()
    code, _, err = run("grade", "week06", "--course", fresh_course)
    assert code == 1 and "secret" in err and err.count("\n") == 1


def test_is_a_corrupt_gradebook_one_line(fresh_course, run):
    hand_in(fresh_course, "right")
    (fresh_course / "gradebook.db").write_bytes(b"not a database" * 1000)
    code, _, err = run("grade", "week06", "--course", fresh_course)
    assert code == 1 and "gradebook.db" in err and err.count("\n") == 1


def test_is_a_wrong_roster_refused_and_nothing_made(tmp_path, run):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,last_name\n1,Curie\n1,Noether\n")
    code, _, err = run("init", tmp_path / "new", "--roster", roster)
    assert code == 1 and "line 3" in err
    assert not (tmp_path / "new").exists()


def test_does_init_say_how_many_people_it_read(tmp_path, run):
    roster = tmp_path / "class.csv"
    roster.write_text('id,Name,email\nann,"Doe, Jane",ann@x.org\nbob,,\n')
    code, out, _ = run("init", tmp_path / "new", "--roster", roster)
    assert code == 0
    assert "Read class.csv: 2 students, 1 with a name and 1 with an e-mail address.\n" in out


def test_is_grading_without_isolation_refused(fresh_course, run, monkeypatch):
    hand_in(fresh_course, "right")
    monkeypatch.setattr(
        "autograder.sandbox.session.isolation_available", lambda: "bubblewrap is missing"
    )
    code, _, err = run("grade", "week06", "--course", fresh_course)
    assert code == 1 and "bubblewrap is missing" in err
    assert not (fresh_course / "autograded").exists()


def test_is_the_isolation_recorded(fresh_course, run):
    hand_in(fresh_course, "right")
    code, out, _ = run(
        "grade", "week06", "--course", fresh_course, "--isolation", "process", "--json"
    )
    assert code == 0
    assert json.loads(out)["submissions"][0]["isolation"] == "process"


@pytest.mark.bubblewrap
def test_does_ctrl_c_keep_what_is_graded(fresh_course, run, monkeypatch):
    demo.hand_in(load(fresh_course), demo.harmless(8))
    seen = []

    def interrupted(report):
        seen.append(report.student)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return brief(report)

    monkeypatch.setattr("autograder.cli.grade.brief", interrupted)
    code, _, err = run("grade", "week06", "--course", fresh_course)
    assert code == 130
    assert "Stopped. 3 of 8 submissions are graded and saved; run the same command" in err
    with closing(sqlite3.connect(fresh_course / "gradebook.db")) as database:
        rows = database.execute("select student_id from submitted_assignment").fetchall()
    assert set(seen[:3]) <= {student for (student,) in rows}
