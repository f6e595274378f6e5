"""A stranger's USB device at the real logger: nothing of it stops anything or gets out unescaped."""

import csv
import io
import json
import logging
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from byte_unit import frame
from deskunit import cli, wire
from deskunit.cli.desk import open_log
from deskunit.control import Control
from deskunit.exports import states_rows
from deskunit.exports.csv_file import FORMULA_LEADS
from deskunit.fleet import Fleet
from deskunit.floor import DeskFloor
from deskunit.logger import Alarmed, Logger, Notice, figures
from deskunit.settings import Settings
from deskunit.state_log.query import Query, zone
from deskunit.web import serve
from msgspec import to_builtins
from stranger import NASTY, Stranger, forbidden, raw_frame

UID, BOOT = "a4cf12b3d0e8", "41-9f3c77e1"
PATIENCE_S = 40.0

# Bodies that decode: everything that a newer firmware or a liar may put where a word is expected.
BODIES: list[tuple[str, dict[str, Any]]] = [
    ("boot", {"rst": NASTY, "fw": NASTY}),
    ("st", {"to": "not_ready", "by": "btn", "rc": 90, "ag": "=cmd|' /C calc'!A0"}),
    ("st", {"to": "ready", "by": "btn", "ag": NASTY}),
    ("st", {"to": "talking", "by": "btn", "ag": "\t@SUM(1)", "call": 2**53 - 1}),
    ("st", {"to": "ready", "by": ["y"], "ag": "1"}),
    ("st", {"to": ["x"], "by": ["y"], "ag": ["z"], "rc": [1]}),
    ("st", {"to": NASTY, "by": NASTY, "ag": None, "rc": -(2**53) + 1}),
    ("st", {"to": "not_ready", "by": "tmr", "rc": 2**53 - 1, "ag": "\u202egnp.exe"}),
    ("st", {"to": "hold", "by": "host", "ag": "<img src=x onerror=alert(1)>", "hold": -5}),
    ("st", {"to": "not_ready", "by": "btn", "rc": True, "ag": "", "call": False}),
    ("rsn", {"of": "x", "rc": {}.get("no")}),
    ("rsn", {"of": 9, "rc": 10**15}),
    ("leave", {"rc": NASTY}),
    ("error", {"t": NASTY, "m": 1.5e300, "at": [None, True, NASTY]}),
    ("constructor", {"__proto__": 1, "": "", NASTY: NASTY}),
    ("st", {"to": "signed_out", "by": "btn"}),
]
# Flag 1 would have each stored if it were taken.
TOO_MUCH: list[bytes] = [
    b'["E",1,"%s",900,1,"st",{"a":NaN}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"st",{"a":1e999}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"st",{"a":-Infinity}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"st",{"a":%s}]' % (BOOT.encode(), b"9" * 200),
    b'["E",1,"%s",900,-1,"st",{}]' % BOOT.encode(),
    b'["E",1,"%s",900,%d,"st",{}]' % (BOOT.encode(), 2**53),
    b'["E",1,"%s",900,%d,"st",{"to":"ready","by":"btn","ag":"1"}]' % (BOOT.encode(), 2**50),
    b'["E",1,"%s",0,1,"st",{}]' % BOOT.encode(),
    b'["E",1,"%s",99999999999,1,"st",{}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"ST; DROP TABLE event",{}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"st",{"a":[[1]]}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"st",%s]' % (BOOT.encode(), b"[" * 240),
    b'["E",1,"%s",900,1,"st",{"a":"\\ud800"}]' % BOOT.encode(),
    b'["E",1,"%s",900,1,"st",{"a":"\xff\xfe"}]' % BOOT.encode(),
    b'["E",999,"%s",900,1,"st",{}]' % BOOT.encode(),
    b'["E",1,"../../%s",900,1,"st",{}]' % BOOT.encode(),
    b'["E",1,"%s\\n",900,1,"st",{}]' % BOOT.encode(),
    b'["\\u0045",0,"%s",900,1,"st",{}]' % BOOT.encode(),
    b'["H",1,"../../../etc","%s",{}]' % BOOT.encode(),
    b'["H",1,"A4CF12B3D0E8","%s",{}]' % BOOT.encode(),
    b'["X","%s",9,2,"full"]' % BOOT.encode(),
    b'["h","%s",-1,5,{"st":"ready"}]' % BOOT.encode(),
    b'["h","%s",1,5,{"st":"<b>"}]' % BOOT.encode(),
    b'["t",99999999,1,1]', b'["r",1,2,""]', b'["L",9,""]', b"[]", b"{}", b"null", b'["Q"]', b"",
]  # fmt: skip


