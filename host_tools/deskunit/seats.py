"""What may be the name of a seat: it must fit the unit's header."""

from deskunit.errors import DeskunitError

SEAT_LIMIT_CHARS = 8


def checked_seat(seat: str) -> str:
    """`seat` as the unit can show it. DeskunitError: bad_seat."""
    if not 1 <= len(seat) <= SEAT_LIMIT_CHARS or not seat.isprintable():
        raise DeskunitError("bad_seat", exit_code=2, seat=repr(seat))
    return seat
