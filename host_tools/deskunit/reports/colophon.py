"""Head and foot of a report: what it is of, what its figures mean, what it rests on, the invariant. Pure."""

from deskunit.local_time import local
from deskunit.reports.markup import Html, table, tag
from deskunit.reports.model import Report
from deskunit.reports.parts import scrolling
from deskunit.reports.rounding import nearest
from deskunit.reports.wording import Wording, hms


def title(report: Report, say: Wording) -> str:
    """Day report 2026-11-23 Mon · Hotline."""
    return say("dot").join((say(f"title_{report.kind}"), _when(report, say), *_whom(report, say)))


def _when(report: Report, say: Wording) -> str:
    period = report.period
    first, last = say.date(period.first), say.date(period.last)
    return first if period.first == period.last else say("from_to", first=first, last=last)


def _whom(report: Report, say: Wording) -> tuple[str, ...]:
    if report.agents:
        return tuple(f"{name} {id_}".strip() for id_, name in report.agents)
    return report.teams or (say("whole_floor"),)


def head(report: Report, say: Wording) -> Html:
    """Of what, whom and when; raw or corrected."""
    kind = say(f"title_{report.kind}")
    facts = [
        say("zone", zone=report.period.zone.key),
        *([] if not report.period.day_start_min else [say("day_from", hm=_day_start(report))]),
        say("is_raw" if report.foot.is_raw else "is_corrected"),
        say("made", at=_made(report)),
    ]
    whom = say("dot").join(_whom(report, say))
    return tag(
        "header",
        tag("p", kind, class_="r-kicker"),
        tag("h1", tag("span", _when(report, say)), " ", tag("span", whom, class_="r-whom")),
        tag("p", say("dot").join(facts), class_="r-note"),
        class_="r-head",
    )


def _day_start(report: Report) -> str:
    minutes = report.period.day_start_min
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _made(report: Report) -> str:
    moment = local(report.foot.made_utc_ms, report.period.zone)
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z")


def formulas(report: Report, say: Wording) -> Html:
    """Folded at the head on the screen; printed as a part of its own at the end."""
    return tag(
        "details", tag("summary", say("formulas")), _formulas(report, say), class_="r-formulas"
    )


def formulas_printed(report: Report, say: Wording) -> Html:
    """The same for paper, where nothing unfolds."""
    return tag(
        "section", tag("h2", say("formulas")), _formulas(report, say), class_="r-formulas r-paper"
    )


def _formulas(report: Report, say: Wording) -> Html:
    lines = [
        [say.measure(key), say.measure(key, "formula"), say.measure(key, "source"), target]
        for key, target in _measures(report, say)
    ]
    heads = [say("measure"), say("formula"), say("source"), say("target")]
    made = table(heads, lines, class_="r-table r-formula-table")
    return scrolling(made, say("formulas"))


def _measures(report: Report, say: Wording) -> list[tuple[str, str]]:
    return [(one.key, say.target(one)) for one in report.figures]


def invariant(report: Report, say: Wording) -> str:
    """The states add up to the signed-in time: both numbers and their difference."""
    times = report.times
    return say(
        "invariant_holds" if times.difference_ms == 0 else "invariant_broken",
        sum=hms(nearest(times.sum_ms)), signed_in=hms(nearest(times.signed_in_ms)),
        sum_s=f"{times.sum_ms / 1000:.3f}", signed_in_s=f"{times.signed_in_ms / 1000:.3f}",
        difference_s=f"{times.difference_ms / 1000:.3f}",
    )  # fmt: skip


def foot(report: Report, say: Wording) -> Html:
    """The invariant with both numbers and their difference, then what the report was made of."""
    rests = report.foot
    facts = [
        say("rests_on", rows=rests.rows, agents=rests.agents, corrected=rests.corrected_rows),
        say("zone", zone=report.period.zone.key),
        f"deskunit {rests.version}",
        say("made", at=_made(report)),
    ]
    return tag(
        "footer",
        tag("p", invariant(report, say), class_="r-invariant"),
        tag("p", say("dot").join(facts)),
        tag("p", say("presses_not_people")),
        class_="r-foot",
    )
