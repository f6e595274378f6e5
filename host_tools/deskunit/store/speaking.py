"""Which pack each unit speaks from, derived from its `pack` events; the store calls it in a transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from deskunit.events import Event, from_line
from deskunit.store import schema

KIND = "pack"


def note_packs(connection: Connection, fresh: Iterable[Event]) -> None:
    """Events came: of each unit that told of a pack, what it speaks from now."""
    for uid in sorted({event.uid for event in fresh if event.kind == KIND}):
        derive_pack(connection, uid)


def derive_pack(connection: Connection, uid: str) -> None:
    """Write down the pack that the unit took into use last; nothing while no event tells."""
    event = _last_taken(connection, uid)
    body = event.body if event is not None else {}
    values = {f"pack_{name}": _text(body.get(key)) for name, key in _KEYS}
    unit = schema.unit
    connection.execute(update(unit).where(unit.c.uid == uid).values(values))


_KEYS = (("lang", "lang"), ("version", "ver"), ("crc", "crc"))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _last_taken(connection: Connection, uid: str) -> Event | None:
    """The last `pack` event with ok 1, of the newest boot that has one: each boot begins with one."""
    boot, event = schema.boot, schema.event
    boots = select(boot.c.boot).where(boot.c.uid == uid).order_by(boot.c.boot_no.desc())
    for name in connection.scalars(boots).all():
        lines = (
            select(event.c.line)
            .where(event.c.uid == uid, event.c.boot == name, event.c.kind == KIND)
            .order_by(event.c.seq.desc())
        )
        for line in connection.scalars(lines):
            found = from_line(uid, line)
            if found.body.get("ok") == 1:
                return found
    return None
