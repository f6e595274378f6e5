"""What can be asked about callbacks: lists, one with its history, personal texts. Each a short read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from deskunit.callbacks.folding import Callback, Fact
from deskunit.callbacks.kinds import OPEN
from deskunit.store import schema
from deskunit.store.callbacks import callback_from_text, digits, fact_from_row
from deskunit.store.columns import ColumnReading
from deskunit.store.reading import PAGE_ROWS

CALLED_DIGITS = 4  # fewer are no telephone number
FOUND_LIMIT = 5000  # what one query may name
_NOW = schema.callback_now.c


class CallbackReading(ColumnReading):
    """The questions about callbacks."""

    def find_callback(self, number: int) -> Callback | None:
        """The callback as it is now, without its personal texts."""
        return next(iter(self._callbacks(select(_NOW.state).where(_NOW.number == number))), None)

    def callback_facts(self, number: int) -> list[Fact]:
        """All that happened to it, in the order of the commits."""
        table = schema.callback_fact
        query = select(table).where(table.c.number == number).order_by(table.c.id)
        return [fact_from_row(row) for row in self._rows(query)]

    def open_callbacks(
        self, promise: str, owner: str | None = None, limit: int | None = None
    ) -> list[Callback]:
        """Open ones of one promise, the first due first."""
        query = select(_NOW.state).where(*_open(owner), _NOW.promise == promise)
        return self._callbacks(query.order_by(_NOW.sort_utc_ms, _NOW.number).limit(limit))

    def count_open_callbacks(self, owner: str | None = None) -> dict[str, int]:
        """promise → how many are open; without those of which there is none."""
        query = select(_NOW.promise, func.count().label("open")).where(*_open(owner))
        return {row.promise: row.open for row in self._rows(query.group_by(_NOW.promise))}

    def count_callbacks_before(self, promise: str, owner: str | None, before_utc_ms: int) -> int:
        """How many are open of one promise with a smaller sort_utc_ms."""
        wanted = [*_open(owner), _NOW.promise == promise, _NOW.sort_utc_ms < before_utc_ms]
        return int(
            self._rows(select(func.count()).select_from(schema.callback_now).where(*wanted))[0][0]
        )

    def callbacks(
        self,
        *,
        owner: str | None = None,
        status: str | None = None,
        kind: str | None = None,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        numbers: Iterable[int] | None = None,
    ) -> Iterator[Callback]:
        """All that were taken in [from, to), newest first; read in pages. `numbers`: of these only."""
        wanted: list[ColumnElement[bool]] = []
        for column, value in ((_NOW.owner, owner), (_NOW.status, status), (_NOW.kind, kind)):
            if value is not None:
                wanted.append(column == value)
        if from_utc_ms is not None:
            wanted.append(_NOW.taken_utc_ms >= from_utc_ms)
        if to_utc_ms is not None:
            wanted.append(_NOW.taken_utc_ms < to_utc_ms)
        if numbers is not None:
            wanted.append(_NOW.number.in_(list(numbers)))
        query = select(_NOW.number, _NOW.state).where(*wanted).order_by(_NOW.number.desc())
        page = self._rows(query.limit(PAGE_ROWS))
        while page:
            yield from (callback_from_text(row.state) for row in page)
            page = self._rows(query.where(_NOW.number < page[-1].number).limit(PAGE_ROWS))

    def callbacks_ended_before(self, utc_ms: int) -> list[int]:
        """Numbers of those closed or voided before that moment and not forgotten yet."""
        query = select(_NOW.number).where(_NOW.is_forgotten == 0, _NOW.ended_utc_ms < utc_ms)
        return [row.number for row in self._rows(query.order_by(_NOW.number))]

    def callbacks_with_caller(self, caller_number: str) -> list[int]:
        """Numbers of those whose caller number has these digits, also in an earlier entry."""
        table = schema.callback_person.c
        same = (table.digits == digits(caller_number), table.field == "caller_number")
        return [row.number for row in self._rows(select(table.number).where(*same).distinct())]

    def callbacks_with(self, text: str) -> list[int]:
        """Numbers of those with this number or telephone number, or with a text that holds it.

        A few digits alone are a callback's number: they would be in every telephone number.
        """
        is_number = text.isascii() and text.isdecimal()
        found = {int(text)} if is_number else set()
        in_subject = _NOW.subject.contains(text, autoescape=True)
        found |= {row.number for row in self._rows(select(_NOW.number).where(in_subject))}
        if not is_number or len(text) >= CALLED_DIGITS:
            table = schema.callback_person.c
            in_person = table.value.contains(text, autoescape=True)
            if (called := digits(text)) is not None:
                in_person |= table.digits == called
            query = select(table.number).where(in_person).distinct()
            found |= {row.number for row in self._rows(query)}
        return sorted(found)[-FOUND_LIMIT:]

    def personal(self, callbacks: Sequence[Callback]) -> dict[int, dict[str, str]]:
        """number → field → the text as it was written last."""
        wanted = [(mark.fact, field) for one in callbacks for field, mark in one.fields.items()]
        texts = self._texts({fact for fact, _ in wanted})
        found: dict[int, dict[str, str]] = {one.number: {} for one in callbacks}
        for one in callbacks:
            for field, mark in one.fields.items():
                if (mark.fact, field) in texts:
                    found[one.number][field] = texts[mark.fact, field]
        return found

    def personal_history(self, facts: Sequence[Fact]) -> Mapping[tuple[int, str], str]:
        """(fact's id, field) → text."""
        return self._texts({fact.id for fact in facts})

    def _texts(self, fact_ids: Iterable[int]) -> dict[tuple[int, str], str]:
        table, ids = schema.callback_person.c, sorted(fact_ids)
        found = {}
        for start in range(0, len(ids), PAGE_ROWS):
            query = select(table.fact_id, table.field, table.value).where(
                table.fact_id.in_(ids[start : start + PAGE_ROWS])
            )
            found.update({(row.fact_id, row.field): row.value for row in self._rows(query)})
        return found

    def _callbacks(self, query: Select[Any]) -> list[Callback]:
        return [callback_from_text(row.state) for row in self._rows(query)]


def _open(owner: str | None) -> list[ColumnElement[bool]]:
    is_open = _NOW.status == OPEN
    return [is_open] if owner is None else [is_open, _NOW.owner == owner]
