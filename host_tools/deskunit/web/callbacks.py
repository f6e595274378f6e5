"""The callbacks tab: what is due, one with its history, what people write about it.

Knows promises.py's contract only; runs behind security.Guard like every route of the page.
"""

import asyncio
import time
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deskunit.web.answers import json_answer
from deskunit.web.promises import PromisesFloor

ROWS_MAX = 200
ASKED = ("owner", "status", "kind", "text")


class Write(msgspec.Struct, frozen=True):
    """A write; what its values mean is the logger's to judge."""

    action: str
    by: str
    number: int | None = None
    seen: int | None = None
    values: dict[str, Any] = {}


class CallbackTab:
    """The routes; calls into the floor go to threads, since they may wait for the database."""

    def __init__(self, floor: PromisesFloor) -> None:
        self._floor = floor

    def routes(self) -> list[Route]:
        return [
            Route("/api/callbacks", self._list),
            Route("/api/callbacks", self._write, methods=["POST"]),
            Route("/api/callbacks/site", self._site),
            Route("/api/callbacks/summary/{uid}", self._summary),
            Route("/api/callbacks/{number:int}", self._one),
        ]

    async def _list(self, request: Request) -> Response:
        """One more than is shown is looked for, so that the page can say that there are more."""
        asked = {
            name: request.query_params[name] for name in ASKED if request.query_params.get(name)
        }
        rows = await asyncio.to_thread(self._floor.callbacks, asked, ROWS_MAX + 1)
        found = {"rows": rows[:ROWS_MAX], "more": len(rows) > ROWS_MAX}
        return json_answer({**found, "now_utc_ms": time.time_ns() // 1_000_000})

    async def _site(self, _request: Request) -> Response:
        """Who there is, and the zone of the times."""
        agents = await asyncio.to_thread(self._floor.agents)
        return json_answer({"agents": agents, "zone": self._floor.callback_zone()})

    async def _summary(self, request: Request) -> Response:
        uid = request.path_params["uid"]
        return json_answer(await asyncio.to_thread(self._floor.callback_summary, uid))

    async def _one(self, request: Request) -> Response:
        number = request.path_params["number"]
        row, repeats = await asyncio.to_thread(
            lambda: (self._floor.callback(number), self._floor.callback_repeats(number))
        )
        return json_answer({"row": row, "repeats": repeats})

    async def _write(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=Write)
        row = await asyncio.to_thread(
            self._floor.callback_write, body.action, body.number, body.by, body.seen, body.values
        )
        return json_answer({"row": row})
