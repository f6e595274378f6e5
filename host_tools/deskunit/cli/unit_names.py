"""Which unit is meant by what was typed after --unit: its uid, or the seat at which it stands now."""

from typing import TYPE_CHECKING

from deskunit.errors import DeskunitError

if TYPE_CHECKING:
    from deskunit.store import Store


def uid_of(store: "Store", name: str) -> str:
    """The unit with that uid or else that seat. DeskunitError: there is none, or several."""
    seats = store.seats()
    if name in seats:
        return name
    found = [uid for uid, seat in seats.items() if seat and seat == name]
    if not found:
        raise DeskunitError("push_unknown_unit", exit_code=2, name=name)
    if len(found) > 1:
        raise DeskunitError("correction_no_unit", exit_code=2, name=name)
    return found[0]
