"""/healthz and /metrics, for the people who run the machine; nothing in them is about a person."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import autograder
from autograder.lms.lti.store import reading
from autograder.service.web.state import service


def health(request: Request) -> Response:
    """200 if the database answers and the process that grades is alive; otherwise 503."""
    shared = service(request)
    try:
        with reading(shared.engine) as connection:
            connection.execute(select(1))
        database = True
    except SQLAlchemyError:
        database = False
    found = {"database": database, "worker": shared.is_working()}
    well = all(found.values())
    body = {"status": "ok" if well else "failing", **found, "version": autograder.__version__}
    return JSONResponse(body, status_code=200 if well else 503)


def metrics(request: Request) -> Response:
    """What Prometheus reads."""
    return Response(service(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)


ROUTES = [
    Route("/healthz", health, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
]
