"""Corrections from the desk to the measures: the log as corrected, the untouched one, and what adds up."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from callback_paper import SHANGHAI
from correction_paper import AGENTS, OTHER, UID, open_morning
from deskunit.corrections.desk import CorrectionDesk
from deskunit.corrections.orders import Order
from deskunit.corrections.rows import Row
from deskunit.errors import DeskunitError
from deskunit.measures import check_invariant, measured, sign_ins
from deskunit.reasons import REASONS
from deskunit.state_log.piece import Piece
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.states import SIGNED_OUT, UNIT_STATES
from deskunit.store import Store, open_store
from paper_unit import Begin, Event, Heard, PaperUnit, Silent, Word

LIVES = range(5)
PARTS = 5


def log(store: Store, now_utc_ms: int, *, raw: bool = False) -> list[Piece]:
    return list(pieces(store, Query(SHANGHAI, is_raw=raw), now_utc_ms))


def seconds(rows: Sequence[Piece]) -> dict[str, float]:
    """State → its seconds."""
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        found[row.state] += row.duration_ms / 1000
    return dict(found)


def test_the_log_is_corrected_the_raw_one_is_not_and_a_withdrawal_brings_it_back(
    tmp_path: Path,
) -> None:
    with open_morning(tmp_path) as morning:
        before = log(morning.store, morning.now)
        assert seconds(before) == {
            "not_ready": 900.25, "ready": 2400.15, "talking": 240, "hold": 60, "signed_out": 1799.6,
        }  # fmt: skip
        morning.say("09:25", state="not_ready", reason_code=2)
        morning.say("09:15", "09:17", state="wrap_up")
        morning.say("09:50", state="signed_out")
        after = log(morning.store, morning.now)
        assert seconds(after) == {
            "not_ready": 900.25, "ready": 1679.75, "talking": 240, "hold": 60, "wrap_up": 120,
            "signed_out": 2400,
        }  # fmt: skip
        assert [
            (row.correction, row.state, row.original_state) for row in after if row.correction
        ] == [
            (2, "wrap_up", "ready"),
            (1, "not_ready", "not_ready"),
            (3, "signed_out", "ready"),
        ]
        assert log(morning.store, morning.now, raw=True) == before
        for number in (1, 2, 3):
            morning.desk.write(Order("supervisor", "was right", number))
        assert log(morning.store, morning.now) == before


def test_the_measures_follow_and_their_foot_still_says_nothing_is_missing(tmp_path: Path) -> None:
    with open_morning(tmp_path) as morning:
        figures = measured(log(morning.store, morning.now))
        assert (figures.signed_in_ms, check_invariant(figures)) == (3_600_400, 0)
        morning.say("09:15", "09:17", state="wrap_up")
        morning.say("09:50", state="signed_out")
        figures = measured(log(morning.store, morning.now))
        assert (figures.signed_in_ms, check_invariant(figures)) == (3_000_000, 0)
        assert (figures.talk_ms, figures.hold_ms) == (240_000, 60_000)
        assert (figures.state_ms["wrap_up"], figures.state_ms["ready"]) == (120_000, 1_679_750)


def test_states_without_length_go_with_their_sign_in(tmp_path: Path) -> None:
    with open_morning(tmp_path) as morning:
        minute = 60_000
        morning.tell(
            *(OTHER, "1002", (0, "not_ready", {"rc": 90}), (minute, "ready", {})),
            *((minute, "talking", {"call": 1}), (9 * minute, "wrap_up", {"call": 1})),
            *((9 * minute, "ready", {}), (20 * minute, "not_ready", {"rc": 0})),
            *((20 * minute, "signed_out", {}), (20 * minute, "not_ready", {"rc": 90})),
            (30 * minute, "signed_out", {}),
        )
        raw = [row for row in log(morning.store, morning.now) if row.uid == OTHER]
        assert sum(row.duration_ms == 0 for row in raw) == 4
        morning.say("09:00:00", uid=OTHER, agent_id="1003")
        of_whom = {
            whom: list(pieces(morning.store, Query(SHANGHAI, agents=(whom,)), morning.now))
            for whom in ("1002", "1003")
        }
        assert {row.sign_in for row in of_whom["1003"]} == {raw[0].sign_in}
        assert {row.sign_in for row in of_whom["1002"]} == {raw[-2].sign_in}
        for whom, rows in of_whom.items():
            (one,) = sign_ins(rows)
            assert (one.agent_id, check_invariant(measured(rows))) == (whom, 0)


def test_another_agent_takes_all_of_the_sign_in_along(tmp_path: Path) -> None:
    with open_morning(tmp_path) as morning:
        morning.say("09:25", agent_id="1003")
        rows = log(morning.store, morning.now)
        assert {(row.agent_id, row.original_agent_id) for row in rows if row.sign_in} == {
            ("1003", "1001")
        }
        theirs = Query(SHANGHAI, agents=("1003",))
        assert (
            sum(row.duration_ms for row in pieces(morning.store, theirs, morning.now)) == 3_600_400
        )
        own = Query(SHANGHAI, agents=("1001",))
        assert list(pieces(morning.store, own, morning.now)) == []


class Floor:
    """A unit on paper tells its life in parts; between them somebody corrects at random what is there."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.chance = store, random.Random(seed)
        self.now = 0
        self.made = 0
        self.desk = CorrectionDesk(store, SHANGHAI, lambda: self.now)
        self.life = PaperUnit(UID, seed, losses=True).live(60)
        self._begun: dict[str, Begin] = {}

    def tell(self, words: Sequence[Word]) -> None:
        """Events in groups, of heartbeats in a row the last: every commit is a durable one."""
        for kind, run in groupby(words, key=type):
            told = list(run)
            if kind is Event:
                events = [word for word in told if isinstance(word, Event)]
                for word in events:
                    self._pass(word.boot, word.ms)
                self.store.commit(events, self.now)
            for word in told[-1:] if kind is Heard else told:
                self._hear(word)

    def _hear(self, word: Word) -> None:
        if isinstance(word, Begin):
            self._begun[word.boot] = word
            self._pass(word.boot, 0)
            self.store.begin_boot(UID, word.boot, fw="1", reset_cause="PWRON",
                                  now_utc_ms=self.now, offset_ms=word.offset_ms)  # fmt: skip
        elif isinstance(word, Silent):
            self.store.silent(UID, self.now)
        elif isinstance(word, Heard):
            self._pass(word.boot, word.ms)
            self.store.heard(UID, word.boot, word.ms, word.top_seq, word.state, self.now)

    def _pass(self, boot: str, ms: int) -> None:
        self.now = max(self.now, self._begun[boot].offset_ms + ms)

    def correct(self) -> None:
        """Something about a row or a span; the rules refuse much of it."""
        rows = list(self.store.intervals())
        if not rows:
            return
        row, other = self.chance.choice(rows), self.chance.choice(rows)
        span = sorted((self._moment(row.start_utc_ms), self._moment(other.start_utc_ms)))
        end = self.chance.choice((None, span[1], span[0] + 90_000))
        state = self.chance.choice((*UNIT_STATES, SIGNED_OUT, None))
        code = self.chance.choice([*REASONS]) if state in ("not_ready", None) else None
        order = Order("supervisor", "why", None, UID, span[0], end, state, code)
        if self.chance.random() < 0.15:
            agent = self.chance.choice(AGENTS).id
            order = Order("supervisor", "why", None, UID, span[0], agent_id=agent)
        with suppress(DeskunitError):
            self.desk.write(order)
            self.made += 1

    def withdraw(self) -> None:
        held = self.store.corrections()
        if held and self.chance.random() < 0.3:
            self.desk.write(Order("supervisor", "no", self.chance.choice(held).number))

    def _moment(self, utc_ms: int) -> int:
        return utc_ms + self.chance.choice((0, 0, 1, 999, 20_000, 61_000))


