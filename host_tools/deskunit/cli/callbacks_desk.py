"""What the commands about callbacks share: a desk over the store, writes through the running logger, rows."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deskunit.cli.options import print_json, say, word
from deskunit.local_time import shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from deskunit.callbacks.desk import CallbackDesk
    from deskunit.callbacks.rows import Row
    from deskunit.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])
LOG_FILE = Path("log") / "deskunit.log"
NOTHING = "–"

number_argument = click.argument("number", type=click.IntRange(1), metavar="NUMBER")
by_option = click.option("--by", default="supervisor", metavar="ID", help=word("opt_by"))
seen_option = click.option("--seen", type=int, metavar="N", help=word("opt_seen"))
personal_option = click.option("--personal", is_flag=True, help=word("opt_personal"))


@contextmanager
def reading(data_dir: Path) -> "Iterator[tuple[Store, CallbackDesk]]":
    """The store, for reading, and the desk over it."""
    from deskunit.callbacks.desk import CallbackDesk
    from deskunit.callbacks.site import rules_of
    from deskunit.store import open_store

    with open_store(data_dir, write=False) as store:
        yield store, CallbackDesk(store, rules_of(data_dir))


def write(
    data_dir: Path, action: str, number: int | None, by: str, seen: int | None, **values: Any
) -> "Row":
    """Let the running logger write; without one take the folder's lock for this one write."""
    from deskunit import control

    try:
        asked = {"action": action, "number": number, "by": by, "seen": seen, "values": values}
        done = int(control.call(data_dir, "callback_write", **asked)["number"])
    except control.NoLogger:
        done = _write_alone(data_dir, action, number, by, seen, values)
    with reading(data_dir) as (_, desk):
        return desk.get(done)


def _write_alone(
    data_dir: Path,
    action: str,
    number: int | None,
    by: str,
    seen: int | None,
    values: dict[str, Any],
) -> int:
    from deskunit import agents, clock
    from deskunit.callbacks.desk import CallbackDesk
    from deskunit.callbacks.site import rules_of
    from deskunit.store import FILE_NAME, open_store

    if not (data_dir / FILE_NAME).exists():  # writing would make an empty log
        open_store(data_dir, write=False)
    rules = rules_of(data_dir)
    with open_store(data_dir, write=True) as store:
        if listed := agents.load(data_dir / agents.FILE_NAME):
            store.set_agents(listed)
        desk = CallbackDesk(store, rules, clock.now_utc_ms)
        return desk.write(action, number, by, seen, **values).number


def tell(row: "Row", key: str, as_json: bool) -> None:
    """What a write made: the row for programs, a sentence for people."""
    if as_json:
        print_json(fields(row))
    else:
        say(key, number=row.number, owner=row.owner)


def fields(row: "Row") -> dict[str, Any]:
    """A row as programs get it."""
    import msgspec

    from deskunit import clock

    found: dict[str, Any] = msgspec.to_builtins(row)
    return {**found, "is_overdue": row.is_overdue(clock.now_utc_ms())}


def note_asked(data_dir: Path, what: str) -> None:
    """Say in the program's log who asked for personal data. DeskunitError: it cannot be said."""
    from deskunit.errors import DeskunitError

    now = datetime.now().isoformat(" ", "milliseconds").replace(".", ",")
    line = f"{now} INFO callbacks: {what} with personal data, asked by {getpass.getuser()}\n"
    file = data_dir / LOG_FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(line)
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=data_dir, why=error.strerror) from error


def instant(utc_ms: int | None, zone: "ZoneInfo") -> str:
    """A moment as a table shows it."""
    if utc_ms is None:
        return NOTHING
    return shown(utc_ms, zone)


def span(ms: int) -> str:
    """How long, in hours and minutes; days are counted as hours."""
    minutes = abs(ms) // 60_000
    return f"{minutes // 60}:{minutes % 60:02}"
