"""Answers of the page's server: JSON that no cache keeps, or that it is done; in whose language."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from deskunit import words


def json_answer(body: object, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def done() -> Response:
    return Response(status_code=204)


def language_of(request: Request) -> str:
    """The page's switch if it was sent, else what the browser prefers: the earlier of zh and en."""
    wanted = request.headers.get("X-Deskunit-Language") or request.headers.get(
        "accept-language", ""
    )
    places = {name: wanted.lower().find(name) for name in words.LANGUAGES}
    return "zh" if places["zh"] >= 0 and not 0 <= places["en"] < places["zh"] else "en"
