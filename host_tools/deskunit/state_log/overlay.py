"""Lays corrections over the log: cuts rows at their bounds and says anew what is inside. Pure.

A correction holds for its span, whatever the unit tells late; where nobody is signed in, it says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from deskunit.correction import Correction, Said
from deskunit.reasons import UNSPECIFIED
from deskunit.state_log.block import NOTHING, Block, Mask, Numbers, dictionary
from deskunit.state_log.cutting import cut_rows
from deskunit.states import CALL_STATES, NOT_READY, SIGNED_OUT

CAUSE = "correction"
Texts = dict[str, list[str]]
_TEXTS = ("state", "cause", "agent_id", "sign_in", "original_state", "original_agent_id")
_NUMBERS = ("reason_code", "call_no", "hold_no", "not_taken", "correction", "original_reason_code")


def corrected(block: Block, corrections: Sequence[Correction]) -> Block:
    """The block with every correction that holds laid over it."""
    by_unit = defaultdict(list)
    for one in corrections:
        if one.holds:
            by_unit[one.uid].append(one)
    mine = block.among("uid", list(by_unit)) & ~block.among("sign_in", [""])
    rows = np.flatnonzero(mine).tolist()
    uids = block.values("uid") if rows else []
    points = {row: found for row in rows if (found := _points(block, row, by_unit[uids[row]]))}
    block = cut_rows(block, points)
    return _relabelled(block, by_unit)


def _points(block: Block, row: int, corrections: Iterable[Correction]) -> list[int]:
    """Where the bounds of corrections fall into a row."""
    start, end = block.number("start_utc_ms")[row], block.number("end_utc_ms")[row]
    bounds = {at for one in corrections for at in (one.start_utc_ms, one.end_utc_ms)}
    return sorted(at for at in bounds if start < at < end)


def _relabelled(block: Block, by_unit: dict[str, list[Correction]]) -> Block:
    touched = _touched(block, by_unit)
    if not touched:
        return block
    texts = {name: block.values(name) for name in _TEXTS}
    numbers = {name: block.number(name).copy() for name in _NUMBERS}
    for row, correction in touched.items():
        _say(row, correction, texts, numbers)
    return block.with_numbers(**numbers).with_texts(
        **{name: dictionary(column) for name, column in texts.items()}
    )


def _touched(block: Block, by_unit: dict[str, list[Correction]]) -> dict[int, Correction]:
    """Which rows lie in a correction of their unit, and belong to a sign-in."""
    found: dict[int, Correction] = {}
    starts, ends = block.number("start_utc_ms"), block.number("end_utc_ms")
    signed_in = ~block.among("sign_in", [""])
    for uid, corrections in by_unit.items():
        mine = block.among("uid", [uid]) & signed_in
        for one in corrections:
            inside = mine & (starts >= one.start_utc_ms) & (ends <= one.end_utc_ms)
            inside &= (ends > starts) | _without_length(block, one)
            found.update(dict.fromkeys(np.flatnonzero(inside).tolist(), one))
    return found


def _without_length(block: Block, one: Correction) -> Mask:
    """Of rows that begin and end at once: those in between, at the bounds those of its sign-in alone.

    One at its end belongs to it where it takes the sign-in to its end: nothing else comes after.
    """
    at = block.number("start_utc_ms")
    is_to_end = one.state == SIGNED_OUT or one.agent_id is not None
    own = (at < one.end_utc_ms) | is_to_end
    between = (at > one.start_utc_ms) & (at < one.end_utc_ms)
    found: Mask = between | (own & block.among("sign_in", [one.sign_in or ""]))
    return found


def _say(row: int, one: Correction, texts: Texts, columns: Mapping[str, Numbers]) -> None:
    """Write into a row what holds instead; where the correction says nothing else, it stays untouched."""
    reason = int(columns["reason_code"][row])
    said = Said(
        texts["state"][row],
        None if reason == NOTHING else reason,
        texts["agent_id"][row] or None,
        texts["sign_in"][row] or None,
    )
    instead = one.instead(said)
    if instead == said:
        return
    texts["original_state"][row] = said.state
    texts["original_agent_id"][row] = said.agent_id or ""
    columns["original_reason_code"][row] = reason
    columns["correction"][row] = one.number
    texts["cause"][row] = CAUSE
    texts["state"][row] = instead.state
    texts["agent_id"][row], texts["sign_in"][row] = instead.agent_id or "", instead.sign_in or ""
    unspecified = UNSPECIFIED if instead.state == NOT_READY else NOTHING
    code = instead.reason_code
    columns["reason_code"][row] = unspecified if code is None else code
    _number_the_call(row, said.state, instead.state, columns)


def _number_the_call(row: int, was: str, state: str, columns: Mapping[str, Numbers]) -> None:
    """A hold or a call has its number only as long as it is one."""
    if state == was:
        return
    columns["not_taken"][row] = 0
    columns["hold_no"][row] = NOTHING
    if state not in CALL_STATES:
        columns["call_no"][row] = NOTHING
