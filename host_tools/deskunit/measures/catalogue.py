"""Every measure by its key: how the figure is made of what is added up. Pure.

Name, formula, unit and source in words are in the language files under [measure.KEY]; reports print them
at their head, docs/measures.md has them all. A ratio over nothing is undefined (HANDBOOK §4).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskunit import words
from deskunit.measures.figures import Figure, Kind, count, seconds, share
from deskunit.reasons import UNSPECIFIED, is_away
from deskunit.states import HOLD, NOT_READY, READY, STATES, TALKING, WRAP_UP

if TYPE_CHECKING:
    from deskunit.measures.tally import Measures

Figures = dict[str | int, Figure]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a group."""

    key: str
    kind: Kind
    of: "Callable[[Measures], Figure]"


@dataclass(frozen=True, slots=True)
class Family:
    """One figure a state, or a reason code."""

    key: str
    kind: Kind
    of: "Callable[[Measures], Figures]"


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader is told of a measure."""

    name: str
    formula: str
    unit: str
    source: str


def words_of(key: str, language: str | None = None) -> Words:
    """Name, formula, unit and source in `language`; KeyError for what is no measure."""
    return Words(
        *(words.text(f"measure.{key}.{part}", language) for part in Words.__dataclass_fields__)
    )


# -- times


def signed_in_time(m: "Measures") -> Figure:
    """From sign-in to sign-out, each moment once however many units (standard: staffed time). s."""
    return seconds(m.signed_in_ms)


def unknown_time(m: "Measures") -> Figure:
    """Signed in, no word from the unit (DESIGN §2). s."""
    return seconds(m.unknown_ms)


def unknown_share(m: "Measures") -> Figure:
    """unknown ÷ signed-in time (HANDBOOK §4, share of each state). %."""
    return share(m.unknown_ms, m.signed_in_ms)


def overlap_time(m: "Measures") -> Figure:
    """Signed in at a second unit at the same time, counted once there (DESIGN §2). s."""
    return seconds(m.overlap_ms)


def occupancy(m: "Measures") -> Figure:
    """(talking + hold + wrap_up) ÷ (those + ready) (HANDBOOK §4; standard term). %."""
    busy = m.state_ms[TALKING] + m.state_ms[HOLD] + m.state_ms[WRAP_UP]
    return share(busy, busy + m.state_ms[READY])


def not_ready_share(m: "Measures") -> Figure:
    """not_ready ÷ signed-in time (HANDBOOK §4). %."""
    return share(m.state_ms[NOT_READY], m.signed_in_ms)


def unspecified_share(m: "Measures") -> Figure:
    """not_ready for which no reason was chosen ÷ not_ready (DESIGN §2, reason 0). %."""
    return share(m.reason_ms.get(UNSPECIFIED, 0), m.state_ms[NOT_READY])


def away_time(m: "Measures") -> Figure:
    """not_ready for a reason that counts as away (HANDBOOK §4; DESIGN §2, reasons). s."""
    return seconds(m.away_ms)


def away_share(m: "Measures") -> Figure:
    """Away time ÷ signed-in time (HANDBOOK §4). %."""
    return share(m.away_ms, m.signed_in_ms)


def longest_away(m: "Measures") -> Figure:
    """The longest single absence, as far as it lies in the period (HANDBOOK §4, S3). s."""
    return seconds(m.longest_away_ms, bool(m.away_rows_ms))


def state_time(m: "Measures") -> Figures:
    """Time in each state, unknown among them (HANDBOOK §4). s."""
    return {state: seconds(m.state_ms[state]) for state in STATES[1:]}


def state_share(m: "Measures") -> Figures:
    """Time in each state ÷ signed-in time (HANDBOOK §4). %."""
    return {state: share(m.state_ms[state], m.signed_in_ms) for state in STATES[1:]}


def reason_share(m: "Measures") -> Figures:
    """not_ready of each reason ÷ signed-in time (HANDBOOK §4). %."""
    return {code: share(ms, m.signed_in_ms) for code, ms in sorted(m.reason_ms.items())}


def reason_of_not_ready(m: "Measures") -> Figures:
    """not_ready of each reason ÷ not_ready (HANDBOOK §4). %."""
    return {code: share(ms, m.state_ms[NOT_READY]) for code, ms in sorted(m.reason_ms.items())}


def away_by_reason(m: "Measures") -> Figures:
    """Time of each reason that counts as away (HANDBOOK §4; DESIGN §2). s."""
    return {code: seconds(ms) for code, ms in sorted(m.reason_ms.items()) if is_away(code)}


# -- calls


def calls_handled(m: "Measures") -> Figure:
    """Calls whose handling ended in the period, seen whole (HANDBOOK §4). Count."""
    return count(m.calls_handled)


def calls_cut(m: "Measures") -> Figure:
    """Calls that ended in the period of which a part is not known; in no other figure of calls. Count."""
    return count(m.calls_cut)


def calls_outbound(m: "Measures") -> Figure:
    """Calls handled that began from not_ready (DESIGN §2, BUSY in not_ready). Count."""
    return count(m.calls_outbound)


def average_handle_time(m: "Measures") -> Figure:
    """(talking + hold + wrap_up) of the calls handled ÷ calls handled (HANDBOOK §4; standard: AHT). s."""
    return seconds(m.handle_ms, m.calls_handled)


def average_talk_time(m: "Measures") -> Figure:
    """talking of the calls handled ÷ calls handled (standard: ATT). s."""
    return seconds(m.talk_ms, m.calls_handled)


# -- holds


def calls_held(m: "Measures") -> Figure:
    """Calls handled with at least one hold episode (HANDBOOK §4). Count."""
    return count(m.calls_held)


def held_share(m: "Measures") -> Figure:
    """Calls held ÷ calls handled (standard: hold rate). %."""
    return share(m.calls_held, m.calls_handled)


def hold_episodes(m: "Measures") -> Figure:
    """Holds of calls that ended in the period; a declined one is none (HANDBOOK §4; DESIGN §2). Count."""
    return count(m.hold_episodes)


def holds_declined(m: "Measures") -> Figure:
    """Holds ended within hold_consent_s: the caller did not agree (DESIGN §2). Count."""
    return count(m.holds_declined)


def hold_per_held_call(m: "Measures") -> Figure:
    """hold of the calls held ÷ calls held (HANDBOOK §4). s."""
    return seconds(m.held_ms, m.calls_held)


def hold_per_handled_call(m: "Measures") -> Figure:
    """hold of the calls handled ÷ calls handled (HANDBOOK §4). s."""
    return seconds(m.hold_ms, m.calls_handled)


def average_hold(m: "Measures") -> Figure:
    """Length of the episodes known whole ÷ their number (HANDBOOK §4). s."""
    return seconds(m.whole_holds_ms, m.whole_holds)


def longest_hold(m: "Measures") -> Figure:
    """The longest episode that is known whole (HANDBOOK §4). s."""
    return seconds(m.longest_hold_ms, bool(m.whole_holds))


def holds_over_limit(m: "Measures") -> Figure:
    """Episodes longer than hold_max_s, or of which the unit logged that (HANDBOOK C7, §4). Count."""
    return count(m.holds_over_limit)


def over_limit_share(m: "Measures") -> Figure:
    """Episodes over the limit ÷ episodes (HANDBOOK C7, §4). %."""
    return share(m.holds_over_limit, m.hold_episodes)


def reminders(m: "Measures") -> Figure:
    """Reminders that the units showed during holds (HANDBOOK C6). Count."""
    return count(m.reminders)


def reminders_kept(m: "Measures") -> Figure:
    """Reminders followed by the tap or the end of the hold within remind_grace_s ÷ those of which it is
    known (HANDBOOK §4). %.
    """
    return share(m.reminders_kept, m.reminders_kept + m.reminders_missed)


# -- wrap-up


def wrap_up_per_handled_call(m: "Measures") -> Figure:
    """wrap_up of the calls handled ÷ calls handled (standard: ACW). s."""
    return seconds(m.wrap_up_ms, m.calls_handled)


def wrap_up_per_wrapped_call(m: "Measures") -> Figure:
    """wrap_up of the calls handled ÷ those of them that had any. s."""
    return seconds(m.wrap_up_ms, m.wrapped_calls)


def wrap_ups_over_limit(m: "Measures") -> Figure:
    """Calls handled with more wrap_up than wrap_up_s (DESIGN §2). Count."""
    return count(m.wrap_ups_over_limit)


def wrap_up_over_share(m: "Measures") -> Figure:
    """Those ÷ calls handled that had wrap_up (DESIGN §2). %."""
    return share(m.wrap_ups_over_limit, m.wrapped_calls)


# -- the roster


def on_time_sign_ins(m: "Measures") -> Figure:
    """Shifts signed in by their start − sign_in_early_s ÷ shifts due (HANDBOOK S1). %."""
    return share(m.on_time, m.shifts_due)


def late_sign_ins(m: "Measures") -> Figure:
    """Shifts signed in after that, before their end (HANDBOOK S1). Count."""
    return Figure("count", m.late, m.shifts_due)


def average_late(m: "Measures") -> Figure:
    """How long after start − sign_in_early_s the late ones came ÷ their number (HANDBOOK S1). s."""
    return seconds(m.late_ms, m.late)


def absences(m: "Measures") -> Figure:
    """Shifts due without any sign-in (HANDBOOK S1). Count."""
    return Figure("count", m.absent, m.shifts_due)


def sign_ins_without_shift(m: "Measures") -> Figure:
    """Sign-ins that touch no line of the roster (HANDBOOK S1). Count."""
    return Figure("count", m.sign_ins_without_shift, m.has_roster)


def adherence(m: "Measures") -> Figure:
    """Scheduled time in a fitting state ÷ (scheduled time + overtime) (standard: adherence). %."""
    return share(m.adherent_ms, m.scheduled_ms + m.overtime_ms if m.scheduled_ms else 0)


def adherence_without_overtime(m: "Measures") -> Figure:
    """Scheduled time in a fitting state ÷ scheduled time (standard: adherence). %."""
    return share(m.adherent_ms, m.scheduled_ms)


# -- moments


def idle_alerts(m: "Measures") -> Figure:
    """How often the unit found its agent ready for idle_alert_s (HANDBOOK S5). Count."""
    return count(m.idle_alerts)


def overruns(m: "Measures") -> Figure:
    """How often a not_ready lasted longer than its reason allows (DESIGN §2). Count."""
    return count(sum(m.overruns.values()))


def overruns_by_reason(m: "Measures") -> Figures:
    """The same by reason (DESIGN §2). Count."""
    return {code: count(number) for code, number in sorted(m.overruns.items())}


def refused_presses(m: "Measures") -> Figure:
    """Presses without a meaning where they came, while signed in (DESIGN §2). Count."""
    return count(m.refused_presses)


_MEASURES: tuple[tuple[Kind, "Callable[[Measures], Figure]"], ...] = (
    ("seconds", signed_in_time),
    ("seconds", unknown_time),
    ("share", unknown_share),
    ("seconds", overlap_time),
    ("share", occupancy),
    ("count", calls_handled),
    ("count", calls_cut),
    ("count", calls_outbound),
    ("seconds", average_handle_time),
    ("seconds", average_talk_time),
    ("count", calls_held),
    ("share", held_share),
    ("count", hold_episodes),
    ("count", holds_declined),
    ("seconds", hold_per_held_call),
    ("seconds", hold_per_handled_call),
    ("seconds", average_hold),
    ("seconds", longest_hold),
    ("count", holds_over_limit),
    ("share", over_limit_share),
    ("count", reminders),
    ("share", reminders_kept),
    ("seconds", wrap_up_per_handled_call),
    ("seconds", wrap_up_per_wrapped_call),
    ("count", wrap_ups_over_limit),
    ("share", wrap_up_over_share),
    ("share", not_ready_share),
    ("share", unspecified_share),
    ("seconds", away_time),
    ("share", away_share),
    ("seconds", longest_away),
    ("share", on_time_sign_ins),
    ("count", late_sign_ins),
    ("seconds", average_late),
    ("count", absences),
    ("count", sign_ins_without_shift),
    ("share", adherence),
    ("share", adherence_without_overtime),
    ("count", idle_alerts),
    ("count", overruns),
    ("count", refused_presses),
)
_FAMILIES: tuple[tuple[Kind, "Callable[[Measures], Figures]"], ...] = (
    ("seconds", state_time),
    ("share", state_share),
    ("share", reason_share),
    ("share", reason_of_not_ready),
    ("seconds", away_by_reason),
    ("count", overruns_by_reason),
)
MEASURES: Mapping[str, Measure] = {
    of.__name__: Measure(of.__name__, kind, of) for kind, of in _MEASURES
}
FAMILIES: Mapping[str, Family] = {
    of.__name__: Family(of.__name__, kind, of) for kind, of in _FAMILIES
}
