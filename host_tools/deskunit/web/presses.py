"""The presses of one page, in their order and with their spacing, whatever the network did.

The page sends changes of level with its own clock (`at_ms`), one request at a time; what happens
meanwhile travels together in the next. The first press of a gesture is played at once, and what
follows keeps its distance to it until every button is up again. So the time a button was held is
kept also when press and release come together, and a release never overtakes its press.
"""

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec

from deskunit.web.floor import Floor

WAIT_MAX_S = 30.0
# A tap on a touchpad may last a few ms; what is under 20 ms is contact bounce to the unit
LEVEL_MIN_S = 0.06


class Press(msgspec.Struct, frozen=True):
    """A button's new level at a moment of the page's clock."""

    button: Literal["READY", "BUSY", "HOLD"]
    down: bool
    at_ms: float


class Channel:
    """What one page holds down. It lives as long as the page's stream; then all is released."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._held: set[tuple[str, str]] = set()
        self._changed_s: dict[tuple[str, str], float] = {}  # last change, in loop time
        self._in_turn = asyncio.Lock()  # FIFO
        self._offset_s = 0.0

    async def play(self, uid: str, presses: Sequence[Press]) -> None:
        """Give them to the unit; returns when the last one was given."""
        async with self._in_turn:
            for press in presses:
                await self._wait_for_its_moment(uid, press)
                await self._set(uid, press.button, press.down)

    async def release(self) -> None:
        """Let go of everything: the page is gone."""
        async with self._in_turn:
            for uid, button in sorted(self._held):
                await self._set(uid, button, False)

    async def _wait_for_its_moment(self, uid: str, press: Press) -> None:
        now_s = asyncio.get_running_loop().time()
        if not self._held:
            self._offset_s = now_s - press.at_ms / 1000
        due_s = self._offset_s + press.at_ms / 1000
        due_s = max(due_s, self._changed_s.get((uid, press.button), 0.0) + LEVEL_MIN_S)
        await asyncio.sleep(min(max(0.0, due_s - now_s), WAIT_MAX_S))

    async def _set(self, uid: str, button: str, down: bool) -> None:
        if not down:
            self._held.discard((uid, button))
        await asyncio.to_thread(self._floor.press, uid, button, down)
        if down:
            self._held.add((uid, button))
        self._changed_s[uid, button] = asyncio.get_running_loop().time()
