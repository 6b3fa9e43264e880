"""Forms are sent from our own pages alone, and every answer says what a browser may do with it.

A browser says of each request whether a page of the same site caused it (Sec-Fetch-Site), and where
it does not, it names the origin of a form (Origin). What a page of another site caused may read our
pages, which change nothing, and may not send anything: neither a token in each form nor a cookie
of its own is needed for that. Only the LMS's login and launch come from elsewhere; they are
protected by state, nonce and signature. Requests with a token of `submit()` carry no cookie.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.lms.lti import addresses
from autograder.service.web.errors import ForeignForm

READS = frozenset({"GET", "HEAD", "OPTIONS"})
FROM_ELSEWHERE = frozenset({addresses.LOGIN, addresses.LAUNCH, addresses.REGISTER})
TOKEN_API = "/api/"
# An LMS shows our pages in a frame. Which site that is, its registration does not say: Canvas has
# one issuer for all schools. What protects a framed page is that its cookie is partitioned: inside
# another site than the LMS, nobody is signed in.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self' https: http://localhost:* http://127.0.0.1:*"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # `no-referrer` would take the origin from our own forms.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class OwnFormsOnly:
    """Refuses what would change something and does not come from a page of ours.

    Args:
        app: the application below.
        origin: our own, such as https://nn.example.edu.
    """

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http" and not self._is_ours(scope):
            raise ForeignForm
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if scope["method"] in READS or path in FROM_ELSEWHERE or path.startswith(TOKEN_API):
            return True
        headers = Headers(scope=scope)
        if site := headers.get("sec-fetch-site"):
            return site == "same-origin"
        return headers.get("origin") == self._origin


class SafeHeaders:
    """Adds the headers that every answer has, where a page has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/static/"):
                    # The same for everybody.
                    headers["cache-control"] = "public, max-age=300"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
