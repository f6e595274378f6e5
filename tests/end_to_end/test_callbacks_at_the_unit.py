"""A promise from the gesture to its closing, in virtual time: the firmware on the real interpreter, and
the product's session, recorder and store."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit.callbacks.folding import Callback
from deskunit.store import Store, open_store
from deskunit.virtual import VirtualUnit

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))

from play import UID, Play  # noqa: E402
from real_host import START_UTC_MS, RealHost  # noqa: E402

HOUR_S = 3_600
INQUIRY = ("long HOLD", *["tap BUSY"] * 5, "tap READY", "tap READY", "+1s", "tap READY", "+1s")


class Seat:
    """An agent at a unit with the host beside it."""

    def __init__(self, tree: Path, store: Store) -> None:
        self.store = store
        self.unit = VirtualUnit(tree, UID, time="virtual", seed=1)
        self.unit.power_on()
        self.play = Play(self.unit)
        self.play.host = self.host = RealHost(store, self.unit)
        self.do("+4s", "long READY", "tap READY")

    def do(self, *lines: str) -> None:
        for line in lines:
            self.play._line(line)

    def wait(self, seconds: int) -> None:
        self.play._pass(1_000 * seconds)

    def unplug(self, seconds: int, *lines: str) -> None:
        """The cable is out for so long; meanwhile the agent goes on."""
        self.host.on = False
        self.do(*lines)
        self.wait(seconds)
        self.host.lost()
        self.host.on = True
        self.wait(5)

    @property
    def utc_ms(self) -> int:
        return START_UTC_MS + self.unit.now_ms

    def agree(self, in_s: int) -> int:
        """The agent sets the time of callback 1 on the PC."""
        agreed = {"agreed_utc_ms": self.utc_ms + 1_000 * in_s}
        self.host.recorder.write_callback("agree", 1, "1001", None, agreed, self.utc_ms)
        return agreed["agreed_utc_ms"]

    def kinds(self) -> list[str]:
        """What the unit told about callbacks."""
        about = ("callback", "cb_due", "cb_quiet", "outcome")
        return [one.kind for one in self.store.events(uid=UID) if one.kind in about]

    def get(self, number: int) -> Callback:
        found = self.store.find_callback(number)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def tree() -> Path:
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    return ROOT / "build" / "virtual"


@pytest.fixture
def seat(tree: Path, tmp_path: Path) -> Iterator[Seat]:
    with open_store(tmp_path, write=True) as store:
        one = Seat(tree, store)
        yield one
        one.unit.close()


def test_dropped_call_is_due_at_once_called_back_and_closed_at_the_unit(seat: Seat) -> None:
    seat.do("tap BUSY", "long HOLD", "tap READY", "tap READY", "+1s", "tap READY")
    one = seat.get(1)
    assert (one.kind, one.owner, one.status, one.call_no) == ("dropped", "1001", "open", 1)
    seat.wait(3)
    assert seat.kinds() == ["callback", "cb_due"]
    seat.do("tap BUSY")  # silences, nothing else
    assert seat.kinds()[-1] == "cb_quiet" and seat.get(1).attempts == ()
    seat.do("tap HOLD", "tap READY", "+20s")
    (attempt,) = seat.get(1).attempts
    assert (attempt.outcome, attempt.by) == ("not_given", "1001")
    seat.do("tap READY", "tap READY", "tap READY", "+1s")
    closed = seat.get(1)
    assert (closed.status, closed.outcome, closed.satisfaction) == ("closed", "settled", "yes")
    seat.do("tap READY")
    seat.wait(400)
    assert seat.kinds() == ["callback", "cb_due", "cb_quiet", "outcome"], "nothing is due any more"
    assert seat.host.refused == []


def test_promise_while_unplugged_counts_from_the_press_and_falls_due_when_agreed(
    seat: Seat,
) -> None:
    seat.do("tap BUSY")
    press_utc_ms = seat.utc_ms
    seat.unplug(2 * HOUR_S, *INQUIRY)
    one = seat.get(1)
    assert (one.kind, one.owner) == ("inquiry", "1001")
    assert 0 <= one.taken_utc_ms - press_utc_ms <= 10_000, "the seven presses of the menu"
    assert seat.utc_ms - one.taken_utc_ms >= 2 * HOUR_S * 1_000
    agreed_utc_ms = seat.agree(180)
    seat.wait(170)
    assert "cb_due" not in seat.kinds()
    seat.wait(15)
    assert seat.kinds() == ["callback", "cb_due"]
    (due,) = [one for one in seat.store.events(uid=UID) if one.kind == "cb_due"]
    at = seat.store.moment(UID, due.boot, due.ms)
    assert 0 <= at.utc_ms - agreed_utc_ms <= 2_000


def test_it_falls_due_while_the_pc_is_away_and_what_changed_there_is_told_anew(seat: Seat) -> None:
    seat.do("tap BUSY", *INQUIRY)
    seat.agree(60)
    seat.wait(3)
    seat.unplug(120)
    assert seat.kinds() == ["callback", "cb_due"], "the unit counts without a host"
    seat.do("tap BUSY")
    seat.host.recorder.write_callback("void", 1, "1001", None, {"reason": "repaired"}, seat.utc_ms)
    seat.wait(400)
    assert seat.kinds() == ["callback", "cb_due", "cb_quiet"], "it is silent for good"
