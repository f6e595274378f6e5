"""The page's routes: what can be read, what can be done, and the stream that keeps it live.

Knows the floor's contract only. Everything runs behind security.Guard; calls into the floor go to
threads, since they may wait for the database.
"""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from deskunit import __version__, words
from deskunit.errors import DeskunitError
from deskunit.web import metrics
from deskunit.web.answers import done, json_answer, language_of
from deskunit.web.callbacks import CallbackTab
from deskunit.web.floor import Floor, Screen
from deskunit.web.presses import Channel, Press
from deskunit.web.scripts import Scripts, ScriptTab
from deskunit.web.security import Guard
from deskunit.web.stream import Stream
from deskunit.web.supervision import Supervision
from deskunit.web.supervisor import SupervisorTab

STATIC = Path(__file__).parent / "static"
LOG_ROWS_MAX = 100
PAGE_WORDS = (
    *("page.", "script_tab.", "preview.", "alarm.", "state.", "reason.", "cause."),
    *("callback_tab.", "callback_kind.", "callback_status.", "callback_outcome."),
    *("callback_satisfied.", "callback_field.", "callback_by.", "supervisor_tab."),
)


class Presses(msgspec.Struct, frozen=True):
    channel: str
    uid: str
    presses: list[Press]


class Language(msgspec.Struct, frozen=True):
    language: Literal["zh", "zh-Hant", "en"]


class Caller(msgspec.Struct, frozen=True):
    caller: str


class Power(msgspec.Struct, frozen=True):
    on: bool


