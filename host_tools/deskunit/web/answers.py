"""Answers of the page's server: JSON that no cache keeps, or nothing but that it is done."""

import msgspec
from starlette.responses import Response


def json_answer(body: object, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def done() -> Response:
    return Response(status_code=204)
