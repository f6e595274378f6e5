"""Who may talk to the page's server: this machine, through this page, and nobody else.

An ASGI layer around the whole application, so that no route can forget it. A web site that the user
has open elsewhere can reach 127.0.0.1 too; Host (DNS rebinding), Origin and Sec-Fetch-Site tell it
apart, and a write needs the token that only this page was given.
"""

import hmac
import ipaddress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "X-Deskunit-Token"
BODY_MAX_BYTES = 16_384
SENTENCES_MAX_BYTES = 262_144  # what is edited on the script tab
READS = frozenset({"GET", "HEAD"})

RESPONSE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """True for localhost and the addresses that never leave this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def names(port: int) -> frozenset[str]:
    """The Host headers by which a browser on this machine can mean our port."""
    return frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def refusal(scope: Scope, hosts: frozenset[str], token: str) -> tuple[int, str] | None:
    """Why this request is not answered: status and one plain sentence; None: it is."""
    headers = Headers(scope=scope)
    peer = scope.get("client")
    if peer is None or not is_loopback(peer[0]):
        return 403, "This page answers this computer only."
    if headers.getlist("host") != [host := headers.get("host", "")] or host.lower() not in hosts:
        return 421, "Open the page under the address that deskunit printed."
    if any(origin != f"http://{host}" for origin in headers.getlist("origin")):
        return 403, "Requests from other web sites are refused."
    if _from_elsewhere(scope, headers):
        return 403, "Requests from other web sites are refused."
    if scope["method"] not in READS:
        sentences = scope["path"].startswith("/api/script/")
        limit = SENTENCES_MAX_BYTES if sentences else BODY_MAX_BYTES
        return _write_refusal(headers, token, limit)
    return None


def _from_elsewhere(scope: Scope, headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    # a link to the page from another site is a plain visit; it may not fetch, frame or embed
    return not (
        scope["method"] == "GET"
        and scope["path"] == "/"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _write_refusal(headers: Headers, token: str, limit_bytes: int) -> tuple[int, str] | None:
    given = headers.get(TOKEN_HEADER, "")
    if not hmac.compare_digest(given.encode("latin-1", "replace"), token.encode()):
        return 403, "The page is from an earlier start of deskunit; reload it."
    if headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return 415, "Writes are JSON."
    length = headers.get("content-length", "")
    if not length.isdigit():
        return 411, "Writes state their length."
    if int(length) > limit_bytes:
        return 413, "This is more than a page sends."
    return None


class Guard:
    """The layer: refuses, or passes on and puts the security headers on the answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], token: str) -> None:
        self._app = app
        self._hosts = hosts
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # no web socket is offered, and none is needed
            raise RuntimeError(f"unexpected ASGI scope {scope['type']}")

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(RESPONSE_HEADERS)
            await send(message)

        refused = refusal(scope, self._hosts, self._token)
        if refused is None:
            await self._app(scope, receive, send_guarded)
            return
        status, sentence = refused
        await PlainTextResponse(sentence + "\n", status)(scope, receive, send_guarded)
