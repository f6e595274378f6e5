"""What the running logger answers to a push, without one: two units, of which one has no room."""

from collections.abc import Sequence
from typing import Any

from deskunit.errors import DeskunitError
from deskunit.packs import Pack


class PaperPushing:
    """Two units; both got half of it, the second one no more."""

    def __init__(self) -> None:
        self.sent: list[tuple[Pack, Sequence[str]]] = []
        self.speaking = {"a1": "zh", "a2": "en"}
        self.finished = False

    def targets(self, units: Sequence[str]) -> dict[str, Any]:
        if not self.speaking:
            raise DeskunitError("push_nobody")
        found = self.speaking.items()
        return {"units": [{"uid": uid, "seat": "", "language": one} for uid, one in found]}

    def add(self, pack: Pack, units: Sequence[str]) -> int:
        self.sent.append((pack, units))
        return len(self.sent)

    def progress(self, push: int) -> dict[str, Any]:
        pack, units = self.sent[push - 1]
        told = {"seat": "07", "connected": True, "offset": (pack.size + 1) // 2, "size": pack.size}
        ends = {"ended": self.finished or push == 2, "error": "push_no_room" if push == 2 else None}
        values = {"need": "9", "free": "1"} if push == 2 else {}
        return {"units": [{"uid": uid, **told, **ends, "values": values} for uid in units]}
