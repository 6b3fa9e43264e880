"""Are claims read as what they should be, whatever JSON a platform writes?"""

import pytest

from autograder.lms.lti.claims import Claims, is_unexpanded
from autograder.lms.lti.errors import Refused


def test_are_unexpanded_variables_as_good_as_missing():
    claims = Claims({"a": "$Person.email.primary", "b": "$5 a month", "c": "x$y"})
    assert [claims.text(name) for name in "abc"] == ["", "$5 a month", "x$y"]
    assert is_unexpanded("$Canvas.user.id") and not is_unexpanded("$")
    assert claims.filled() == {"b": "$5 a month", "c": "x$y"}


def test_is_phps_empty_list_an_empty_object():
    assert Claims({"custom": []}).inner("custom").filled() == {}


@pytest.mark.parametrize(("value", "flag"), [(True, True), ("true", True), ("False", False)])
def test_is_a_text_a_truth_value(value, flag):
    assert Claims({"a": value}).flag("a", not flag) is flag


def test_is_a_claim_named_by_its_way():
    with pytest.raises(Refused, match=r"resource_link\.id"):
        name = "https://purl.imsglobal.org/spec/lti/claim/resource_link"
        Claims({name: {"title": "x"}}).inner(name).identifier("id")


@pytest.mark.parametrize("value", [True, [], {}, "x" * 256, "a\nb", 1.5])
def test_is_what_is_no_id_refused(value):
    with pytest.raises(Refused):
        Claims({"id": value}).identifier("id")


def test_is_a_long_text_cut_and_a_long_id_not():
    assert len(Claims({"name": "x" * 9000}).text("name")) == 2000
    assert Claims({"id": "x" * 255}).identifier("id") == "x" * 255
    assert Claims({"id": 7}).identifier("id") == "7"
