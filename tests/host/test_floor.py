"""What the page is given: the floor over a real logger and a real virtual unit."""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from deskunit.errors import DeskunitError
from deskunit.fleet import Fleet
from deskunit.floor import DeskFloor
from deskunit.logger import Logger, UnitChanged
from deskunit.settings import Settings
from deskunit.web.floor import Change, Floor, Screen

PATIENCE_S = 40.0
NOBODY = "000000000000"


class Page:
    """A listener of the floor that waits for what must come."""

    def __init__(self, floor: Floor, uid: str) -> None:
        self.floor = floor
        self.uid = uid
        self._heard: queue.SimpleQueue[tuple[Change, Mapping[str, Any]]] = queue.SimpleQueue()
        self.unsubscribe = floor.subscribe(lambda change, body: self._heard.put((change, body)))

    def until(
        self, change: Change, wanted: Callable[[Mapping[str, Any]], bool]
    ) -> Mapping[str, Any]:
        while True:
            got, body = self._heard.get(timeout=PATIENCE_S)
            if got == change and wanted(body):
                return body

    def hold(self, button: str, ms: int) -> None:
        self.floor.press(self.uid, button, True)
        threading.Event().wait(ms / 1000)
        self.floor.press(self.uid, button, False)

    @property
    def unit(self) -> Mapping[str, Any]:
        return next(one for one in self.floor.units() if one["uid"] == self.uid)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    (tmp_path / "agents.csv").write_text("id,name,team,level\n1001,李晓,热线组,solo\n", "utf-8")
    fleet = Fleet(tmp_path, 1)
    logger = Logger(tmp_path, Settings(), ports=fleet.addresses, virtual_seats=fleet.seats)
    floor = DeskFloor(logger, fleet, "Asia/Shanghai")
    logger.start()
    floor.start()
    page = Page(floor, next(iter(fleet.members)))
    fleet.power_on()
    page.until("unit", lambda unit: unit["connected"] and unit["state"] == "signed_out")
    yield page
    logger.stop()
    floor.stop()
    fleet.close()


def test_unit_as_the_page_shows_it(page: Page) -> None:
    unit = page.unit
    assert (unit["seat"], unit["kind"], unit["port"]) == ("01", "virtual", "virtual")
    assert unit["confirmed"] and unit["powered"] and unit["firmware"] and unit["language"] == "zh"
    told = unit if unit["pack"] else page.until("unit", lambda unit: bool(unit["pack"]))
    assert told["pack"].startswith("zh ")


def test_press_becomes_a_row_with_names_and_local_time(page: Page) -> None:
    page.hold("READY", 1_000)
    row = page.until("interval", lambda row: row["state"] == "not_ready")
    assert (row["agent_name"], row["reason"], row["cause"]) == ("李晓", "login", "button")
    assert row["end_utc_ms"] is None and row["duration_s"] is None
    newest = page.floor.intervals(1, page.uid)
    assert [one["row_id"] for one in newest] == [row["row_id"]]
    assert page.unit["agent_id"] == "1001" and page.unit["since_utc_ms"] == row["start_utc_ms"]
    today = page.floor.today(page.uid)
    assert today["tz"] == "Asia/Shanghai" and set(today["totals_s"]) == {"signed_out"}
    assert today["end_utc_ms"] - today["start_utc_ms"] == 86_400_000


def test_an_agents_page_has_his_own_rows_alone(page: Page, tmp_path: Path) -> None:
    page.hold("READY", 1_000)
    page.until("interval", lambda row: row["agent_id"] == "1001")
    assert {one["agent_id"] for one in page.floor.intervals(9, page.uid)} == {"", "1001"}

    def become(agent: str) -> None:
        text = f'[viewer]\nrole = "agent"\nagent = "{agent}"\n'
        (tmp_path / "settings.toml").write_text(text, "utf-8")

    become("1001")
    assert {one["agent_id"] for one in page.floor.intervals(9)} == {"1001"}
    become("1002")
    assert page.floor.intervals(9) == [] and page.floor.today(page.uid)["totals_s"] == {}
    told: list[Change] = []
    page.floor.subscribe(lambda change, body: told.append(change))
    page.hold("READY", 100)
    page.until("unit", lambda unit: unit["state"] == "ready")
    assert "interval" not in told
    become("1001")
    page.hold("BUSY", 100)
    assert page.until("interval", lambda row: row["state"] == "talking")["agent_id"] == "1001"


@pytest.mark.parametrize("kind", ["today", "all"])
def test_csv_holds_the_rows(page: Page, kind: str) -> None:
    text = b"".join(page.floor.csv({"range": kind, "uid": page.uid})).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("row_id,") and "signed_out" in text


