"""The routes of the page's script tab, over editing's ScriptDesk. Work that takes longer goes to threads."""

import asyncio
from typing import Annotated, Any, Literal, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deskunit.editing.saving import Changed, Edit, Faulty, Saved
from deskunit.editing.view import findings_view
from deskunit.web.answers import done, json_answer

Language = Literal["zh", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "zh-Hant", "en")
NAME_MAX = 100
EDITS_MAX = 200


class Scripts(Protocol):
    """What the tab asks for; `deskunit.editing.desk.ScriptDesk` has it. Raises DeskunitError."""

    def library(self, flavour: str) -> dict[str, Any]: ...

    def check(self) -> dict[str, Any]: ...

    def pictures(
        self, scenario: str, language: str, flavour: str, large: bool
    ) -> dict[str, Any]: ...

    def typed(self, edit: Edit, flavour: str, large: bool) -> dict[str, Any]: ...

    def save(self, known: str, edits: list[Edit]) -> Saved | Changed | Faulty: ...

    def send(self) -> None: ...

    def sent(self) -> list[dict[str, Any]]: ...


class Sentence(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(max_length=NAME_MAX)]
    language: Language
    text: str

    def edit(self) -> Edit:
        return Edit(self.name, self.language, self.text.replace("\r\n", "\n"))


class Typed(msgspec.Struct, frozen=True):
    sentence: Sentence
    flavour: str = ""
    large: bool = False


class Save(msgspec.Struct, frozen=True):
    sum: str
    sentences: Annotated[list[Sentence], msgspec.Meta(min_length=1, max_length=EDITS_MAX)]


class ScriptTab:
    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    def routes(self) -> list[Route]:
        return [
            Route("/api/script/library", self._library),
            Route("/api/script/check", self._check),
            Route("/api/script/pictures", self._pictures),
            Route("/api/script/sending", self._sent),
            Route("/api/script/typed", self._typed, methods=["POST"]),
            Route("/api/script/save", self._save, methods=["POST"]),
            Route("/api/script/send", self._send, methods=["POST"]),
        ]

    async def _library(self, request: Request) -> Response:
        flavour = request.query_params.get("flavour", "")
        return json_answer(await asyncio.to_thread(self._scripts.library, flavour))

    async def _check(self, _request: Request) -> Response:
        return json_answer(await asyncio.to_thread(self._scripts.check))

    async def _pictures(self, request: Request) -> Response:
        query = request.query_params
        language = query.get("language", "")
        if language not in LANGUAGES:
            return json_answer({"error": "bad_request", "sentence": "language"}, 400)
        found = await asyncio.to_thread(
            self._scripts.pictures,
            query.get("scenario", ""),
            language,
            query.get("flavour", ""),
            query.get("large") == "1",
        )
        return json_answer(found)

    async def _typed(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=Typed)
        edit = body.sentence.edit()
        found = await asyncio.to_thread(self._scripts.typed, edit, body.flavour, body.large)
        return json_answer(found)

    async def _save(self, request: Request) -> Response:
        body = msgspec.json.decode(await request.body(), type=Save)
        edits = [one.edit() for one in body.sentences]
        outcome = await asyncio.to_thread(self._scripts.save, body.sum, edits)
        if isinstance(outcome, Saved):
            return json_answer({"sum": outcome.checksum, "first": outcome.first})
        if isinstance(outcome, Changed):
            said = {"error": "changed", "sum": outcome.checksum, "texts": outcome.texts}
            return json_answer(said, 409)
        found = [findings_view(one) for one in outcome.findings]
        return json_answer({"error": "faulty", "findings": found}, 409)

    async def _send(self, _request: Request) -> Response:
        await asyncio.to_thread(self._scripts.send)
        return done()

    async def _sent(self, _request: Request) -> Response:
        return json_answer({"units": await asyncio.to_thread(self._scripts.sent)})
