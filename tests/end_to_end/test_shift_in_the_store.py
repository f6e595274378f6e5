"""The eight-hour shift from the unit's buttons to the CSV, in virtual time: nothing lost on the way.

The unit is the virtual one on the real interpreter; session, recorder, store and export are the
product's own. Only the clock and the cable between them are the test's.
"""

import csv
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit.exports import Typed, export_states
from deskunit.store import Store, open_store
from deskunit.virtual import VirtualUnit

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
sys.path.insert(0, str(SCENARIOS))

from play import UID, Play  # noqa: E402
from real_host import START_UTC_MS, RealHost  # noqa: E402

SHIFT = (SCENARIOS / "shift-eight-hours.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Path, str]]:
    """The store after the shift, its CSV, and what the scenario expects."""
    folder = tmp_path_factory.mktemp("shift")
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    unit = VirtualUnit(ROOT / "build" / "virtual", UID, time="virtual", seed=1)
    with open_store(folder, write=True) as store:
        try:
            unit.power_on()
            player = Play(unit)
            player.host = RealHost(store, unit)
            player.run(SHIFT)
        finally:
            unit.close()
        out = folder / "states.csv"
        end_utc_ms = START_UTC_MS + unit.now_ms
        export_states(store, Typed(tz="Asia/Shanghai"), out=out, now_utc_ms=end_utc_ms)
        yield store, out, (SCENARIOS / "shift-eight-hours.exp").read_text("utf-8")


def test_the_shift_is_stored_whole_and_its_csv_tells_it(played: tuple[Store, Path, str]) -> None:
    """One test, so that no two workers play the eight hours."""
    every_event_is_stored_once(played)
    the_csv_tells_the_shift(played)
    the_states_add_up_to_the_signed_in_time(played)


def every_event_is_stored_once(played: tuple[Store, Path, str]) -> None:
    store, _, expected = played
    wanted = re.findall(r"^  1/(\d+) \S+ (\w+)", expected.partition("\nevents\n")[2], re.M)
    stored = [(str(event.seq), event.kind) for event in store.events(uid=UID)]
    assert len(stored) > 250
    assert stored == wanted
    assert not store.gaps()
    assert not store.quarantine()


def the_csv_tells_the_shift(played: tuple[Store, Path, str]) -> None:
    _, out, _ = played
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    calls = {row["call_no"] for row in rows if row["state"] == "talking"}
    assert calls == {str(n) for n in range(1, 61)}
    assert {row["agent_name"] for row in rows if row["agent_id"]} == {"王芳"}
    assert rows[0]["start_local"].startswith("2026-11-23 09:0")
    assert len({row["row_id"] for row in rows}) == len(rows)
    reasons = [row["reason"] for row in rows if row["reason_code"] in ("1", "2", "3")]
    assert len(reasons) == 4


def the_states_add_up_to_the_signed_in_time(played: tuple[Store, Path, str]) -> None:
    store, _, _ = played
    intervals = list(store.intervals())
    signed_in = [one for one in intervals if one.agent_id]
    total = defaultdict(int)
    for one in signed_in:
        total[one.state] += one.duration_ms or 0
    span_ms = (signed_in[-1].end_utc_ms or 0) - signed_in[0].start_utc_ms
    assert sum(total.values()) == span_ms
    # the host was away for a while: the unit knew, so nothing of it is unknown
    assert "unknown" not in total
    assert abs(span_ms - 8 * 3600_000) < 6 * 60_000
