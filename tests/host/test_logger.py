"""The logger on real serial ends of virtual units: the firmware on the real interpreter, a real store."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from deskunit import port, virtual
from deskunit.alarms import STORE_WORDS
from deskunit.errors import DeskunitError
from deskunit.fleet import Fleet, Member, uids
from deskunit.logger import Alarmed, IntervalsChanged, Logger, Notice, UnitChanged
from deskunit.settings import Settings
from deskunit.store import open_store
from full_disk import full_disk

PATIENCE_S = 40.0


class Watched:
    """A logger and one virtual unit at it; `until` waits for what must come, never for time to pass."""

    def __init__(self, folder: Path, fleet: Fleet, logger: Logger) -> None:
        self.folder = folder
        self.logger = logger
        self.member: Member = next(iter(fleet.members.values()))
        self.uid = self.member.unit.uid
        self.notices: list[Notice] = []
        self._news = threading.Condition()
        logger.subscribe(self._hear)

    def _hear(self, notice: Notice) -> None:
        with self._news:
            self.notices.append(notice)
            self._news.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        with self._news:
            while not condition():
                assert time.monotonic() < end_s, "it never came"
                self._news.wait(0.05)

    def connected(self) -> bool:
        return any(one.connected and one.uid == self.uid for one in self.logger.links())

    def states(self) -> list[str]:
        return [one.state for one in self.logger.store.intervals(unit=self.uid)]

    def hold(self, button: str, ms: float) -> None:
        self.member.press(button, True)
        threading.Event().wait(ms / 1000)
        self.member.press(button, False)
        threading.Event().wait(0.1)  # a finger; under 20 ms it would be bounce


@contextmanager
def logging_of(folder: Path, fleet: Fleet, addresses: list[str]) -> Iterator[Watched]:
    logger = Logger(folder, Settings(), ports=addresses, virtual_seats=fleet.seats)
    watched = Watched(folder, fleet, logger)
    logger.start()
    try:
        yield watched
    finally:
        logger.stop()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    (tmp_path / "agents.csv").write_text("id,name,team,level\n1001,李晓,热线组,solo\n", "utf-8")
    one = Fleet(tmp_path, 1)
    yield one
    one.close()


def test_press_is_in_the_database_and_acknowledged(tmp_path: Path, fleet: Fleet) -> None:
    with logging_of(tmp_path, fleet, fleet.addresses) as desk:
        fleet.power_on()
        desk.until(lambda: desk.states() == ["signed_out"])
        desk.until(lambda: bool(desk.logger.recorder.met))
        desk.hold("READY", 1_000)
        desk.until(lambda: desk.states()[-1] == "not_ready")
        desk.hold("READY", 80)
        desk.until(lambda: desk.states() == ["signed_out", "not_ready", "ready"])
        session = desk.logger.ports.links()[0].session
        assert session is not None
        desk.until(lambda: session.status is not None and session.status.q == 0)
        assert any(isinstance(one, IntervalsChanged) for one in desk.notices)
        assert UnitChanged(desk.uid) in desk.notices
    with open_store(tmp_path, write=False) as store:
        assert [one.state for one in store.intervals()][-1] == "ready"
        assert store.units()[0].seat == "01" and store.units()[0].confirmed


def test_events_without_a_host_arrive_when_the_cable_is_back(tmp_path: Path, fleet: Fleet) -> None:
    member = next(iter(fleet.members.values()))
    address = virtual.serve_tcp(member.unit)
    number = int(address.rpartition(":")[2])
    with logging_of(tmp_path, fleet, [address]) as desk:
        fleet.power_on()
        desk.until(lambda: desk.states() == ["signed_out"] and desk.connected())
        virtual.unplug(member.unit)
        desk.until(lambda: not desk.connected())
        desk.hold("READY", 1_000)
        virtual.serve_tcp(member.unit, number)
        desk.until(lambda: "not_ready" in desk.states())
        assert "unknown" not in desk.states()


def test_unit_that_comes_back_at_another_port_is_the_same_unit(
    tmp_path: Path, fleet: Fleet
) -> None:
    member = next(iter(fleet.members.values()))
    first = virtual.serve_tcp(member.unit)
    second = "socket://127.0.0.1:" + str(free_port())
    with logging_of(tmp_path, fleet, [first, second]) as desk:
        fleet.power_on()
        desk.until(lambda: desk.states() == ["signed_out"] and desk.connected())
        virtual.unplug(member.unit)
        desk.until(lambda: not desk.connected())
        virtual.serve_tcp(member.unit, int(second.rpartition(":")[2]))
        desk.until(
            lambda: [one.address for one in desk.logger.links() if one.connected] == [second]
        )
        desk.hold("READY", 1_000)
        desk.until(lambda: desk.states()[-1] == "not_ready")
        desk.logger.name_unit(desk.uid, "A7")
        assert len(desk.logger.store.units()) == 1 and not desk.logger.alarms.is_on(
            "twins", desk.uid
        )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number: int = taken.getsockname()[1]
    return number


def test_power_cut_begins_another_boot_on_the_same_port(tmp_path: Path, fleet: Fleet) -> None:
    with logging_of(tmp_path, fleet, fleet.addresses) as desk:
        fleet.power_on()
        desk.until(lambda: desk.states() == ["signed_out"])
        desk.member.cut_power()
        desk.member.power_on()
        desk.until(lambda: len({one.boot for one in desk.logger.store.events()}) == 2)
        desk.until(desk.connected)


def test_released_port_is_free_with_the_unit_at_its_prompt(tmp_path: Path, fleet: Fleet) -> None:
    with logging_of(tmp_path, fleet, fleet.addresses) as desk:
        fleet.power_on()
        desk.until(desk.connected)
        assert desk.logger.release_port(desk.member.address, repl=True)
        line = port.open_port(desk.member.address)
        seen = b""
        while b">>> " not in seen:
            line.write(b"\r")
            seen += line.read(500)
        line.close()
        # a REPL that nobody types to says nothing, so there is no word of it to wait for
        desk.logger.take_port(desk.member.address)


def test_changed_list_of_agents_is_read_without_a_restart(
    tmp_path: Path, fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    with logging_of(tmp_path, fleet, fleet.addresses) as desk:
        file = tmp_path / "agents.csv"
        file.write_text(
            "id,name,team,level\n1001,李晓,热线组,solo\n1002,王芳,热线组,solo\n", "utf-8"
        )
        desk.until(lambda: [one.id for one in desk.logger.store.agents()] == ["1001", "1002"])
        file.write_text("broken", "utf-8")
        desk.until(lambda: "agents.csv" in caplog.text)
        assert len(desk.logger.store.agents()) == 2
        (alarm,) = desk.logger.alarms.active()
        assert alarm.word == "agents" and "agents.csv" in alarm.sentence("zh")
        file.write_text("id,name,team,level\n1003,赵敏,热线组,solo\n", "utf-8")
        desk.until(lambda: desk.logger.alarms.active() == [])
        assert [one.alarm.word for one in desk.notices if isinstance(one, Alarmed)] == [
            "agents"
        ] * 2


def test_mistake_in_the_list_of_agents_keeps_no_logger_from_starting_again(tmp_path: Path) -> None:
    file = tmp_path / "agents.csv"
    for text, words in (
        ("id,name,team,level\n1001,李晓,热线组,solo\n", []),
        ("id,name\n1001,李晓\n1001,李晓\n", ["agents"]),
    ):
        file.write_text(text, "utf-8")
        logger = Logger(tmp_path, Settings())
        logger.start()
        try:
            assert [alarm.word for alarm in logger.alarms.active()] == words
            assert [one.id for one in logger.store.agents(listed_only=True)] == ["1001"]
        finally:
            logger.stop()


def test_mistake_in_the_list_of_holidays_is_an_alarm_until_it_is_put_right(
    tmp_path: Path, fleet: Fleet
) -> None:
    file = tmp_path / "holidays.csv"
    file.write_text("date,kind\n2026-11-31,holiday\n", "utf-8")
    with logging_of(tmp_path, fleet, []) as desk:
        (alarm,) = desk.logger.alarms.active()
        assert alarm.word == "holidays"
        for language, where in (("zh", "第 2 行"), ("en", "line 2")):
            sentence = alarm.sentence(language)
            assert "holidays.csv" in sentence and where in sentence
        file.write_text("date,kind\n2026-11-30,holiday\n", "utf-8")
        desk.until(lambda: desk.logger.alarms.active() == [])


def test_mistake_in_the_first_list_of_agents_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "agents.csv").write_text("broken", "utf-8")
    with pytest.raises(DeskunitError) as caught:
        Logger(tmp_path, Settings()).start()
    assert caught.value.key == "table_header"


def test_disk_that_takes_nothing_is_an_alarm_until_it_does_again(
    tmp_path: Path, fleet: Fleet
) -> None:
    with logging_of(tmp_path, fleet, fleet.addresses) as desk:
        alarms = desk.logger.alarms
        with full_disk():
            fleet.power_on()
            desk.until(lambda: any(alarms.is_on(word) for word in STORE_WORDS))
            assert list(desk.logger.store.events()) == []
            with pytest.raises(DeskunitError):
                desk.logger.name_unit(desk.uid, "A7")
        desk.until(lambda: alarms.active() == [])
        desk.until(lambda: desk.states() == ["signed_out"] and desk.connected())
        assert desk.logger.store.units()[0].seat == "01", "the virtual seat was not lost with it"


def test_second_logger_on_the_folder_is_refused(tmp_path: Path, fleet: Fleet) -> None:
    with logging_of(tmp_path, fleet, []):
        second = Logger(tmp_path, Settings())
        with pytest.raises(DeskunitError) as caught:
            second.start()
        assert caught.value.key == "data_locked"


def test_named_by_another_command_while_it_runs(tmp_path: Path, fleet: Fleet) -> None:
    with logging_of(tmp_path, fleet, fleet.addresses) as desk:
        fleet.power_on()
        desk.until(desk.connected)
        desk.logger.name_unit(desk.uid, "A7")
        assert desk.logger.store.units()[0].seat == "A7"
        with pytest.raises(DeskunitError) as caught:
            desk.logger.name_unit("000000000000", "A8")
        assert caught.value.key == "unknown_unit"


def test_virtual_units_keep_their_uids_in_a_folder(tmp_path: Path) -> None:
    first = uids(tmp_path, 2)
    for uid in first:
        (tmp_path / "virtual" / uid).mkdir(parents=True)
    assert uids(tmp_path, 3)[:2] == first and uids(tmp_path, 1) == first[:1]
    assert all(len(uid) == 12 and uid.startswith("76") for uid in uids(tmp_path, 3))
