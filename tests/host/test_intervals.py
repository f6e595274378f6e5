"""The reducer: told cases one by one, then random lives against the truth and the invariant."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from deskunit.epochs import Epoch
from deskunit.events import Event
from deskunit.intervals import BootClock, Fold, Interval, rebuild
from paper_unit import OFF, Begin, Heard, PaperUnit, Silent, Word, event, stored

UID = "a4cf12b3d0e8"
SEEDS = range(60)


def told(words: Sequence[Word]) -> tuple[Fold, list[Interval]]:
    """The rows after hearing the words one by one, as the store hears them."""
    fold = Fold(UID)
    clocks: dict[str, BootClock] = {}
    rows: dict[str, Interval] = {}
    for word in words:
        if isinstance(word, Begin):
            clocks[word.boot] = BootClock(word.boot, word.boot_no, (Epoch(0, word.offset_ms),))
        elif isinstance(word, Event):
            clock = clocks[word.boot]
            fold.take(clock, word)
            clocks[word.boot] = replace(clock, known_ms=max(clock.known_ms, word.ms))
        elif isinstance(word, Silent):
            fold.silent()
        elif word.boot == fold.boot and word.top_seq <= fold.seq:
            fold.heard(clocks[word.boot], word.ms)
        for row_id, row in fold.changes.items():
            if row is None:
                rows.pop(row_id, None)
            else:
                rows[row_id] = row
        fold.changes.clear()
    return fold, list(rows.values())


def in_order(rows: Sequence[Interval]) -> list[Interval]:
    return sorted(rows, key=lambda row: (row.start_utc_ms, row.end_utc_ms or 10**15))


class Desk:
    """Writes the events of one unit by hand."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.boot, self.seq, self.boots = "", 0, 0

    def begin(self, boot: str, at_utc_ms: int) -> None:
        self.boots += 1
        self.boot, self.seq = boot, 0
        self.words.append(Begin(boot, self.boots, at_utc_ms))

    def on(self, boot: str, at_utc_ms: int, **snapshot: Any) -> None:
        self.begin(boot, at_utc_ms)
        self.tell(0, "boot", rst="PWRON", fw="1", **snapshot)

    def tell(self, ms: int, kind: str, *, oldest: bool = False, lost: int = 0, **body: Any) -> None:
        self.seq += 1 + lost
        self.words.append(event(UID, self.boot, self.seq, ms, kind, body, oldest or lost > 0))

    def st(self, ms: int, to: str, *, lost: int = 0, **body: Any) -> None:
        self.tell(ms, "st", lost=lost, to=to, **({"by": "btn", "ag": "1001"} | body))

    def out(self, ms: int, **body: Any) -> None:
        self.tell(ms, "st", to="signed_out", by="btn", **body)

    def heard(self, ms: int) -> None:
        self.words.append(Heard(self.boot, ms, self.seq, ""))

    def silent(self) -> None:
        self.words.append(Silent())

    def rows(self) -> list[Interval]:
        return in_order(told(self.words)[1])

    def brief(self) -> list[tuple[str, int, int | None, str | None]]:
        """state, start, end, agent."""
        return [(row.state, row.start_utc_ms, row.end_utc_ms, row.agent_id) for row in self.rows()]


@pytest.fixture
def desk() -> Desk:
    """A unit switched on at UTC 1000, signed in at 1100, ready at 1200."""
    desk = Desk()
    desk.on("1-aa", 1000)
    desk.st(100, "not_ready", rc=90)
    desk.st(200, "ready")
    return desk


def test_a_call_opens_and_closes_its_intervals(desk: Desk) -> None:
    desk.st(300, "talking", call=1)
    desk.st(400, "hold", call=1, hold=1)
    desk.st(450, "talking", call=1, nt=1)
    rows = desk.rows()
    assert [row.state for row in rows] == [
        "signed_out", "not_ready", "ready", "talking", "hold", "talking",
    ]  # fmt: skip
    hold = rows[4]
    assert (hold.start_utc_ms, hold.end_utc_ms, hold.duration_ms) == (1400, 1450, 50)
    assert (hold.call_no, hold.hold_no, hold.not_taken, hold.cause) == (1, 1, True, "button")
    assert hold.row_id == f"{UID}-1-aa-5"
    assert rows[5].end_utc_ms is None and rows[5].duration_ms is None and not rows[5].not_taken


