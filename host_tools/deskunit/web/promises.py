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

    id: int
    at_utc_ms: int
    by: str  # the agent who called
    by_name: str
    outcome: str  # settled no_answer not_settled, not_given until somebody says
    satisfaction: str | None  # yes no not_asked; None with not_given


class Fact(TypedDict):
    """One line of a callback's history."""

    id: int  # ascending; the last one is what a write must have seen
    at_utc_ms: int
    by: str  # an agent, supervisor, retention; "" for the program itself
    by_name: str
    what: str  # fields attempt outcome closed voided assigned agreed escalated key_account repeat forgotten …
    body: dict[str, Any]
    personal: dict[str, str]  # what was written into which field, as far as it is kept


class Callback(TypedDict):
    """A promised return call as it is now. A key is never absent."""

    number: int  # for people, from 1
    kind: str  # dropped fault complaint days_2 days_5 inquiry correction
    promise: str  # now h24 h48 days_2 days_5 inquiry agreed
    status: str  # open closed voided
    owner: str  # an agent; "?" when nobody knows
    owner_name: str
    uid: str  # the unit on which it was taken; "" when it was typed here
    seat: str
    call_no: int | None
    taken_utc_ms: int
    taken_error_ms: int
    taken_by: str
    due_utc_ms: int
    is_overdue: bool  # as of the answer
    calendar: str  # its version
    is_published: bool  # False: the calendar of a year up to the due date is not official yet
    agreed_utc_ms: int | None  # the agreed time of an inquiry
    attempts: list[Attempt]
    to_complete: int | None  # id of an attempt whose outcome nobody gave, its call being over
    outcome: str | None  # of a closed one
    satisfaction: str | None
    ended_utc_ms: int | None  # when it was closed or voided
    ended_by: str | None
    reason: str  # why it was voided
    assigned_utc_ms: int | None
    assigned_by: str | None
    assigned_why: str
    subject: str
    key_account: bool
    escalated: bool
    repeat_of: int | None
    forgotten_utc_ms: int | None  # the personal fields were erased then
    seen: int  # the last fact; goes back with a write
    personal: dict[
        str, str
    ]  # caller_number name phone address account said promised, those that are filled
    is_masked: bool  # in lists; one alone has them as they are
    history: list[Fact]  # of one alone, oldest first; [] in lists


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

    def callback_zone(self) -> str:
        """The site's zone, in which due times are meant and agreed times are typed."""

    def callbacks(self, asked: Mapping[str, str], limit: int) -> list[Callback]:
        """Those of `asked`: owner (an id) · status (open, the default; closed, voided, all) · kind · text
        (a number, or part of what was typed). Open ones by due time, else the newest first."""

    def callback(self, number: int) -> Callback:
        """One with its history and its personal texts. DeskunitError: callback_unknown."""

    def callback_summary(self, uid: str) -> Summary:
        """Of the agent who is signed in at that unit."""

    def callback_repeats(self, number: int) -> list[Callback]:
        """Earlier ones of the same caller and subject, newest first: proposals, an agent confirms."""

    def callback_write(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None,
        values: Mapping[str, Any],
    ) -> Callback:
        """A write of deskunit.callbacks: add (number None) edit attempt close void assign agree escalate
        key_account repeat forget, with their values there; by the running logger's one writer.

        `by`: an agent's id or "supervisor". What a newer fact contradicts is refused with who and when.
        """
