"""What may be said over the log: each rule by itself, on rows that are written down."""

import dataclasses
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from deskunit.correction import Correction, Said
from deskunit.corrections import rules
from deskunit.corrections.rules import Around, Wish
from deskunit.errors import DeskunitError
from deskunit.intervals import Interval
from msgspec.structs import replace

UID, OTHER = "a4cf12b3d0e8", "b4cf12b3d0e8"
MIN = 60_000
T = 1_795_305_600_000  # 2026-11-22 00:00 UTC
NOW = T + 60 * MIN
FIRST, SECOND = f"{UID}-1-2", f"{UID}-1-9"


def row(seq: int, state: str, start: int, end: int | None, **others: Any) -> Interval:
    """Minutes after T; of agent 1001's sign-in unless it says otherwise."""
    mine = {} if state == "signed_out" else {"agent_id": "1001", "sign_in": FIRST}
    about = {"uid": UID, **mine, **others}
    return Interval(
        boot="1",
        seq=seq,
        state=state,
        start_ms=start * MIN,
        start_utc_ms=T + start * MIN,
        cause="button",
        end_utc_ms=None if end is None else T + end * MIN,
        duration_ms=None if end is None else (end - start) * MIN,
        **about,
    )


# Signed in from 5 to 30; a second sign-in from 35 on, of 1002, is still running at 60.
DAY = [
    row(1, "signed_out", 0, 5),
    row(2, "not_ready", 5, 8, reason_code=90),
    row(3, "ready", 8, 12),
    row(4, "talking", 12, 15, call_no=1),
    row(5, "hold", 15, 16, call_no=1, hold_no=1),
    row(6, "talking", 16, 18, call_no=1),
    row(7, "unknown", 18, 20),
    row(8, "ready", 20, 30),
    row(9, "signed_out", 30, 35),
    row(10, "not_ready", 35, 40, reason_code=0, agent_id="1002", sign_in=SECOND),
    row(11, "ready", 40, None, agent_id="1002", sign_in=SECOND),
]


def made(number: int, start: int, end: int, uid: str = UID, **said: Any) -> Correction:
    return Correction(number, uid, T + start * MIN, T + end * MIN, "supervisor", "why", NOW, **said)


def around(start: int, end: int, active: tuple[Correction, ...] = (), **others: Any) -> Around:
    first, last = T + start * MIN, T + end * MIN
    beneath = rules.touching(DAY, first, last)
    own = next((one.sign_in for one in rules.touching(DAY, first, first + 1)), None)
    near = [one for one in active if one.start_utc_ms < last and one.end_utc_ms >= first]
    about = {
        "beneath": beneath,
        "sign_in": [one for one in DAY if own is not None and one.sign_in == own],
        "active": near,
        "elsewhere": [],
        "agents": frozenset({"1001", "1002", "1003"}),
        "is_confirmed": True,
        "now_utc_ms": NOW,
        "zone": ZoneInfo("UTC"),
    }
    return Around(**{**about, **others})


def refused(
    start: int, end: int, active: tuple[Correction, ...] = (), /, **said: Any
) -> tuple[str, dict[str, object]] | None:
    """Why it may not be said of these minutes; None: it may."""
    beside = {name: said.pop(name) for name in tuple(said) if name in Around.__dataclass_fields__}
    try:
        wish = Wish(UID, T + start * MIN, T + end * MIN, **said)
        rules.check(wish, around(start, end, active, **beside))
    except DeskunitError as error:
        assert error.sentence("en") and error.sentence("zh") and error.exit_code == 2
        return error.key, error.values
    return None


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (8, 12, {"state": "talking"}),  # a whole row
        (9, 10, {"state": "not_ready", "reason_code": 1}),  # inside one
        (9, 25, {"state": "ready"}),  # over several
        (18, 20, {"state": "talking"}),  # unknown inside a sign-in
        (17, 21, {"state": "wrap_up"}),
        (5, 30, {"state": "ready"}),  # the whole sign-in
        (35, 40, {"state": "ready"}),  # in a running one
        (45, 60, {"state": "not_ready", "reason_code": 0}),  # up to now in a running state
        (25, 30, {"state": "signed_out"}),  # forgotten, in a row
        (18, 30, {"state": "signed_out"}),  # over several
        (5, 30, {"state": "signed_out"}),  # nobody was there at all
        (5, 30, {"agent_id": "1003"}),
        (5, 8, {"reason_code": 2}),
        (6, 7, {"reason_code": 55}),
        (13, 14, {"state": "hold"}),  # inside a call
        (18, 20, {"state": "hold"}),  # right behind it, nothing heard
    ],
)
def test_what_may_be_said(start: int, end: int, said: dict[str, Any]) -> None:
    assert refused(start, end, **said) is None


