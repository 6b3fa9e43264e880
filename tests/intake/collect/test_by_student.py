"""Is the right one of a student's attempts graded, and none lost or taken for another's?"""

from __future__ import annotations

import nbformat
import pytest

from tests.conftest import source
from tests.intake.collect.difficult_class import NB, STEM, content, results, snapshot, take, whole
from tests.intake.exports import canvas_name, gradescope_listing, moodle_folder, write_zip


def test_does_a_resubmission_replace_and_keep_the_earlier_one(full, tmp_path):
    first = write_zip(tmp_path / "1.zip", {canvas_name("lee, ann", "501", 70, NB): "first"})
    second = write_zip(
        tmp_path / "2.zip",
        {
            canvas_name("lee, ann", "501", 80, f"{STEM}-1.ipynb"): "second",
            canvas_name("lee, ann", "501", 81, "earlier_weeks-1.py"): "x = 1",
            canvas_name("lee, ann", "501", 82, "notes.pdf"): "pdf",
        },
    )
    take(full, first)
    assert results(take(full, second)) == {"ann": "replaces an earlier one"}
    assert (content(full, "ann"), content(full, "ann", "earlier_weeks.py")) == ("second", "x = 1")
    kept = list((full.root / ".autograder" / "earlier" / STEM / "ann").glob(f"*/{NB}"))
    assert [path.read_text() for path in kept] == ["first"]
    # The first download, met again, is known to be the older one.
    assert results(take(full, first)) == {"ann": "unchanged"}
    assert content(full, "ann") == "second"


def test_does_the_newest_of_several_attempts_count(full, tmp_path):
    inbound = tmp_path / "exchange" / "nn" / "inbound"
    for hour, text in ((9, "nine"), (11, "eleven"), (10, "ten")):
        stamp = f"2026-10-02 {hour:02}:00:00.123456 UTC"
        folder = inbound / f"ann+{STEM}+{stamp}+abc{hour}"
        folder.mkdir(parents=True)
        (folder / NB).write_text(text)
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text("s")
    other = inbound / "bob+week98_lines+2026-10-02 09:00:00.000000 UTC"
    other.mkdir()
    (other / "week98_lines.ipynb").write_text("{}")
    found = take(full, inbound)
    assert (found.kind, results(found)) == ("nbgrader", {"ann": "new"})
    assert content(full, "ann") == "eleven"
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 11:00:00 UTC\n"
    kept = (full.root / ".autograder" / "earlier" / STEM / "ann").glob(f"*/{NB}")
    assert sorted(path.read_text() for path in kept) == ["nine", "ten"]
    before = snapshot(full.root)
    assert results(take(full, inbound)) == {"ann": "unchanged"}
    assert snapshot(full.root) == before


def test_are_two_people_of_one_name_both_left_out(full, tmp_path):
    files = {f"{moodle_folder('Ann Lee', n)}/{NB}": str(n) for n in (1, 2)}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert len(found.left_out) == 2
    assert found.left_out[0].nearest == ("ann (Ann Lee)",)
    assert content(full, "ann") is None


def test_are_two_canvas_users_of_one_name_both_left_out(full, tmp_path):
    """A higher attachment number makes nobody the newer version of somebody else."""
    files = {canvas_name("حسين, محمد", f"9{n}", 70 + n, NB): str(n) for n in (1, 2)}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert [line.note for line in found.left_out] == [
        "2 people on the platform fit the same student"
    ] * 2
    assert content(full, "dana") is None


def test_is_a_students_name_with_another_number_or_address_left_out(full, tmp_path):
    """Somebody else's notebook never becomes a student's."""
    of_canvas = {canvas_name("lee, ann", "91", 70, NB): "x", canvas_name("o, x", "502", 71, NB): ""}
    listing = gradescope_listing(
        {
            "submission_1": ([("Ann Lee", "", "other@x.org")], "2026-10-02 12:00:00 Z"),
            "submission_2": ([("Séan O'Neil-Straße", "s77", "")], "2026-10-02 12:00:00 Z"),
            "submission_3": ([("A. D.", "dana", "")], "2026-10-02 12:00:00 Z"),
        }
    )
    folders = {f"a/submission_{n}/{NB}": str(n) for n in (1, 2, 3)}
    of_gradescope = {"a/submission_metadata.yml": listing, **folders}
    for files, notes in (
        (of_canvas, {"the name fits, but the id 91, not 501"}),
        (
            of_gradescope,
            {
                "the name fits, but the e-mail address other@x.org, not ann@x.org",
                # The field holds the course's own ids, as the third shows.
                "the name fits, but the id s77, not bob",
            },
        ),
    ):
        found = take(full, write_zip(tmp_path / "a.zip", files), dry_run=True)
        assert {line.note for line in found.left_out} == notes


def attempts(path, *texts: str):
    """What Ann handed in, attempt by attempt."""
    names = [canvas_name("lee, ann", "501", 70 + n, NB) for n in range(len(texts))]
    return write_zip(path, dict(zip(names, texts, strict=True)))


def test_does_another_weeks_notebook_replace_no_work_of_this_week(full, tmp_path):
    mine, another = whole(full), nbformat.writes(source("week07_sgd"))
    said = "This is the notebook of week 07, not of week 99. Next: hand in the notebook of week 99."
    take(full, attempts(tmp_path / "1.zip", mine))
    for number, texts in enumerate([(another,), ("<html>",), (mine, another)]):
        found = take(full, attempts(tmp_path / f"2{number}.zip", *texts))
        assert results(found) == {"leeann (Canvas user 501)": "left out"}, texts
        (line,) = found.lines
        assert line.note.endswith(" What came before is not replaced.")
        assert line.note.startswith(said) == (texts[-1] == another)
        assert content(full, "ann") == mine
    newer = whole(full, " changed")
    assert results(take(full, attempts(tmp_path / "3.zip", newer))) == {
        "ann": "replaces an earlier one"
    }


def test_is_what_cannot_be_graded_collected_with_a_word_where_there_is_nothing_else(full, tmp_path):
    another = nbformat.writes(source("week07_sgd"))
    (line,) = take(full, attempts(tmp_path / "1.zip", another)).lines
    assert line.result == "new" and line.note.startswith("This is the notebook of week 07")
    assert content(full, "ann") == another
    (line,) = take(full, attempts(tmp_path / "2.zip", whole(full))).lines
    assert (line.result, line.note) == ("replaces an earlier one", "")


@pytest.mark.parametrize("named", [f"{STEM}.ipynb", "week99.ipynb", "b.ipynb"])
def test_is_this_weeks_notebook_chosen_by_its_cells(full, tmp_path, named):
    """Where names say nothing, or one promises what the file does not hold."""
    folder = moodle_folder("Ann Lee", 7)
    files = {named: nbformat.writes(source("week07_sgd")), "a.ipynb": whole(full)}
    found = take(
        full, write_zip(tmp_path / "a.zip", {f"{folder}/{n}": t for n, t in files.items()})
    )
    (line,) = found.lines
    assert (line.result, line.note) == ("new", "and 1 other notebook")
    assert content(full, "ann") == files["a.ipynb"]
