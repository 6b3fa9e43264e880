"""Does Canvas have exactly the right grades and each comment once, whatever goes wrong?"""

from __future__ import annotations

import os

import pytest

from autograder.course import directory as courses
from autograder.errors import CourseError
from autograder.gradebook import reports
from autograder.gradebook.totals import Total
from autograder.lms.canvas import push as pushing
from autograder.lms.canvas.push import push_week
from autograder.lms.exporter import WeekGrades
from autograder.records import Outcome, Report, Verdict
from tests.lms.canvas.fake_canvas import Fault

pytestmark = pytest.mark.slow

STEM = "week06_backpropagation"
MESSAGE = "relu · 1 of 4 points · no-gate\n  [0]: yours 1\nThe gate is z > 0.\nCheck: z = 0."


def make_week(tmp_path, students: int, points: float = 87.5, mistake: str = "no-gate"):
    opened = courses.Course(tmp_path, "nn", "", b"", None)
    names = [f"s{number:03}" for number in range(students)]
    for name in names:
        verdict = Verdict("relu", 1.0, 4.0, Outcome.VALUES, MESSAGE, mistake=mistake)
        reports.save(tmp_path, STEM, Report(name, "week06", (verdict,)))
    totals = tuple(Total(name, points=points, max_points=110.0) for name in names)
    return WeekGrades(opened, "week06", STEM, "Backpropagation", totals, everyone=totals)


def push(week, dry_run=False):
    return push_week(week, "7", "42", dry_run=dry_run)


def complete(fake, students, points=87.5):
    """Whether these students, and only these, have the grade and one comment."""
    return all(
        each["score"] == (points if number < students else None)
        and len(each["submission_comments"]) == (1 if number < students else 0)
        for number, each in enumerate(fake.submissions.values())
    )


@pytest.mark.of_students(120)
def test_is_a_class_pushed_in_batches_and_a_second_push_changes_nothing(canvas, tmp_path):
    week = make_week(tmp_path, 110)
    made = push(week)
    assert not made.problems and "110 of 110 students changed" in made.notes[0]
    assert complete(canvas, 110)
    assert canvas.posts() == 3
    again = push(week)
    assert "0 of 110 students changed" in again.notes[0]
    assert canvas.posts() == 3 and complete(canvas, 110)


def test_does_the_comment_carry_the_misconception_and_nothing_of_a_case(canvas, tmp_path):
    push(make_week(tmp_path, 1))
    (text,) = canvas.comments(1000)
    assert "relu: 1 of 4 points, no-gate\nThe gate is z > 0." in text
    assert "yours" not in text and "Check" not in text


def test_does_a_dry_run_say_it_all_and_send_nothing(canvas, tmp_path):
    canvas.submissions[1000] |= {"score": 80.0, "entered_score": 80.0}
    made = push(make_week(tmp_path, 2), dry_run=True)
    assert made.notes[:3] == (
        "Dry run: 2 of 2 students would change in 'Week 6'.",
        "  s000: 80 -> 87.5, comment",
        "  s001: no grade -> 87.5, comment",
    )
    assert canvas.posts() == 0


@pytest.mark.of_students(120)
def test_is_retry_after_honoured_and_every_get_repeated(canvas, tmp_path):
    canvas.get_faults.extend([Fault(503), Fault(502), Fault(429, {"Retry-After": "0"})])
    canvas.post_faults.extend([Fault(429, {"Retry-After": "1"}), Fault(429)])
    with pytest.MonkeyPatch.context() as patch:
        waits = []
        patch.setattr("time.sleep", waits.append)
        made = push(make_week(tmp_path, 30))
    assert 1 in waits
    assert not made.problems and complete(canvas, 30)
    assert canvas.posts() == 3


