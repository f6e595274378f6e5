"""Whether a write contradicts what somebody did first. Pure: the first one committed wins, the other is told
who and when.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from deskunit.callbacks.folding import Callback, Mark
from deskunit.callbacks.kinds import CLOSED, SUPERVISOR, VOIDED
from deskunit.errors import DeskunitError
from deskunit.local_time import shown

DETAILS = ("edit", "escalate", "key_account", "repeat")  # what may be completed after the closing


def check(action: str, now: Callback, by: str, seen: int, zone: ZoneInfo) -> None:
    """DeskunitError: closed or voided, or handed over since `seen`."""
    if action == "forget":
        return
    if now.ended is not None and now.status == VOIDED:
        raise _refused("callback_voided", now, now.ended, zone, reason=now.reason)
    if now.ended is not None and now.status == CLOSED and not _may_complete(action, now, by, seen):
        raise _refused("callback_closed", now, now.ended, zone)
    if now.assigned is not None and now.assigned.fact > seen and by != now.owner:
        raise _refused("callback_handed_over", now, now.assigned, zone, to=now.owner)


def check_fields(now: Callback, changed: Mapping[str, object], seen: int, zone: ZoneInfo) -> None:
    """DeskunitError: a field that would be changed was changed since `seen`."""
    for name in changed:
        mark = now.fields.get(name)
        if mark is not None and mark.fact > seen:
            raise _refused("callback_field_changed", now, mark, zone, field=name)


def _may_complete(action: str, now: Callback, by: str, seen: int) -> bool:
    """Who closed it may still complete the details; a supervisor who saw that it is closed, too."""
    if action not in DETAILS or now.ended is None:
        return False
    return by == now.ended.by or (by == SUPERVISOR and seen >= now.ended.fact)


def _refused(
    key: str, now: Callback, mark: Mark, zone: ZoneInfo, **values: object
) -> DeskunitError:
    when = shown(mark.at_utc_ms, zone)
    values = {**values, "number": now.number, "by": mark.by or "–", "when": when}
    return DeskunitError(key, exit_code=1, **values)
