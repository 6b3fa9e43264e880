"""Is what comes from outside quoted safely and shortly?"""

from autograder.lms.lti.errors import Refused, shown


def test_is_what_is_quoted_one_short_printable_line():
    assert shown("a\n\x1b[31mb\u202e") == "a [31mb"
    assert len(shown("x" * 10_000)) < 250


def test_does_a_fact_with_braces_stay_as_it_is():
    error = Refused("wrong-issuer", expected="{received}", received="{x.__class__}")
    assert "{received}" in str(error) and "{x.__class__}" in str(error)
    assert (error.reason, error.title) == ("wrong-issuer", "The message comes from another LMS")
