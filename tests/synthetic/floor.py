"""Makes the data folder of a synthetic call floor: a month or a day of it, the same for the same seed.

`python tests/synthetic/floor.py FOLDER --agents 50 --days 30 --seed 1`; what is in it: README.md here.
"""

import argparse
import csv
import itertools
import random
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from agent_day import AgentDay, found
from desk_unit import DeskUnit, Promise
from deskunit.agents import Agent
from deskunit.store import Store, open_store
from pouring import Pouring
from rota import ZONE, Shift, people, rota
from truth import Truth

FIRST = date(2026, 11, 1)
A_DAY = date(2026, 11, 12)
# Of all shifts; at least one of each where there are ten shifts.
SHARES = {"cut_resumed": 0.02, "cut_left": 0.01, "cable": 0.02, "gap": 0.01,
          "lunch_ready": 0.03, "no_sign_out": 0.015, "overlap": 0.005}  # fmt: skip
SETTINGS = f"""language = "zh"

[host]
zone = "{ZONE}"
"""


def make_month(
    folder: Path, seed: int = 1, agents: int = 50, days: int = 30, first: date = FIRST
) -> Truth:
    """Write `days` days from `first` into `folder`: deskunit.db, agents.csv, roster.csv, settings.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    staff = people(agents, chance)
    shifts = rota(staff, first, days, chance)
    truth = Truth(seed, ZONE, _midnight(first), _midnight(first + timedelta(days=days)), shifts)
    units = _lived(shifts, truth, chance)
    _write_lists(folder, staff, shifts)
    with open_store(folder, write=True) as store:
        _pour(store, staff, units, truth)
    return truth


def make_day(folder: Path, seed: int = 1, agents: int = 50) -> Truth:
    """One working day of the same floor."""
    return make_month(folder, seed, agents, days=1, first=A_DAY)


def _lived(shifts: Sequence[Shift], truth: Truth, chance: random.Random) -> list[DeskUnit]:
    """The units after all shifts were worked at them."""
    ids = itertools.count(1)
    seats = sorted({shift.seat for shift in shifts})
    units = {seat: DeskUnit(f"a4cf12{number:06x}", seat, truth, chance, ids)
             for number, seat in enumerate(seats, 1)}  # fmt: skip
    for unit in units.values():
        unit.power_on(truth.from_utc_ms - chance.randint(60_000, 3_600_000))
    promised: dict[str, list[Promise]] = {}
    for shift, mishap in zip(shifts, _mishaps(len(shifts), chance), strict=True):
        unit = units[shift.seat]
        _signed_out_elsewhere(shift, units.values())
        _switched_off(unit, shift, chance)
        mine = promised.setdefault(shift.agent, [])
        AgentDay(unit, shift, chance, mishap, mine).work()
    for unit in units.values():
        _end(unit)
    return list(units.values())


def _mishaps(count: int, chance: random.Random) -> list[str]:
    """What goes wrong in each shift, mostly nothing."""
    wrong = [kind for kind, share in SHARES.items() for _ in range(max(1, round(share * count)))]
    found = [*wrong, *[""] * max(0, count - len(wrong))][:count] if count >= 10 else [""] * count
    chance.shuffle(found)
    return found


def _signed_out_elsewhere(shift: Shift, units: Iterable[DeskUnit]) -> None:
    """Who left a desk without signing out and signs in at another is signed out there by the host."""
    for unit in units:
        is_left = unit.left is not None and unit.left[:2] == ("no_sign_out", shift.agent)
        if is_left and unit.seat != shift.seat:
            at_utc_ms = max(shift.comes_utc_ms + 1_500, unit.now_utc_ms + 1_000)
            found(unit, at_utc_ms)
            unit.end(at_utc_ms, "host")


def _switched_off(unit: DeskUnit, shift: Shift, chance: random.Random) -> None:
    """Some switch their desk off when they go; it is on again before the next one comes."""
    pause_ms = shift.comes_utc_ms - unit.now_utc_ms
    is_left = unit.state == "signed_out" and unit.seq > 2 and pause_ms > 4 * 3_600_000
    if is_left and chance.random() < 0.12:
        unit.power_off(unit.now_utc_ms + chance.randint(30_000, 300_000))
        unit.power_on(shift.comes_utc_ms - chance.randint(700_000, 1_500_000))


def _end(unit: DeskUnit) -> None:
    """A minute after the month (or the last press): a heartbeat, and who is still signed in."""
    at_utc_ms = max(unit.truth.to_utc_ms, unit.now_utc_ms) + 60_000
    if unit.left is not None:
        found(unit, at_utc_ms)
    unit.heartbeat(at_utc_ms)


def _pour(store: Store, staff: Sequence[Agent], units: Sequence[DeskUnit], truth: Truth) -> None:
    store.set_agents(staff)
    for unit in units:
        begun = unit.words[0].utc_ms
        store.remember_unit(unit.uid, virtual=False, now_utc_ms=begun)
        store.name_unit(unit.uid, unit.seat)
        store.confirm_unit(unit.uid)
    pouring = Pouring(store)
    pouring.pour([unit.words for unit in units])
    truth.kinds = pouring.kinds
    truth.events = pouring.kinds.total()


def _write_lists(folder: Path, staff: Sequence[Agent], shifts: Sequence[Shift]) -> None:
    (folder / "settings.toml").write_text(SETTINGS, "utf-8")
    lines = [["工号", "姓名", "班组", "级别", "座席"]]
    lines += [[one.id, one.name, one.team, one.level, ""] for one in staff]
    _write_csv(folder / "agents.csv", lines)
    planned = sorted(shifts, key=lambda one: (one.start_utc_ms, one.agent))
    roster = [["工号", "日期", "开始", "结束"], *([one.agent, *one.local] for one in planned)]
    _write_csv(folder / "roster.csv", roster)


def _write_csv(file: Path, lines: Sequence[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(lines)


def _midnight(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp()) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if (chosen.folder / "deskunit.db").exists():
        raise SystemExit(f"{chosen.folder} has a deskunit.db already: name an empty folder")
    begin_s = time.perf_counter()
    truth = make_month(chosen.folder, chosen.seed, chosen.agents, chosen.days)
    took_s = time.perf_counter() - begin_s
    sys.stdout.write(
        f"seed {truth.seed}: {truth.events} events, {len(truth.spans)} states, {len(truth.shifts)} "
        f"shifts, {len(truth.mishaps)} mishaps, {truth.callbacks.total()} callbacks; {took_s:.1f} s\n"
    )


if __name__ == "__main__":
    main()
