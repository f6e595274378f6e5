"""What the running logger answers to `deskunit script push`: whom to send to, send, how far, not any more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from deskunit.errors import DeskunitError
from deskunit.logger import Logger
from deskunit.logger.deliveries import Delivery
from deskunit.packs import Pack, read_pack
from deskunit.store import Unit

FOLDER = "push"  # in the data folder: what a command hands over; a request itself holds 64 KB


class Pushing:
    """The handlers; the control socket's thread calls them one at a time."""

    def __init__(self, logger: Logger, data_dir: Path) -> None:
        self._logger = logger
        self._data_dir = data_dir

    def handlers(self) -> Mapping[str, Any]:
        return {
            "push_targets": self.targets,
            "push_pack": self.push,
            "push_progress": self.progress,
            "push_cancel": self.cancel,
        }

    def targets(self, units: Sequence[str]) -> dict[str, Any]:
        """Units by uid or seat; nothing named: all that are connected and confirmed."""
        known = self._logger.store.units()
        connected = self._connected()
        if not units:
            chosen = [one for one in known if one.confirmed and one.uid in connected]
            if not chosen:
                raise DeskunitError("push_nobody")
        else:
            chosen = [unit for name in units for unit in _named(known, name)]
        unique = {one.uid: one for one in chosen}
        language = self._logger.recorder.language
        return {
            "units": [
                {"uid": uid, "seat": one.seat, "language": language(uid)}
                for uid, one in unique.items()
            ]
        }

    def push(self, file: str, units: Sequence[str]) -> dict[str, Any]:
        """`file`: a name in the data folder's `push`; it may be removed when this is answered."""
        return {"push": self.add(read_pack(self._data_dir / FOLDER / Path(file).name), units)}

    def add(self, pack: Pack, units: Sequence[str]) -> int:
        """The number of the push that brings `pack` to these units."""
        number = self._logger.deliveries.add(pack, units)
        for link in self._logger.ports.links():
            link.wake()
        return number

    def progress(self, push: int) -> dict[str, Any]:
        """Of each unit: how many bytes it has, whether it ended, and why without success."""
        connected = self._connected()
        seats = {one.uid: one.seat for one in self._logger.store.units()}
        found = self._logger.deliveries.of(push)
        return {
            "units": [_told(one, seats.get(one.uid, ""), one.uid in connected) for one in found]
        }

    def cancel(self, push: int) -> dict[str, Any]:
        self._logger.deliveries.cancel(push)
        for link in self._logger.ports.links():
            link.wake()
        return {}

    def _connected(self) -> set[str]:
        return {one.uid for one in self._logger.links() if one.connected}


def _named(known: Sequence[Unit], name: str) -> list[Unit]:
    found = [one for one in known if name in (one.uid, one.seat)]
    if not found:
        raise DeskunitError("push_unknown_unit", name=name)
    return found


def _told(one: Delivery, seat: str, connected: bool) -> dict[str, Any]:
    now = replace(one)  # the port's thread may go on meanwhile
    error = now.error
    return {
        "uid": now.uid,
        "seat": seat,
        "connected": connected,
        "offset": now.offset,
        "size": now.pack.size,
        "ended": now.ended,
        "error": error.key if error else None,
        "values": {name: str(value) for name, value in error.values.items()} if error else {},
    }
