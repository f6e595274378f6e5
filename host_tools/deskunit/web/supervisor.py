"""The routes of the supervisor tab. One view is computed at a time; whoever has left is not computed for.

A download is prepared by a write and fetched by its ticket: what is wrong becomes a sentence on the page,
never half a file.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from deskunit import reports
from deskunit.web.answers import json_answer, language_of
from deskunit.web.supervision import Supervision
from deskunit.web.tickets import Tickets

ASKED = ("day", "from", "to", "agent", "team", "raw")
LOOKS = Path(reports.__file__).parent
# of the reports: what the charts look like, and the one that zooms
ASSETS = ("report.css", "report.js", "vendor/uPlot.min.css", "vendor/uPlot.iife.min.js")
LEFT = 499  # nobody is there to read it


class Wanted(msgspec.Struct, frozen=True):
    """An export; `asked` as for a view, and `split`."""

    kind: str
    format: str
    asked: dict[str, str] = {}


class SupervisorTab:
    def __init__(self, supervision: Supervision) -> None:
        self._supervision = supervision
        self._one_at_a_time = asyncio.Lock()
        self._tickets = Tickets()

    def routes(self) -> list[Route]:
        api = "/api/supervisor"
        return [
            Route(f"{api}/site", self._site),
            Route(f"{api}/view", self._view),
            Route(f"{api}/around", self._around),
            Route(f"{api}/preview", self._preview, methods=["POST"]),
            Route(f"{api}/correct", self._correct, methods=["POST"]),
            Route(f"{api}/export", self._export, methods=["POST"]),
            Route("/export/{ticket}/{name}", self._download),
            *(Route(f"/report/{name}", _asset) for name in ASSETS),
        ]

    def stop(self) -> None:
        """The page ends: let what is still being written give up."""
        self._supervision.stop()

    def close(self) -> None:
        """Let go of what was prepared and never fetched."""
        self._tickets.close()

    async def _site(self, _request: Request) -> Response:
        return json_answer(await asyncio.to_thread(self._supervision.site))

    async def _view(self, request: Request) -> Response:
        asked = _asked(request.query_params)
        async with self._one_at_a_time:
            if await request.is_disconnected():
                return Response(status_code=LEFT)
            found = await asyncio.to_thread(self._supervision.view, asked, language_of(request))
        return json_answer(found)

    async def _around(self, request: Request) -> Response:
        agent, at = request.query_params.get("agent", ""), request.query_params.get("at", "")
        at_utc_ms = int(at) if at.isascii() and at.isdigit() and len(at) < 15 else 0
        return json_answer(await asyncio.to_thread(self._supervision.around, agent, at_utc_ms))

    async def _preview(self, request: Request) -> Response:
        values = msgspec.json.decode(await request.body(), type=dict[str, Any])
        return json_answer(await asyncio.to_thread(self._supervision.preview, values))

    async def _correct(self, request: Request) -> Response:
        values = msgspec.json.decode(await request.body(), type=dict[str, Any])
        row = await asyncio.to_thread(self._supervision.correct, values)
        return json_answer({"row": row})

    async def _export(self, request: Request) -> Response:
        wanted = msgspec.json.decode(await request.body(), type=Wanted)
        made = await asyncio.to_thread(
            self._supervision.export,
            wanted.kind,
            wanted.format,
            {name: value for name, value in wanted.asked.items() if value},
            language_of(request),
        )
        ticket = self._tickets.put(made)
        return json_answer({"href": f"/export/{ticket}/{made.name}"})

    async def _download(self, request: Request) -> Response:
        made = self._tickets.take(request.path_params["ticket"])
        if made is None:
            return Response(status_code=404)
        return StreamingResponse(
            iterate_in_threadpool(made.read()),
            media_type=made.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{made.name}"',
                "Cache-Control": "no-store",
            },
        )


def _asked(params: Mapping[str, str]) -> dict[str, str]:
    return {name: params[name] for name in ASKED if params.get(name)}


async def _asset(request: Request) -> Response:
    name = request.url.path.removeprefix("/report/")
    return FileResponse(LOOKS / name)
