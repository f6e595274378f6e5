"""What can be asked about corrections. Each a short read by an index; there are few of them."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, select

from deskunit.correction import Correction, Said
from deskunit.intervals import Interval
from deskunit.store import schema
from deskunit.store.callback_reading import CallbackReading
from deskunit.store.rows import interval_from_row

SIGN_IN_ROWS = 500  # about what a shift has
_MADE, _WITHDRAWN = schema.correction, schema.correction_withdrawal


class CorrectionReading(CallbackReading):
    """The questions about corrections."""

    def corrections(
        self,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        uid: str | None = None,
        *,
        including_withdrawn: bool = False,
    ) -> list[Correction]:
        """Those that touch [from, to), by start; of one unit those that hold do not overlap."""
        wanted: list[ColumnElement[bool]] = []
        if from_utc_ms is not None:
            wanted.append(_MADE.c.end_utc_ms > from_utc_ms)
        if to_utc_ms is not None:
            wanted.append(_MADE.c.start_utc_ms < to_utc_ms)
        if uid is not None:
            wanted.append(_MADE.c.uid == uid)
        if not including_withdrawn:
            wanted.append(_WITHDRAWN.c.number.is_(None))
        query = _all().where(*wanted).order_by(_MADE.c.start_utc_ms, _MADE.c.number)
        return [_correction(row) for row in self._rows(query)]

    def find_correction(self, number: int) -> Correction | None:
        """The one of that number, also when it is withdrawn."""
        found = self._rows(_all().where(_MADE.c.number == number))
        return _correction(found[0]) if found else None

    def seats(self) -> dict[str, str]:
        """uid → seat of every unit; `units` says more of each, and looks longer."""
        unit = schema.unit.c
        return {row.uid: row.seat for row in self._rows(select(unit.uid, unit.seat))}

    def is_confirmed(self, uid: str) -> bool | None:
        """Whether the unit's log counts; None: there is no such unit."""
        unit = schema.unit.c
        found = self._rows(select(unit.is_confirmed).where(unit.uid == uid))
        return bool(found[0][0]) if found else None

    def sign_in_at(self, uid: str, utc_ms: int) -> str | None:
        """The sign-in of that unit to which a moment belongs; None: nobody's."""
        for row in self.intervals(utc_ms, utc_ms + 1, unit=uid, unconfirmed=True):
            if row.sign_in is not None and (row.end_utc_ms is None or row.end_utc_ms > utc_ms):
                return row.sign_in
        return None

    def sign_in_rows(self, sign_in: str) -> list[Interval]:
        """The rows of a sign-in, in order; none: there is no such sign-in (any more)."""
        interval = schema.interval.c
        first = self._rows(select(schema.interval).where(interval.row_id == sign_in))
        if not first:
            return []
        began = interval_from_row(first[0])
        wanted = [interval.uid == began.uid, interval.start_utc_ms >= began.start_utc_ms]
        found: list[Interval] = []
        for row in self._pages(wanted, False, SIGN_IN_ROWS):
            if row.sign_in == sign_in:
                found.append(row)
            elif found and _is_behind(row, found):
                break
        return found


def _is_behind(row: Interval, found: list[Interval]) -> bool:
    """Whether no more can follow: where the host's clock was set back, sign-ins lie across each other."""
    ends = [one.end_utc_ms for one in found if one.end_utc_ms is not None]
    return row.start_utc_ms > found[-1].start_utc_ms and row.start_utc_ms >= max(ends, default=0)


def _all() -> Select[Any]:
    withdrawn = (
        _WITHDRAWN.c.author.label("withdrawn_by"),
        _WITHDRAWN.c.why.label("withdrawn_why"),
        _WITHDRAWN.c.at_utc_ms.label("withdrawn_utc_ms"),
    )
    same = _WITHDRAWN.c.number == _MADE.c.number
    return select(_MADE, *withdrawn).outerjoin(_WITHDRAWN, same)


def _correction(row: Row[Any]) -> Correction:
    beneath = msgspec.json.decode(row.beneath, type=tuple[Said, ...])
    return Correction(**{**row._mapping, "beneath": beneath})
