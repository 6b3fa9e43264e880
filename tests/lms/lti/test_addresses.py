"""Which addresses may be sent a secret, and where is one the same site's as another?"""

import pytest

from autograder.lms.lti.addresses import is_safe, origin, origin_text, with_path_end


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://lms.example/x", True),
        ("http://127.0.0.1:8045/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:80/x", True),
        ("http://lms.example/x", False),
        ("https://user:word@lms.example/x", False),
        ("https://lms.example/ x", False),
        ("https://lms.example/\n", False),
        ("javascript:alert(1)", False),
        ("//lms.example/x", False),
        ("https://lms.example:port/", False),
        ("", False),
        (None, False),
    ],
)
def test_is_an_address_safe(url, safe):
    assert is_safe(url) is safe


def test_are_origins_compared_as_browsers_do():
    assert origin("https://A.example") == origin("https://a.example:443/x?y")
    assert origin("https://a.example") != origin("http://a.example")
    assert origin("https://a.example") != origin("https://a.example.evil.example")
    assert origin_text("https://A.example:443/x") == "https://a.example"
    assert origin_text("http://[::1]:8045/x") == "http://[::1]:8045"


def test_does_a_column_keep_its_query():
    url = "https://lms.example/lineitems/8/lineitem?type_id=1"
    assert (
        with_path_end(url, "/scores") == "https://lms.example/lineitems/8/lineitem/scores?type_id=1"
    )