def test_power_cut_darkens_the_screen_and_pressing_does_nothing(page: Page) -> None:
    shown: list[Screen] = []
    bright = threading.Event()

    def show(screen: Screen) -> None:
        shown.append(screen)
        if screen.on and any(screen.pixels):
            bright.set()

    page.floor.subscribe_screen(page.uid, show)
    page.floor.cut_power(page.uid)
    assert page.until("unit", lambda unit: not unit["powered"])["connected"] is False
    assert not shown[-1].on
    bright.clear()
    page.floor.press(page.uid, "READY", True)
    page.floor.press(page.uid, "READY", False)
    page.floor.power_on(page.uid)
    page.until("unit", lambda unit: unit["powered"] and unit["connected"])
    assert bright.wait(PATIENCE_S), "the screen stayed dark"
    screen = page.floor.screen(page.uid)
    assert screen is not None and screen.on


def test_language_of_the_screen_changes(page: Page) -> None:
    drawn = threading.Event()
    page.floor.subscribe_screen(page.uid, lambda screen: drawn.set())
    page.floor.set_unit_language(page.uid, "en")
    page.until("unit", lambda unit: unit["language"] == "en")
    assert drawn.wait(PATIENCE_S), "the unit drew nothing anew"
    with pytest.raises(DeskunitError) as caught:
        page.floor.set_unit_language(page.uid, "fr")
    assert caught.value.key == "bad_language"


def test_unknown_unit_is_a_sentence_everywhere(page: Page) -> None:
    floor = page.floor
    for ask in (floor.screen, floor.today, floor.cut_power, floor.power_on, floor.confirm):
        with pytest.raises(DeskunitError) as caught:
            ask(NOBODY)
        assert caught.value.key == "unknown_unit"
    with pytest.raises(DeskunitError):
        floor.press(NOBODY, "READY", True)
    with pytest.raises(DeskunitError):
        floor.intervals(5, NOBODY)


def test_who_unsubscribed_hears_nothing_more(page: Page) -> None:
    heard: list[Change] = []
    stop = page.floor.subscribe(lambda change, body: heard.append(change))
    stop()
    page.floor.confirm(page.uid)
    page.until("unit", lambda unit: True)
    assert heard == []


def test_storm_of_notices_is_told_once_a_unit_and_delays_no_end(tmp_path: Path) -> None:
    logger = Logger(tmp_path, Settings())
    logger.start()
    try:
        logger.store.remember_unit("a4cf12b3d0e8", virtual=True, now_utc_ms=0)
        floor = DeskFloor(logger, Fleet(tmp_path, 0), "UTC")
        for _ in range(20_000):
            floor._notices.put(UnitChanged("a4cf12b3d0e8"))
        assert floor._gathered() == []  # nobody looks
        floor.subscribe(lambda change, body: None)
        for number in range(20_000):
            floor._notices.put(UnitChanged(f"{number % 2:012}"))
        assert floor._gathered() == [UnitChanged(f"{number:012}") for number in (0, 1)]
        floor.start()
        floor.stop()
    finally:
        logger.stop()


def test_caller_is_known_from_the_telling_to_the_end_of_the_call(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DeskunitError) as caught:
        page.floor.set_caller(page.uid, "王女士")
    assert caught.value.key == "no_call"
    page.floor.set_unit_language(page.uid, "zh-Hant")
    page.until("unit", lambda unit: unit["language"] == "zh-Hant")
    page.hold("READY", 1_000)
    page.until("unit", lambda unit: unit["state"] == "not_ready")
    page.hold("BUSY", 80)
    page.until("unit", lambda unit: unit["state"] == "talking")
    page.floor.set_caller(page.uid, "王女士")
    page.until("unit", lambda unit: unit["caller"] == "王女士")
    page.hold("READY", 80)
    page.until("unit", lambda unit: unit["state"] == "wrap_up" and unit["caller"] == "")
    assert "refused" not in caplog.text, "the unit knows all that it was told"
    with pytest.raises(DeskunitError):
        page.floor.set_caller(NOBODY, "王女士")


def test_gesture_on_the_unit_is_told_at_once_with_the_number_of_the_callback(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    page.hold("READY", 1_000)
    page.until("unit", lambda unit: unit["state"] == "not_ready")
    assert page.floor.callback_summary(page.uid)["number"] == 0
    page.hold("BUSY", 80)
    page.until("unit", lambda unit: unit["state"] == "talking")
    page.hold("HOLD", 1_000)  # the menu of callbacks; its first entry is a dropped call
    threading.Event().wait(0.2)  # one finger up, then the other down
    page.hold("READY", 80)
    told = page.until("callbacks", lambda body: bool(body["taken"]))
    taken = {"number": 1, "uid": page.uid, "agent_id": "1001", "kind": "dropped"}
    assert told == {"numbers": [1], "taken": [taken]}
    one = page.floor.callback(1)
    assert (one["owner_name"], one["call_no"], one["seat"]) == ("李晓", 1, "01")
    assert one["due_utc_ms"] == one["taken_utc_ms"]
    assert page.floor.callback_summary(page.uid)["number"] == 1
    assert "refused" not in caplog.text, "the unit knows what is due"
