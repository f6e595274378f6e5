"""Corrections for those who ask and write: what lies around in the store, the rules, one door for writes.

Reads go with any Store; a write needs the writing one. It reads no clock but the one it is given.
"""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from deskunit import clock, roles
from deskunit.agents import UNLISTED
from deskunit.correction import Correction
from deskunit.corrections import rules
from deskunit.corrections.orders import SUPERVISOR, Order, why
from deskunit.corrections.rows import Draft, Row, parts, row
from deskunit.corrections.rules import Around, Wish
from deskunit.errors import DeskunitError
from deskunit.intervals import Interval
from deskunit.local_time import shown
from deskunit.reasons import UNSPECIFIED
from deskunit.settings import Viewer
from deskunit.states import NOT_READY, SIGNED_OUT
from deskunit.store import Store

Rows = list[Interval]
EVERYBODY = Viewer()
SECOND_MS = 1000  # a time that is typed names its second


class CorrectionDesk:
    """See deskunit.corrections. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        zone: ZoneInfo,
        now_utc_ms: Callable[[], int] = clock.now_utc_ms,
        viewer: Viewer = EVERYBODY,
    ) -> None:
        self._store = store
        self._zone = zone
        self._now_utc_ms = now_utc_ms
        self._viewer = viewer

    # --- reading -------------------------------------------------------------------------------

    def list(
        self,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        *,
        uid: str | None = None,
        agent: str | None = None,
        including_withdrawn: bool = False,
    ) -> list[Row]:
        """Those that touch [from, to), by start. `agent`: that give or take time of that agent's."""
        found = self._store.corrections(
            from_utc_ms, to_utc_ms, uid, including_withdrawn=including_withdrawn
        )
        seats, within = self._store.seats(), roles.scope(self._viewer, self._store)
        rows = [self._row(one, seats) for one in found]
        rows = [one for one in rows if within is None or one.agents & within]
        return rows if agent is None else [one for one in rows if agent in one.agents]

    def get(self, number: int) -> Row:
        """One of them, also when it is withdrawn. DeskunitError: there is none, for this viewer."""
        found = self._row(self._get(number), self._store.seats())
        within = roles.scope(self._viewer, self._store)
        if within is not None and not found.agents & within:
            raise DeskunitError("correction_unknown", exit_code=2, number=number)
        return found

    def preview(self, order: Order) -> Draft:
        """What it would do. DeskunitError: why it may not be."""
        wish, around = self._checked(order)
        found = parts(rules.proposed(wish), around.beneath)
        seat = self._store.seats().get(wish.uid, "")
        return Draft(wish.uid, seat, wish.start_utc_ms, wish.end_utc_ms, found)

    # --- writing -------------------------------------------------------------------------------

    def write(self, order: Order) -> Row:
        """One write, whole or not at all. DeskunitError: why not."""
        if order.number is not None:
            return self._withdraw(order.number, order.author, order.why)
        return self._add(order)

    def _add(self, order: Order) -> Row:
        self._check_author(order.author)
        with self._store.writing_corrections() as writer:
            wish, around = self._checked(order)
            made = replace(
                rules.proposed(wish),
                author=order.author,
                why=why(order.why),
                at_utc_ms=around.now_utc_ms,
                sign_in=around.sign_in[0].sign_in,
                beneath=rules.said_in_turn(around.beneath),
            )
            number = writer.add(made).number
        return self.get(number)

    def _withdraw(self, number: int, author: str, because: str) -> Row:
        self._check_author(author)
        roles.check_correcting(self._viewer)
        with self._store.writing_corrections() as writer:
            now = self.get(number)
            if now.withdrawn_utc_ms is not None:
                when = shown(now.withdrawn_utc_ms, self._zone)
                raise DeskunitError(
                    "correction_withdrawn", number=number, by=now.withdrawn_by, when=when
                )
            writer.withdraw(number, author, why(because), self._now_utc_ms())
        return self.get(number)

    # --- from what is asked to what is meant ---------------------------------------------------

    def _checked(self, order: Order) -> tuple[Wish, Around]:
        """What is meant and what lies around it. DeskunitError: it may not be said, or not by this viewer."""
        roles.check_correcting(self._viewer)
        wish = self._wish(order)
        around = self._around(wish)
        touched = {row.agent_id for row in around.beneath} | {wish.agent_id}
        mine = roles.scope(self._viewer, self._store)
        # nobody is in no team: who it was, any supervisor may say
        roles.check(mine, sorted(one for one in touched if one not in (None, UNLISTED)))
        rules.check(wish, around)
        return wish, around

    def _wish(self, order: Order) -> Wish:
        """The exact span: a typed second becomes the row's bound in it, an end left out is found."""
        if self._store.is_confirmed(order.uid) is None:
            raise DeskunitError("unknown_unit", exit_code=2, uid=order.uid)
        start, end = self._bound(order.uid, order.start_utc_ms), order.end_utc_ms
        if end is None:
            start, end = self._whole(order, start)
        else:
            end = self._bound(order.uid, end)
        code = order.reason_code
        if code is None and order.state == NOT_READY:
            code = UNSPECIFIED
        return Wish(order.uid, start, end, order.state, code, order.agent_id)

    def _whole(self, order: Order, at_utc_ms: int) -> tuple[int, int]:
        """The span that is meant where no end is said."""
        is_about_sign_in = order.agent_id is not None or order.state == SIGNED_OUT
        if is_about_sign_in:
            rows = self._sign_in(order.uid, at_utc_ms)
        else:
            rows = self._beneath(order.uid, at_utc_ms, at_utc_ms + 1)
        if not rows or rows[0].sign_in is None:
            when = shown(at_utc_ms, self._zone)
            raise DeskunitError("correction_outside", exit_code=2, when=when)
        start = at_utc_ms if order.state == SIGNED_OUT else rows[0].start_utc_ms
        return start, rules.ends(rows, self._now_utc_ms())

    def _bound(self, uid: str, utc_ms: int) -> int:
        """The first bound of a row within the second that a typed time names; else the time itself."""
        if utc_ms % SECOND_MS:
            return utc_ms
        rows = self._store.intervals(utc_ms - 1, utc_ms + SECOND_MS, unit=uid, unconfirmed=True)
        bounds = [row.start_utc_ms for row in rows] + [row.end_utc_ms or 0 for row in rows]
        inside = (one for one in bounds if utc_ms <= one < utc_ms + SECOND_MS)
        return min(inside, default=utc_ms)

    def _around(self, wish: Wish) -> Around:
        start, end = wish.start_utc_ms, wish.end_utc_ms
        return Around(
            beneath=self._beneath(wish.uid, start, end),
            sign_in=self._sign_in(wish.uid, start),
            active=self._store.corrections(start - 1, end),
            elsewhere=self._rows_of(wish.agent_id, start, end),
            agents=frozenset(agent.id for agent in self._store.agents()),
            is_confirmed=bool(self._store.is_confirmed(wish.uid)),
            now_utc_ms=self._now_utc_ms(),
            zone=self._zone,
        )

    # --- looking things up ---------------------------------------------------------------------

    def _beneath(self, uid: str, start: int, end: int) -> Rows:
        return rules.touching(
            list(self._store.intervals(start, end, unit=uid, unconfirmed=True)), start, end
        )

    def _rows_of(self, agent_id: str | None, start: int, end: int) -> Rows:
        if agent_id is None:
            return []
        return rules.touching(list(self._store.intervals(start, end, agent_id)), start, end)

    def _sign_in(self, uid: str, utc_ms: int) -> Rows:
        sign_in = self._store.sign_in_at(uid, utc_ms)
        return [] if sign_in is None else self._store.sign_in_rows(sign_in)

    def _get(self, number: int) -> Correction:
        found = self._store.find_correction(number)
        if found is None:
            raise DeskunitError("correction_unknown", exit_code=2, number=number)
        return found

    def _check_author(self, author: str) -> None:
        if author != SUPERVISOR and not self._store.has_agent(author):
            raise DeskunitError("unknown_agent", exit_code=2, agent=author)

    def _row(self, one: Correction, seats: dict[str, str]) -> Row:
        beneath = self._beneath(one.uid, one.start_utc_ms, one.end_utc_ms)
        is_stale = one.holds and rules.is_stale(one, beneath, self._sign_in_of(one))
        return row(one, seats.get(one.uid, ""), is_stale, beneath)

    def _sign_in_of(self, one: Correction) -> Rows:
        if one.sign_in is None or not rules.is_of_whole(one):
            return []  # not asked for: it may have thousands of rows
        return self._store.sign_in_rows(one.sign_in)
