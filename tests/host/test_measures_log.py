"""The measures over a real store: the cable that was pulled, a night shift, a night of 25 hours."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from deskunit import measures
from deskunit.events import Event
from deskunit.measures import Every, Measures, Period, by
from deskunit.state_log.piece import Piece
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.store import Store, open_store
from paper_unit import event

UID, BOOT = "a4cf12b3d0e8", "41-9f3c77e1"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: ZoneInfo = SHANGHAI, fold: int = 0) -> int:
    wall = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return int(wall.timestamp() * 1000)


TEN = at("2026-11-23 10:00")
BOOTED = TEN - 3_600_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=BOOTED)
        yield store


def told(store: Store, booted: int, *states: tuple[int, str]) -> int:
    """Commit states at their instants; returns the last seq."""
    store.begin_boot(
        UID, BOOT, fw="1", reset_cause="PWRON", offset_ms=booted, error_ms=3, now_utc_ms=booted
    )
    first = event(UID, BOOT, 1, 5, "boot", {"rst": "PWRON", "fw": "1"})
    rest = [st(seq, utc_ms - booted, to) for seq, (utc_ms, to) in enumerate(states, 2)]
    store.commit([first, *rest], states[-1][0])
    return len(rest) + 1


def st(seq: int, ms: int, to: str) -> Event:
    body: dict[str, object] = {"to": to, "by": "btn"}
    if to != "signed_out":
        body["ag"] = "1001"
    if to in ("talking", "hold"):
        body["call"] = 1
    if to == "hold":
        body["hold"] = 1
    if to == "not_ready":
        body["rc"] = 90
    return event(UID, BOOT, seq, ms, "st", body)


def log(store: Store, now: int) -> list[Piece]:
    return list(pieces(store, Query(SHANGHAI), now))


def unplugged(store: Store) -> int:
    """In talking since 9:58; a last heartbeat at 10:00:02.000."""
    seq = told(store, BOOTED, (TEN - 180_000, "not_ready"), (TEN - 120_000, "talking"))
    store.heard(UID, BOOT, TEN + 2_000 - BOOTED, seq, "talking", TEN + 2_000)
    store.silent(UID, TEN + 17_000)
    return seq


def test_back_with_a_buffered_hold_nothing_is_unknown(store: Store) -> None:
    seq = unplugged(store)
    back = TEN + 180_000
    store.commit([st(seq + 1, TEN + 70_000 - BOOTED, "hold")], back)
    store.heard(UID, BOOT, back - BOOTED, seq + 1, "hold", back)
    *_, talking, hold = found = log(store, back)
    assert [one.state for one in found] == ["signed_out", "not_ready", "talking", "hold"]
    assert (talking.end_utc_ms, talking.end_inferred) == (TEN + 70_000, False)
    assert (hold.start_utc_ms, hold.end_utc_ms) == (TEN + 70_000, back)
    after = measures.measured(found, period=Period(TEN, back))
    assert after.state_ms["talking"] == 70_000 and after.state_ms["hold"] == 110_000
    assert (after.unknown_ms, after.difference_ms) == (0, 0)


def test_without_a_buffer_the_call_is_cut_and_the_rest_is_unknown(store: Store) -> None:
    seq = unplugged(store)
    back = TEN + 180_000
    late = st(seq + 5, back - BOOTED, "ready")
    store.commit([event(UID, BOOT, late.seq, late.ms, "st", dict(late.body), oldest=True)], back)
    found = log(store, back + 60_000)
    talking, unknown = found[2], found[3]
    assert (talking.state, unknown.state) == ("talking", "unknown")
    # lost events: nobody knows what the state was after the last event
    assert talking.end_inferred and talking.end_utc_ms == unknown.start_utc_ms
    assert measures.measured(found).calls_cut == 1


def test_silent_to_the_end_talking_ends_at_the_last_heartbeat(store: Store) -> None:
    unplugged(store)
    back = TEN + 180_000
    found = log(store, back)
    talking, unknown = found[-2:]
    assert (talking.end_utc_ms, talking.end_inferred) == (TEN + 2_000, True)
    assert (unknown.start_utc_ms, unknown.end_utc_ms) == (TEN + 2_000, back)
    after = measures.measured(found, period=Period(TEN, back))
    assert after.figure("unknown_time").value == 178
    assert (after.state_ms["talking"], after.difference_ms) == (2_000, 0)
    (call,) = measures.calls(found)
    assert (call.ending, call.is_complete, call.end_utc_ms) == ("cut", False, TEN + 2_000)


def test_restarted_without_its_buffer_178_seconds_are_unknown(store: Store) -> None:
    unplugged(store)
    back, boot = TEN + 180_000, "42-00000001"
    store.begin_boot(
        UID, boot, fw="1", reset_cause="PWRON", offset_ms=back - 500, error_ms=3, now_utc_ms=back
    )
    snapshot = {"rst": "PWRON", "fw": "1", "st": "talking", "ag": "1001", "call": 1}
    resumed = {"to": "talking", "by": "btn", "ag": "1001", "call": 1, "rs": 1}
    store.commit(
        [event(UID, boot, 1, 5, "boot", snapshot), event(UID, boot, 2, 500, "st", resumed)], back
    )
    found = log(store, back + 60_000)
    talking, unknown, after = found[-3:]
    assert (talking.state, talking.end_utc_ms, talking.end_inferred) == (
        "talking",
        TEN + 2_000,
        True,
    )
    assert (unknown.state, unknown.duration_ms, after.state) == ("unknown", 178_000, "talking")
    assert measures.measured(found).figure("unknown_time").value == 178
    assert measures.check_invariant(measures.measured(found)) == 0


# -- nights


def ready_ms(found: dict[measures.Group, Measures], zone: ZoneInfo) -> dict[str, int]:
    return {
        datetime.fromtimestamp(group.start_utc_ms / 1000, zone).strftime("%d %H:%M"): one.state_ms[
            "ready"
        ]
        for group, one in found.items()
        if one.state_ms["ready"]
    }


NIGHT = Period(at("2026-11-22 00:00"), at("2026-11-25 00:00"))


@pytest.mark.parametrize(
    ("every", "day_start_min", "wanted"),
    [
        (None, 0, {"22 00:00": 1_800_000}),
        ("day", 0, {"23 00:00": 600_000, "24 00:00": 1_200_000}),
        ("day", 300, {"23 05:00": 1_800_000}),
        ("30min", 0, {"23 23:30": 600_000, "24 00:00": 1_200_000}),
        ("15min", 0, {"23 23:45": 600_000, "24 00:00": 900_000, "24 00:15": 300_000}),
    ],
)
def test_ready_over_midnight_by_period_day_business_day_and_interval(
    store: Store, every: Every | None, day_start_min: int, wanted: dict[str, int]
) -> None:
    start = at("2026-11-23 22:00")
    told(
        store,
        start - 60_000,
        (start, "not_ready"),
        (at("2026-11-23 23:50"), "ready"),
        (at("2026-11-24 00:20"), "not_ready"),
        (at("2026-11-24 06:00"), "signed_out"),
    )
    found = by(
        log(store, at("2026-11-24 07:00")),
        period=NIGHT,
        every=every,
        zone=SHANGHAI,
        day_start_min=day_start_min,
    )
    assert ready_ms(found, SHANGHAI) == wanted
    assert sum(one.signed_in_ms for one in found.values()) == 8 * 3_600_000
    assert {one.difference_ms for one in found.values()} == {0}


def test_berlin_in_the_night_of_25_hours(store: Store) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = at("2026-10-25 02:55", berlin)
    end = at("2026-10-25 02:05", berlin, fold=1)
    told(
        store,
        start - 120_000,
        (start - 60_000, "not_ready"),
        (start, "talking"),
        (end, "not_ready"),
        (end + 60_000, "signed_out"),
    )
    day = Period(at("2026-10-25 00:00", berlin), at("2026-10-26 00:00", berlin))
    assert day.to_utc_ms - day.from_utc_ms == 25 * 3_600_000
    found = log(store, end + 120_000)
    hours = by(found, period=day, every="hour", zone=berlin)
    assert [one.state_ms["talking"] for one in hours.values()] == [300_000, 300_000]
    assert measures.measured(found, period=day).figure("average_handle_time").value == 600
