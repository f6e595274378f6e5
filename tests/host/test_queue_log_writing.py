"""The state log written as a queue_log: each line, its parameters, the order, the edges, and read back."""

import random
from dataclasses import replace

import pytest
from deskunit.queue_log.presses import presses
from deskunit.queue_log.row import parsed
from deskunit.queue_log.seat import Options
from deskunit.queue_log.visits import visits
from deskunit.queue_log.writing import lines
from deskunit.state_log.piece import Piece
from queue_floor import floor

UNIT = "a4cf12b3d0e8"
CALL = f"{UNIT}-1-3"


def piece(seq: int, state: str, start_s: int, end_s: int, uid: str = UNIT, **more: object) -> Piece:
    told: dict[str, object] = {"agent_id": "1001", "sign_in": f"{uid}-1-1", **more}
    start, end = 1000 * start_s, 1000 * end_s
    fixed = (f"{uid}-1-{seq}", 1, uid, "1", seq, state, start, end, end - start, "button")
    return Piece(*fixed, **told)  # type: ignore[arg-type]


SHIFT = [
    piece(1, "not_ready", 100, 110, reason_code=2),
    piece(2, "ready", 110, 120),
    piece(3, "talking", 120, 150, call_no=1),
    piece(4, "hold", 150, 180, call_no=1, hold_no=1),
    piece(5, "talking", 180, 190, call_no=1),
    piece(6, "wrap_up", 190, 200, call_no=1),
    piece(7, "ready", 200, 230),
    piece(8, "signed_out", 230, 300, agent_id=None, sign_in=None),
]
SHIFT_LINES = [
    f"100|NONE|NONE|Agent/1001|AGENTLOGIN|{UNIT}",
    "100|NONE|NONE|Agent/1001|PAUSEALL|meal",
    "110|NONE|NONE|Agent/1001|UNPAUSEALL|",
    f"120|{CALL}|NONE|Agent/1001|CONNECT|0|{CALL}|0",
    f"150|{CALL}|NONE|Agent/1001|CALLERONHOLD|",
    f"180|{CALL}|NONE|Agent/1001|CALLEROFFHOLD|30",
    f"190|{CALL}|NONE|Agent/1001|COMPLETEAGENT|0|70|0",
    "200|NONE|NONE|Agent/1001|UNPAUSEALL|",
    f"230|NONE|NONE|Agent/1001|AGENTLOGOFF|{UNIT}|130",
]


def test_a_shift_line_by_line() -> None:
    assert list(lines(SHIFT)) == SHIFT_LINES


def test_the_fifth_pipe_is_always_written() -> None:
    assert all(line.count("|") >= 5 for line in lines(SHIFT, Options(acw=True)))


def test_after_call_work_is_a_pause_only_when_asked_for() -> None:
    said = list(lines(SHIFT, Options(acw=True)))
    assert [line for line in said if line not in SHIFT_LINES] == [
        "190|NONE|NONE|Agent/1001|PAUSEALL|wrap_up"
    ]


def test_a_call_that_ends_while_on_hold_leaves_hold_first() -> None:
    said = list(lines([*SHIFT[:4], piece(5, "wrap_up", 180, 190, call_no=1)]))
    assert [line.split("|")[4] for line in said[-3:]] == [
        *("CALLEROFFHOLD", "COMPLETEAGENT", "AGENTLOGOFF"),
    ]


def test_the_queue_has_the_name_asked_for_and_pipes_become_underscores() -> None:
    said = list(lines(SHIFT, Options(queue="hot|line\n1")))
    assert f"120|{CALL}|hot_line_1|Agent/1001|CONNECT|0|{CALL}|0" in said
    assert "110|NONE|NONE|Agent/1001|UNPAUSEALL|" in said


def test_a_declined_hold_is_no_hold() -> None:
    declined = [replace(one, not_taken=one.state == "hold") for one in SHIFT]
    assert not [line for line in lines(declined) if "HOLD" in line]


