"""The parts of a report as HTML: classes only, no style of their own, no script. Pure.

page.py puts them into one file; the supervisor tab of the page takes those it wants, behind its strict CSP.
All of them want report.css and, once in the document, `defs()`.
"""

from collections import defaultdict

from deskunit.reasons import UNSPECIFIED
from deskunit.reports import drawing, timeline
from deskunit.reports.markup import Html, joined, table, tag
from deskunit.reports.model import AGENT, SHOWN_STATES, WEEK, Figure, Lane, Report, Times
from deskunit.reports.palette import DEFS, FILLS
from deskunit.reports.parts import scrolling, section, shown, wall_of, who
from deskunit.reports.rounding import column, rounded, spread
from deskunit.reports.wording import Wording, hms, percent
from deskunit.states import HOLD, NOT_READY, READY, TALKING, UNKNOWN, WRAP_UP

_UP = {
    "hold_over": 1,
    "callback": -22,
    "overdue": -21,
    "corrected": -20,
}  # so that a mark stands in its own line
LANE_FIGURES = ("calls_handled", "occupancy")  # beside each lane


def defs() -> Html:
    """Patterns and symbols of all charts."""
    return Html(DEFS)


def figures(report: Report, say: Wording) -> Html:
    """The key figures, each with its target and whether it is met, by word and sign."""
    printed = _printed(report)
    cards = joined(_card(one, printed.get(one.key), say) for one in report.figures)
    return section(
        "figures", say("figures"), tag("ul", cards, class_="r-figures"), note=say("figures_note")
    )


def _printed(report: Report) -> dict[str, tuple[int, int]]:
    """What the figures of time are made of, in the whole seconds of the tables of states and reasons."""
    times = rounded(report.times)
    of = defaultdict(int, times.in_state_ms)
    busy = of[TALKING] + of[HOLD] + of[WRAP_UP]
    unspecified = _reason_times(report, times).get(UNSPECIFIED, 0)
    return {
        "occupancy": (busy, busy + of[READY]),
        "not_ready_share": (of[NOT_READY], times.signed_in_ms),
        "unspecified_share": (unspecified, of[NOT_READY]),
        "unknown_share": (of[UNKNOWN], times.signed_in_ms),
    }


def _card(one: Figure, printed: tuple[int, int] | None, say: Wording) -> Html:
    return tag(
        "li",
        tag("span", say.measure(one.key), class_="r-name"),
        tag("strong", one.measured.text),
        tag("span", say.of(one, printed), class_="r-of"),
        met(one, say),
        class_="r-card",
    )


def met(one: Figure, say: Wording) -> Html:
    """✓ met (≥ 80 %), ✗ not met; nothing where the site has set no target."""
    if one.target is None:
        return Html()
    if one.is_met is None:
        said, kind = say("target_undefined", target=say.target(one)), "none"
    else:
        kind = "yes" if one.is_met else "no"
        said = say(f"target_{kind}", target=say.target(one))
    return tag("span", said, class_=f"r-met r-{kind}")


def states(report: Report, say: Wording) -> Html:
    """How the signed-in time was spent, all together: the legend of every chart, too."""
    times = rounded(report.times)
    rows = [
        (
            _swatch(state, say),
            hms(times.in_state_ms.get(state, 0)),
            percent(report.times.share(state)),
        )
        for state in SHOWN_STATES
        if report.times.in_state_ms.get(state, 0) or state != "unknown"
    ]
    total = (say("signed_in"), hms(times.signed_in_ms), "")
    head = (say("state"), say("time"), say("share"))
    return section(
        "states",
        say("states"),
        Html(drawing.shares(report.times, times, say, say("everybody"))),
        tag(
            "div",
            table(head, [*rows, total], class_="r-table r-state-table"),
            _reasons(report, times, say),
            class_="r-pair",
        ),
    )


def _reasons(report: Report, times: Times, say: Wording) -> Html | None:
    """Not ready by reason, together what the table of states says; what has none is a line of its own."""
    if not report.reasons:
        return None
    whole = report.times.sum_ms
    rows = [
        (say.reason(code), hms(ms), percent(report.reasons[code] / whole if whole else None))
        for code, ms in _reason_times(report, times).items()
    ]
    return table((say("reason"), say("time"), say("share")), rows, class_="r-table r-reason-table")