def test_a_sign_in_is_known_by_its_first_event(desk: Desk) -> None:
    desk.out(300)
    desk.st(400, "not_ready", rc=90, ag="1002")
    signed_out, first, ready, out, second = desk.rows()
    assert first.sign_in == ready.sign_in == first.row_id
    assert second.sign_in == second.row_id
    assert signed_out.sign_in is None and out.sign_in is None and out.agent_id is None


def test_a_late_reason_holds_for_the_whole_interval(desk: Desk) -> None:
    desk.st(300, "not_ready", rc=0)
    desk.tell(350, "rsn", of=4, rc=2)
    desk.st(900, "ready")
    row = desk.rows()[3]
    assert (row.state, row.reason_code, row.start_utc_ms, row.end_utc_ms) == (
        "not_ready", 2, 1300, 1900,
    )  # fmt: skip


def test_a_reason_names_its_interval_and_no_other(desk: Desk) -> None:
    desk.st(300, "not_ready", rc=0)
    desk.st(400, "not_ready", rc=1)
    desk.tell(450, "rsn", of=4, rc=2)
    assert [row.reason_code for row in desk.rows()[3:]] == [0, 1]


@pytest.mark.parametrize(
    ("by", "cause"), [("btn", "button"), ("tmr", "timer"), ("host", "host"), ("boot", "boot")]
)
def test_the_cause_says_who_did_it(desk: Desk, by: str, cause: str) -> None:
    desk.st(300, "talking", by=by)
    assert desk.rows()[-1].cause == cause


def test_silence_is_unknown_from_the_last_heartbeat(desk: Desk) -> None:
    desk.heard(700)
    desk.silent()
    ready, unknown = desk.rows()[2:]
    assert (ready.state, ready.end_utc_ms, ready.end_inferred) == ("ready", 1700, True)
    assert (unknown.state, unknown.start_utc_ms, unknown.cause) == ("unknown", 1700, "inferred")
    assert unknown.row_id == f"{UID}-1-aa-3u"
    assert (unknown.agent_id, unknown.sign_in) == ("1001", ready.sign_in)


def test_the_same_boot_coming_back_closes_the_gap_with_what_it_knew(desk: Desk) -> None:
    desk.heard(700)
    desk.silent()
    desk.st(900, "talking", call=1)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1900, "1001"),
        ("talking", 1900, None, "1001"),
    ]
    assert desk.rows()[2].end_inferred is False


def test_a_heartbeat_alone_ends_the_silence(desk: Desk) -> None:
    desk.silent()
    desk.heard(5000)
    assert desk.brief()[2:] == [("ready", 1200, None, "1001")]


def test_a_power_cut_resumed_belongs_to_the_agent(desk: Desk) -> None:
    desk.heard(700)
    desk.on("2-bb", 5000, st="ready", ag="1001")
    desk.st(80, "ready", rs=1)
    desk.st(90, "talking", call=1)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1700, "1001"),
        ("unknown", 1700, 5080, "1001"),
        ("ready", 5080, 5090, "1001"),
        ("talking", 5090, None, "1001"),
    ]
    rows = desk.rows()
    assert len({row.sign_in for row in rows[1:]}) == 1
    assert rows[3].duration_ms == 3380 and not rows[3].end_inferred
    assert rows[4].resumed and not rows[5].resumed


def test_a_power_cut_not_resumed_ends_the_sign_in_at_the_last_word(desk: Desk) -> None:
    desk.heard(700)
    desk.on("2-bb", 5000, st="ready", ag="1001")
    desk.out(80)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1700, "1001"),
        ("unknown", 1700, 5080, None),
        ("signed_out", 5080, None, None),
    ]
    assert desk.rows()[3].sign_in is None


def test_a_boot_without_a_snapshot_is_signed_out(desk: Desk) -> None:
    desk.on("2-bb", 5000)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1200, "1001"),
        ("unknown", 1200, 5000, None),
        ("signed_out", 5000, None, None),
    ]
    assert desk.rows()[-1].cause == "boot"


def test_another_agent_after_a_power_cut_is_another_sign_in(desk: Desk) -> None:
    desk.on("2-bb", 5000, st="ready", ag="1001")
    desk.st(80, "not_ready", ag="1002", rc=90, rs=1)
    unknown, other = desk.rows()[3:]
    assert unknown.agent_id is None
    assert (other.agent_id, other.sign_in) == ("1002", other.row_id)