@pytest.mark.parametrize(
    ("start", "end", "said", "why"),
    [
        (8, 12, {}, "correction_nothing"),
        (8, 12, {"state": "ready", "agent_id": "1003"}, "correction_who_or_what"),
        (5, 8, {"reason_code": 2, "agent_id": "1003"}, "correction_who_or_what"),
        (8, 12, {"state": "unknown"}, "correction_state"),
        (8, 12, {"state": "busy"}, "correction_state"),
        (8, 12, {"state": "not_ready", "reason_code": 12}, "correction_reason"),
        (8, 12, {"state": "talking", "reason_code": 1}, "correction_reason_of"),
        (5, 30, {"agent_id": "9999"}, "correction_agent"),
        (5, 30, {"agent_id": "?"}, "correction_agent"),
        (12, 12, {"state": "ready"}, "correction_empty"),
        (12, 10, {"state": "ready"}, "correction_empty"),
        (45, 61, {"state": "not_ready", "reason_code": 0}, "correction_future"),
        (2, 4, {"state": "ready"}, "correction_outside"),
        (4, 6, {"state": "ready"}, "correction_outside"),
        (30, 36, {"state": "ready"}, "correction_outside"),
        (28, 31, {"state": "talking"}, "correction_beyond"),
        (28, 36, {"state": "talking"}, "correction_beyond"),
        (25, 28, {"state": "signed_out"}, "correction_not_to_end"),
        (45, 60, {"state": "signed_out"}, "correction_running"),
        (35, 60, {"agent_id": "1003"}, "correction_running"),
        (6, 30, {"agent_id": "1003"}, "correction_not_whole"),
        (5, 29, {"agent_id": "1003"}, "correction_not_whole"),
        (5, 30, {"agent_id": "1001"}, "correction_same"),
        (8, 12, {"state": "ready"}, "correction_same"),
        (5, 8, {"reason_code": 90}, "correction_same"),
        (5, 8, {"state": "not_ready", "reason_code": 90}, "correction_same"),
        (7, 9, {"reason_code": 2}, "correction_not_not_ready"),
        (18, 20, {"reason_code": 2}, "correction_not_not_ready"),
        (8, 12, {"state": "hold"}, "correction_no_call"),
        (9, 10, {"state": "wrap_up"}, "correction_no_call"),
        (5, 6, {"state": "hold"}, "correction_no_call"),
        (20, 21, {"state": "hold"}, "correction_no_call"),  # behind unknown, not behind the call
    ],
)
def test_what_may_not_be_said(start: int, end: int, said: dict[str, Any], why: str) -> None:
    found = refused(start, end, **said)
    assert found is not None and found[0] == why


def test_an_unconfirmed_unit_has_no_corrections() -> None:
    found = refused(8, 12, state="talking", is_confirmed=False)
    assert found == ("correction_unconfirmed", {"uid": UID})


@pytest.mark.parametrize(
    ("start", "end", "number"),
    [(9, 11, 3), (8, 12, 3), (11, 14, 3), (6, 9, 3), (7, 21, 3), (19, 22, 4)],
)
def test_another_correction_is_not_overlapped_and_is_named(
    start: int, end: int, number: int
) -> None:
    active = (made(3, 8, 12, state="talking"), made(4, 20, 21, state="not_ready", reason_code=1))
    key, values = refused(start, end, active, state="not_ready", reason_code=2) or ("", {})
    assert (key, values["number"]) == ("correction_overlaps", number)