@pytest.mark.parametrize("status", [502, 0])
@pytest.mark.parametrize("done", [True, False])
@pytest.mark.of_students(120)
def test_is_a_batch_without_an_answer_sent_again_only_if_it_did_not_arrive(
    canvas, tmp_path, done, status
):
    canvas.post_faults.append(Fault(status, done=done))
    if done:
        # Nobody asks for a Progress whose id was lost; Canvas works all the same.
        class Jobs(list):
            def append(self, job):
                super().append(job)
                canvas._work(job)

        canvas.jobs = Jobs()
    made = push(make_week(tmp_path, 60))
    assert not made.problems, made.problems
    assert complete(canvas, 60)
    assert canvas.posts() == (2 if done else 3)


@pytest.mark.of_students(120)
def test_does_a_batch_that_half_failed_end_in_who_is_missing_and_a_rerun_that_mends_it(
    canvas, tmp_path
):
    canvas.stop_after = 20
    week = make_week(tmp_path, 30)
    made = push(week)
    assert "20 of 30 students changed" in made.notes[0]
    (problem,) = made.problems
    assert problem.startswith("Canvas did not accept the grades of 10 students (s020,")
    assert problem.endswith("Canvas stopped: the job ran out of memory.")
    assert complete(canvas, 20)
    canvas.stop_after = None
    assert not push(week).problems
    assert complete(canvas, 30)


@pytest.mark.of_students(120)
def test_is_a_refused_batch_said_and_are_the_others_sent(canvas, tmp_path):
    canvas.post_faults.append(Fault(422, body='{"errors":"too large"}'))
    made = push(make_week(tmp_path, 80))
    assert "30 of 80 students changed" in made.notes[0]
    assert (
        "did not accept the grades of 50 students" in made.problems[0]
        and "too large" in made.problems[0]
    )


def test_is_a_job_that_never_ends_left_alone(canvas, tmp_path, monkeypatch):
    canvas.polls = 10**6
    monkeypatch.setattr(pushing, "PROGRESS_SECONDS", 0.05)
    made = push(make_week(tmp_path, 3))
    assert "did not accept the grades of 3 students" in made.problems[0]
    assert "Canvas is still working; run it again later" in made.problems[0]
    assert canvas.posts() == 1


def test_does_a_server_that_stays_down_end_after_some_rounds(canvas, tmp_path):
    canvas.post_faults.extend(Fault(500) for _ in range(50))
    made = push(make_week(tmp_path, 3))
    assert (
        "did not accept the grades of 3 students" in made.problems[0] and "500" in made.problems[0]
    )
    assert canvas.posts() == pushing.ROUNDS


def test_is_a_new_result_a_new_comment_and_an_old_one_no_second(canvas, tmp_path):
    push(make_week(tmp_path, 1))
    push(make_week(tmp_path, 1, 90.0, "half-gate"))
    assert len(canvas.comments(1000)) == 2
    push(make_week(tmp_path, 1, 87.5))
    assert canvas.comments(1000)[2] == canvas.comments(1000)[0]
    push(make_week(tmp_path, 1, 87.5))
    assert len(canvas.comments(1000)) == 3


def test_does_a_comment_that_a_teacher_deleted_or_edited_stay_so(canvas, tmp_path):
    week = make_week(tmp_path, 2)
    push(week)
    canvas.submissions[1000]["submission_comments"].clear()
    canvas.submissions[1001]["submission_comments"][0]["comment"] += " See me."
    assert "0 of 2" in push(week).notes[0]
    assert canvas.comments(1000) == [] and len(canvas.comments(1001)) == 1


def test_is_a_comment_recognised_where_nothing_remembers_it(canvas, tmp_path):
    week = make_week(tmp_path, 2)
    push(week)
    (tmp_path / ".autograder" / "pushed" / "canvas-7-42.json").unlink()
    canvas.submissions[1000]["submission_comments"].append({"comment": "Well done."})
    assert "0 of 2" in push(week).notes[0]


def test_is_what_was_sent_kept_for_the_instructor_alone(canvas, tmp_path):
    push(make_week(tmp_path, 1))
    folder = tmp_path / ".autograder" / "pushed"
    assert [path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())] == [0, 0]


