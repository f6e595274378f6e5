"""What the host wants of a unit beside acknowledgements and time: requests R, its context, a script pack.

The session asks for one frame at a time and tells each answer. Pure.
"""

from deskunit import wire
from deskunit.context import Context, Teller
from deskunit.effects import Answered, Effect
from deskunit.errors import DeskunitError
from deskunit.events import printable
from deskunit.packs import Pack
from deskunit.transfer import Transfer

TAKES_PACKS = "p"  # in `cap` of H


class Errands:
    """In this order: requests, context, pack. A pack may take half a minute, the others go between."""

    def __init__(self) -> None:
        self.takes_packs = False
        self._requests: list[str] = []
        self._teller = Teller()
        self._transfer: Transfer | None = None

    # --- what is wanted ------------------------------------------------------------------------

    def request(self, what: str) -> None:
        """R, before all else."""
        self._requests.append(what)

    def tell(self, context: Context | None) -> None:
        self._teller.context = context

    def send(self, pack: Pack | None) -> None:
        """Bring `pack` to the unit; None: whatever is on its way stays where it is."""
        if pack is None:
            self._transfer = None
        elif self._transfer is None or self._transfer.pack is not pack:
            self._transfer = Transfer(pack)

    def meet(self, capabilities: list[str]) -> None:
        """Another boot, or another unit."""
        self.takes_packs = TAKES_PACKS in capabilities
        self.tell(None)

    def begin(self) -> None:
        """A new session: everything is told again."""
        self._teller.forget()
        if self._transfer is not None:
            self._transfer.begin()

    # --- what goes out -------------------------------------------------------------------------

    def urgent(self, request_id: int) -> wire.Request | None:
        return wire.Request(request_id, self._requests.pop(0)) if self._requests else None

    def next(self, request_id: int, now_utc_ms: int, now_ms: int) -> wire.ToUnit | None:
        frame: wire.ToUnit | None = self._teller.next(request_id, now_utc_ms)
        if frame is None and self._transfer is not None and self.takes_packs:
            return self._transfer.next(request_id, now_ms)
        return frame

    def wake_ms(self, now_ms: int) -> int | None:
        """When a pack's next piece is due; None: when something comes in."""
        return self._transfer.wake_ms(now_ms) if self._transfer is not None else None

    # --- what comes of it ----------------------------------------------------------------------

    def due(self) -> list[Effect]:
        """In a session: a pack that its unit cannot take is given up at once."""
        if self._transfer is None or self.takes_packs:
            return []
        return self._transfer.give_up(DeskunitError("push_old_firmware"))

    def told(self, frame: wire.ToUnit, reply: wire.Reply, now_ms: int) -> list[Effect]:
        """The unit's reply to `frame`."""
        ok, text = bool(reply.ok), printable(reply.text)
        if isinstance(frame, wire.Request):
            return [Answered(frame.what, ok, text)]
        if isinstance(frame, wire.Announcement | wire.Piece):
            return self._transfer.told(frame, reply, now_ms) if self._transfer else []
        return self._teller.told(ok, text)

    def unanswered(self, frame: wire.ToUnit, now_ms: int) -> list[Effect]:
        """No reply to `frame` within its time."""
        if isinstance(frame, wire.Request):
            return [Answered(frame.what, False, "")]
        if isinstance(frame, wire.Announcement | wire.Piece):
            return self._transfer.unanswered(now_ms) if self._transfer else []
        if isinstance(frame, wire.Settings | wire.Variable):
            return self._teller.unanswered()
        return []