def test_beside_another_correction_and_on_another_unit_there_is_room() -> None:
    active = (made(3, 8, 10, state="talking"), made(4, 8, 30, OTHER, state="talking"))
    assert refused(10, 12, active, state="talking") is None
    assert refused(5, 8, active, state="ready") is None


def test_hold_and_wrap_up_follow_a_call_that_was_itself_corrected() -> None:
    call = made(3, 8, 10, state="talking")
    assert refused(10, 11, (call,), state="hold") is None
    assert refused(10, 11, (call,), state="wrap_up") is None
    assert refused(11, 12, (call,), state="hold") is not None  # ready lies between
    undone = made(4, 16, 18, state="ready")
    assert refused(18, 20, (undone,), state="wrap_up") is not None


def test_hold_does_not_follow_wrap_up() -> None:
    after = made(3, 8, 10, state="wrap_up")
    assert refused(10, 11, (after,), state="hold") is not None
    assert refused(10, 11, (after,), state="wrap_up") is None


def elsewhere(start: int, end: int | None, **others: Any) -> Interval:
    about = {"uid": OTHER, "agent_id": "1003", "sign_in": f"{OTHER}-1-1", **others}
    return row(1, "ready", start, end, **about)


@pytest.mark.parametrize(
    ("rows", "active", "where"),
    [
        ([elsewhere(20, 40)], (), OTHER),
        ([elsewhere(0, 6)], (), OTHER),
        ([elsewhere(29, None)], (), OTHER),
        ([row(10, "ready", 20, 25, agent_id="1003", sign_in=SECOND)], (), UID),  # the clock was set
        ([], (made(7, 10, 20, OTHER, agent_id="1003"),), OTHER),
        ([elsewhere(20, 40)], (made(7, 25, 40, OTHER, state="signed_out"),), OTHER),
        ([elsewhere(20, 40)], (made(7, 22, 40, OTHER, state="talking"),), OTHER),
    ],
)
def test_nobody_is_signed_in_twice(
    rows: list[Interval], active: tuple[Correction, ...], where: str
) -> None:
    key, values = refused(5, 30, active, agent_id="1003", elsewhere=rows) or ("", {})
    assert (key, values["agent"], values["uid"]) == ("correction_twice", "1003", where)


@pytest.mark.parametrize(
    ("rows", "active"),
    [
        ([elsewhere(30, 40)], ()),
        ([elsewhere(0, 5)], ()),
        ([elsewhere(20, 40)], (made(7, 20, 40, OTHER, agent_id="1002"),)),  # given to somebody else
        ([elsewhere(20, 40)], (made(7, 20, 40, OTHER, state="signed_out"),)),  # was not there
        ([], (made(7, 30, 40, OTHER, agent_id="1003"),)),
    ],
)
def test_one_after_the_other_is_not_twice(
    rows: list[Interval], active: tuple[Correction, ...]
) -> None:
    assert refused(5, 30, active, agent_id="1003", elsewhere=rows) is None


def test_what_the_clocks_cannot_tell_apart_is_not_twice() -> None:
    at_the_end = replace(elsewhere(29, 40), start_utc_ms=T + 30 * MIN - 40, time_error_ms=50)
    assert refused(5, 30, agent_id="1003", elsewhere=[at_the_end]) is None
    assert refused(5, 30, agent_id="1003", elsewhere=[replace(at_the_end, time_error_ms=30)])


def test_sentences_name_moments_in_the_zone_of_the_site() -> None:
    _, values = refused(28, 36, state="talking", zone=ZoneInfo("Asia/Shanghai")) or ("", {})
    assert values == {"start": "2026-11-22 08:05:00", "end": "2026-11-22 08:30:00"}


# --- what a correction makes of the log ----------------------------------------------------------

