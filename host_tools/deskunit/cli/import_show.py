"""What an import of a queue_log found, for eyes: the files, the queues, the agents, the differences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from deskunit import words
from deskunit.cli.options import say
from deskunit.cli.table import Column, print_table
from deskunit.local_time import shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from deskunit.queue_log.figures import AgentLine, Figures, Line, Mean, Ratio
    from deskunit.queue_log.files import Read
    from deskunit.queue_log.importing import Told
    from deskunit.queue_log.matching import Pair, Reconciliation, Spoken
    from deskunit.queue_log.presses import Press

NOTHING = "–"
QUEUE_HEADS = ("queue", "dialled", "connect_rate", "answer_rate", "service_level", "abandoned", "wait",
               "longest_wait", "talk")  # fmt: skip
AGENT_HEADS = ("agent", "answered", "rang_out", "agent_answer_rate", "agent_service_level", "wait", "talk",
               "transferred")  # fmt: skip
DIFFERENCE_HEADS = ("what", "agent", "call", "press", "start_difference", "duration_difference")
LEFT = frozenset(("queue", "agent", "what", "call", "press"))
Names = Mapping[str, str]
Targets = Mapping[str, int | None]


def show(
    told: "Told",
    against: "Reconciliation | None",
    targets: Targets,
    names: Names,
    zone: "ZoneInfo",
    limit: int,
) -> None:
    """Tables on stdout; what was met while reading on stderr."""
    for read in told.reads:
        _show_file(read, zone, is_known=read.file.name in told.known)
    _show_queues(told.figures, targets)
    if told.figures.agents:
        click.echo()
        _show_agents(told.figures, names)
    if against is not None:
        click.echo()
        _show_differences(against, names, zone, limit)


def _word(key: str, **values: object) -> str:
    return words.text(f"queue_log.{key}", None, **values)


def _columns(heads: Sequence[str], **values: object) -> list[Column]:
    return [Column(_word(f"head_{one}", **values), right=one not in LEFT) for one in heads]


# --- the files ---------------------------------------------------------------------------------


def _show_file(read: "Read", zone: "ZoneInfo", *, is_known: bool) -> None:
    from deskunit.queue_log.row import KNOWN

    if read.first_utc_ms is None or read.last_utc_ms is None:
        say("import_file_empty", file=read.file)
        return
    first, last = (shown(one, zone) for one in (read.first_utc_ms, read.last_utc_ms))
    say("import_file", file=read.file, rows=read.rows, first=first, last=last)
    if is_known:
        say("import_known", file=read.file)
    for one in read.broken:
        say("import_broken", file=one.file, line=one.line, text=repr(one.text))
    if read.broken_lines:
        say("import_broken_lines", file=read.file, number=read.broken_lines)
    others = [f"{verb} {n}" for verb, n in read.verbs.most_common() if verb not in KNOWN]
    if others:
        say("import_unknown_verbs", file=read.file, verbs=", ".join(others))


# --- the figures -------------------------------------------------------------------------------


def _show_queues(figures: "Figures", targets: Targets) -> None:
    rows = [_queue(one.name or NOTHING, one) for one in figures.queues]
    rows.append(_queue(_word("all"), figures.total))
    aims = [_target(targets.get(one)) for one in ("connect_rate", "answer_rate", "service_level")]
    rows.append([_word("target"), "", *aims, *[""] * (len(QUEUE_HEADS) - 5)])
    print_table(_columns(QUEUE_HEADS, seconds=figures.within_s), rows)


def _queue(name: str, line: "Line") -> list[str]:
    from deskunit.queue_log.visits import ABANDONED

    gave_up = _word("abandoned", number=line.outcomes[ABANDONED], early=line.abandoned_early)
    rates = (line.connect_rate, line.answer_rate, line.service_level)
    longest = _seconds(line.wait.longest_ms / 1000) if line.wait.number else NOTHING
    average = _seconds(line.wait.average_s)
    return [name, str(line.dialled), *map(_percent, rates), gave_up, average, longest,
            _span(line.talk)]  # fmt: skip


def _show_agents(figures: "Figures", names: Names) -> None:
    rows = [_agent(one, names) for one in figures.agents]
    print_table(_columns(AGENT_HEADS, seconds=figures.within_s), rows)


def _agent(line: "AgentLine", names: Names) -> list[str]:
    return [
        _named(line.name, names), str(line.answered), str(line.missed),
        _percent(line.answer_rate), _percent(line.service_level),
        _seconds(line.wait.average_s), _span(line.talk), str(line.transferred),
    ]  # fmt: skip


def _named(id_: str, names: Names) -> str:
    return f"{id_} {names.get(id_, '')}".strip() or NOTHING


def _percent(ratio: "Ratio") -> str:
    share = ratio.share
    return NOTHING if share is None else f"{100 * share:.1f} % ({ratio.part}/{ratio.whole})"


def _target(target: int | None) -> str:
    return NOTHING if target is None else f"≥ {target} %"


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f} s"


def _span(mean: "Mean") -> str:
    from deskunit.exports.times import hms

    return NOTHING if mean.average_s is None else hms(round(1000 * mean.average_s))


# --- the differences ---------------------------------------------------------------------------


def _show_differences(found: "Reconciliation", names: Names, zone: "ZoneInfo", limit: int) -> None:
    from deskunit.queue_log.matching import SKEW_CALLS

    click.echo(_word("matched", matched=len(found.pairs), different=len(found.different),
                     seconds=found.tolerance_ms // 1000))  # fmt: skip
    click.echo(_word("unmatched", without_press=len(found.without_press),
                     without_call=len(found.without_call)))  # fmt: skip
    if found.is_skew_known:
        click.echo(_word("clocks", seconds=f"{found.skew_ms / 1000:+.1f}"))
    else:
        click.echo(_word("clocks_unknown", fewest=SKEW_CALLS))
    if found.elsewhere:
        click.echo(_word("elsewhere", number=len(found.elsewhere)))
    rows = list(_differences(found, names, zone))
    if rows and limit:
        click.echo()
        print_table(_columns(DIFFERENCE_HEADS), rows[:limit])
    if len(rows) > limit:
        say("import_more", number=len(rows) - limit)


def _differences(found: "Reconciliation", names: Names, zone: "ZoneInfo") -> Iterator[list[str]]:
    for call in found.without_press:
        yield [
            _word("without_press"),
            _named(call.agent_id, names),
            _call(call, zone),
            NOTHING,
            "",
            "",
        ]
    for press in found.without_call:
        what = _word("own_call" if press.from_not_ready else "without_call")
        yield [what, _named(press.agent_id, names), NOTHING, _press(press, zone), "", ""]
    for pair in found.different:
        yield _different(pair, names, zone)


def _different(pair: "Pair", names: Names, zone: "ZoneInfo") -> list[str]:
    longer = NOTHING if pair.duration_ms is None else f"{pair.duration_ms / 1000:+.1f} s"
    return [
        _word("different"), _named(pair.spoken.agent_id, names), _call(pair.spoken, zone),
        _press(pair.press, zone), f"{pair.start_ms / 1000:+.1f} s", longer,
    ]  # fmt: skip


def _call(call: "Spoken", zone: "ZoneInfo") -> str:
    return f"{shown(call.start_utc_ms, zone)} {_lasted(call.start_utc_ms, call.end_utc_ms)}"


def _press(press: "Press", zone: "ZoneInfo") -> str:
    return f"{shown(press.start_utc_ms, zone)} {_lasted(press.start_utc_ms, press.end_utc_ms)}"


def _lasted(start_utc_ms: int, end_utc_ms: int | None) -> str:
    from deskunit.exports.times import hms

    return NOTHING if end_utc_ms is None else hms(max(0, end_utc_ms - start_utc_ms))
