"""What an import found, as plain data for JSON and as rows for a file. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deskunit.queue_log.figures import AgentLine, Line, Mean, Ratio
from deskunit.queue_log.files import Read
from deskunit.queue_log.importing import Told
from deskunit.queue_log.matching import Pair, Reconciliation, Spoken
from deskunit.queue_log.presses import Press
from deskunit.queue_log.row import KNOWN
from deskunit.queue_log.visits import OUTCOMES

RATES = ("connect_rate", "answer_rate", "service_level")  # with targets in settings.toml
LINE_RATES = (*RATES, "abandon_rate")
AGENT_RATES = ("answer_rate", "service_level")
SCHEMA = "deskunit.queue_log_differences/1"
MATCHED, NO_PRESS, NO_CALL, ELSEWHERE = "matched", "without_press", "without_call", "elsewhere"
COLUMNS = (
    "kind is_different:flag agent_id agent_name queue callid call_key call_start:times call_end:times "
    "press_start:times press_end:times start_difference_s:seconds duration_difference_s:seconds "
    "is_press_cut:flag from_not_ready:flag"
)
Instant = Callable[[int | None], tuple[Any, Any, Any]]
Targets = Mapping[str, int | None]


def fields(told: Told, against: Reconciliation | None, targets: Targets) -> dict[str, Any]:
    """Everything, for programs. Shares are null where undefined; times in seconds and UTC ms."""
    figures = told.figures
    return {
        "files": [_file(one, told) for one in told.reads],
        "within_s": figures.within_s,
        "targets": dict(targets),
        "all": _line(figures.total),
        "queues": [_line(one) for one in figures.queues],
        "agents": [_agent(one) for one in figures.agents],
        "reconciliation": None if against is None else _against(against),
    }


def differences(
    found: Reconciliation, names: Mapping[str, str], instant: Instant
) -> Iterator[tuple[Any, ...]]:
    """A row a call in the order of COLUMNS: without a press, without a call, then pairs, worst first."""
    for call in found.without_press:
        yield _row(NO_PRESS, True, names, instant, call, None)
    for press in found.without_call:
        yield _row(NO_CALL, True, names, instant, None, press)
    for pair in found.pairs:
        is_different = pair.worst_ms > found.tolerance_ms
        row = _row(MATCHED, is_different, names, instant, pair.spoken, pair.press)
        yield (*row[:-4], pair.start_ms, pair.duration_ms, *row[-2:])
    for call in found.elsewhere:
        yield _row(ELSEWHERE, False, names, instant, call, None)


def _row(
    kind: str,
    is_different: bool,
    names: Mapping[str, str],
    instant: Instant,
    call: Spoken | None,
    press: Press | None,
) -> tuple[Any, ...]:
    agent_id = call.agent_id if call is not None else press.agent_id if press is not None else ""
    return (
        *(kind, is_different, agent_id, names.get(agent_id, "")),
        *(None if call is None else call.queue, None if call is None else call.call),
        None if press is None else press.key,
        *instant(None if call is None else call.start_utc_ms),
        *instant(None if call is None else call.end_utc_ms),
        *instant(None if press is None else press.start_utc_ms),
        *instant(None if press is None else press.end_utc_ms),
        *(None, None),
        None if press is None else press.is_cut,
        None if press is None else press.from_not_ready,
    )


def _file(read: Read, told: Told) -> dict[str, Any]:
    return {
        "file": str(read.file),
        "sha256": read.sha256,
        "rows": read.rows,
        "first_utc_ms": read.first_utc_ms,
        "last_utc_ms": read.last_utc_ms,
        "broken_lines": read.broken_lines,
        "broken": [{"line": one.line, "text": one.text} for one in read.broken],
        "verbs": dict(read.verbs.most_common()),
        "unknown_verbs": {verb: n for verb, n in read.verbs.most_common() if verb not in KNOWN},
        "was_known": read.file.name in told.known,
    }


def _ratio(ratio: Ratio) -> dict[str, Any]:
    share = ratio.share
    return {
        "part": ratio.part,
        "whole": ratio.whole,
        "share": None if share is None else round(share, 4),
    }


def _mean(name: str, mean: Mean) -> dict[str, Any]:
    average = mean.average_s
    return {
        f"average_{name}_s": None if average is None else round(average, 3),
        f"longest_{name}_s": mean.longest_ms / 1000,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "queue": line.name,
        "calls_dialled": line.dialled,
        "calls_asked": line.asked,
        "calls_answered": line.answered,
        "visits_offered": line.offered,
        "visits": {outcome: line.outcomes[outcome] for outcome in OUTCOMES},
        "abandoned_within": line.abandoned_early,
        "transferred": line.transferred,
        **{name: _ratio(getattr(line, name)) for name in LINE_RATES},
        **_mean("wait", line.wait),
        **_mean("abandoned_wait", line.abandoned_wait),
        **_mean("talk", line.talk),
    }


def _agent(line: AgentLine) -> dict[str, Any]:
    return {
        "agent": line.name,
        "answered": line.answered,
        "rang_out": line.missed,
        "transferred": line.transferred,
        "holds": line.holds,
        "hold_s": line.hold_ms / 1000,
        **{name: _ratio(getattr(line, name)) for name in AGENT_RATES},
        **_mean("wait", line.wait),
        **_mean("talk", line.talk),
        **_mean("rang_out", line.missed_ring),
    }


def _against(found: Reconciliation) -> dict[str, Any]:
    return {
        "matched": len(found.pairs),
        "different": len(found.different),
        "calls_without_press": [_spoken(one) for one in found.without_press],
        "presses_without_call": [_press(one) for one in found.without_call],
        "differences": [_pair(one) for one in found.different],
        "without_press": len(found.without_press),
        "without_call": len(found.without_call),
        "elsewhere": len(found.elsewhere),
        "clock_difference_s": found.skew_ms / 1000,
        "tolerance_s": found.tolerance_ms / 1000,
    }


def _spoken(one: Spoken) -> dict[str, Any]:
    return {
        "agent": one.agent_id,
        "queue": one.queue,
        "callid": one.call,
        "call_start_utc_ms": one.start_utc_ms,
        "call_end_utc_ms": one.end_utc_ms,
    }


def _press(one: Press) -> dict[str, Any]:
    return {
        "agent": one.agent_id,
        "call_key": one.key,
        "press_start_utc_ms": one.start_utc_ms,
        "press_end_utc_ms": one.end_utc_ms,
        "from_not_ready": one.from_not_ready,
    }


def _pair(one: Pair) -> dict[str, Any]:
    return {
        **_spoken(one.spoken),
        **_press(one.press),
        "start_s": one.start_ms / 1000,
        "duration_s": None if one.duration_ms is None else one.duration_ms / 1000,
    }
