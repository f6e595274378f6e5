"""Says what of the promise a database breaks, given what units really made and called safe.

Independent of the code under test: it reads the file by sqlite3, lines by json and zlib alone. Every
layer of the fault suite ends here.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BootSeq = tuple[str, int]
NOTHING: frozenset[str] = frozenset()
ASSUMED_PPB = 100_000  # of a database that does not say how far its clocks may drift


@dataclass
class Truth:
    """One unit's own. `made`: (boot, seq) → line with flags 0, boots in their order.

    `ticked`: boot → highest seq that the unit called safe. `may_go`: for which reasons an event that
    was called safe may be in a gap all the same. `overrun`: what the unit is known to have dropped; a
    gap is all that can be asked for it. `utc_ms`: the true UTC of an event, if the stored one is to be held
    against it.
    """

    uid: str
    made: Mapping[BootSeq, str]
    ticked: Mapping[str, int]
    may_go: frozenset[str] = frozenset({"full"})
    overrun: Container[BootSeq] = ()
    utc_ms: Callable[[str, int], float] | None = None


@dataclass
class Kept:
    """What a database holds of one unit."""

    events: dict[BootSeq, tuple[int, str, str]] = field(default_factory=dict)  # ms, kind, line
    order: list[BootSeq] = field(default_factory=list)  # as they were inserted
    twice: list[BootSeq] = field(default_factory=list)
    gaps: list[tuple[str, int, int, str]] = field(default_factory=list)  # boot, first, last, why
    aside: list[tuple[str, int, str]] = field(default_factory=list)  # quarantine
    boots: list[str] = field(default_factory=list)
    epochs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def gone(self) -> dict[BootSeq, str]:
        """Every seq that a gap row names, and why."""
        return {
            (boot, seq): why
            for boot, first, last, why in self.gaps
            for seq in range(first, last + 1)
        }


def judge(file: Path | str, truths: Sequence[Truth]) -> list[str]:
    """Sentences of what is wrong in the database `file`; none when the promise is kept."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        found = kept(connection)
    finally:
        connection.close()
    strangers = found.keys() - {truth.uid for truth in truths}
    wrong = [f"{uid}: a unit that does not exist" for uid in sorted(strangers)]
    for truth in truths:
        wrong += compare(found.get(truth.uid, Kept()), truth)
    return wrong


def kept(connection: sqlite3.Connection) -> dict[str, Kept]:
    """uid → what is held of it."""
    units: dict[str, Kept] = {}
    query = "SELECT uid, boot, seq, ms, kind, line FROM event ORDER BY rowid"
    for uid, boot, seq, ms, kind, line in connection.execute(query):
        unit = units.setdefault(uid, Kept())
        if (boot, seq) in unit.events:
            unit.twice.append((boot, seq))
        unit.events[boot, seq] = ms, kind, line
        unit.order.append((boot, seq))
    for uid, *gap in connection.execute("SELECT uid, boot, first, last, why FROM gap"):
        units.setdefault(uid, Kept()).gaps.append(tuple(gap))
    for uid, *row in connection.execute("SELECT uid, boot, seq, line FROM quarantine"):
        units.setdefault(uid, Kept()).aside.append(tuple(row))
    for uid, boot in connection.execute("SELECT uid, boot FROM boot ORDER BY boot_no"):
        units.setdefault(uid, Kept()).boots.append(boot)
    _read_epochs(connection, units)
    return units


def _read_epochs(connection: sqlite3.Connection, units: dict[str, Kept]) -> None:
    cursor = connection.execute("SELECT * FROM epoch ORDER BY from_ms")
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        units.setdefault(row["uid"], Kept()).epochs.setdefault(row["boot"], []).append(row)


def compare(unit: Kept, truth: Truth) -> list[str]:
    """What is wrong with what is kept of one unit."""
    wrong = [
        *_lost(unit, truth),
        *_invented(unit, truth),
        *_gaps(unit, truth),
        *_order(unit, truth),
        *_times(unit, truth),
    ]
    return [f"{truth.uid}: {sentence}" for sentence in wrong]


def _lost(unit: Kept, truth: Truth) -> Iterator[str]:
    gone = unit.gone()
    for boot, top in truth.ticked.items():
        for seq in range(1, top + 1):
            if (boot, seq) in unit.events:
                continue
            why = gone.get((boot, seq))
            if why is None:
                yield f"{boot} {seq} was called safe and is lost"
            elif why not in truth.may_go and (boot, seq) not in truth.overrun:
                yield f"{boot} {seq} was called safe and is in a gap: {why}"


