"""Whether a callback may be about the same again (HANDBOOK K7). Pure; the agent decides."""

import unicodedata

from deskunit.callbacks.folding import Callback
from deskunit.callbacks.kinds import VOIDED

DAY_MS = 86_400_000


def may_repeat(this: Callback, earlier: Callback, days: int) -> bool:
    """Whether `earlier`, of the same caller, has the same subject and was taken at most `days` before."""
    since_ms = this.taken_utc_ms - earlier.taken_utc_ms
    return (
        earlier.number < this.number
        and earlier.status != VOIDED
        and 0 <= since_ms <= days * DAY_MS
        and same_subject(this.subject, earlier.subject)
    )


def same_subject(one: str, other: str) -> bool:
    """Width, case and spaces make no other subject."""
    return bool(plain(one)) and plain(one) == plain(other)


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
