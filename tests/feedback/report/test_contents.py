"""Do findings get their explanations and examples, and pairs their labels?"""

from __future__ import annotations

from autograder.feedback.report.contents import MOST_UNEXPLAINED, Contents, contents
from autograder.feedback.report.examples import Examples
from autograder.feedback.report.findings import MOST_COSTLY, find
from autograder.feedback.report.people import People
from autograder.feedback.report.similarity import Pair, SharedAnswer, SharedCode
from autograder.gradebook.totals import Total
from autograder.records import Report
from tests.feedback.classes import WEEK, report, verdict

GATE = "gate-from-the-blame"
CODE = "def relu_backward(dout, z):\n    return dout * (dout > 0)"
WORTH = {name: question.points for name, question in WEEK.questions.items()}


def made(*reports: Report, pairs: list[Pair] | None = None, anonymous: bool = False) -> Contents:
    grades = [Total(each.student, points=each.points) for each in reports]
    people = People(
        grades, [each.student for each in reports], b"key", anonymous=anonymous, course_words=CODE
    )
    examples = Examples(people, lambda student: {"relu_backward": CODE}, WEEK.answer_cells)
    return contents(WEEK, find(reports, grades, WORTH, people), people, examples, pairs)


def test_is_a_misconception_explained_by_the_catalogue():
    (only,) = made(report("s01", verdict("relu_backward", GATE, "a1"))).misconceptions
    mistake = WEEK.questions["relu_backward"].mistakes[GATE]
    assert (only.name, only.questions, only.reason) == (GATE, ("relu_backward",), mistake.why)
    assert mistake.why in only.page
    assert only.example is not None and only.example.code == CODE


def test_is_a_name_that_the_catalogue_no_longer_has_no_error():
    (only,) = made(report("s01", verdict("relu_backward", "gone", "a1"))).misconceptions
    assert (only.name, only.reason, only.page) == ("gone", "", "")


def test_have_only_the_costliest_an_example_and_a_page():
    names = [mistake for q in WEEK.questions.values() for mistake in q.mistakes][: MOST_COSTLY + 2]
    owner = {m: q.name for q in WEEK.questions.values() for m in q.mistakes}
    reports = [report(f"s{n:02}", verdict(owner[m], m, "a")) for n, m in enumerate(names)]
    found = made(*reports).misconceptions
    assert [each.example is not None for each in found] == [True] * MOST_COSTLY + [False] * 2
    assert all(each.reason for each in found) and not any(e.page for e in found[MOST_COSTLY:])


def test_are_frequent_unexplained_answers_first_and_have_the_examples():
    digests = [f"d{number:02}" for number in range(MOST_UNEXPLAINED + 1)]
    reports = [report(f"s{n:02}", verdict("relu_backward", "", d)) for n, d in enumerate(digests)]
    reports.append(report("s99", verdict("relu_backward", "", digests[-1])))
    found = made(*reports).unexplained
    assert (found[0].answered, found[0].students) == (digests[-1], 2)
    assert sum(each.example is not None for each in found) == MOST_UNEXPLAINED


def test_is_a_frequent_answer_before_a_costly_one():
    cheap, dear = verdict("gradient_check_at_a_corner", "", "c"), verdict("dense_backward", "", "d")
    found = made(report("s01", cheap), report("s02", cheap), report("s03", dear)).unexplained
    assert found[0].points_lost < found[1].points_lost
    assert [each.students for each in found] == [2, 1]


def test_is_no_pair_something_else_than_pairs_that_nobody_asked_for():
    assert made(report("s01")).pairs is None
    assert made(report("s01"), pairs=[]).pairs == ()


def test_are_pairs_labelled_and_their_codes_in_the_order_of_the_labels():
    answer = SharedAnswer("tanh_backward", 2, "By s01.")
    pair = Pair("s02", "s01", (answer,), (SharedCode("relu_backward", 1.0, 2),), 1.0)
    (named,) = made(report("s01"), report("s02"), pairs=[pair]).pairs or ()
    assert {named.first, named.second} == {"s01", "s02"}
    assert named.answers == (answer,)
    ((_, first, second),) = named.codes
    assert first == second == CODE
    (hidden,) = made(report("s01"), report("s02"), pairs=[pair], anonymous=True).pairs or ()
    assert (hidden.first, hidden.second) == ("Student 1", "Student 2")
    assert "s01" not in hidden.answers[0].message
