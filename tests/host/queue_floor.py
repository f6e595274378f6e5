"""A simulated day of a floor, told twice: by a telephone system's queue_log and by the units. With a seed.

The two tell of the same calls, except for what `Floor` names: presses that were forgotten, presses of
calls that were none, presses that came late. The clocks differ by `skew_s`.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

from deskunit.agents import Agent
from deskunit.events import Event
from deskunit.state_log.piece import Piece
from deskunit.store import Store, open_store
from paper_unit import event

START_S = 1_764_032_400  # 2025-11-25 01:00 UTC
BOOT = "1-0000000b"
QUEUES = ("hotline", "orders")


@dataclass
class Floor:
    seed: int
    skew_s: int = 0
    log: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)  # callids without a press
    invented: set[str] = field(default_factory=set)  # keys of presses without a call
    late: dict[str, int] = field(default_factory=dict)  # callid: seconds more than usual
    calls: int = 0
    abandoned: int = 0
    in_time: int = 0  # within 20 s
    rang_out: int = 0


def floor(seed: int, *, agents: int = 5, hours: int = 4, skew_s: int = 0) -> Floor:
    """Calls one after the other at each agent, at least 60 s apart, so that the truth is one."""
    made = Floor(seed, skew_s)
    dice = random.Random(seed)
    rows: list[tuple[int, str]] = []
    for number in range(agents):
        _seat(made, dice, str(1001 + number), START_S + dice.randrange(60), hours * 3600, rows)
    _abandon(made, dice, hours * 3600, rows)
    last_s = START_S + hours * 3600 + 600
    rows.append((last_s, f"{last_s}|NONE|NONE|NONE|CONFIGRELOAD|"))
    made.log = [line for _, line in sorted(rows, key=lambda one: one[0])]
    made.pieces.sort(key=lambda one: one.start_utc_ms)
    return made


def stored(made: Floor, data_dir: Path) -> None:
    """The units' half as the logger would have stored it."""
    with open_store(data_dir, write=True) as store:
        units = dict.fromkeys(piece.uid for piece in made.pieces)
        agents = dict.fromkeys(piece.agent_id for piece in made.pieces if piece.agent_id)
        store.set_agents([Agent(id_, f"Agent {id_}", "Hotline") for id_ in agents])
        for uid in units:
            _store_unit(store, uid, [piece for piece in made.pieces if piece.uid == uid])


def _store_unit(store: Store, uid: str, pieces: list[Piece]) -> None:
    first_ms = pieces[0].start_utc_ms - 1000
    store.remember_unit(uid, virtual=True, now_utc_ms=first_ms)
    store.confirm_unit(uid)
    store.begin_boot(
        *(uid, BOOT),
        fw="1.0",
        reset_cause="PWRON",
        offset_ms=first_ms,
        error_ms=3,
        now_utc_ms=first_ms,
    )
    store.commit([_event(uid, piece, first_ms) for piece in pieces], pieces[-1].end_utc_ms)


def _event(uid: str, piece: Piece, first_ms: int) -> Event:
    told = {
        "ag": piece.agent_id,
        "rc": piece.reason_code,
        "call": piece.call_no,
        "hold": piece.hold_no,
    }
    body = {
        "to": piece.state,
        "by": "btn",
        **{key: one for key, one in told.items() if one is not None},
    }
    return event(uid, BOOT, piece.seq, piece.start_utc_ms - first_ms, "st", body)


def _seat(
    made: Floor,
    dice: random.Random,
    agent: str,
    at_s: int,
    length_s: int,
    rows: list[tuple[int, str]],
) -> None:
    pen = _Pen(made, agent, made.skew_s)
    end_s = at_s + length_s
    rows.append((at_s, f"{at_s}|NONE|NONE|{_name(agent)}|ADDMEMBER|"))
    pen.state("not_ready", at_s, at_s + 20)
    at_s += 20
    ready_s = at_s
    while at_s < end_s - 900:
        at_s += dice.randrange(60, 240)
        talk_s = dice.randrange(30, 400)
        kind = dice.choices(("call", "forgotten", "invented", "late"), (80, 8, 6, 6))[0]
        key = f"{START_S}.{agent}{made.calls:04}"
        if kind != "invented":
            _log_call(made, dice, agent, key, at_s, talk_s, rows)
            made.calls += 1
        if kind == "forgotten":
            made.forgotten.add(key)
        else:
            delay_s = dice.randrange(0, 5) + (25 if kind == "late" else 0)
            if kind == "late":
                made.late[key] = 25
            pen.state("ready", ready_s, at_s + delay_s)
            row_id = pen.call(at_s + delay_s, at_s + talk_s + dice.randrange(0, 4), dice)
            if kind == "invented":
                made.invented.add(row_id)
            ready_s = pen.end_s
        at_s += talk_s + 60
    pen.state("ready", ready_s, end_s)
    pen.sign_out(end_s)