def test_no_word_from_the_unit_is_a_pause_of_its_own_and_the_call_keeps_its_id() -> None:
    said = list(
        lines([
            *SHIFT[:3],
            piece(3, "unknown", 150, 160),
            piece(5, "talking", 160, 190, call_no=1),
            piece(6, "ready", 190, 200),
        ])
    )  # fmt: skip
    assert said[4:8] == [
        f"150|{CALL}|NONE|Agent/1001|COMPLETEAGENT|0|30|0",
        "150|NONE|NONE|Agent/1001|PAUSEALL|unknown",
        f"160|{CALL}|NONE|Agent/1001|CONNECT|0|{CALL}|0",
        f"190|{CALL}|NONE|Agent/1001|COMPLETEAGENT|0|30|0",
    ]


def test_a_call_straight_after_another_is_two() -> None:
    second = piece(4, "talking", 150, 160, call_no=2)
    said = [line.split("|")[1:5:3] for line in lines([*SHIFT[:3], second])]
    assert said[3:7] == [
        *([CALL, "CONNECT"], [CALL, "COMPLETEAGENT"]),
        *([f"{UNIT}-1-4", "CONNECT"], [f"{UNIT}-1-4", "COMPLETEAGENT"]),
    ]


def test_talking_that_only_a_correction_tells_of_is_one_call_with_the_key_of_the_exports() -> None:
    row = replace(SHIFT[6], end_utc_ms=260_000)
    parts = [
        replace(row, end_utc_ms=210_000),
        replace(row, part=2, start_utc_ms=210_000, end_utc_ms=220_000, state="talking"),
        replace(row, part=3, start_utc_ms=220_000, end_utc_ms=230_000, state="hold"),
        replace(row, part=4, start_utc_ms=230_000, end_utc_ms=240_000),
        replace(row, part=5, start_utc_ms=240_000, state="talking"),
    ]
    key = row.row_id
    assert list(lines([*SHIFT[:6], *parts]))[8:] == [
        f"210|{key}/2|NONE|Agent/1001|CONNECT|0|{key}/2|0",
        f"220|{key}/2|NONE|Agent/1001|CALLERONHOLD|",
        f"230|{key}/2|NONE|Agent/1001|CALLEROFFHOLD|10",
        f"230|{key}/2|NONE|Agent/1001|COMPLETEAGENT|0|20|0",
        "230|NONE|NONE|Agent/1001|UNPAUSEALL|",
        f"240|{key}/5|NONE|Agent/1001|CONNECT|0|{key}/5|0",
        f"260|{key}/5|NONE|Agent/1001|COMPLETEAGENT|0|20|0",
        f"260|NONE|NONE|Agent/1001|AGENTLOGOFF|{UNIT}|160",
    ]
    assert [one.key for one in presses([*SHIFT[:6], *parts])] == [CALL, f"{key}/2", f"{key}/5"]


def test_a_correction_that_puts_another_agent_there_signs_the_first_off() -> None:
    other = [replace(one, agent_id="1002") for one in SHIFT[6:7]]
    said = list(lines([*SHIFT[:6], *other, SHIFT[7]]))
    assert said[-4:] == [
        f"200|NONE|NONE|Agent/1001|AGENTLOGOFF|{UNIT}|100",
        f"200|NONE|NONE|Agent/1002|AGENTLOGIN|{UNIT}",
        "200|NONE|NONE|Agent/1002|UNPAUSEALL|",
        f"230|NONE|NONE|Agent/1002|AGENTLOGOFF|{UNIT}|30",
    ]


def test_nothing_is_made_up_at_the_edges_of_the_range() -> None:
    cut = replace(SHIFT[2], start_utc_ms=130_000, clipped_start=True)
    runs = replace(SHIFT[3], is_running=True, clipped_end=True)
    assert list(lines([cut, runs])) == [f"150|{CALL}|NONE|Agent/1001|CALLERONHOLD|"]


def test_a_row_cut_in_parts_is_told_once() -> None:
    parts = [
        replace(SHIFT[1], end_utc_ms=115_000),
        replace(SHIFT[1], part=2, start_utc_ms=115_000),
    ]
    assert list(lines([SHIFT[0], *parts, *SHIFT[2:]])) == SHIFT_LINES