class Floor:
    """The real logger with its log file, floor and page, and the stranger at its only port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = open_log(folder)
        self.stranger = Stranger(UID, BOOT, [[BOOT, 1, 3]])
        self.logger = Logger(folder, Settings(zone="UTC"), ports=[self.stranger.address])
        self.floor = DeskFloor(self.logger, Fleet(folder, 0), "UTC")
        self._news = threading.Event()
        self.logger.subscribe(lambda notice: self._news.set())
        self.logger.start()
        self.floor.start()
        self.page = serve(self.floor, port=0)
        self.page.start()
        self.control = Control(
            folder,
            {
                "status": lambda: {"ports": []},
                "health": lambda: to_builtins(figures.of_logger(self.logger)),
            },
        )

    def close(self) -> None:
        self.control.close()
        self.page.stop()
        self.logger.stop()
        self.floor.stop()
        self.stranger.close()
        logging.getLogger().removeHandler(self.log)
        self.log.close()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert self.logger.alive, "the writer died"
            assert time.monotonic() < end_s, f"never came: {what}"
            self._news.wait(0.05)
            self._news.clear()

    def seqs(self) -> list[int]:
        return [one.seq for one in self.logger.store.events()]

    def tell_all(self) -> None:
        """Every body, each with its own seq, and between them what must be thrown away."""
        assert self.stranger.is_open.wait(PATIENCE_S)
        self.stranger.say(NASTY.encode() + b"\n\xc3\x28\xff\n" + b"\x1e" * 600 + b"\n")
        for seq, (kind, body) in enumerate(BODIES, 1):
            self.stranger.say(frame("L", 3, NASTY))
            self.stranger.say(frame("E", int(seq == 1), BOOT, seq, seq * 10, kind, body))
        for payload in TOO_MUCH:
            self.stranger.say(raw_frame(payload))
        self.stranger.say(frame("X", BOOT, len(BODIES) + 1, len(BODIES) + 9, NASTY))
        last = len(BODIES) + 10
        self.stranger.say(
            frame("E", 0, BOOT, last, 2**40 - 1, "st", {"to": "ready", "by": "btn", "ag": "1"})
        )
        self.stranger.say(
            frame("h", BOOT, last, 2**40 - 1, {"st": "ready", "q": 2**53 - 1, "re": 7})
        )
        self.until(lambda: last in self.seqs(), "the last event")
        self.until(lambda: ["A", BOOT, last] in [one[:3] for one in self.stranger.heard], "its A")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    one = Floor(tmp_path)
    yield one
    one.close()


def strings(value: object) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_stranger_is_stored_and_nothing_of_it_gets_out_unescaped(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    floor.tell_all()
    store = floor.logger.store
    assert floor.seqs() == [*range(1, len(BODIES) + 1), len(BODIES) + 10]
    assert [(row.first, row.last) for row in store.gaps()] == [(len(BODIES) + 1, len(BODIES) + 9)]
    floor.logger.confirm_unit(UID)

    browser = Browser(floor.page.port)
    log = browser.get(f"/api/units/{UID}/log")
    assert log.headers["content-type"] == "application/json"
    assert len(log.json()["intervals"]) > 5
    with browser.events() as stream:
        hello = stream.next("hello")[1]
    for text in [*strings(log.json()), *strings(hello)]:
        assert forbidden(text, "") == set(), repr(text)

    table = b"".join(states_rows(store, Query(zone("UTC")))).decode("utf-8-sig")
    assert forbidden(table, "\r\n") == set()
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    numbers = [cell for cell in cells if cell[:1] in FORMULA_LEADS]
    assert all(cell.lstrip("-").isdigit() for cell in numbers), numbers

    metrics = browser.get("/metrics").body.decode()
    assert forbidden(metrics) == set() and '"1+1' not in metrics and "<script>" in metrics

    monkeypatch.setenv("DESKUNIT_HOME", str(floor.folder))
    for words in (["health"], ["health", "--json"], ["units"], ["units", "--json"], ["states"]):
        monkeypatch.setattr(sys, "argv", ["deskunit", *words])
        with pytest.raises(SystemExit):
            cli.main()
        out, err = capfd.readouterr()
        assert UID in out or words == ["states"]
        assert forbidden(out + err) == set(), words

    written = (floor.folder / "log" / "deskunit.log").read_text("utf-8")
    assert forbidden(written) == set()
    assert "owned" in written, "it is in the log, as plain text"
    assert not any(line.startswith("=1+1") for line in written.splitlines())


def test_ten_megabytes_without_a_line_end_cost_no_memory_and_no_session(floor: Floor) -> None:
    assert floor.stranger.is_open.wait(PATIENCE_S)
    link = floor.logger.ports.links()[0]
    for _ in range(160):
        floor.stranger.say(b"A" * 65_536)
    floor.until(lambda: link.counted.text_bytes >= 160 * 65_536 - 512, "10 MB")
    session = link.session
    assert session is not None and len(session.decoder.tail) <= wire.LINE_LIMIT_BYTES
    floor.stranger.say(b"\n" + frame("E", 1, BOOT, 1, 5, "boot", {}))
    floor.until(lambda: floor.seqs() == [1], "an event after it")
    written = (floor.folder / "log" / "deskunit.log").stat().st_size
    assert written < 1_000_000, "the log is not the flood's"


def test_random_bytes_and_random_frames_stop_nothing(floor: Floor) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    logging.getLogger("deskunit").warning("seed %s", seed)  # shown when it fails
    assert floor.stranger.is_open.wait(PATIENCE_S)
    parts: list[Any] = [
        NASTY,
        -1,
        0,
        2**53 - 1,
        1.5,
        None,
        True,
        [],
        {},
        BOOT,
        UID,
        "st",
        ["x"],
        {"to": []},
    ]
    for _ in range(150):
        payload = [chance.choice("HEXthrL"), *chance.choices(parts, k=chance.randint(0, 8))]
        floor.stranger.say(frame(*payload) + chance.randbytes(chance.randint(0, 60)))
        body = dict(
            zip(["to", "by", "ag", "rc", "st", "of"], chance.choices(parts, k=6), strict=True)
        )
        line = json.dumps(
            [
                "E",
                1,
                BOOT,
                chance.randint(1, 40),
                5,
                chance.choice(["st", "rsn", "boot", "leave"]),
                body,
            ]
        )
        floor.stranger.say(raw_frame(line.replace(", ", ",").replace(": ", ":").encode()))
    ready = {"to": "ready", "by": "btn", "ag": "1"}
    last = b"\n" + frame("E", 1, BOOT, 1_000, 2**40 - 1, "st", ready)

    def said_until_it_is_there() -> bool:  # a flood's rest is dropped, a unit would send it again
        floor.stranger.say(last)
        return 1_000 in floor.seqs()

    floor.until(said_until_it_is_there, "an event after the noise")
    assert Browser(floor.page.port).get(f"/api/units/{UID}/log").status == 200
    rebuilt = floor.logger.store.rebuild(UID)
    assert (rebuilt.changed, rebuilt.dropped) == ([], [])


def test_two_ports_with_one_uid_are_an_alarm_until_one_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskunit.logger.twins.CERTAIN_MS", 0)
    both = [Stranger(UID, boot, [[boot, 1, 1]]) for boot in (BOOT, "42-00000001")]
    logger = Logger(tmp_path, Settings(), ports=[one.address for one in both])
    notices: list[tuple[str, str, bool]] = []
    news = threading.Condition()

    def hear(notice: Notice) -> None:
        with news:
            if isinstance(notice, Alarmed):
                notices.append((notice.alarm.word, notice.alarm.where, notice.on))
            news.notify_all()

    def until(wanted: tuple[str, str, bool]) -> None:
        with news:
            assert news.wait_for(lambda: wanted in notices, PATIENCE_S), wanted

    logger.subscribe(hear)
    logger.start()
    try:
        until(("twins", UID, True))
        (alarm,) = logger.alarms.active()
        assert all(one.address in alarm.sentence("zh") for one in both)
        for stranger, boot in zip(both, (BOOT, "42-00000001"), strict=True):
            stranger.say(frame("E", 1, boot, 1, 5, "boot", {}))
        with news:
            stored = lambda: len(list(logger.store.events())) == 2  # noqa: E731
            assert news.wait_for(stored, PATIENCE_S)
        logger.release_port(both[0].address, repl=False)
        until(("twins", UID, False))
        assert notices.count(("twins", UID, True)) == 1
    finally:
        logger.stop()
        for one in both:
            one.close()
