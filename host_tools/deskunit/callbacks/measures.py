"""The measures of callbacks (HANDBOOK §4), each a pure function of what is counted. An empty denominator is
None, shown as –; never 0 or 100 %.

A callback is *counted* in the period in which it is due, once it is closed or overdue: one that may still be
answered in time says nothing yet. Voided ones are nowhere. Forgotten ones stay: no measure needs a name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from deskunit.callbacks.kinds import CLOSED, COMPLAINTS, INQUIRY, NOW, OPEN, VOIDED


@dataclass(frozen=True, slots=True)
class Kept:
    """One callback as the measures see it. `grace_s`: how long after the due time still counts as kept."""

    kind: str
    status: str
    owner: str
    team: str
    subject: str
    taken_utc_ms: int
    due_utc_ms: int
    closed_utc_ms: int | None
    satisfaction: str | None
    escalated: bool
    key_account: bool
    is_repeat: bool
    grace_s: int = 0

    @property
    def is_complaint(self) -> bool:
        return self.kind in COMPLAINTS

    @property
    def is_replied(self) -> bool:
        return self.status == CLOSED

    @property
    def is_satisfied(self) -> bool:
        return self.is_replied and self.satisfaction == "yes"

    @property
    def kept_until_utc_ms(self) -> int:
        return self.due_utc_ms + 1000 * self.grace_s

    @property
    def is_on_time(self) -> bool:
        return self.closed_utc_ms is not None and self.closed_utc_ms <= self.kept_until_utc_ms


@dataclass(frozen=True, slots=True)
class Ratio:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


def counted(
    callbacks: Iterable[Kept], from_utc_ms: int | None, to_utc_ms: int | None, now_utc_ms: int
) -> list[Kept]:
    """Those due in [from, to) that are closed, or open and overdue at `now`."""
    return [
        one
        for one in callbacks
        if one.status == CLOSED or (one.status == OPEN and one.kept_until_utc_ms < now_utc_ms)
        if within(one.due_utc_ms, from_utc_ms, to_utc_ms)
    ]


def taken_in(
    callbacks: Iterable[Kept], from_utc_ms: int | None, to_utc_ms: int | None
) -> list[Kept]:
    """Those taken in [from, to), voided ones left out: the base of the repeats."""
    return [
        one
        for one in callbacks
        if one.status != VOIDED and within(one.taken_utc_ms, from_utc_ms, to_utc_ms)
    ]


def within(utc_ms: int, from_utc_ms: int | None, to_utc_ms: int | None) -> bool:
    """Whether it lies in the half-open period; None: no bound."""
    is_after = from_utc_ms is None or utc_ms >= from_utc_ms
    return is_after and (to_utc_ms is None or utc_ms < to_utc_ms)


def reply_rate(due: Sequence[Kept]) -> Ratio:
    """Replied ÷ due in the period (HANDBOOK §4, reply rate). Replied: closed, in time or late.

    Of callbacks of every kind; inquiries and complaints alone are its rows by class.
    """
    return Ratio(sum(one.is_replied for one in due), len(due))


def on_time_rate(due: Sequence[Kept]) -> Ratio:
    """Closed by the promise ÷ due in the period (HANDBOOK §4, on-time reply rate).

    Open and overdue ones count as due. Closed at the very due time is in time; a promise `now` has
    its grace.
    """
    return Ratio(sum(one.is_on_time for one in due), len(due))


def repeat_rate(taken: Sequence[Kept]) -> Ratio:
    """Repeated ÷ (all complaints − repeated), of those taken in the period (HANDBOOK §4 and K7).

    Repeated: an agent confirmed that the same caller complained of the same before. It may exceed 1.
    """
    complaints = [one for one in taken if one.is_complaint]
    repeated = sum(one.is_repeat for one in complaints)
    return Ratio(repeated, len(complaints) - repeated)


def inquiry_satisfaction(due: Sequence[Kept]) -> Ratio:
    """Satisfied ÷ asked, of inquiries replied (HANDBOOK §4). Asked: the caller said yes or no."""
    inquiries = [one for one in due if one.kind == INQUIRY and one.is_replied]
    asked = [one for one in inquiries if one.satisfaction in ("yes", "no")]
    return Ratio(sum(one.is_satisfied for one in asked), len(asked))


def complaint_satisfaction(due: Sequence[Kept]) -> Ratio:
    """Satisfied ÷ complaints replied (HANDBOOK §4). Whoever was not asked counts as not satisfied."""
    replied = [one for one in due if one.is_complaint and one.is_replied]
    return Ratio(sum(one.is_satisfied for one in replied), len(replied))


def escalated_satisfaction(due: Sequence[Kept]) -> Ratio:
    """Satisfied ÷ escalated complaints (HANDBOOK §4), open and overdue ones with them."""
    escalated = [one for one in due if one.is_complaint and one.escalated]
    return Ratio(sum(one.is_satisfied for one in escalated), len(escalated))


def key_account_satisfaction(due: Sequence[Kept]) -> Ratio:
    """Satisfied ÷ key accounts' complaints (HANDBOOK §4), open and overdue ones with them."""
    of_keys = [one for one in due if one.is_complaint and one.key_account]
    return Ratio(sum(one.is_satisfied for one in of_keys), len(of_keys))


