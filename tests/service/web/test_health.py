"""Does the service say how it is, and nothing about a person?"""

from __future__ import annotations

from autograder.service import queue


def test_is_a_service_well_whose_database_and_worker_answer(sign_in):
    answer = sign_in(None).get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_is_a_service_ill_without_its_worker(sign_in, service):
    service.is_working = lambda: False
    answer = sign_in(None).get("/healthz")
    assert (answer.status_code, answer.json()["worker"]) == (503, False)


def test_do_the_metrics_count_and_name_nobody(sign_in, service):
    queue.accept(service.engine, "ada", "week06_backpropagation", b"{}", "page")
    client = sign_in()
    client.get("/weeks")
    client.get("/weeks/week06")
    text = client.get("/metrics").text
    assert 'autograder_uploads{state="waiting"}' in text
    assert 'autograder_http_request_seconds_count{method="GET",route="/weeks/{week}"' in text
    assert "autograder_database_up 1.0" in text
    assert "ada" not in text
