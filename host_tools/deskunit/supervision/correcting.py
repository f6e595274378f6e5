"""Corrections as the tab shows and writes them: a row of the log, before and after, by whom and why."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from deskunit import reasons
from deskunit.correction import Said
from deskunit.corrections import orders
from deskunit.corrections.orders import SUPERVISOR, Order
from deskunit.corrections.rows import Draft, Part, Row
from deskunit.local_time import shown
from deskunit.state_log.piece import Piece
from deskunit.state_log.query import moment

TIMES = ("start_utc_ms", "end_utc_ms")
Names = Mapping[str, str]


class Shown:
    """Rows for the page: times by the site's clock, people by their names."""

    def __init__(self, zone: ZoneInfo, names: Names, seats: Names) -> None:
        self._zone = zone
        self._names = names
        self._seats = seats

    def said(self, one: Said) -> dict[str, Any]:
        return self._told(one.state, one.reason_code, one.agent_id)

    def _told(self, state: str | None, code: int | None, agent_id: str | None) -> dict[str, Any]:
        return {
            "state": state,
            "reason_code": code,
            "reason": None if code is None else reasons.word(code),
            "agent_id": agent_id or "",
            "agent_name": self._names.get(agent_id or "", ""),
        }

    def span(self, start_utc_ms: int, end_utc_ms: int) -> dict[str, Any]:
        return {
            "start_utc_ms": start_utc_ms,
            "end_utc_ms": end_utc_ms,
            "start_local": shown(start_utc_ms, self._zone),
            "end_local": shown(end_utc_ms, self._zone),
            "duration_s": (end_utc_ms - start_utc_ms) / 1000,
        }

    def piece(self, one: Piece) -> dict[str, Any]:
        """A state of an agent, with what the unit had told where it was corrected."""
        original = None
        if one.correction is not None:
            original = self._told(
                one.original_state, one.original_reason_code, one.original_agent_id
            )
        return {
            **self.span(one.start_utc_ms, one.end_utc_ms),
            **self._told(one.state, one.reason_code, one.agent_id),
            "duration_s": one.duration_ms / 1000,
            "uid": one.uid,
            "seat": self._seats.get(one.uid, ""),
            "sign_in": one.sign_in,
            "is_running": one.is_running,
            "end_inferred": one.end_inferred,
            "correction": one.correction,
            "original": original,
        }

    def part(self, one: Part) -> dict[str, Any]:
        return {
            **self.span(one.start_utc_ms, one.end_utc_ms),
            "before": self.said(one.before),
            "after": self.said(one.after),
        }

    def draft(self, one: Draft) -> dict[str, Any]:
        return {
            **self.span(one.start_utc_ms, one.end_utc_ms),
            "parts": [self.part(part) for part in one.parts],
        }

    def row(self, one: Row) -> dict[str, Any]:
        """A correction with the log beneath it."""
        return {
            **self.span(one.start_utc_ms, one.end_utc_ms),
            "number": one.number,
            "uid": one.uid,
            "seat": one.seat,
            "parts": [self.part(part) for part in one.parts],
            "after": self._told(one.state, one.reason_code, one.agent_id),
            "author": one.author,
            "author_name": self._names.get(one.author, ""),
            "why": one.why,
            "at_local": shown(one.at_utc_ms, self._zone),
            "is_stale": one.is_stale,
            "withdrawn": self._withdrawn(one),
        }

    def _withdrawn(self, one: Row) -> dict[str, Any] | None:
        if one.withdrawn_utc_ms is None:
            return None
        by = one.withdrawn_by or ""
        at = shown(one.withdrawn_utc_ms, self._zone)
        return {"by": by, "name": self._names.get(by, ""), "why": one.withdrawn_why, "at_local": at}


def order(values: Mapping[str, Any], zone: ZoneInfo) -> Order:
    """The order in a write; times are instants, or typed by the site's clock. DeskunitError: it is none."""
    given = {"author": SUPERVISOR, **values}
    for name in TIMES:
        if isinstance(given.get(name), str):
            given[name] = moment(str(given[name]), zone)
    return orders.checked(given)
