"""The paths of the service that platforms call, below its own address; and what an address is."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

LOGIN = "/lti/login"
LAUNCH = "/lti/launch"
AGAIN = "/lti/again"
KEYSET = "/lti/keys"
REGISTER = "/lti/register"

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_USUAL_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address; ("", "", None) if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "", "", None
    return parts.scheme, parts.hostname, port or _USUAL_PORTS[parts.scheme]


def origin_text(url: str) -> str:
    """The origin as browsers write it, without the usual port."""
    scheme, host, port = origin(url)
    host = f"[{host}]" if ":" in host else host
    usual = port == _USUAL_PORTS.get(scheme)
    return f"{scheme}://{host}" if usual else f"{scheme}://{host}:{port}"


def is_safe(url: object) -> bool:
    """Whether it is an address to which a secret may be sent: https, or this machine."""
    if not isinstance(url, str) or any(c.isspace() or not c.isprintable() for c in url):
        return False
    scheme, host, _ = origin(url)
    plain = scheme == "http" and host in LOOPBACK
    return (scheme == "https" or plain) and "@" not in urlsplit(url).netloc


def with_path_end(url: str, end: str) -> str:
    """The address with `end` after its path and before its query.

    Moodle's line items carry a query: …/lineitem?type_id=1 becomes …/lineitem/scores?type_id=1.
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + end))
