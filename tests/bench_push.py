"""How long a script pack of 60 KB takes to a unit at 115 200 baud while presses are logged (virtual time)."""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / room) for room in ("scenarios", "end_to_end", "host")]

from deskunit.effects import PackEnded  # noqa: E402
from deskunit.fleet import build_tree  # noqa: E402
from deskunit.store import open_store  # noqa: E402
from deskunit.virtual import VirtualUnit  # noqa: E402
from pack_of_size import pack_of_size  # noqa: E402
from play import UID, Play  # noqa: E402
from real_host import RealHost  # noqa: E402

SIZE = 60 * 1024
BAUD = 115_200
WORK = ("tap BUSY", "tap HOLD", "tap HOLD", "tap READY", "tap READY")


def push() -> dict[str, object]:
    """s until the pack is in place; a press a second, each of them stored by then."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder), write=True) as store,
        VirtualUnit(build_tree(), UID, time="virtual", seed=1, baud=BAUD) as unit,
    ):
        unit.power_on()
        player = Play(unit)
        host = RealHost(store, unit)
        player.host = host  # type: ignore[assignment]
        player._pass(4_000)
        for line in ("long READY", "tap READY"):
            player._line(line)
        before = sum(1 for _ in store.events(uid=UID))
        begun_ms = unit.now_ms
        host.pack = pack_of_size(SIZE)
        presses = 0
        while not any(isinstance(one, PackEnded) for one in host.packs):
            player._line(WORK[presses % len(WORK)])
            presses += 1
        took_s = (unit.now_ms - begun_ms) / 1000
        logged = sum(1 for _ in store.events(uid=UID)) - before
    return {"push_60_kb_s": round(took_s, 1), "push_events_meanwhile": logged}