def _invented(unit: Kept, truth: Truth) -> Iterator[str]:
    for boot, seq in unit.twice:
        yield f"{boot} {seq} is stored twice"
    for boot, seq, line in unit.aside:
        yield f"{boot} {seq} is in quarantine: {line}"
    for (boot, seq), (ms, kind, line) in unit.events.items():
        made = truth.made.get((boot, seq))
        if made is None:
            yield f"{boot} {seq} is stored and was never made: {line}"
        elif made != line:
            yield f"{boot} {seq} is stored as {line}, was made as {made}"
        elif json.loads(line)[:6] != ["E", 0, boot, seq, ms, kind]:
            yield f"{boot} {seq} is stored beside its line: {ms} {kind} {line}"


def _gaps(unit: Kept, truth: Truth) -> Iterator[str]:
    named: set[BootSeq] = set()
    for boot, first, last, why in unit.gaps:
        if first > last:
            yield f"{boot} has an empty gap {first}..{last}"
        for seq in range(first, last + 1):
            if (boot, seq) in unit.events:
                yield f"{boot} {seq} is stored and in a gap: {why}"
            if (boot, seq) in named:
                yield f"{boot} {seq} is in two gaps"
            if (boot, seq) not in truth.made:
                yield f"{boot} {seq} is in a gap and was never made: {why}"
            named.add((boot, seq))
    there = unit.events.keys() | named
    tops: dict[str, int] = {}
    for boot, seq in there:
        tops[boot] = max(seq, tops.get(boot, 0))
    for boot, top in tops.items():
        for seq in range(1, top):
            if (boot, seq) not in there:
                yield f"{boot} {seq} is missing below {top} and in no gap"


def _order(unit: Kept, truth: Truth) -> Iterator[str]:
    last: dict[str, BootSeq] = {}
    before_ms: dict[str, int] = {}
    for boot, seq in unit.order:
        if boot in last and seq <= last[boot][1]:
            yield f"{boot} {seq} was stored after {last[boot][1]}"
        ms = unit.events[boot, seq][0]
        if ms < before_ms.get(boot, ms):
            yield f"{boot} {seq} is older than the event before it"
        last[boot], before_ms[boot] = (boot, seq), ms
    true = list(dict.fromkeys(boot for boot, _ in truth.made))
    told = [boot for boot in unit.boots if boot in last]
    if told != [boot for boot in true if boot in last]:
        yield f"the boots are in the order {told}, were {true}"


def _times(unit: Kept, truth: Truth) -> Iterator[str]:
    if truth.utc_ms is None:
        return
    for (boot, seq), (ms, _, _) in unit.events.items():
        at = utc(unit.epochs.get(boot, ()), ms)
        if at is None:
            yield f"{boot} {seq} has no time"
        elif abs(at[0] - truth.utc_ms(boot, ms)) > at[1]:
            off_ms = at[0] - truth.utc_ms(boot, ms)
            yield f"{boot} {seq} is {off_ms:.0f} ms off, its error is said to be {at[1]:.0f} ms"


def utc(epochs: Iterable[Mapping[str, Any]], ms: int) -> tuple[float, float] | None:
    """(UTC ms, greatest error ms) of a unit's ms by its boot's epochs, in order of from_ms."""
    fitting = [row for row in epochs if row["from_ms"] <= ms]
    if not fitting:
        return None
    row = fitting[-1]
    at_ms = row.get("at_ms", row["set_utc_ms"] - row["offset_ms"])
    drift = row.get("drift_ppb", ASSUMED_PPB)
    moved_ms = row["slope_ppb"] * (ms - row["from_ms"]) / 1e9
    # one more: the product keeps whole ms
    return ms + row["offset_ms"] + moved_ms, row["error_ms"] + drift * abs(ms - at_ms) / 1e9 + 1


def opened(line: bytes) -> list[Any] | None:
    """The frame of a line without its LF, from its last RS on; None for what is none."""
    _, rs, rest = line.rstrip(b"\r").rpartition(b"\x1e")
    payload, star, check = rest.rpartition(b"*")
    if not (rs and star) or check != b"%08x" % zlib.crc32(payload):
        return None
    frame = json.loads(payload)
    return frame if isinstance(frame, list) else None
