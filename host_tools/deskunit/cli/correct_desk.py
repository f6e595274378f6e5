"""What the commands about corrections share: the desk, writes through the running logger, units and times."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deskunit.cli.states import chosen_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from deskunit.corrections.desk import CorrectionDesk
    from deskunit.corrections.orders import Order
    from deskunit.corrections.rows import Row
    from deskunit.store import Store

_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")


@contextmanager
def reading(data_dir: Path, zone: "ZoneInfo") -> "Iterator[tuple[Store, CorrectionDesk]]":
    """The store, for reading, and the desk over it."""
    from deskunit import clock, settings
    from deskunit.corrections.desk import CorrectionDesk
    from deskunit.store import open_store

    with open_store(data_dir, write=False) as store:
        yield store, CorrectionDesk(store, zone, clock.now_utc_ms, settings.load(data_dir).viewer)


def zone_of(data_dir: Path, tz: str | None) -> "ZoneInfo":
    """The zone asked for, else the site's, else this computer's."""
    from deskunit.state_log.query import zone

    return zone(chosen_zone(data_dir, tz))


def write(data_dir: Path, zone: "ZoneInfo", order: "Order") -> "Row":
    """Let the running logger write; without one take the folder's lock for this one write."""
    import msgspec

    from deskunit import control, roles, settings

    # as set now: the logger knows the viewer of its start
    roles.check_correcting(settings.load(data_dir).viewer)
    try:
        asked = msgspec.to_builtins(order)
        number = int(control.call(data_dir, "correction_write", **asked)["number"])
    except control.NoLogger:
        number = _write_alone(data_dir, zone, order)
    with reading(data_dir, zone) as (_, desk):
        return desk.get(number)


def _write_alone(data_dir: Path, zone: "ZoneInfo", order: "Order") -> int:
    from deskunit import agents, clock, settings
    from deskunit.corrections.desk import CorrectionDesk
    from deskunit.store import FILE_NAME, open_store

    if not (data_dir / FILE_NAME).exists():  # writing would make an empty log
        open_store(data_dir, write=False)
    with open_store(data_dir, write=True) as store:
        if listed := agents.load(data_dir / agents.FILE_NAME):
            store.set_agents(listed)
        viewer = settings.load(data_dir).viewer
        return CorrectionDesk(store, zone, clock.now_utc_ms, viewer).write(order).number


def moment_of(text: str, zone: "ZoneInfo") -> int:
    """UTC ms of a time as typed; a time of day alone is today's. DeskunitError: unreadable."""
    from deskunit import clock
    from deskunit.state_log.query import moment

    typed = text.strip()
    if _CLOCK.fullmatch(typed):
        today = datetime.fromtimestamp(clock.now_utc_ms() / 1000, zone).date()
        typed = f"{today} {typed.zfill(8) if typed.count(':') == 2 else typed.zfill(5)}"
    return moment(typed, zone)


def state_of(text: str) -> str:
    """The state that a word means; a word that means none as it is: the rules tell which there are."""
    from deskunit import states

    return states.find(text) or text


def reason_of(text: str) -> int:
    """The code of a reason: a number, its word, or its name. DeskunitError: there is none."""
    from deskunit import reasons
    from deskunit.errors import DeskunitError

    code = reasons.find(text)
    if code is None:
        raise DeskunitError("correction_reason", exit_code=2, found=text)
    return code
