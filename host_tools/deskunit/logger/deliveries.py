"""Which pack is to go to which unit, and how far it is: kept until done, whatever the cables do.

Commands add and ask, each port's thread takes what its unit is to get and reports. It knows no port.
"""

import itertools
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskunit.effects import PackEnded, PackMoved
from deskunit.errors import DeskunitError
from deskunit.packs import Pack

KEPT_PUSHES = 32  # whose outcome can still be asked for


@dataclass
class Delivery:
    """One pack for one unit. `offset`: bytes that the unit has. `error`: why it ended without."""

    uid: str
    pack: Pack
    offset: int = 0
    ended: bool = False
    error: DeskunitError | None = None

    def end(self, error: DeskunitError | None) -> None:
        self.ended = True
        self.error = error


class Deliveries:
    """A push is a number for some deliveries. A unit gets one pack at a time, in the order asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pushes: dict[int, list[Delivery]] = {}
        self._numbers = itertools.count(1)

    def add(self, pack: Pack, uids: Iterable[str]) -> int:
        """`pack` to these units; what was on its way to one of them in its language gives way."""
        with self._lock:
            wanted = [Delivery(uid, pack) for uid in uids]
            for old in self._open():
                if (old.uid, old.pack.language) in {(one.uid, pack.language) for one in wanted}:
                    old.end(DeskunitError("push_replaced"))
            number = next(self._numbers)
            self._pushes[number] = wanted
            while len(self._pushes) > KEPT_PUSHES:
                del self._pushes[min(self._pushes)]
            return number

    def wanted(self, uid: str) -> Pack | None:
        """What this unit is to get now."""
        if not self._pushes:
            return None
        with self._lock:
            return next((one.pack for one in self._open() if one.uid == uid), None)

    def note(self, uid: str, effect: PackMoved | PackEnded) -> None:
        """What a session says of the pack that it brings to `uid`."""
        with self._lock:
            for one in self._open():
                if one.uid == uid and one.pack is effect.pack:
                    if isinstance(effect, PackMoved):
                        one.offset = effect.offset
                    else:
                        one.offset = one.offset if effect.error else one.pack.size
                        one.end(effect.error)

    def of(self, number: int) -> Sequence[Delivery]:
        """The deliveries of a push. DeskunitError: push_unknown."""
        with self._lock:
            if number not in self._pushes:
                raise DeskunitError("push_unknown")
            return list(self._pushes[number])

    def cancel(self, number: int) -> None:
        """What has not arrived is not sent any more."""
        with self._lock:
            for one in self._pushes.get(number, ()):
                if not one.ended:
                    one.end(DeskunitError("push_cancelled"))

    def _open(self) -> Iterable[Delivery]:
        pushes = sorted(self._pushes.items())
        return [one for _, deliveries in pushes for one in deliveries if not one.ended]