MEASURES: Mapping[str, Callable[[Sequence[Kept]], Ratio]] = {
    "reply_rate": reply_rate,
    "on_time_rate": on_time_rate,
    "repeat_rate": repeat_rate,
    "inquiry_satisfaction": inquiry_satisfaction,
    "complaint_satisfaction": complaint_satisfaction,
    "escalated_satisfaction": escalated_satisfaction,
    "key_account_satisfaction": key_account_satisfaction,
}
OF_TAKEN = ("repeat_rate",)  # of the callbacks taken in the period; all others of those counted
AT_MOST = ("repeat_rate",)  # whose target is an upper bound
GROUPS: Mapping[str, Callable[[Kept], str]] = {
    "agent": lambda one: one.owner,
    "team": lambda one: one.team,
    "class": lambda one: one.kind,
    "subject": lambda one: one.subject,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A line of the report. `group` "" with `by` None: all together."""

    group: str
    due: int
    ratios: Mapping[str, Ratio]


def measured(
    callbacks: Iterable[Kept],
    from_utc_ms: int | None,
    to_utc_ms: int | None,
    now_utc_ms: int,
    by: str | None = None,
) -> list[Measured]:
    """All measures of the period, a line a group in the order of their names; `by`: one of GROUPS."""
    every = list(callbacks)
    due = counted(every, from_utc_ms, to_utc_ms, now_utc_ms)
    taken = taken_in(every, from_utc_ms, to_utc_ms)
    if by is None:
        return [_line("", due, taken)]
    due_of, taken_of = _grouped(due, by), _grouped(taken, by)
    names = sorted({*due_of, *taken_of})
    return [_line(name, due_of.get(name, []), taken_of.get(name, [])) for name in names]


def _grouped(callbacks: Iterable[Kept], by: str) -> dict[str, list[Kept]]:
    found: dict[str, list[Kept]] = {}
    for one in callbacks:
        found.setdefault(GROUPS[by](one), []).append(one)
    return found


def _line(group: str, due: Sequence[Kept], taken: Sequence[Kept]) -> Measured:
    ratios = {
        name: measure(taken if name in OF_TAKEN else due) for name, measure in MEASURES.items()
    }
    return Measured(group, len(due), ratios)


def is_met(name: str, ratio: Ratio, target: int | None) -> bool | None:
    """Whether a target in percent is met; None: there is none, or nothing to measure."""
    if target is None or ratio.share is None:
        return None
    percent = 100 * ratio.part
    return percent <= target * ratio.whole if name in AT_MOST else percent >= target * ratio.whole


def grace_s(promise: str, now_grace_s: int) -> int:
    """A promise `now` is kept so long after it was made; every other one by its time."""
    return now_grace_s if promise == NOW else 0
