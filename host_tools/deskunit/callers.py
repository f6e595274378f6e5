"""Title or name of the caller on the line, told to the unit for this one call and then forgotten. Pure.

The recorder hands in the committed events. It is nowhere stored.
"""

from deskunit import context, wire
from deskunit.errors import DeskunitError
from deskunit.events import Event
from deskunit.states import HOLD, TALKING

LIMIT_CHARS = 16
IN_CALL = (TALKING, HOLD)


class Callers:
    """uid → the caller of the call that the unit is in."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}  # of whom a caller is known
        self._texts: dict[str, str] = {}  # "" for a call that is over

    def set(self, uid: str, call_no: int, text: str) -> None:
        """`text` as checked; "" takes it back."""
        self._calls[uid] = call_no
        self._texts[uid] = text

    def take(self, event: Event) -> None:
        """One committed event: does the call go on?"""
        if event.uid not in self._calls or event.kind not in ("st", "boot"):
            return
        state = event.body.get("to") or event.body.get("st")
        if state not in IN_CALL or event.body.get("call") != self._calls[event.uid]:
            del self._calls[event.uid]
            self._texts[event.uid] = ""

    def find(self, uid: str) -> str | None:
        """What the unit should have now; None: nothing was ever said."""
        return self._texts.get(uid)


def checked_caller(text: str) -> str:
    """`text` as the unit takes it. DeskunitError: bad_caller."""
    trimmed = " ".join(text.split())
    frame = wire.Variable(context.ID_FOR_SIZE, "caller", trimmed)
    if len(trimmed) > LIMIT_CHARS or not trimmed.isprintable() or not context.fits(frame):
        raise DeskunitError("bad_caller", exit_code=2, caller=repr(trimmed))
    return trimmed
