"""Does a launch become the person that the platform means, and is every other one refused?"""

from __future__ import annotations

from autograder.lms.lti.roles import Role


def test_does_a_launch_say_who_comes_and_for_which_week(world):
    teacher = world.launch("2")
    assert (teacher.role, teacher.name, teacher.week) == (Role.INSTRUCTOR, "Grace Hopper", "week06")
    student = world.launch("14")
    assert student.role is Role.STUDENT
    assert (student.subject, student.name) == ("14", "Åsa Lind/Berg & Co.")
    assert (student.email, student.login, student.sourced_id) == ("asa@example.org", "s12", "s12")
    assert student.line_item == f"{world.emulator.base}/ags/2/lineitems/8/lineitem"
    assert not world.emulator.complaints
