"""A callback and its due time as others want them: rows for readers, what is kept for measures. Pure."""

from collections.abc import Mapping

from deskunit.callbacks import kinds
from deskunit.callbacks.due import Due
from deskunit.callbacks.folding import Callback
from deskunit.callbacks.measures import Kept, grace_s
from deskunit.callbacks.rows import Entry, Row


def kept(one: Callback, when: Due, team: str, now_grace_s: int) -> Kept:
    """For the measures. `team`: its owner's."""
    return Kept(
        one.kind,
        one.status,
        one.owner,
        team,
        one.subject,
        one.taken_utc_ms,
        when.utc_ms,
        one.closed_utc_ms,
        one.satisfaction,
        one.escalated,
        one.key_account,
        one.repeat_of is not None,
        grace_s(one.promise, now_grace_s),
    )


def row(
    one: Callback,
    when: Due,
    personal: Mapping[str, str],
    is_masked: bool,
    history: tuple[Entry, ...],
) -> Row:
    """For a reader. `personal`: its texts, masked or not."""
    ended, assigned = one.ended, one.assigned
    incomplete = one.incomplete if one.status == kinds.OPEN else None
    return Row(
        number=one.number,
        kind=one.kind,
        promise=one.promise,
        status=one.status,
        owner=one.owner,
        taken_utc_ms=one.taken_utc_ms,
        taken_error_ms=one.taken_error_ms,
        taken_by=one.taken_by,
        due_utc_ms=when.utc_ms,
        calendar=when.calendar,
        is_published=when.is_published,
        agreed_utc_ms=one.agreed_utc_ms,
        unit=one.uid,
        call_no=one.call_no,
        call_key=one.call_key,
        attempts=one.attempts,
        to_complete=incomplete.id if incomplete else None,
        outcome=one.outcome,
        satisfaction=one.satisfaction,
        ended_utc_ms=ended.at_utc_ms if ended else None,
        ended_by=ended.by if ended else None,
        reason=one.reason,
        assigned_utc_ms=assigned.at_utc_ms if assigned else None,
        assigned_by=assigned.by if assigned else None,
        assigned_why=one.assigned_why,
        subject=one.subject,
        key_account=one.key_account,
        escalated=one.escalated,
        repeat_of=one.repeat_of,
        forgotten_utc_ms=one.forgotten.at_utc_ms if one.forgotten else None,
        seen=one.seen,
        personal={field: text for field, text in personal.items() if text},
        is_masked=is_masked,
        history=history,
    )
