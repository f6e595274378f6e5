"""What may stand in a field of a callback, and how it is kept. Pure; each mistake is one sentence."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deskunit.callbacks import kinds
from deskunit.errors import DeskunitError

LONGEST = {
    "caller_number": 24,
    "phone": 24,
    "name": 40,
    "address": 120,
    "account": 40,
    "subject": 40,
    "said": 1000,
    "promised": 1000,
    "reason": 200,
    "why": 200,
}
MISSING = {"reason": "callback_no_reason", "why": "callback_no_why"}
TEXTS = (*kinds.PERSONAL, "subject")
FLAGS = ("key_account", "escalated")
FIELDS = (*TEXTS, *FLAGS, "repeat_of", "agreed_utc_ms")
_NUMBER = re.compile(r"\+?[\d ().*#-]+")
_DIGITS_LEAST, _DIGITS_MOST = 3, 18


@dataclass(frozen=True, slots=True)
class Details:
    """Checked fields: `texts` by name, and what is no text, as far as it is given."""

    texts: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    others: Mapping[str, int | None] = field(default_factory=dict)  # repeat_of, agreed_utc_ms


def details(values: Mapping[str, Any]) -> Details:
    """The fields among `values`. DeskunitError: one that there is not, or a text that cannot stand in it."""
    unknown = next((name for name in values if name not in FIELDS), None)
    if unknown is not None:
        raise DeskunitError("callback_no_field", exit_code=2, field=unknown)
    return Details(
        {name: text(name, values[name]) for name in TEXTS if values.get(name) is not None},
        {name: flag(name, values[name]) for name in FLAGS if values.get(name) is not None},
        {
            name: whole(name, values[name])
            for name in ("repeat_of", "agreed_utc_ms")
            if name in values
        },
    )


def text(name: str, value: object) -> str:
    """A text as it is kept: no control characters, no space around it; of a number plain digits."""
    if not isinstance(value, str):
        raise DeskunitError("callback_no_text", exit_code=2, field=name, found=value)
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in value).strip()
    if name in kinds.NUMBERS:
        return number(name, kept)
    if len(kept) > LONGEST[name]:
        raise DeskunitError("callback_long", exit_code=2, field=name, most=LONGEST[name])
    return kept


def number(name: str, value: str) -> str:
    """A telephone number as it was typed, in plain digits; "": none."""
    plain = unicodedata.normalize("NFKC", value)
    count = sum(char.isdecimal() for char in plain)
    if plain and not _NUMBER.fullmatch(plain):
        raise DeskunitError("callback_number", exit_code=2, field=name, found=repr(value))
    if plain and not _DIGITS_LEAST <= count <= _DIGITS_MOST:
        raise DeskunitError(
            "callback_digits", exit_code=2, field=name, low=_DIGITS_LEAST, high=_DIGITS_MOST
        )
    return plain


def needed(name: str, value: object) -> str:
    """A text that must be there: why something is voided or handed over."""
    kept = text(name, "" if value is None else value)
    if not kept:
        raise DeskunitError(MISSING[name], exit_code=2)
    return kept


def flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise DeskunitError("callback_no_flag", exit_code=2, field=name, found=value)
    return value


def whole(name: str, value: object) -> int | None:
    if value is not None and type(value) is not int:
        raise DeskunitError("callback_no_whole", exit_code=2, field=name, found=value)
    return value


def chosen(name: str, value: object, among: tuple[str, ...]) -> str:
    """One of the words. DeskunitError names them."""
    if value not in among:
        raise DeskunitError(
            "callback_word", exit_code=2, field=name, found=value, among=", ".join(among)
        )
    return str(value)
