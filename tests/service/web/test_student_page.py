"""Does the page of a week say why something is not taken, and show a token once?"""

from __future__ import annotations


def test_is_a_refusal_an_alert_that_is_escaped(ada):
    form = {"sentence": "<b>why</b>", "question": '"><script>'}
    page = ada.post("/weeks/week06/requests", data=form).text
    assert 'role="alert"' in page and "handed in nothing" in page
    assert "<script>" not in page.replace('<script src="/static/', "")


def test_is_nothing_said_where_nothing_was_refused(ada):
    page = ada.get("/weeks/week06").text
    assert "Not taken" not in page and "Your token" not in page