def _log_call(
    made: Floor,
    dice: random.Random,
    agent: str,
    key: str,
    at_s: int,
    talk_s: int,
    rows: list[tuple[int, str]],
) -> None:
    wait_s, ring_s = dice.randrange(3, 50), dice.randrange(1, 4)
    queue, name = dice.choice(QUEUES), _name(agent)
    made.in_time += wait_s <= 20
    rows.append((at_s - wait_s, f"{at_s - wait_s}|{key}|{queue}|NONE|ENTERQUEUE||13900000000|1"))
    if dice.random() < 0.1:
        made.rang_out += 1
        rows.append((at_s - 2, f"{at_s - 2}|{key}|{queue}|{name}|RINGNOANSWER|15000"))
    rows.append((at_s, f"{at_s}|{key}|{queue}|{name}|CONNECT|{wait_s}|{key}7|{ring_s}"))
    end_s = at_s + talk_s
    verb = dice.choice(("COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER"))
    to = "600|default|" if verb == "BLINDTRANSFER" else ""
    rows.append((end_s, f"{end_s}|{key}|{queue}|{name}|{verb}|{to}{wait_s}|{talk_s}|1"))


def _abandon(made: Floor, dice: random.Random, length_s: int, rows: list[tuple[int, str]]) -> None:
    for number in range(10):
        at_s, wait_s = START_S + dice.randrange(length_s - 200), dice.randrange(1, 120)
        key, queue = f"{START_S}.9{number}", dice.choice(QUEUES)
        made.abandoned += 1
        rows.append((at_s, f"{at_s}|{key}|{queue}|NONE|ENTERQUEUE||13900000000|1"))
        end_s = at_s + wait_s
        rows.append((end_s, f"{end_s}|{key}|{queue}|NONE|ABANDON|1|1|{wait_s}"))


def _name(agent: str) -> str:
    return {0: f"PJSIP/{agent}", 1: f"Local/{agent}@from-queue/n", 2: f"Agent/{agent}"}[
        int(agent) % 3
    ]


class _Pen:
    """Writes the pieces of one unit."""

    def __init__(self, made: Floor, agent: str, skew_s: int) -> None:
        self._made = made
        self._agent = agent
        self._uid = f"0000{int(agent):08}"
        self._skew_ms = 1000 * skew_s
        self._seq = 0
        self._call = 0
        self.end_s = 0

    def state(
        self, state: str, start_s: int, end_s: int, call: int | None = None, hold: int | None = None
    ) -> str:
        self._seq += 1
        row_id = f"{self._uid}-{BOOT}-{self._seq}"
        start_ms, end_ms = 1000 * start_s + self._skew_ms, 1000 * end_s + self._skew_ms
        self._made.pieces.append(
            Piece(
                *(
                    row_id,
                    1,
                    self._uid,
                    BOOT,
                    self._seq,
                    state,
                    start_ms,
                    end_ms,
                    end_ms - start_ms,
                ),
                cause="button",
                reason_code=90 if state == "not_ready" else None,
                agent_id=None if state == "signed_out" else self._agent,
                sign_in=None if state == "signed_out" else f"{self._uid}-{BOOT}-1",
                call_no=call,
                hold_no=hold,
            )
        )
        self.end_s = end_s
        return row_id

    def call(self, start_s: int, end_s: int, dice: random.Random) -> str:
        self._call += 1
        middle_s = (start_s + end_s) // 2
        if dice.random() < 0.3 and end_s - start_s > 40:
            row_id = self.state("talking", start_s, middle_s - 10, self._call)
            self.state("hold", middle_s - 10, middle_s + 5, self._call, 1)
            self.state("talking", middle_s + 5, end_s, self._call)
        else:
            row_id = self.state("talking", start_s, end_s, self._call)
        self.state("wrap_up", end_s, end_s + 15, self._call)
        return row_id

    def sign_out(self, at_s: int) -> None:
        self.state("signed_out", at_s, at_s + 3600)
