"""The state log as a table of an export: blocks of the log become batches, column by column.

Column by column in docs/exports.md. A year's log goes through here; nothing is done row by row.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from deskunit import reasons, states
from deskunit.agents import Agent
from deskunit.exports.instants import Wall
from deskunit.exports.table import Table, columns
from deskunit.state_log.block import NOTHING, Block, Mask, codes
from deskunit.state_log.blocks import blocks
from deskunit.state_log.days import days
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.states/3"
COLUMNS = columns(
    "row_id unit seat agent_id agent_name team start:times end:times tz duration:span "
    "state state_zh reason_code:whole reason reason_zh cause call_no:whole hold_no:whole "
    "end_inferred:flag clipped_start:flag clipped_end:flag boot seq:whole time_error_s:seconds "
    "time_quality not_taken:flag part:whole business_date "
    "corrected:flag correction_id:whole original_state original_reason_code:whole original_agent_id"
)
_NOBODY = Agent("", "", "", "", "")


def states_table(store: Store, query: Query, now_utc_ms: int) -> Table:
    """The rows that the query asks for. DeskunitError: unknown agent, team, unit, state or reason."""
    seats = {unit.uid: unit.seat for unit in store.units()}
    agents = {agent.id: agent for agent in store.agents()}
    maker = _Maker(query, seats, agents)
    found = blocks(store, query, now_utc_ms)
    expected = store.count_intervals(query.from_utc_ms, query.to_utc_ms)
    return Table("states", SCHEMA, COLUMNS, map(maker.batch, found), expected)


class _Maker:
    """What turns the blocks of one query into batches, in the order of COLUMNS."""

    def __init__(self, query: Query, seats: Mapping[str, str], agents: Mapping[str, Agent]) -> None:
        self._query = query
        self._wall = Wall(query.zone)
        self._seats = seats
        self._agents = agents

    def batch(self, block: Block) -> "pa.RecordBatch":
        arrays = list(self._arrays(block))
        names = [column.name for column in COLUMNS]
        return pa.RecordBatch.from_arrays(arrays, names=names)

    def _arrays(self, block: Block) -> Iterator[Any]:
        running = block.number("running") == 1
        yield block.texts["row_id"]
        yield from (block.texts["uid"], _mapped(block, "uid", lambda uid: self._seats.get(uid, "")))
        yield from self._agent(block)
        yield from self._wall.arrays(pa.array(block.number("start_utc_ms")))
        yield from self._wall.arrays(pa.array(block.number("end_utc_ms"), mask=running))
        yield _constant(self._query.zone.key, len(block))
        yield from (pa.array(block.number("duration_ms")),) * 2
        yield from (block.texts["state"], _mapped(block, "state", lambda s: states.label(s, "zh")))
        yield from _reason(block)
        yield block.texts["cause"]
        yield from (_known(block, name) for name in ("call_no", "hold_no"))
        yield from (_flag(block, name) for name in ("end_inferred", "clipped_start", "clipped_end"))
        yield from (block.texts["boot"], pa.array(block.number("seq")))
        yield from (pa.array(block.number("time_error_ms")), block.texts["time_quality"])
        yield from (_flag(block, "not_taken"), pa.array(block.number("part")))
        yield self._business_date(block)
        yield from _correction(block)

    def _agent(self, block: Block) -> Iterator[Any]:
        yield _mapped(block, "agent_id", lambda id_: id_)
        yield _mapped(block, "agent_id", lambda id_: self._agents.get(id_, _NOBODY).name)
        yield _mapped(block, "agent_id", lambda id_: self._agents.get(id_, _NOBODY).team)

    def _business_date(self, block: Block) -> Any:
        starts, query = block.number("start_utc_ms"), self._query
        touched = days(query.zone, int(starts.min()), int(starts.max()) + 1, query.day_start_min)
        begins = np.array([one.start_utc_ms for one in touched], np.int64)
        place = np.searchsorted(begins, starts, "right") - 1
        return _coded(place, [one.date.isoformat() for one in touched])


def _reason(block: Block) -> Iterator[Any]:
    known, place = np.unique(block.number("reason_code"), return_inverse=True)
    missing = block.number("reason_code") == NOTHING
    yield _known(block, "reason_code")
    for word in (reasons.word, lambda code: reasons.label(code, "zh")):
        texts = ["" if code == NOTHING else word(code) for code in known.tolist()]
        yield _coded(place, texts, missing)


def _correction(block: Block) -> Iterator[Any]:
    yield pa.array(block.number("correction") != NOTHING)
    yield _known(block, "correction")
    yield _mapped(block, "original_state", lambda state: state)
    yield _known(block, "original_reason_code")
    yield _mapped(block, "original_agent_id", lambda id_: id_)


def _known(block: Block, name: str) -> Any:
    column = block.number(name)
    return pa.array(column, mask=column == NOTHING)


def _flag(block: Block, name: str) -> Any:
    return pa.array(block.number(name) == 1)


def _mapped(block: Block, name: str, word: Callable[[str], str]) -> Any:
    """A text column, each different text put through `word`; what is empty then is an empty cell."""
    column = block.texts[name]
    texts = [word(text) for text in column.dictionary.to_pylist()]
    place = codes(column)
    empty = np.array([not text for text in texts], np.bool_)
    return _coded(place, texts, empty[place])


def _coded(place: NDArray[Any], texts: list[str], missing: Mask | None = None) -> Any:
    mask = None if missing is None or not missing.any() else missing
    index = pa.array(place.astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(index, pa.array(texts, pa.string()))


def _constant(text: str, rows: int) -> Any:
    return _coded(np.zeros(rows, np.int64), [text])