READY = Said("ready", None, "1001", FIRST)
BREAK = Said("not_ready", 1, "1001", FIRST)


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        ({"state": "talking"}, READY, Said("talking", None, "1001", FIRST)),
        ({"state": "talking"}, BREAK, Said("talking", None, "1001", FIRST)),
        ({"state": "not_ready", "reason_code": 1}, READY, BREAK),
        ({"state": "signed_out"}, READY, Said("signed_out")),
        ({"agent_id": "1003"}, BREAK, Said("not_ready", 1, "1003", FIRST)),
        ({"reason_code": 2}, BREAK, Said("not_ready", 2, "1001", FIRST)),
        ({"reason_code": 2}, READY, READY),  # late events made it ready: there is no reason to give
        ({"state": "talking"}, Said("signed_out"), Said("signed_out")),  # nobody's time stays so
        ({"agent_id": "1003"}, Said("unknown"), Said("unknown")),
    ],
)
def test_what_holds_instead(said: dict[str, Any], before: Said, after: Said) -> None:
    assert made(1, 0, 1, **said).instead(before) == after


def signed_in_ms(rows: list[tuple[Said, int]]) -> tuple[int, int]:
    """Both sides of the invariant: the time of each sign-in's states, and of the sign-ins."""
    states = sum(ms for said, ms in rows if said.state != "signed_out" and said.agent_id)
    return states, sum(ms for said, ms in rows if said.sign_in is not None)


@pytest.mark.parametrize(
    "state", ["signed_out", "not_ready", "ready", "talking", "hold", "wrap_up"]
)
def test_the_states_add_up_whatever_is_said(state: str) -> None:
    one = made(1, 0, 60, state=state)
    rows = [(rules.said(row), row.duration_ms or 0) for row in DAY]
    before = signed_in_ms(rows)
    after = signed_in_ms([(one.instead(said), ms) for said, ms in rows])
    assert before[0] == before[1] > 0 and after[0] == after[1]
    assert after == ((0, 0) if state == "signed_out" else before)


# --- when the log beneath changes ----------------------------------------------------------------


def stale(one: Correction, rows: list[Interval]) -> bool:
    first, last = one.start_utc_ms, one.end_utc_ms
    of_it = [row for row in rows if row.sign_in == FIRST]
    return rules.is_stale(one, rules.touching(rows, first, last), of_it)


def said_of(start: int, end: int, **said: Any) -> Correction:
    one = made(1, start, end, **said)
    return dataclasses.replace(
        one, beneath=rules.said_in_turn(rules.touching(DAY, one.start_utc_ms, one.end_utc_ms))
    )


def test_late_events_beneath_make_it_stale_and_other_ones_do_not() -> None:
    one = said_of(18, 20, state="talking")
    assert one.beneath == (Said("unknown", None, "1001", FIRST),)
    assert not stale(one, DAY)
    buffered = [row(7, "hold", 18, 19, call_no=1), row(8, "ready", 19, 30)]
    assert stale(one, [*DAY[:6], *buffered, *DAY[8:]])
    assert stale(one, [replace(row, sign_in=SECOND) if row.sign_in else row for row in DAY])
    assert stale(one, [row for row in DAY if row.sign_in != FIRST])
    moved = replace(DAY[10], state="talking")
    assert not stale(one, [*DAY[:10], moved])


def test_a_row_that_only_ends_or_moves_a_little_is_the_same() -> None:
    one = said_of(8, 12, state="talking")
    moved = [replace(row, start_utc_ms=row.start_utc_ms + 7, time_error_ms=9) for row in DAY]
    assert not stale(dataclasses.replace(one, start_utc_ms=one.start_utc_ms + 8), moved)


def test_who_sat_there_and_a_forgotten_sign_out_depend_on_the_whole_sign_in() -> None:
    longer = [*DAY[:7], replace(DAY[7], end_utc_ms=T + 33 * MIN), *DAY[9:]]
    earlier = [DAY[0], replace(DAY[1], start_utc_ms=T + 4 * MIN), *DAY[2:]]
    out, who = said_of(25, 30, state="signed_out"), said_of(5, 30, agent_id="1003")
    assert not stale(out, DAY) and not stale(who, DAY)
    assert stale(out, longer) and stale(who, longer)
    assert not stale(out, earlier) and stale(who, earlier)
