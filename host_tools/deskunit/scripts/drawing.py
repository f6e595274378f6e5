"""Lines and screens exactly as the unit makes them: its own code on the real interpreter, without a unit.

    with Drawer(tree) as drawer:
        drawer.open("zh", pack)                       # the bytes of a pack, whose glyphs are used from now on
        drawer.measure("zh", [Measured("您好，{agent}为您服务", {"agent": "1001"})])
        drawer.draw("zh", Scene(state="hold", prompt="prompt.hold_consent", clock_s=12))

Runs boards/virtual/drawer.mjs under Node. Called by `script check`, `script preview` and the page; knows no
library and no files.
"""

import base64
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deskunit.errors import DeskunitError
from deskunit.scripts import breaks
from deskunit.virtual import Screen
from deskunit.virtual.unit import ROOT, node

PROGRAM = ROOT / "boards" / "virtual" / "drawer.mjs"
SCREEN_PX = 128


@dataclass(frozen=True)
class Measured:
    """A text to be laid out: {variables} and "\\n" as written, break marks put in unless it has some."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    large: bool = False
    room_px: int = SCREEN_PX


@dataclass(frozen=True)
class Laid:
    """What the unit makes of it. A piece wider than the room is cut."""

    lines: tuple[str, ...]
    widths_px: tuple[int, ...]
    pages: int


@dataclass(frozen=True)
class Scene:
    """What the unit is to show: a state, with the sentence `prompt` over it, a step of a scenario, or a menu.

    `said`: the key of the sentence at that step, whatever its condition; `text`: what to show in its place,
    as somebody is writing it. `menu`: reason, callback, group or
    scenario (of `group`), its cursor at `entry`. `clock_s`: how long the state has lasted. The rest is what
    the host has told: `day` w, e or h, "" if unknown; `hour` -1 if unknown.
    """

    state: str = "talking"
    reason: int = 0
    prompt: str | None = None
    scenario: str | None = None
    step: int = 0
    said: str | None = None
    text: str | None = None
    menu: str | None = None
    group: str | None = None
    entry: int = 0
    page: int = 0
    clock_s: int = 0
    large: bool = False
    agent: str = "1001"
    name: str = ""
    level: str = "coached"
    seat: str = "07"
    caller: str = ""
    hello: str = ""
    wish: str = ""
    hour: int = -1
    day: str = ""


@dataclass(frozen=True)
class Drawing:
    """The picture, how many pages its sentence has, and the characters drawn as □."""

    screen: Screen
    pages: int
    missing: str


@dataclass(frozen=True)
class Moment:
    """A call at one moment. `left_ms`: until a timed step goes on, else 0; `menu`: the open one, if any."""

    screen: Screen
    step: int
    page: int
    pages: int
    left_ms: int
    menu: str


class Drawer:
    """One process for many jobs, from any thread. `tree`: as `make build BOARD=virtual` writes it."""

    def __init__(self, tree: Path) -> None:
        if not tree.is_dir():
            raise DeskunitError("virtual_no_tree", tree=tree)
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [str(node()), str(PROGRAM), str(tree)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C is for the program that draws; that one ends it
            start_new_session=sys.platform != "win32",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):  # it ended first
            self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def open(self, language: str, pack: bytes) -> None:
        """Use this pack for `language`. DeskunitError("draw_refused"): the unit would not take it."""
        self._ask("open", lang=language, bytes=base64.b64encode(pack).decode("ascii"))

    def measure(self, language: str, texts: Sequence[Measured]) -> list[Laid]:
        """The lines of each text, with the glyphs of the opened pack. Every variable needs a value."""
        asked = [
            {
                "text": _marked(one.text),
                "values": dict(one.values),
                "large": one.large,
                "room": one.room_px,
            }
            for one in texts
        ]
        return [
            Laid(tuple(one["lines"]), tuple(one["widths"]), one["pages"])
            for one in self._ask("measure", lang=language, texts=asked)["laid"]
        ]

    def draw(self, language: str, scene: Scene) -> Drawing:
        """One screen. DeskunitError("draw_refused"): the pack has no such scene."""
        text = None if scene.text is None else _marked(scene.text)
        answer = self._ask("draw", lang=language, **{**asdict(scene), "text": text})
        return Drawing(_screen(answer), answer["pages"], "".join(map(chr, answer["missing"])))

    def begin_call(self, language: str, scene: Scene) -> None:
        """A call begins at ms 0 and goes to the scenario of `scene`; `second` tells what follows."""
        self._ask("call", lang=language, **asdict(scene))

    def second(self, at_ms: int, *, tap: bool = False) -> Moment:
        """The call at `at_ms`, never before the last one asked for. `tap`: the agent goes on, or confirms."""
        answer = self._ask("second", at_ms=at_ms, tap=tap)
        numbers = (answer["step"], answer["page"], answer["pages"], answer["left_ms"])
        return Moment(_screen(answer), *numbers, answer["menu"])

    def _ask(self, job: str, **values: object) -> dict[str, Any]:
        line = json.dumps({"do": job, **values}) + "\n"
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            with self._asking:
                self._process.stdin.write(line.encode("ascii"))
                self._process.stdin.flush()
                said = self._process.stdout.readline()
        except (OSError, ValueError) as error:
            raise DeskunitError("draw_stopped") from error
        if not said:
            raise DeskunitError("draw_stopped")
        answer: dict[str, Any] = json.loads(said)
        if "refused" in answer:
            raise DeskunitError("draw_refused", why=answer["refused"])
        return answer


def _marked(text: str) -> str:
    return text if breaks.MARK in text else breaks.mark(text)


def _screen(answer: Mapping[str, Any]) -> Screen:
    return Screen(base64.b64decode(answer["pixels"]), answer["inverted"], True)