def test_lost_events_are_unknown_from_the_last_known_to_the_next_state(desk: Desk) -> None:
    desk.tell(300, "remind", hold=1, n=1)
    desk.tell(800, "refused", lost=5, b="READY", g="tap", st="hold")
    desk.st(900, "talking", call=2)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1300, "1001"),
        ("unknown", 1300, 1900, "1001"),
        ("talking", 1900, None, "1001"),
    ]
    assert desk.rows()[3].row_id == f"{UID}-1-aa-4u"


def test_a_heartbeat_does_not_make_lost_events_known(desk: Desk) -> None:
    desk.tell(800, "idle", lost=2, s=600)
    desk.heard(900)
    assert desk.brief()[2:] == [("ready", 1200, 1200, "1001"), ("unknown", 1200, None, "1001")]


def test_a_sign_in_among_lost_events_is_a_new_one(desk: Desk) -> None:
    desk.st(300, "talking", call=7)
    desk.st(900, "talking", lost=9, call=2)
    before, unknown, after = desk.rows()[3:]
    assert before.sign_in != after.sign_in and unknown.sign_in is None


def test_a_fresh_sign_in_after_lost_events_says_so_by_its_reason(desk: Desk) -> None:
    desk.st(900, "not_ready", lost=2, rc=90)
    unknown, after = desk.rows()[3:]
    assert after.sign_in == after.row_id and unknown.sign_in is None


def test_a_resumption_that_was_lost_is_not_assumed(desk: Desk) -> None:
    desk.on("2-bb", 5000, st="ready", ag="1001")
    desk.st(900, "talking", lost=1, call=1)
    unknown, after = desk.rows()[3:]
    assert after.sign_in == after.row_id and unknown.agent_id is None


def test_silence_and_then_loss_counts_from_the_last_event(desk: Desk) -> None:
    desk.heard(700)
    desk.silent()
    desk.st(900, "talking", lost=3, call=1)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1200, "1001"),
        ("unknown", 1200, 1900, "1001"),
        ("talking", 1900, None, "1001"),
    ]


def test_the_first_word_ever_may_come_late() -> None:
    desk = Desk()
    desk.begin("1-aa", 1000)
    desk.tell(500, "remind", lost=40, hold=1, n=1)
    desk.st(700, "talking", call=3)
    assert desk.brief() == [("unknown", 1500, 1700, None), ("talking", 1700, None, "1001")]


def test_words_of_a_newer_firmware_make_the_state_unknown(desk: Desk) -> None:
    desk.st(300, "napping")
    desk.heard(400)
    assert desk.brief()[2:] == [("ready", 1200, 1300, "1001"), ("unknown", 1300, None, "1001")]


def test_a_boot_that_the_clock_puts_a_little_too_early_begins_at_the_last_word(desk: Desk) -> None:
    desk.heard(700)
    desk.on("2-bb", 1650)
    desk.st(100, "not_ready", rc=90)
    assert desk.brief()[2:] == [
        ("ready", 1200, 1700, "1001"),
        ("unknown", 1700, 1700, None),
        ("signed_out", 1700, 1750, None),
        ("not_ready", 1750, None, "1001"),
    ]
    assert desk.rows()[4].duration_ms == 100


HOUR_MS = 3_600_000


@pytest.mark.parametrize("by_ms", [HOUR_MS, -HOUR_MS])
def test_a_step_of_the_clock_shows_between_rows_and_never_in_one(by_ms: int) -> None:
    clock = BootClock(
        "1-aa", 1, (Epoch(0, 10_000_000, error_ms=5), Epoch(3_000, 10_000_000 + by_ms))
    )
    fold = Fold(UID)
    for seq, (ms, to) in enumerate([(1_000, "ready"), (2_000, "talking"), (5_000, "wrap_up")], 1):
        body = {"to": to, "by": "btn", "ag": "1001"}
        fold.take(clock, event(UID, "1-aa", seq, ms, "st", body))
    ready, talking, wrap_up = (row for row in fold.changes.values() if row is not None)
    assert ready.end_utc_ms == talking.start_utc_ms == 10_002_000
    assert (talking.end_utc_ms, talking.duration_ms, talking.time_error_ms) == (
        10_005_000,
        3_000,
        6,
    )
    assert wrap_up.start_utc_ms == 10_005_000 + by_ms


