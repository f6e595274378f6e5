"""A script pack from the host to the unit's flash in virtual time, while an agent works: the real
interpreter behind a wire of 115 200 baud, with pulled cables, power cuts, bit errors and a full flash.

The product's session, recorder and store stand on the host's side; the oracle is the unit's own word.
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit.effects import PackEnded
from deskunit.packs import Pack, checked_pack
from deskunit.scripts.encoding import HEADER
from deskunit.store import Store, open_store
from deskunit.virtual import Fact, VirtualUnit
from deskunit.virtual.truth import Made

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))

from pack_of_size import pack_of_size  # noqa: E402
from play import UID, Play  # noqa: E402
from real_host import RealHost  # noqa: E402

WORK = ("tap BUSY", "+0.7s", "tap HOLD", "+0.9s", "tap HOLD", "tap READY", "tap READY")
SIZE = 20_000


@pytest.fixture(scope="module")
def tree() -> Path:
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    return ROOT / "build" / "virtual"


class Desk:
    """A unit with an agent signed in, and the host. `made`: every event that the firmware made."""

    def __init__(self, tree: Path, store: Store) -> None:
        self.store = store
        self.made: dict[tuple[str, int], str] = {}
        self.unit = VirtualUnit(tree, UID, time="virtual", seed=1, baud=115_200, truth=True)
        self.unit.on_truth = self._take
        self.unit.power_on()
        self.play = Play(self.unit)
        self.play.host = self.host = RealHost(store, self.unit)
        self.play._pass(4_000)
        for line in ("long READY", "tap READY"):
            self.play._line(line)

    def _take(self, fact: Fact) -> None:
        if isinstance(fact, Made):
            self.made[fact.boot, fact.seq] = fact.line

    def work(self, until_ms: int) -> None:
        """The agent takes calls until the pack has ended, or for so long."""
        end_ms = self.unit.now_ms + until_ms
        while self.unit.now_ms < end_ms and not self.ends:
            for line in WORK:
                self.play._line(line)

    def push(self, pack: Pack) -> None:
        self.host.packs.clear()
        self.host.pack = pack

    def pull_cable(self, for_ms: int) -> None:
        self.host.on = False
        self.play._pass(for_ms)
        self.host.lost()
        self.host.on = True

    @property
    def ends(self) -> list[str | None]:
        return [
            one.error and one.error.key for one in self.host.packs if isinstance(one, PackEnded)
        ]

    @property
    def offset(self) -> int:
        return max(
            (one.offset for one in self.host.packs if not isinstance(one, PackEnded)), default=0
        )

    def check_nothing_lost(self) -> None:
        self.host.pack = None
        self.play._pass(15_000)
        stored = {(one.boot, one.seq): one.line for one in self.store.events(uid=UID)}
        assert stored
        assert stored == {key: line for key, line in self.made.items() if key in stored}
        boot = next(reversed(self.made))[0]
        assert [key for key in self.made if key[0] == boot and key not in stored] == []
        assert not self.store.gaps() and not self.store.quarantine()

    def speaks(self) -> str | None:
        """The sum of the pack that the unit speaks from, as it told."""
        (unit,) = self.store.units()
        return unit.pack.crc if unit.pack else None


@pytest.fixture
def desk(tree: Path, tmp_path: Path) -> Iterator[Desk]:
    with open_store(tmp_path, write=True) as store:
        desk = Desk(tree, store)
        yield desk
        desk.unit.close()


def test_a_pack_comes_while_the_agent_works_and_nothing_is_lost(desk: Desk) -> None:
    pack = pack_of_size(SIZE)
    built_in = desk.speaks()
    desk.push(pack)
    desk.work(60_000)
    assert desk.ends == [None] and len(desk.made) > 12
    desk.check_nothing_lost()
    assert desk.speaks() == pack.crc != built_in


def test_a_cable_that_is_pulled_is_gone_on_from(desk: Desk) -> None:
    pack = pack_of_size(SIZE)
    desk.push(pack)
    desk.work(3_000)
    had = desk.offset
    assert 4096 < had < SIZE and desk.ends == []
    desk.pull_cable(20_000)
    desk.host.packs.clear()
    desk.work(60_000)
    assert desk.ends == [None]
    assert desk.host.packs[0].offset >= had  # type: ignore[union-attr]
    desk.check_nothing_lost()
    assert desk.speaks() == pack.crc


def test_a_power_cut_leaves_the_old_pack_and_the_rest_is_sent(desk: Desk) -> None:
    pack = pack_of_size(2 * SIZE)
    built_in = desk.speaks()
    desk.push(pack)
    desk.work(5_000)
    desk.play._pass(1_000)
    had = desk.offset // 4096 * 4096
    assert had > 0 and desk.ends == []
    desk.play._line("cut")
    desk.host.packs.clear()
    for line in ("+1s", "power", "+3s"):
        desk.play._line(line)
    assert desk.speaks() == built_in and desk.ends == []
    desk.play._pass(60_000)
    assert desk.ends == [None]
    assert desk.host.packs[0].offset >= had  # type: ignore[union-attr]
    desk.check_nothing_lost()
    assert desk.speaks() == pack.crc


def test_bit_errors_on_the_wire_cost_time_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    write, receive = desk.unit.write, desk.host.receive
    flipped = 0

    def noisy(data: bytes) -> bytes:
        nonlocal flipped
        hit = bytearray(data)
        for at in range(len(hit)):
            if chance.random() < 0.0008:  # one byte in 1 250: every tenth frame
                hit[at] ^= 1 << chance.randrange(8)
                flipped += 1
        return bytes(hit)

    monkeypatch.setattr(desk.unit, "write", lambda data: write(noisy(data)))
    monkeypatch.setattr(desk.host, "receive", lambda data: receive(noisy(data)))
    pack = pack_of_size(SIZE)
    desk.push(pack)
    desk.work(120_000)
    assert desk.ends == [None] and flipped > 20
    monkeypatch.undo()
    desk.check_nothing_lost()
    assert desk.speaks() == pack.crc


def test_a_full_flash_is_told_and_the_unit_goes_on(desk: Desk) -> None:
    built_in = desk.speaks()
    desk.push(pack_of_size(SIZE))
    desk.work(3_000)
    desk.unit.fail_flash(28)
    desk.work(30_000)
    assert desk.ends == ["push_flash"]
    desk.unit.fail_flash(None)
    desk.check_nothing_lost()
    assert desk.speaks() == built_in


def test_a_finger_on_a_button_holds_flash_back_and_no_more(desk: Desk) -> None:
    pack = pack_of_size(SIZE)
    desk.push(pack)
    desk.play._line("down BUSY")
    desk.play._pass(6_000)
    assert desk.offset == 0 and desk.ends == []
    desk.play._line("up BUSY")
    desk.play._pass(30_000)
    assert desk.ends == [None] and desk.speaks() == pack.crc


def test_a_pack_that_the_unit_has_already_is_not_sent_again(desk: Desk) -> None:
    pack = pack_of_size(SIZE)
    for _ in range(2):
        desk.push(pack)
        begun_ms = desk.unit.now_ms
        desk.play._pass(1)
        while not desk.ends:
            desk.play._pass(100)
        took_ms = desk.unit.now_ms - begun_ms
        desk.host.pack = None
        desk.play._pass(100)
    assert took_ms < 1_000 and desk.speaks() == pack.crc


def test_what_the_unit_cannot_use_is_refused_in_the_users_words(desk: Desk) -> None:
    built_in = desk.speaks()
    pack = pack_of_size(SIZE)
    fields = list(HEADER.unpack_from(pack.data))
    fields[1] += 1
    newer = HEADER.pack(*fields) + pack.data[HEADER.size :]
    for wrong, key in (
        (Pack("zh", "9", pack.crc, newer), "push_format"),
        (Pack("fr", "9", pack.crc, pack.data), "push_language"),
        (Pack("zh", "9", pack.crc, pack.data + bytes(1_880_000)), "push_no_room"),
    ):
        desk.push(wrong)
        desk.play._pass(10_000)
        assert desk.ends == [key]
    desk.check_nothing_lost()
    assert desk.speaks() == built_in
    assert checked_pack(pack.data, "x") == pack


def test_what_flash_has_of_a_pack_outlives_the_program_behind_the_unit(
    tree: Path, tmp_path: Path
) -> None:
    pack = pack_of_size(SIZE)
    offsets: list[int] = []
    with open_store(tmp_path, write=True) as store:
        for wait_ms in (6_000, 20_000):
            with VirtualUnit(
                tree, UID, time="virtual", flash=tmp_path / "flash", baud=115_200
            ) as unit:
                unit.power_on()
                play = Play(unit)
                play.host = host = RealHost(store, unit)
                host.pack = pack
                play._pass(wait_ms)
                moved = [one.offset for one in host.packs if not isinstance(one, PackEnded)]
                offsets += [moved[0], moved[-1]]
        assert 4096 < offsets[1] < SIZE
        assert offsets[2] == offsets[1] // 4096 * 4096
        assert isinstance(host.packs[-1], PackEnded) and host.packs[-1].error is None
        assert (tmp_path / "flash" / "zh.site").read_bytes() == pack.data
