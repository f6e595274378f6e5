"""What readers of callbacks get: a callback with its due time and its personal texts, masked or not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deskunit.callbacks.folding import Attempt


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. `personal`: the texts that this fact wrote, as far as they are kept."""

    id: int
    at_utc_ms: int
    by: str
    what: str
    body: Mapping[str, Any]
    personal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One callback. `calendar`: by which version of it the due time was found; `is_published` False: by a
    year whose moved days are not official yet. `to_complete`: the attempt whose outcome nobody gave.
    `seen`: hand it back with a write. `history` is that of `get` alone.
    """

    number: int
    kind: str
    promise: str
    status: str
    owner: str
    taken_utc_ms: int
    taken_error_ms: int
    taken_by: str
    due_utc_ms: int
    calendar: str
    is_published: bool
    agreed_utc_ms: int | None
    unit: str | None
    call_no: int | None
    call_key: str | None
    attempts: tuple[Attempt, ...]
    to_complete: int | None
    outcome: str | None
    satisfaction: str | None
    ended_utc_ms: int | None
    ended_by: str | None
    reason: str
    assigned_utc_ms: int | None
    assigned_by: str | None
    assigned_why: str
    subject: str
    key_account: bool
    escalated: bool
    repeat_of: int | None
    forgotten_utc_ms: int | None
    seen: int
    personal: Mapping[str, str]
    is_masked: bool
    history: tuple[Entry, ...] = ()

    def is_overdue(self, now_utc_ms: int) -> bool:
        return self.status == "open" and self.due_utc_ms < now_utc_ms


@dataclass(frozen=True, slots=True)
class Summary:
    """What the unit's header and view show of an agent's callbacks; number 0: nothing is open."""

    open: int = 0
    overdue: int = 0
    next_number: int = 0
    next_due_utc_ms: int | None = None
    next_kind: str = ""