def test_a_boot_that_an_hours_step_puts_earlier_stays_there(desk: Desk) -> None:
    desk.heard(700)
    desk.on("2-bb", 1700 - HOUR_MS)
    assert desk.brief()[0] == ("signed_out", 1700 - HOUR_MS, None, None)
    assert ("unknown", 1700, 1700, None) in desk.brief()


def test_a_clock_that_is_corrected_a_little_never_turns_the_order_of_rows() -> None:
    clock = BootClock("1-aa", 1, (Epoch(0, 1_000, error_ms=5), Epoch(2_000, 980, error_ms=5)))
    fold = Fold(UID)
    for seq, ms in enumerate([1_995, 2_005, 2_100], 1):
        body = {"to": "ready", "by": "btn", "ag": "1001"}
        fold.take(clock, event(UID, "1-aa", seq, ms, "st", body))
    starts = [row.start_utc_ms for row in fold.changes.values() if row is not None]
    assert starts == [2_995, 2_995, 3_080]
    assert fold.open is not None and fold.open.time_error_ms == 5


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("losses", [False, True])
def test_a_rebuild_gives_the_same_rows(seed: int, losses: bool) -> None:
    unit = PaperUnit(UID, seed, losses).live(120)
    fold, rows = told(unit.words)
    again = Fold(UID)
    rebuilt: dict[str, Interval | None] = {}
    for _, changes in rebuild(again, stored(unit.words)):
        rebuilt |= changes
    assert {row.row_id: row for row in rows} == {k: row for k, row in rebuilt.items() if row}
    assert again == fold
    assert len({row.row_id for row in rows}) == len(rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_leave_no_hole_and_do_not_overlap(seed: int) -> None:
    unit = PaperUnit(UID, seed, losses=True).live(120)
    rows = in_order(told(unit.words)[1])
    assert len(rows) > 50
    for earlier, later in pairwise(rows):
        assert earlier.end_utc_ms == later.start_utc_ms
        assert earlier.duration_ms == earlier.end_utc_ms - earlier.start_utc_ms >= 0
    assert rows[-1].end_utc_ms is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_states_of_a_sign_in_add_up_to_its_time(seed: int) -> None:
    unit = PaperUnit(UID, seed, losses=True).live(120)
    by_sign_in: dict[str, list[Interval]] = defaultdict(list)
    for row in in_order(told(unit.words)[1]):
        if row.sign_in is not None and row.end_utc_ms is not None:
            by_sign_in[row.sign_in].append(row)
    assert by_sign_in
    for key, rows in by_sign_in.items():
        assert rows[0].row_id == key
        assert len({row.agent_id for row in rows}) == 1
        signed_in_ms = (rows[-1].end_utc_ms or 0) - rows[0].start_utc_ms
        assert sum(row.duration_ms or 0 for row in rows) == signed_in_ms
        assert all(row.state != "signed_out" for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("losses", [False, True])
def test_the_record_tells_the_truth_or_says_unknown(seed: int, losses: bool) -> None:
    unit = PaperUnit(UID, seed, losses).live(120)
    starts = [at_utc_ms for at_utc_ms, _, _ in unit.truth]
    known = 0
    for row in told(unit.words)[1]:
        end_utc_ms = unit.utc_ms if row.end_utc_ms is None else row.end_utc_ms
        if row.state == "unknown" or end_utc_ms <= row.start_utc_ms:
            continue
        known += 1
        for at_utc_ms in {row.start_utc_ms, (row.start_utc_ms + end_utc_ms) // 2, end_utc_ms - 1}:
            _, state, agent = unit.truth[bisect_right(starts, at_utc_ms) - 1]
            assert state != OFF
            assert (row.state, row.agent_id or "") == (state, agent)
    assert known > 20


@pytest.mark.parametrize("seed", range(5))
def test_without_losses_nothing_is_unknown(seed: int) -> None:
    unit = PaperUnit(UID, seed, losses=False).live(120)
    rows = in_order(told(unit.words)[1])
    assert all(row.state != "unknown" and not row.end_inferred for row in rows)
    assert [(row.start_utc_ms, row.state) for row in rows] == [
        (at_utc_ms, state) for at_utc_ms, state, _ in unit.truth
    ]