class Page:
    """One start of the page: its token, its routes, the streams that are open."""

    def __init__(
        self,
        floor: Floor,
        hosts: frozenset[str],
        scripts: Scripts | None = None,
        supervision: Supervision | None = None,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self._floor = floor
        self._scripts = scripts
        self._supervisor = None if supervision is None else SupervisorTab(supervision)
        self._streams: set[Stream] = set()
        self._channels: dict[str, Channel] = {}
        self._releases: set[asyncio.Future[None]] = set()
        self.asgi: ASGIApp = Guard(self._routes(), hosts, self.token)

    def end_streams(self) -> None:
        """Let every open stream end now, and what takes long; on the event loop."""
        for stream in self._streams:
            stream.close()
        if self._supervisor is not None:
            self._supervisor.stop()

    def close(self) -> None:
        """Let go of what was prepared for browsers; when nothing is served any more."""
        if self._supervisor is not None:
            self._supervisor.close()

    def _routes(self) -> Starlette:
        unit = "/api/units/{uid}"
        return Starlette(
            routes=[
                Route("/", self._index),
                Route("/words/{language}.json", _words),
                Route("/states.csv", self._csv),
                Route("/metrics", self._metrics),
                Route("/api/events", self._events),
                Route("/api/press", self._press, methods=["POST"]),
                Route(unit + "/log", self._log),
                Route(unit + "/screen", self._screen),
                Route(unit + "/language", self._language, methods=["POST"]),
                Route(unit + "/caller", self._caller, methods=["POST"]),
                Route(unit + "/power", self._power, methods=["POST"]),
                Route(unit + "/confirm", self._confirm, methods=["POST"]),
                *CallbackTab(self._floor).routes(),
                *(ScriptTab(self._scripts).routes() if self._scripts else ()),
                *(self._supervisor.routes() if self._supervisor else ()),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            exception_handlers={DeskunitError: _sentence, msgspec.DecodeError: _bad_request},
        )

    # --- reading

    async def _index(self, request: Request) -> Response:
        html = (STATIC / "index.html").read_text("utf-8")
        filled = html.replace("{token}", self.token).replace("{language}", language_of(request))
        filled = filled.replace("{scripts}", "" if self._scripts else "hidden")
        filled = filled.replace("{supervisor}", "" if self._supervisor else "hidden")
        return HTMLResponse(filled, headers={"Cache-Control": "no-store"})

    async def _log(self, request: Request) -> Response:
        uid = request.path_params["uid"]
        rows, today = await asyncio.to_thread(
            lambda: (self._floor.intervals(LOG_ROWS_MAX, uid), self._floor.today(uid))
        )
        return json_answer({"intervals": rows, "today": today, "now_utc_ms": _now_utc_ms()})

    async def _screen(self, request: Request) -> Response:
        uid = request.path_params["uid"]
        return json_answer(_screen_body(uid, await asyncio.to_thread(self._floor.screen, uid)))

    async def _csv(self, request: Request) -> Response:
        query = {"range": "all", **request.query_params}
        chunks = self._floor.csv(query)
        first = await asyncio.to_thread(
            next, chunks, b""
        )  # an error becomes a sentence, not half a file
        name = f"states-{query['range']}-{time.strftime('%Y-%m-%d')}.csv"
        return StreamingResponse(
            iterate_in_threadpool(_chain(first, chunks)),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{_plain(name)}"',
                "Cache-Control": "no-store",
            },
        )

    async def _metrics(self, _request: Request) -> Response:
        found = await asyncio.to_thread(self._floor.health)
        headers = {"Cache-Control": "no-store", "Content-Type": metrics.CONTENT_TYPE}
        return Response(metrics.text(found), headers=headers)

    # --- the stream

    async def _events(self, _request: Request) -> Response:
        return StreamingResponse(
            self._stream(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def _stream(self) -> AsyncIterator[bytes]:
        stream, channel, name = Stream(), Channel(self._floor), secrets.token_hex(8)
        with ExitStack() as until_it_ends:
            self._streams.add(stream)
            until_it_ends.callback(self._streams.discard, stream)
            self._channels[name] = channel
            until_it_ends.callback(self._channels.pop, name)
            # subscribed before the first look, so that nothing falls between the two
            until_it_ends.callback(self._floor.subscribe(stream.put))
            units = await asyncio.to_thread(self._floor.units)
            stream.put("hello", self._hello(name, units))
            stream.put("alarms", lambda: {"alarms": self._floor.alarms()})
            for unit in units:
                if unit["kind"] == "virtual":
                    until_it_ends.callback(self._follow_screen(stream, unit["uid"]))
            until_it_ends.callback(self._release, channel)
            async for frame in stream.frames(lambda: {"now_utc_ms": _now_utc_ms()}):
                yield frame

    def _release(self, channel: Channel) -> None:
        # not awaited: a stream that was cancelled cannot wait any more
        task = asyncio.ensure_future(channel.release())
        self._releases.add(task)
        task.add_done_callback(self._releases.discard)

    def _hello(self, channel: str, units: list[Any]) -> dict[str, Any]:
        return {
            "version": __version__,
            "token": self.token,
            "channel": channel,
            "now_utc_ms": _now_utc_ms(),
            "units": units,
        }

    def _follow_screen(self, stream: Stream, uid: str) -> Callable[[], None]:
        def changed(_screen: Screen | None = None) -> None:
            # looked up when it is sent, so that an older one can never come last
            stream.put("screen", lambda: _screen_body(uid, self._floor.screen(uid)), replaces=uid)

        unsubscribe = self._floor.subscribe_screen(uid, changed)
        changed()
        return unsubscribe

    # --- doing

    async def _press(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=Presses)
        channel = self._channels.get(body.channel)
        if channel is None:
            raise DeskunitError("page_gone")
        await channel.play(body.uid, body.presses)
        return done()

    async def _language(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=Language)
        return await self._do(self._floor.set_unit_language, request, body.language)

    async def _caller(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=Caller)
        return await self._do(self._floor.set_caller, request, body.caller)

    async def _power(self, request: Request) -> Response:
        on = msgspec.json.decode(await request.body(), type=Power).on
        return await self._do(self._floor.power_on if on else self._floor.cut_power, request)

    async def _confirm(self, request: Request) -> Response:
        return await self._do(self._floor.confirm, request)

    async def _do(self, act: Callable[..., None], request: Request, *values: object) -> Response:
        await asyncio.to_thread(partial(act, request.path_params["uid"], *values))
        return done()


def _screen_body(uid: str, screen: Screen | None) -> dict[str, Any]:
    if screen is None:
        return {"uid": uid, "pixels": None, "inverted": False, "on": False}
    pixels = base64.b64encode(screen.pixels).decode()
    return {"uid": uid, "pixels": pixels, "inverted": screen.inverted, "on": screen.on}


async def _words(request: Request) -> Response:
    language = request.path_params["language"]
    if language not in words.LANGUAGES:
        return json_answer({}, 404)
    table = words.table(language)
    return json_answer({key: value for key, value in table.items() if key.startswith(PAGE_WORDS)})


async def _sentence(request: Request, error: Exception) -> Response:
    assert isinstance(error, DeskunitError)
    status = 404 if error.key in ("unknown_unit", "callback_unknown") else 409
    return json_answer(
        {"error": error.key, "sentence": error.sentence(language_of(request))}, status
    )


async def _bad_request(_request: Request, error: Exception) -> Response:
    return json_answer({"error": "bad_request", "sentence": str(error)}, 400)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _plain(name: str) -> str:
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-."))


def _now_utc_ms() -> int:
    return time.time_ns() // 1_000_000