def of_sign_ins(rows: Sequence[Piece]) -> dict[str | None, int]:
    """sign_in → the time of its states, unknown included."""
    found: dict[str | None, int] = defaultdict(int)
    for row in rows:
        if row.is_signed_in:
            found[row.sign_in] += row.duration_ms
    return dict(found)


@contextmanager
def lived(folder: Path, seed: int) -> Iterator[Floor]:
    with open_store(folder, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=0)
        store.set_agents(AGENTS)
        floor = Floor(store, seed)
        step = len(floor.life.words) // PARTS
        for first in range(0, len(floor.life.words), step):
            floor.tell(floor.life.words[first : first + step])
            for _ in range(10):
                floor.correct()
            floor.withdraw()
        assert floor.made > 3
        yield floor


@pytest.mark.parametrize("seed", LIVES)
def test_whatever_is_corrected_and_told_late_no_time_is_lost_or_won(
    tmp_path: Path, seed: int
) -> None:
    with lived(tmp_path, seed) as floor:
        raw, rows = log(floor.store, floor.now, raw=True), log(floor.store, floor.now)
        check_rows(raw, rows)
        check_sign_ins(raw, rows)
        assert check_invariant(measured(rows)) == check_invariant(measured(raw))
        for shown in floor.desk.list():
            check_shown(shown, rows)
        held = floor.store.corrections()
        assert all(one.end_utc_ms <= later.start_utc_ms for one, later in pairwise(held))


def check_rows(raw: Sequence[Piece], rows: Sequence[Piece]) -> None:
    """Pieces add up to their rows; the raw log knows of no correction."""
    total: dict[str, int] = defaultdict(int)
    for row in rows:
        total[row.row_id] += row.duration_ms
    assert total == {row.row_id: row.duration_ms for row in raw}
    assert all(row.correction is None for row in raw)


def check_sign_ins(raw: Sequence[Piece], rows: Sequence[Piece]) -> None:
    """A sign-in's states add up as before, but for what was said to be signed out."""
    out: dict[str | None, int] = defaultdict(int)
    sign_in_of = {row.row_id: row.sign_in for row in raw}
    for row in rows:
        if row.state == SIGNED_OUT and row.correction is not None:
            out[sign_in_of[row.row_id]] += row.duration_ms
    for sign_in, ms in of_sign_ins(raw).items():
        assert of_sign_ins(rows).get(sign_in, 0) == ms - out[sign_in]


def check_shown(shown: Row, rows: Sequence[Piece]) -> None:
    """What the desk says of a correction is what the log says of its span."""
    start, end = shown.start_utc_ms, shown.end_utc_ms
    inside = [row for row in rows if start <= row.start_utc_ms < row.end_utc_ms <= end]
    parts = [part for part in shown.parts if part.start_utc_ms < part.end_utc_ms]
    said = [(row.row_id, row.state, row.reason_code, row.agent_id) for row in inside]
    assert said == [
        (part.row_id, part.after.state, part.after.reason_code, part.after.agent_id)
        for part in parts
    ]
    touched = {row.correction for row in inside if row.correction is not None}
    assert touched <= {shown.number} and (shown.is_stale or touched)
