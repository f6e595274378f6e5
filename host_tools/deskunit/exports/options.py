"""How a file shall look, where a format leaves a choice. Pure data."""

from dataclasses import dataclass

from deskunit.errors import DeskunitError

_TAKEN = frozenset('"\r\n\0')


@dataclass(frozen=True, slots=True)
class Options:
    """`delimiter` and `bom` are those of csv; other formats look away."""

    delimiter: str = ","
    bom: bool = True


def delimiter(typed: str) -> str:
    """One character that may stand between cells; `tab` and \\t are a tab. DeskunitError: another."""
    one = {"tab": "\t", "\\t": "\t"}.get(typed, typed)
    if len(one) != 1 or one in _TAKEN or not one.isascii() or one.isalnum():
        raise DeskunitError("bad_delimiter", exit_code=2, found=repr(typed))
    return one
