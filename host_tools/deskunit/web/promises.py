"""What the page needs of promised return calls: rows, one with its history, writes, who may do them.

A part of the contract in floor.py. Instants are UTC ms, as everywhere on the page.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict


class AgentName(TypedDict):
    """Somebody of agents.csv."""

    id: str
    name: str
    team: str


class Attempt(TypedDict):
    """One return call."""

    at_utc_ms: int
    by: str  # the agent who called
    by_name: str
    outcome: str | None  # settled no_answer not_settled not_given; None: it is going on
    satisfied: str | None  # yes no not_asked; None with the outcome None or not_given


class Fact(TypedDict):
    """One line of a callback's history. `body` has no personal data."""

    id: int  # ascending; the last one is what a write must have seen
    at_utc_ms: int
    by: str
    by_name: str
    what: (
        str  # fields attempt closed voided assigned agreed escalated key_account repeat forgotten …
    )
    body: dict[str, Any]


class Callback(TypedDict):
    """A promised return call as it is now. A key is never absent."""

    number: int  # for people, from 1
    kind: str  # dropped fault complaint days_2 days_5 inquiry correction
    uid: str  # the unit on which it was taken; "" when it was typed here
    seat: str
    call_no: int | None
    taken_utc_ms: int
    taken_error_ms: int
    due_utc_ms: int
    is_published: bool  # False: the calendar of a year up to the due date is not known yet
    calendar: str  # its version
    agent_id: str  # who owns it; "?" when nobody knows
    agent_name: str
    status: str  # open closed voided
    is_overdue: bool
    outcome: str | None  # of a closed one
    reason: str | None  # of a voided one
    closed_utc_ms: int | None  # when it was closed or voided
    agreed_utc_ms: int | None  # the agreed time of an inquiry
    is_key_account: bool
    is_escalated: bool
    repeat_of: int | None
    is_to_be_completed: bool  # an attempt's outcome was not given
    is_forgotten: bool  # the personal fields were erased
    fields: dict[str, str]  # caller_number name phone address account subject said promised …
    attempts: list[Attempt]
    seen: int  # id of the last fact; goes back with a write
    history: list[Fact]  # of `callback` alone; [] in lists


class Summary(TypedDict):
    """What a unit is told of its agent's callbacks. `number` 0, `kind` "": none is open."""

    agent_id: str  # "" when nobody is signed in there
    open: int
    overdue: int
    number: int
    kind: str
    due_utc_ms: int


class PromisesFloor(Protocol):
    """All calls may come from any thread and raise DeskunitError for a sentence."""

    def agents(self) -> list[AgentName]:
        """The site's list, for the one who signs a write and for hand-overs."""

    def callbacks(self, asked: Mapping[str, str], limit: int) -> list[Callback]:
        """By due time, those of `asked`: agent (an id) · status (open, the default; closed, voided,
        all) · kind · text (in number, caller, name or what was said)."""

    def callback(self, number: int) -> Callback:
        """One with its history. DeskunitError: unknown_callback."""

    def callback_summary(self, uid: str) -> Summary:
        """Of the agent who is signed in at that unit."""

    def callback_repeats(self, number: int) -> list[int]:
        """Earlier ones of the same caller and subject, newest first: proposals, an agent confirms."""

    def callback_write(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None,
        values: Mapping[str, Any],
    ) -> Callback:
        """add (number None) edit attempt close void assign agree escalate key_account repeat forget.

        It is as `deskunit callbacks` does it, by the running logger's one writer. What a newer fact
        contradicts is refused with who and when.
        """
