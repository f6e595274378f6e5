"""What the store says of an event's time, against what is true: drift, steps, outages, unheard boots."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from deskunit.clock import Sync
from deskunit.store import Store, open_store
from paper_unit import event
from timed_unit import START_UTC_MS, UID, World

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
STEPS_MS = (1_000, -1_000, HOUR_MS, -HOUR_MS, DAY_MS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, write=True) as opened:
        yield opened


def is_sound(world: World) -> None:
    """All is stored, no time is further off than it says, and a rebuild gives the same."""
    store = world.store
    assert world.held == [] and len(list(store.events())) == len(world.told)
    assert world.wrong() == []
    before = list(store.intervals())
    rebuilt = store.rebuild(UID)
    assert (rebuilt.changed, rebuilt.dropped) == ([], [])
    assert list(store.intervals()) == before


def errors(world: World, boot: str) -> list[int]:
    told = [one for one in world.told if one.boot == boot]
    return [world.store.moment(UID, boot, one.ms).error_ms for one in told]


def qualities(world: World, boot: str) -> set[str]:
    told = [one for one in world.told if one.boot == boot]
    return {world.store.moment(UID, boot, one.ms).quality for one in told}


@pytest.mark.parametrize("ppm", [-100, -50, 50, 100])
def test_twelve_hours_of_drift_stay_within_a_small_error_by_few_rows(
    store: Store, ppm: float
) -> None:
    chance = random.Random(ppm)
    sync = Sync()

    def unit_ms(true_ms: float) -> int:
        return int(true_ms * (1 + ppm / 1e6))

    for true_ms in range(1_000, 12 * HOUR_MS, 30_000):
        for probe in range(5):
            sent_ms = true_ms + 50.0 * probe
            there_ms = sent_ms + chance.uniform(0.2, 8)
            back_ms = there_ms + chance.uniform(0.2, 8)
            stamps = (unit_ms(there_ms), unit_ms(there_ms))
            sync.add(int(sent_ms), *stamps, int(back_ms), START_UTC_MS)
        reading = sync.finish()
        assert reading is not None
        store.read_clock(UID, "1-aa", reading, START_UTC_MS)
        if true_ms % 300_000 == 1_000:
            at_ms = true_ms + chance.randint(300, 29_000)
            seq = true_ms // 300_000 + 1
            if seq == 1:
                store.begin_boot(UID, "1-aa", fw="1", reset_cause="", now_utc_ms=START_UTC_MS)
            told = event(UID, "1-aa", seq, unit_ms(at_ms), "remind", {"hold": 1, "n": 1})
            store.commit([told], START_UTC_MS)
            at = store.moment(UID, "1-aa", told.ms)
            assert abs(at.utc_ms - START_UTC_MS - at_ms) <= at.error_ms <= 25
    assert abs(sync.slope_ppb / 1000 + ppm) < 2
    assert len(list(store.events())) == 144 and len(store.epochs(UID, "1-aa")) <= 15


@pytest.mark.parametrize("by_ms", STEPS_MS)
def test_host_clock_set_in_a_session(store: Store, by_ms: int) -> None:
    world = World(store, 1, ppm=40)
    world.plug()
    world.live(12 * MINUTE_MS, 10_000)
    world.set_clock(by_ms)
    world.live(5 * MINUTE_MS, 10_000)
    is_sound(world)
    assert sorted(errors(world, world.boot))[-3] < 40, "only what came with the step is unsure"
    rows = sorted(store.intervals(), key=lambda row: row.start_ms)
    gaps = [b.start_utc_ms - (a.end_utc_ms or 0) for a, b in pairwise(rows)]
    assert [gap for gap in gaps if gap] == [pytest.approx(by_ms, abs=50)]
    closed = [row for row in rows if row.end_utc_ms is not None]
    assert all(
        abs((row.end_utc_ms or 0) - row.start_utc_ms - (row.duration_ms or 0)) < 50
        for row in closed
    )


@pytest.mark.parametrize("by_ms", STEPS_MS)
def test_host_clock_set_while_nobody_listened(store: Store, by_ms: int) -> None:
    world = World(store, 2, ppm=-60)
    world.plug()
    world.live(20 * MINUTE_MS, 20_000)
    world.unplug()
    world.live(10 * MINUTE_MS)
    world.set_clock(by_ms)
    world.live(10 * MINUTE_MS)
    world.new_recorder()
    world.plug()
    world.live(5 * MINUTE_MS, 20_000)
    is_sound(world)
    assert qualities(world, world.boot) == {"synced", "bounded"}
    assert errors(world, world.boot)[-1] < 40


@pytest.mark.parametrize("ppm", [-100, -50, 50, 100])
@pytest.mark.parametrize("before_ms", [MINUTE_MS, 20 * MINUTE_MS])
def test_cable_out_for_three_hours_is_drawn_as_a_line(
    store: Store, ppm: float, before_ms: int
) -> None:
    world = World(store, 3, ppm)
    world.plug()
    world.live(before_ms)
    world.unplug()
    world.live(3 * HOUR_MS)
    world.plug()
    world.live(5 * MINUTE_MS)
    is_sound(world)
    assert max(errors(world, world.boot)) < 100, "without the line it would be a second"


@pytest.mark.parametrize("ppm", [-100, 100])
def test_cable_out_and_then_the_power_grows_less_sure(store: Store, ppm: float) -> None:
    world = World(store, 4, ppm)
    world.plug()
    world.live(2 * MINUTE_MS)
    world.unplug()
    world.live(3 * HOUR_MS)
    old = world.boot
    world.power_on(after_ms=MINUTE_MS)
    world.plug()
    world.live(2 * MINUTE_MS)
    is_sound(world)
    grown = errors(world, old)
    assert grown == sorted(grown) and grown[0] < 30 and 900 < grown[-1] < 1200


def test_first_sync_after_hours_also_dates_what_was_before(store: Store) -> None:
    world = World(store, 5, ppm=100)
    world.live(3 * HOUR_MS)
    world.plug()
    world.live(MINUTE_MS)
    is_sound(world)
    assert qualities(world, world.boot) == {"synced"}
    assert errors(world, world.boot)[0] > 1000 > 30 > errors(world, world.boot)[-1]


@pytest.mark.parametrize("unheard", [1, 3])
@pytest.mark.parametrize("known_before", [True, False])
def test_boots_that_nobody_heard_stand_between_their_neighbours(
    store: Store, unheard: int, known_before: bool
) -> None:
    world = World(store, 6, ppm=30)
    if known_before:
        world.plug()
        world.live(5 * MINUTE_MS)
        world.unplug()
    else:
        world.told.clear(), world.held.clear()
    boots = []
    for _ in range(unheard):
        world.power_on(after_ms=10 * MINUTE_MS)
        boots.append(world.boot)
        world.live(20 * MINUTE_MS)
    world.power_on(after_ms=10 * MINUTE_MS)
    world.plug()
    world.live(5 * MINUTE_MS)
    is_sound(world)
    for boot in boots:
        assert qualities(world, boot) == {"bounded"}
        if known_before:
            assert max(errors(world, boot)) < (unheard + 1) * 11 * MINUTE_MS / 2
    assert qualities(world, world.boot) == {"synced"}
    starts = [row.start_utc_ms for row in store.intervals()]
    assert starts == sorted(starts)
    order = [row.boot for row in store.intervals() if row.state != "unknown"]
    assert list(dict.fromkeys(order))[-unheard - 1 :] == [*boots, world.boot]


def test_computer_that_slept_is_no_step(store: Store) -> None:
    world = World(store, 7, ppm=20)
    world.plug()
    world.live(15 * MINUTE_MS)
    slept_ms = 2 * HOUR_MS  # the monotonic clock stood still, the unit's and UTC did not
    world.set_by_ms += slept_ms
    world.unit_fast_ms += slept_ms * (1 + world.ppm / 1e6)
    world.in_session = False
    world.press()
    world.live(5 * MINUTE_MS)
    is_sound(world)
    assert qualities(world, world.boot) == {"synced"} and max(errors(world, world.boot)) < 100


@pytest.mark.parametrize("seed", range(6))
def test_random_lives(store: Store, seed: int) -> None:
    world = World(store, seed, ppm=random.Random(seed).uniform(-100, 100), wander_ppm=3)
    world.plug()
    for _ in range(12):
        world.live(world.chance.randint(1_000, 10 * MINUTE_MS), 15_000)
        mishap(world)
    world.plug()
    world.live(2 * MINUTE_MS, 15_000)
    is_sound(world)


def mishap(world: World) -> None:
    """One of what happens. Not: a clock that is set while nobody listens to a boot that then ends."""
    what = world.chance.choice(["set", "unplug", "power", "logger"])
    if what == "unplug":
        world.unplug()
    elif what == "set" and world.session is not None:
        world.set_clock(world.chance.choice([*STEPS_MS, 300]))
    elif what == "set" and not world.held_of_older_boots:
        world.set_clock(world.chance.choice([*STEPS_MS, 2_000]))
        world.plug()
        world.live(5_000)
    elif what == "power":
        world.power_on(after_ms=world.chance.randint(1_000, HOUR_MS))
    elif what == "logger":
        world.new_recorder()
        world.plug()