def _reason_times(report: Report, times: Times) -> dict[int, int]:
    """Longest first, in whole seconds that add up to not ready in `times`."""
    ordered = sorted(report.reasons.items(), key=lambda one: -one[1])
    printed = spread([ms for _, ms in ordered], times.in_state_ms.get(NOT_READY, 0))
    return {code: ms for (code, _), ms in zip(ordered, printed, strict=True)}


def _swatch(state: str, say: Wording) -> Html:
    box = (
        f'<svg class="r-swatch" aria-hidden="true"><rect class="r-{state}" fill="{FILLS[state]}"'
        ' width="100%" height="100%"/></svg>'
    )
    return joined((Html(box), say.state(state)))


def legend(say: Wording) -> Html:
    """The states and marks of a timeline."""
    of_states = (tag("li", _swatch(state, say)) for state in SHOWN_STATES)
    of_marks = (
        tag("li", Html(f'<svg class="r-symbol" aria-hidden="true"><use href="#{one}" x="50%"'
                       f' y="{_UP[kind]}"/></svg>'), say(f"legend_{kind}"))
        for kind, one in timeline.SYMBOLS.items()
    )  # fmt: skip
    return tag("ul", *of_states, *of_marks, class_="r-legend")


def lanes(report: Report, say: Wording) -> Html:
    """A line an agent, or a line a day of one agent; the hours are repeated on every printed page."""
    if not report.lanes:
        return Html()
    wall = wall_of(report)
    axis = timeline.axis_of(report.lanes, wall)
    painter = timeline.Painter(axis, wall, say, report.holds.limit_s)
    heads = [
        tag("th", say("day" if report.kind == AGENT else "agent"), scope="col"),
        tag("th", Html(timeline.ruler(axis, wall)), class_="r-axis"),
        *(tag("th", one, scope="col", class_="r-number") for one in _lane_heads(say)),
    ]
    printed = column(one.times for one in report.lanes)
    drawn_lanes = zip(report.lanes, printed, strict=True)
    body = joined(_lane(one, times, axis, painter, say) for one, times in drawn_lanes)
    drawn = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", body), class_="r-lanes")
    title = say("lanes_of_days" if report.kind == AGENT else "lanes")
    return section("lanes", title, legend(say), scrolling(drawn, title), note=say("lanes_note"))


def _lane_heads(say: Wording) -> list[str]:
    return [say("signed_in"), say("calls"), say("occupancy")]


def _lane(
    lane: Lane, times: Times, axis: timeline.Axis, painter: timeline.Painter, say: Wording
) -> Html:
    """`data-…`: whose line it is and from when to when, for the page, where one points at a moment."""
    name = who(lane.name, lane.key) if lane.date is None else _day(lane, say)
    cells = (hms(times.signed_in_ms), *(shown(lane.figures, key) for key in LANE_FIGURES))
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", Html(painter.lane(lane, times))),
        *(tag("td", one, class_="r-number") for one in cells),
        data_agent=lane.key,
        data_from=axis.origin(lane),
        data_to=axis.origin(lane) + axis.span_ms,
    )


def _day(lane: Lane, say: Wording) -> Html:
    """The date, and how long the day is where clocks were set."""
    assert lane.date is not None
    hours = (lane.end_utc_ms - lane.start_utc_ms) / 3_600_000
    odd = None if hours == 24 else tag("small", f" {hours:g} h")
    return joined((say.date(lane.date), odd))


def curve(report: Report, say: Wording) -> Html:
    """Agents by state over time: drawn here, and given as data to report.js, which lets one zoom."""
    if not report.curve.at_utc_ms:
        return Html()
    static = Html(drawing.curve(report.curve, wall_of(report), say))
    zoomed = tag(
        "div",
        class_="r-zoom",
        hidden="hidden",
        data_curve=drawing.curve_data(report.curve, report.period.zone.key, say),
    )
    title = say("curve_week" if report.kind == WEEK else "curve")
    hint = tag("p", say("zoom_hint"), class_="r-note r-zoom-hint", hidden="hidden")
    note = say("curve_note", minutes=report.curve.step_ms // 60_000)
    return section("curve", title, static, zoomed, hint, note=note)


def hold_lengths(report: Report, say: Wording) -> Html:
    """How long callers waited, by length."""
    data = report.holds
    if not data.lengths_ms:
        return section("holds", say("holds"), tag("p", say("holds_none"), class_="r-note"))
    note = say("holds_note", number=len(data.lengths_ms), over=data.over, limit=data.limit_s)
    return section("holds", say("holds"), Html(drawing.holds(data, say)), note=note)