def test_are_excused_students_and_grades_of_nothing_left_alone(canvas, tmp_path):
    canvas.submissions[1000]["excused"] = True
    week = make_week(tmp_path, 1)
    made = push(week)
    assert any("Excused in Canvas, so unchanged: 1 student (s000)" in note for note in made.notes)
    assert canvas.posts() == 0


def test_does_the_entered_score_count_where_canvas_takes_off_for_lateness(canvas, tmp_path):
    week = make_week(tmp_path, 1)
    push(week)
    canvas.submissions[1000] |= {"score": 77.5, "entered_score": 87.5, "points_deducted": 10}
    assert "0 of 1" in push(week).notes[0]


def test_is_a_rubric_filled_whose_criteria_are_the_questions(canvas, tmp_path):
    canvas.assignment["rubric"] = [
        {"id": "_11", "description": "ReLU", "points": 4},
        {"id": "_12", "description": "Style", "points": 6},
    ]
    week = make_week(tmp_path, 2)
    push(week)
    assert canvas.submissions[1001]["rubric_assessment"] == {
        "_11": {"points": 1.0, "comments": "no-gate"}
    }
    assert "0 of 2" in push(week).notes[0]


def test_is_a_rubric_that_would_replace_the_grade_left_alone(canvas, tmp_path):
    canvas.assignment |= {
        "rubric": [{"id": "_11", "description": "relu", "points": 4}],
        "use_rubric_for_grading": True,
    }
    made = push(make_week(tmp_path, 1))
    assert any("rubric is not filled" in note for note in made.notes)
    assert "rubric_assessment" not in canvas.submissions[1000]


def test_is_an_assignment_graded_by_group_refused(canvas, tmp_path):
    canvas.assignment["group_category_id"] = 5
    with pytest.raises(CourseError, match="by group"):
        push(make_week(tmp_path, 1))
    canvas.assignment["grade_group_students_individually"] = True
    assert not push(make_week(tmp_path, 1)).problems


@pytest.mark.parametrize("possible", [100, None])
def test_is_an_assignment_worth_other_points_refused_unless_it_is_meant(canvas, tmp_path, possible):
    canvas.assignment["points_possible"] = possible
    said = f"out of {possible or 'no number of'} points in Canvas, and out of 110 in the gradebook"
    week = make_week(tmp_path, 1)
    for dry_run in (True, False):
        with pytest.raises(CourseError, match=f"'Week 6': .*{said}.*--other-points"):
            push(week, dry_run=dry_run)
    assert canvas.posts() == 0
    made = push_week(week, "7", "42", other_points=True)
    assert any(said in note for note in made.notes) and complete(canvas, 1)


def test_is_nothing_of_one_student_in_what_another_receives(canvas, tmp_path):
    week = make_week(tmp_path, 3)
    other = Verdict("relu", 0.0, 4.0, Outcome.RAISED, "relu\nIt raised KeyError: 'own'.")
    reports.save(tmp_path, STEM, Report("s001", "week06", (other,)))
    push(week)
    assert "KeyError" in canvas.comments(1001)[0] and "no-gate" not in canvas.comments(1001)[0]
    for number in (1000, 1002):
        assert "KeyError" not in canvas.comments(number)[0]
    assert not any(
        "s00" in text for number in range(1000, 1003) for text in canvas.comments(number)
    )


def test_are_those_whom_canvas_does_not_have_said(canvas, tmp_path):
    canvas.users.pop(0)
    made = push(make_week(tmp_path, 2))
    assert made.problems == ("Has a grade, but was not found in Canvas: 1 student (s000).",)
    assert "1 of 1 students changed" in made.notes[0]


