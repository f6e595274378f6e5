"""What `run` and `log` start, as one thing: virtual units, logger, control socket, floor, log file.

Imported when such a command runs: it brings the database and the serial port with it.
"""

import contextlib
import csv
import io
import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import click
import msgspec

from deskunit import __version__, clock, words
from deskunit.calendar import Calendar
from deskunit.callbacks import orders
from deskunit.captures.lines import escaped
from deskunit.cli.options import say
from deskunit.cli.pushing import Pushing
from deskunit.control import Control
from deskunit.corrections import orders as correction_orders
from deskunit.errors import DeskunitError
from deskunit.fleet import Fleet
from deskunit.floor import DeskFloor, as_language
from deskunit.logger import Alarmed, Logger, Notice, UnitChanged, figures
from deskunit.seats import checked_seat
from deskunit.settings import Settings
from deskunit.state_log.query import zone

LOG_FILE = Path("log") / "deskunit.log"
LOG_BYTES = 2_000_000
LOG_FILES = 5
OPENING_MS = 3_000
LOOK_S = 0.3
FATAL_ALONE = ("baud",)  # with no other port there is nothing to stay for


class Desk:
    """start(), stay() until Ctrl-C, close(): in this order, close() whatever happened."""

    def __init__(
        self,
        data_dir: Path,
        settings: Settings,
        *,
        ports: Sequence[str],
        virtual: int,
        search: bool,
    ) -> None:
        self._data_dir = data_dir
        self._settings = settings
        self._language = settings.language or as_language(words.user_language())
        self._ports = ports
        self._search = search
        self._fatal: DeskunitError | None = None
        self._greeted: set[str] = set()
        self._control: Control | None = None
        self._started = False
        self._log_file = open_log(data_dir)
        self._look = threading.Event()
        self.fleet = Fleet(data_dir, virtual)
        self.logger = Logger(
            data_dir,
            settings,
            language=settings.site.unit_language or self._language,
            ports=[*ports, *self.fleet.addresses],
            search=search,
            virtual_seats=self.fleet.seats,
        )
        self.floor = DeskFloor(self.logger, self.fleet, settings.zone)
        self.pushing = Pushing(self.logger, data_dir)

    def write_demonstration(self) -> None:
        """An agents.csv with one agent, when there is none."""
        file = self._data_dir / "agents.csv"
        if file.exists():
            return
        text = io.StringIO(newline="")
        table = csv.writer(text)
        table.writerow(["id", "name", "team", "level"])
        name, team = (words.text(f"demo.{key}", self._language) for key in ("name", "team"))
        table.writerow(["1001", name, team, "solo"])
        try:
            file.write_text(text.getvalue(), "utf-8-sig", newline="")
        except OSError as error:
            raise DeskunitError("data_unwritable", folder=file, why=error.strerror) from error

    def start(self, *, wait: bool) -> None:
        """Begin to log. DeskunitError: what cannot be used; no_unit unless `wait`."""
        self.logger.subscribe(self._hear)
        self.logger.start()
        self._started = True
        self._control = Control(self._data_dir, self._handlers())
        self.floor.start()
        self.fleet.power_on()
        self._check_ports(wait)
        say("started", version=__version__)
        for uid, member in self.fleet.members.items():
            say("virtual_unit", seat=member.seat, uid=uid, port=member.address)
        for one in self._ports:
            say("port", port=one)
        if self._search:
            say("searching")
        say("data", file=self.logger.store.file, log=self._data_dir / LOG_FILE)
        self.tell_calendar(datetime.now(zone(self._settings.zone)).year)

    def tell_calendar(self, year: int) -> None:
        """Say so when nobody knows yet which days of the year are moved."""
        if not Calendar(self._settings.site.country).is_published(year):
            say("calendar_unpublished", year=year)

    def stay(self) -> None:
        """Until Ctrl-C; DeskunitError when there is nothing to stay for any more."""
        while self._fatal is None:
            self._look.wait(LOOK_S)
            if not self.logger.alive:
                raise DeskunitError("logger_died", log=self._data_dir / LOG_FILE)
        raise self._fatal

    def close(self) -> None:
        """End all of it; what has arrived is committed first."""
        if self._control is not None:
            self._control.close()
        if self._started:
            self.logger.stop()
            self.floor.stop()
        self.fleet.close()
        logging.getLogger().removeHandler(self._log_file)
        self._log_file.close()

    # --- starting ------------------------------------------------------------------------------

    def _check_ports(self, wait: bool) -> None:
        """What was asked for by name opens now or is refused with its reason."""
        if self._search and not wait and not self.logger.links():
            raise DeskunitError("no_unit")
        end_ms = clock.now_ms() + OPENING_MS
        while clock.now_ms() < end_ms and not wait:
            links = [one for one in self.logger.links() if one.address in self._ports]
            for one in links:
                if one.trouble is not None:
                    raise one.trouble
            if all(one.is_open for one in links):
                return
            self._look.wait(0.02)

    def _hear(self, notice: Notice) -> None:
        # Where stderr is a file on a full disk, the logger goes on.
        with contextlib.suppress(OSError):
            self._say_what(notice)

    def _say_what(self, notice: Notice) -> None:
        if isinstance(notice, Alarmed):
            self._tell_alarm(notice)
        elif isinstance(notice, UnitChanged) and notice.uid not in self._greeted:
            self._greeted.add(notice.uid)
            self._greet(notice.uid)

    def _tell_alarm(self, notice: Alarmed) -> None:
        alarm = notice.alarm
        if not notice.on:
            say(
                "alarm_over",
                name=words.text(f"alarm.{alarm.word}"),
                where=alarm.where or "deskunit",
            )
        elif alarm.word in FATAL_ALONE and self._ports and self._is_alone():
            self._fatal = alarm.cause
            self._look.set()
        else:
            click.echo(alarm.sentence(), err=True)

    def _is_alone(self) -> bool:
        return len(self.logger.links()) == 1 and not self.logger.recorder.met

    def _greet(self, uid: str) -> None:
        unit = next((one for one in self.logger.store.units() if one.uid == uid), None)
        if unit is not None and uid not in self.fleet.members and uid in self.logger.recorder.met:
            say("met" if unit.confirmed else "met_unconfirmed", uid=uid, seat=unit.seat or "–")

    # --- what other commands ask ---------------------------------------------------------------

    def _handlers(self) -> Mapping[str, Any]:
        return {
            "status": self._status,
            "health": self._health,
            "name_unit": self._name_unit,
            "confirm_unit": self._confirm_unit,
            "release_port": self._release_port,
            "take_port": self._take_port,
            "set_language": self._set_language,
            "callback_write": self._callback_write,
            "correction_write": self._correction_write,
            "capture_start": lambda port: {"token": self.logger.taps.start(port)},
            "capture_more": self._capture_more,
            "capture_stop": self._capture_stop,
            **self.pushing.handlers(),
        }

    def _status(self) -> dict[str, Any]:
        fields = ("address", "uid", "firmware", "is_open", "connected")
        links = self.logger.links()
        return {"ports": [{name: getattr(one, name) for name in fields} for one in links]}

    def _health(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(figures.of_logger(self.logger))
        return found

    def _name_unit(self, uid: str, seat: str) -> dict[str, Any]:
        self.logger.name_unit(uid, checked_seat(seat))
        return {}

    def _confirm_unit(self, uid: str) -> dict[str, Any]:
        self.logger.confirm_unit(uid)
        return {}

    def _callback_write(self, **asked: Any) -> dict[str, Any]:
        """action, number, by, seen, values: the row, masked, as it is then."""
        row = self.logger.write_callback(orders.checked(**asked))
        found: dict[str, Any] = msgspec.to_builtins(row)
        return found

    def _correction_write(self, **asked: Any) -> dict[str, Any]:
        """The fields of corrections.orders.Order: the number of the one that was made or withdrawn."""
        row = self.logger.write_correction(correction_orders.checked(asked))
        return {"number": row.number}

    def _release_port(self, port: str, repl: bool = False) -> dict[str, Any]:
        return {"repl": self.logger.release_port(port, repl=repl)}

    def _take_port(self, port: str) -> dict[str, Any]:
        self.logger.take_port(port)
        return {}

    def _capture_more(self, token: str) -> dict[str, Any]:
        pieces, more = self.logger.taps.more(token)
        return {"pieces": [(ms, mark, escaped(data)) for ms, mark, data in pieces], "more": more}

    def _capture_stop(self, token: str) -> dict[str, Any]:
        self.logger.taps.stop(token)
        return {}

    def _set_language(self, uid: str, language: str) -> dict[str, Any]:
        self.floor.set_unit_language(uid, language)
        return {}


class LogFile(RotatingFileHandler):
    """Where the disk is full, that is an alarm of its own; the log neither stops nor fills a terminal."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def open_log(data_dir: Path) -> RotatingFileHandler:
    """The program's log in the data folder, old ones kept. DeskunitError: data_unwritable."""
    file = data_dir / LOG_FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = LogFile(file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=data_dir, why=error.strerror) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("deskunit").setLevel(logging.INFO)
    threading.excepthook = _log_thread_error
    return handler


def _log_thread_error(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        logging.getLogger("deskunit").error("thread %s", failed.thread, exc_info=failed.exc_value)
