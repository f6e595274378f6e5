"""What comes from a socket or a browser as a write about corrections, before the desk takes it. Pure.

Nothing that a program may send can stop the logger's writer; whether it may be is for the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from deskunit.errors import DeskunitError

WHY_CHARS = 200
SUPERVISOR = "supervisor"  # who writes when no agent's id is given
LATEST = 4_102_444_800_000  # 2100-01-01 in UTC ms; numbers of corrections are smaller


@dataclass(frozen=True, slots=True)
class Order:
    """Make a correction, or with `number` withdraw that one.

    `end_utc_ms` None: the whole row at the start; for signed_out to the end of the sign-in, for an agent
    all of it.
    """

    author: str
    why: str
    number: int | None = None
    uid: str = ""
    start_utc_ms: int = 0
    end_utc_ms: int | None = None
    state: str | None = None
    reason_code: int | None = None
    agent_id: str | None = None


def checked(values: Mapping[str, object]) -> Order:
    """The order, if a write can be like that. DeskunitError: why not."""
    author = values.get("author")
    if not isinstance(author, str):
        raise DeskunitError("unknown_agent", exit_code=2, agent=repr(author))
    for name in values:
        if name not in Order.__dataclass_fields__:
            raise DeskunitError("correction_no_field", exit_code=2, field=name)
    number, start_utc_ms = _whole(values, "number"), _whole(values, "start_utc_ms")
    uid = _text(values, "uid")
    if number is None and (uid is None or start_utc_ms is None):
        raise DeskunitError("correction_no_field", exit_code=2, field="uid, start_utc_ms")
    return Order(
        author,
        why(values.get("why")),
        number,
        uid or "",
        start_utc_ms or 0,
        _whole(values, "end_utc_ms"),
        _text(values, "state"),
        _whole(values, "reason_code"),
        _text(values, "agent_id"),
    )


def why(value: object) -> str:
    """The reason as it is kept: one line, not empty, not a book."""
    kept = ""
    if isinstance(value, str):
        kept = "".join(char if char.isprintable() else " " for char in value).strip()
    if not kept:
        raise DeskunitError("correction_no_why", exit_code=2)
    if len(kept) > WHY_CHARS:
        raise DeskunitError("correction_long", exit_code=2, most=WHY_CHARS)
    return kept


def _whole(values: Mapping[str, object], name: str) -> int | None:
    value = values.get(name)
    if value is None or (type(value) is int and 0 <= value < LATEST):
        return value
    raise DeskunitError("correction_bad_field", exit_code=2, field=name, found=repr(value))


def _text(values: Mapping[str, object], name: str) -> str | None:
    value = values.get(name)
    if value is None or (isinstance(value, str) and value.isprintable()):  # half a character is not
        return value
    raise DeskunitError("correction_bad_field", exit_code=2, field=name, found=repr(value))