def test_are_wrong_numbers_said(canvas, tmp_path):
    week = make_week(tmp_path, 1)
    with pytest.raises(CourseError, match="needs --assignment-id"):
        push_week(week, "7", "")
    with pytest.raises(CourseError, match="sees no such course or assignment"):
        push_week(week, "7", "43")
    canvas.get_faults.append(Fault(403))
    with pytest.raises(CourseError, match="may not grade in the course"):
        push(week)
    canvas.get_faults.extend(Fault(429) for _ in range(50))
    with pytest.raises(CourseError, match="limiting this token's requests"):
        push(week)


def write_pages(tmp_path, students: int, text: str = "page") -> None:
    for number in range(students):
        page = tmp_path / "feedback" / f"s{number:03}" / STEM / f"{STEM}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<p>{text} of s{number:03} é</p>", encoding="utf-8")


def attached(fake, user: int) -> list[bytes]:
    """The pages that a student finds in Canvas, in the order in which they arrived."""
    numbers = [
        each["id"]
        for comment in fake.submissions[user]["submission_comments"]
        for each in comment["attachments"]
    ]
    return [fake.uploads[number][1] for number in numbers]


@pytest.mark.of_students(120)
def test_does_every_student_find_their_own_page_once(canvas, tmp_path):
    week = make_week(tmp_path, 60)
    write_pages(tmp_path, 59)
    made = push(week)
    assert not made.problems
    assert any(note.startswith("Without a feedback page: 1 student (s059).") for note in made.notes)
    for number in range(59):
        assert attached(canvas, 1000 + number) == [f"<p>page of s{number:03} é</p>".encode()]
    assert attached(canvas, 1059) == [] and complete(canvas, 60)
    posts = canvas.posts()
    assert "0 of 60 students changed" in push(week).notes[0] and canvas.posts() == posts


def test_is_a_new_page_attached_beside_the_old_one_without_a_second_comment_of_ours(
    canvas, tmp_path
):
    week = make_week(tmp_path, 1)
    write_pages(tmp_path, 1)
    push(week)
    write_pages(tmp_path, 1, "better page")
    made = push(week, dry_run=True)
    assert made.notes[1] == "  s000: feedback page" and len(canvas.uploads) == 1
    push(week)
    assert attached(canvas, 1000) == ["<p>page of s000 é</p>".encode()] + [
        "<p>better page of s000 é</p>".encode()
    ]
    assert canvas.comments(1000)[1] == "The page with your feedback."


def test_are_no_pages_sent_where_none_are_wanted_or_they_are_too_old(canvas, tmp_path):
    week = make_week(tmp_path, 1)
    write_pages(tmp_path, 1)
    push_week(week, "7", "42", attach=False)
    graded = tmp_path / "autograded" / "s000" / STEM / f"{STEM}.ipynb"
    graded.parent.mkdir(parents=True)
    graded.write_text("{}")
    os.utime(tmp_path / "feedback" / "s000" / STEM / f"{STEM}.html", (1, 1))
    made = push(week)
    assert "the page is older than the grade: 1 student (s000)" in " ".join(made.notes)
    assert canvas.uploads == {}


def test_is_a_page_that_canvas_refuses_told_and_the_grade_there(canvas, tmp_path):
    week = make_week(tmp_path, 1)
    write_pages(tmp_path, 1)
    canvas.post_faults.append(Fault(400, body='{"message": "no quota"}'))
    made = push(week)
    (problem,) = made.problems
    assert "did not accept the feedback pages of 1 student (s000): a feedback page" in problem
    assert "1 of 1 students changed" in made.notes[0]
    assert complete(canvas, 1)
    assert not push(week).problems and len(attached(canvas, 1000)) == 1


def test_is_a_page_not_sent_twice_where_the_answer_to_a_batch_was_lost(canvas, tmp_path):
    class Jobs(list):
        def append(self, job):
            super().append(job)
            canvas._work(job)

    canvas.jobs = Jobs()
    week = make_week(tmp_path, 1)
    write_pages(tmp_path, 1)
    # The first request is for the upload, and nothing is wrong with it.
    canvas.post_faults.extend([None, Fault(502, done=True)])
    made = push(week)
    assert not made.problems and len(attached(canvas, 1000)) == 1
