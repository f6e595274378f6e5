"""Callbacks for those who ask and write: the store's facts, the rules of this site, one door for writes.

Reads go with any Store; a write needs the writing one. It reads no clock but the one it is given.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice

from deskunit import clock
from deskunit.callbacks import actions, conflicts, fields, kinds, masking, repeats, shaping
from deskunit.callbacks.due import Due, Rules, due, due_before
from deskunit.callbacks.folding import Callback, Taken
from deskunit.callbacks.measures import Kept
from deskunit.callbacks.rows import Entry, Row, Summary
from deskunit.errors import DeskunitError
from deskunit.store import Store
from deskunit.store.callback_writing import CallbackWriter

DAY_MS = 86_400_000


class CallbackDesk:
    """See deskunit.callbacks. Safe to share between threads; `rules` may be replaced at any time."""

    def __init__(
        self, store: Store, rules: Rules, now_utc_ms: Callable[[], int] = clock.now_utc_ms
    ) -> None:
        self.rules = rules
        self._store = store
        self._now_utc_ms = now_utc_ms
        self._one_at_a_time = threading.Lock()  # a calendar is not for two threads

    # --- reading -------------------------------------------------------------------------------

    def due_list(
        self,
        agent_id: str | None,
        now_utc_ms: int,
        limit: int | None = 100,
        *,
        personal: bool = False,
    ) -> list[Row]:
        """Open ones of an agent (None: of all), the first due first."""
        parts = [
            [(self.due(one).utc_ms, one.number, one) for one in found]
            for promise in kinds.PROMISES
            if (found := self._store.open_callbacks(promise, agent_id, limit))
        ]
        first = [one for _, _, one in islice(merge(*parts), limit)]
        return self.rows(first, personal=personal)

    def get(self, number: int, *, personal: bool = False) -> Row:
        """One with its history. DeskunitError: there is none."""
        callback = self._get(number)
        facts = self._store.callback_facts(number)
        texts = self._store.personal_history(facts)
        entries = []
        for fact in facts:
            own = {field: text for (of, field), text in texts.items() if of == fact.id}
            shown = own if personal else masking.masked(own)
            entries.append(Entry(fact.id, fact.at_utc_ms, fact.by, fact.what, fact.body, shown))
        return self.rows([callback], personal=personal, history=tuple(entries))[0]

    def search(
        self,
        *,
        text: str = "",
        status: str | None = None,
        kind: str | None = None,
        owner: str | None = None,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        limit: int | None = 100,
        personal: bool = False,
    ) -> list[Row]:
        """Those taken in [from, to), newest first. `text`: a number, the caller's, or part of any text."""
        found = self._store.callbacks(
            owner=owner,
            status=status,
            kind=kind,
            from_utc_ms=from_utc_ms,
            to_utc_ms=to_utc_ms,
            numbers=self._store.callbacks_with(text) if text else None,
        )
        return self.rows(list(islice(found, limit)), personal=personal)

    def summary(self, agent_id: str | None, now_utc_ms: int) -> Summary:
        """What the unit shows of an agent's callbacks; None: of everybody's."""
        counts = self._store.count_open_callbacks(agent_id)
        if not counts:
            return Summary()
        overdue = 0
        for promise in counts:
            with self._one_at_a_time:
                before = due_before(promise, now_utc_ms, self.rules)
            overdue += self._store.count_callbacks_before(promise, agent_id, before)
        first = self.due_list(agent_id, now_utc_ms, 1)
        if not first:  # closed meanwhile
            return Summary()
        count = sum(counts.values())
        return Summary(count, overdue, first[0].number, first[0].due_utc_ms, first[0].kind)

    def proposed_repeats(self, number: int) -> list[Row]:
        """Earlier ones of the same caller and subject, the newest first: the agent says whether it is so."""
        this = self._get(number)
        caller = self._store.personal([this])[number].get("caller_number", "")
        if not caller or not this.subject:
            return []
        same = self._store.callbacks_with_caller(caller)
        found = self._store.callbacks(numbers=same, to_utc_ms=this.taken_utc_ms + 1)
        days = self.rules.repeat_days
        return self.rows([one for one in found if repeats.may_repeat(this, one, days)])

    def kept(self) -> Iterator[Kept]:
        """All callbacks as the measures see them; the team is that of the owner's in the list now."""
        teams = {agent.id: agent.team for agent in self._store.agents()}
        for one in self._store.callbacks():
            yield shaping.kept(one, self.due(one), teams.get(one.owner, ""), self.rules.now_grace_s)

    def due(self, callback: Callback) -> Due:
        """When it is due, by the rules as they are now."""
        with self._one_at_a_time:
            return due(callback.kind, callback.taken_utc_ms, callback.agreed_utc_ms, self.rules)

    def rows(
        self,
        callbacks: Sequence[Callback],
        *,
        personal: bool = False,
        history: tuple[Entry, ...] = (),
    ) -> list[Row]:
        """Callbacks as readers get them."""
        texts = self._store.personal(callbacks)
        return [
            shaping.row(
                one,
                self.due(one),
                texts[one.number] if personal else masking.masked(texts[one.number]),
                not personal,
                history,
            )
            for one in callbacks
        ]

    # --- writing -------------------------------------------------------------------------------

    def write(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None = None,
        *,
        personal: bool = False,
        **values: object,
    ) -> Row:
        """One write, whole or not at all. DeskunitError: why not; what is newer, with who and when."""
        actions.check_names(action, values)
        self._check_agent(by)
        if action == "add":
            return self.get(self._add(by, values), personal=personal)
        if number is None:
            raise DeskunitError("callback_unknown", exit_code=2, number="–")
        if action in actions.AS_EDIT:
            field, name = actions.AS_EDIT[action]
            values = {field: values.get(name)}
        with self._store.writing_callbacks() as writer:
            now = self._found(writer.find(number), number)
            known = now.seen if seen is None else seen
            conflicts.check(action, now, by, known, self.rules.zone)
            self._apply(writer, action, now, by, known, values)
        return self.get(number, personal=personal)

    def forget_older(self, days: int, now_utc_ms: int) -> list[int]:
        """Forget those that were closed or voided more than `days` ago; their numbers. 0 days: none."""
        if days <= 0:
            return []
        numbers = self._store.callbacks_ended_before(now_utc_ms - days * DAY_MS)
        if numbers:
            with self._store.writing_callbacks() as writer:
                self._forget(writer, numbers, kinds.RETENTION, "")
        return numbers

    def _apply(
        self,
        writer: CallbackWriter,
        action: str,
        now: Callback,
        by: str,
        seen: int,
        values: dict[str, object],
    ) -> None:
        if action == "forget":
            why = fields.text("reason", values.get("reason") or "")
            self._forget(writer, [now.number], by, why)
            return
        if action == "assign":
            self._check_agent(values.get("to"), system=False)
        if action in actions.ACTIONS:
            news = actions.ACTIONS[action](now, values)
        else:
            news = self._edited(now, seen, fields.details(values))
        self._append(writer, now.number, by, news)

    def _edited(self, now: Callback, seen: int, wanted: fields.Details) -> list[actions.News]:
        texts = self._store.personal([now])[now.number]
        new = actions.changed(now, texts, wanted)
        conflicts.check_fields(now, {**new.texts, **new.flags, **new.others}, seen, self.rules.zone)
        self._check_repeated(new)
        return actions.edited(now, new)

    def _add(self, by: str, values: dict[str, object]) -> int:
        kind = fields.chosen("kind", values.pop("kind", None), kinds.KINDS)
        agent, taken = values.pop("agent", None), values.pop("taken_utc_ms", None)
        if agent is None and by == kinds.SUPERVISOR:
            raise DeskunitError("callback_no_owner", exit_code=2)
        self._check_agent(owner := by if agent is None else agent, system=False)
        now_utc_ms = self._now_utc_ms()
        taken_utc_ms = fields.whole("taken_utc_ms", taken)
        if taken_utc_ms is None:
            taken_utc_ms = now_utc_ms
        if taken_utc_ms > now_utc_ms:
            raise DeskunitError("callback_taken_later", exit_code=2)
        wanted = fields.details(values)
        self._check_repeated(wanted)
        with self._store.writing_callbacks() as writer:
            number = writer.next_number()
            made = Taken(number, kind, taken_utc_ms, 0, str(owner), now_utc_ms, by)
            new = writer.add(made)
            empty = actions.changed(new, {}, wanted)
            self._append(writer, number, by, actions.edited(new, empty))
        return number

    def _append(
        self, writer: CallbackWriter, number: int, by: str, news: Iterable[actions.News]
    ) -> None:
        at_utc_ms = self._now_utc_ms()
        for one in news:
            writer.append(number, at_utc_ms, by, one.what, one.body, one.personal)

    def _forget(self, writer: CallbackWriter, numbers: Iterable[int], by: str, why: str) -> None:
        """The fact first: only behind it may the texts go."""
        at_utc_ms, numbers = self._now_utc_ms(), list(numbers)
        for number in numbers:
            writer.append(number, at_utc_ms, by, "forgotten", {"reason": why} if why else {})
        writer.erase(numbers)

    # --- looking things up ---------------------------------------------------------------------

    def _get(self, number: int) -> Callback:
        return self._found(self._store.find_callback(number), number)

    def _found(self, callback: Callback | None, number: int) -> Callback:
        if callback is None:
            raise DeskunitError("callback_unknown", exit_code=2, number=number)
        return callback

    def _check_agent(self, agent_id: object, *, system: bool = True) -> None:
        if system and agent_id == kinds.SUPERVISOR:
            return
        if not isinstance(agent_id, str) or not self._store.has_agent(agent_id):
            raise DeskunitError("unknown_agent", exit_code=2, agent=agent_id or "–")

    def _check_repeated(self, wanted: fields.Details) -> None:
        of = wanted.others.get("repeat_of")
        if of is not None:
            self._get(of)