def busy(from_s: int, to_s: int) -> list[Piece]:
    """Another unit that says something every 8 s."""
    starts = range(from_s, to_s, 8)
    told = (("ready", {}), ("not_ready", {"reason_code": 1}))
    return [
        piece(n, told[n % 2][0], at, at + 8, uid="b" * 12, **told[n % 2][1])
        for n, at in enumerate(starts, start=1)
    ]


def in_order(said: list[str]) -> bool:
    return said == sorted(said, key=lambda line: int(line.split("|")[0]))


def test_parts_that_come_row_by_row_are_told_in_their_order() -> None:
    """As the state log gives them: a row with all its parts, then the next row."""
    row = replace(SHIFT[6], end_utc_ms=300_000)
    parts = [
        replace(row, end_utc_ms=270_000),
        replace(row, part=2, start_utc_ms=270_000, state="not_ready", reason_code=1),
    ]
    others = sorted([*SHIFT[:6], *busy(100, 320)], key=lambda one: one.start_utc_ms)
    place = next(n for n, one in enumerate(others) if one.start_utc_ms > 200_000)
    said = list(lines([*others[:place], *parts, *others[place:]]))
    assert in_order(said) and sum("|AGENTLOGIN|" in line for line in said) == 2
    assert "270|NONE|NONE|Agent/1001|PAUSEALL|break" in said


def test_a_seat_whose_pieces_stop_is_signed_off_where_they_stopped() -> None:
    both = sorted([*SHIFT[:7], *busy(100, 900)], key=lambda one: one.start_utc_ms)
    said = list(lines(both))
    assert in_order(said) and len(said) > 100
    assert f"230|NONE|NONE|Agent/1001|AGENTLOGOFF|{UNIT}|130" in said


@pytest.mark.parametrize("seed", range(5))
def test_days_put_together_are_the_log_of_both_and_all_is_in_order(seed: int) -> None:
    pieces = floor(seed).pieces
    dice = random.Random(seed)
    at_ms = dice.randrange(pieces[0].start_utc_ms, pieces[-1].end_utc_ms) // 1000 * 1000
    whole = list(lines(pieces))
    times = [int(line.split("|")[0]) for line in whole]
    assert times == sorted(times) and len(whole) > 500
    before = [_until(one, at_ms) for one in pieces if one.start_utc_ms < at_ms]
    after = [_since(one, at_ms) for one in pieces if one.end_utc_ms > at_ms]
    halves = [*lines(before), *lines(sorted(after, key=lambda one: one.start_utc_ms))]
    assert sorted(map(_without_call, halves)) == sorted(map(_without_call, whole))


def _until(one: Piece, at_ms: int) -> Piece:
    if one.end_utc_ms <= at_ms:
        return one
    return replace(one, end_utc_ms=at_ms, clipped_end=True)


def _since(one: Piece, at_ms: int) -> Piece:
    if one.start_utc_ms >= at_ms:
        return one
    return replace(one, start_utc_ms=at_ms, clipped_start=True)


def _without_call(line: str) -> str:
    """Of a call or a sign-in that the cut went through, the second half knows its own time only."""
    fields = line.split("|")
    return "|".join((fields[0], fields[3], fields[4]))


@pytest.mark.parametrize("seed", range(5))
def test_our_own_log_is_read_back_call_by_call(seed: int) -> None:
    pieces = floor(seed).pieces
    rows = [parsed(line) for line in lines(pieces)]
    assert None not in rows
    told = {
        one.call: (one.agent, one.talk_ms, one.holds, one.hold_ms, one.ended_by)
        for one in visits(row for row in rows if row is not None)
    }
    expected: dict[str, tuple[str, int, int, int, str]] = {}
    first: dict[str | None, Piece] = {}
    for one in pieces:
        if one.state in ("talking", "hold"):
            key = first.setdefault(one.call_key, one).row_id
            _, talk_ms, holds, hold_ms, _ = expected.get(key, ("", 0, 0, 0, ""))
            is_hold = one.state == "hold"
            expected[key] = (
                f"Agent/{one.agent_id}",
                talk_ms + one.duration_ms,
                holds + is_hold,
                hold_ms + is_hold * one.duration_ms,
                "agent",
            )
    assert told == expected and len(told) > 100
