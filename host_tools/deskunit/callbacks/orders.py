"""What comes from a socket or a browser as a write, before the desk takes it. Pure.

Nothing that a program may send can stop the logger's writer; what a value means is the desk's to judge.
"""

from collections.abc import Mapping

from deskunit.errors import DeskunitError

LATEST = 4_102_444_800_000  # 2100-01-01 in UTC ms; numbers of callbacks are smaller
RESERVED = frozenset({"self", "action", "number", "by", "seen", "personal"})


def check(action: object, number: object, by: object, seen: object, values: object) -> None:
    """DeskunitError: a value that no write has."""
    if not isinstance(action, str):
        raise DeskunitError("callback_action", exit_code=2, action=repr(action))
    if not isinstance(by, str):
        raise DeskunitError("unknown_agent", exit_code=2, agent=repr(by))
    if not isinstance(values, Mapping):
        raise DeskunitError("callback_no_field", exit_code=2, field=repr(values))
    for name, value in (("number", number), ("seen", seen)):
        if value is not None and type(value) is not int:
            raise DeskunitError("callback_no_whole", exit_code=2, field=name, found=repr(value))
    for name in values:
        if name in RESERVED:
            raise DeskunitError("callback_no_field", exit_code=2, field=name)
    for name, value in {"number": number, "by": by, "seen": seen, **values}.items():
        _check_value(name, value)


def _check_value(name: str, value: object) -> None:
    if value is not None and not isinstance(value, str | int):
        raise DeskunitError("callback_no_text", exit_code=2, field=name, found=repr(value))
    if isinstance(value, int) and not 0 <= value < LATEST:
        raise DeskunitError("callback_range", exit_code=2, field=name)
    if isinstance(value, str) and not _is_text(value):
        raise DeskunitError("callback_no_text", exit_code=2, field=name, found=repr(value))


def _is_text(value: str) -> bool:
    """False for half a character, which no file can hold."""
    return not any("\ud800" <= char <= "\udfff" for char in value)
