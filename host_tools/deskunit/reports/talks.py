"""What a report proposes to talk about, and the corrections: the log's exceptions, no verdict. Pure."""

from collections import Counter

from deskunit.reports.markup import Html, joined, table, tag
from deskunit.reports.model import OVERDUE, POINTS, Corrected, Point, Report, Told
from deskunit.reports.parts import scrolling, section, wall_of, who
from deskunit.reports.wall import Wall
from deskunit.reports.wording import NOTHING, Wording, short

MOST = 12  # of one kind on the page; all of them are in the workbook


def points(report: Report, say: Wording) -> Html:
    """How many of each kind, then each kind with its longest first."""
    counts = Counter(one.kind for one in report.points)
    if not counts:
        return section("points", say("points"), tag("p", say("points_none"), class_="r-note"))
    kinds = [kind for kind in POINTS if counts[kind]]
    totals = tag("ul", *(_total(kind, counts[kind], say) for kind in kinds), class_="r-totals")
    wall = wall_of(report)
    tables = (_kind(kind, report, wall, say) for kind in kinds)
    drawn = tag("div", *tables, class_="r-kinds")
    return section("points", say("points"), totals, drawn, note=say("points_note"))


def _total(kind: str, count: int, say: Wording) -> Html:
    return tag("li", tag("strong", count), " ", say(f"point_{kind}"))


def _kind(kind: str, report: Report, wall: Wall, say: Wording) -> Html:
    found = [one for one in report.points if one.kind == kind]
    longest = sorted(found, key=lambda one: (-one.duration_ms, one.at_utc_ms))
    heads = [say("agent"), say("at"), say("lasted"), say("limit"), say("detail")]
    many = len(report.period.days) > 1
    made = table(
        heads, [_point(one, wall, say, many) for one in longest[:MOST]], class_="r-table r-points"
    )
    rest = len(found) - MOST
    more = tag("p", say("points_more", number=rest), class_="r-note") if rest > 0 else None
    return tag("div", tag("h3", say(f"point_{kind}")), scrolling(made, kind), more, class_="r-kind")


def _point(one: Point, wall: Wall, say: Wording, many_days: bool) -> list[object]:
    at = wall.hms(one.at_utc_ms)
    return [
        who(one.name, one.agent_id),
        f"{wall.day(one.at_utc_ms)} {at}" if many_days else at,
        short(one.duration_ms) if one.duration_ms else NOTHING,
        NOTHING if one.limit_s is None else short(one.limit_s * 1000),
        detail(one, say),
    ]


def detail(one: Point, say: Wording) -> str:
    """Reason, callback, seat: what else there is to know."""
    said = [
        say.reason(one.reason_code),
        say("callback_number", number=one.number) if one.number else "",
        _of_text(one, say),
        say("at_seat", seat=one.seat) if one.seat else "",
    ]
    return say("comma").join(part for part in said if part)


def _of_text(one: Point, say: Wording) -> str:
    """The kind of a callback, or that nobody came."""
    if one.kind == OVERDUE:
        return say.callback(one.text)
    return say(one.text) if one.text else ""


def corrections(report: Report, say: Wording) -> Html:
    """Each correction of the period: what the unit had said, what holds now, who says so and why."""
    if report.foot.is_raw:
        return section(
            "corrections", say("corrections"), tag("p", say("corrections_raw"), class_="r-note")
        )
    if not report.corrections:
        return section(
            "corrections", say("corrections"), tag("p", say("corrections_none"), class_="r-note")
        )
    heads = [
        say("number"), say("agent"), say("stretch"), say("was"), say("now"), say("author"), say("why")
    ]  # fmt: skip
    wall = wall_of(report)
    lines = [_corrected(one, wall, say) for one in report.corrections]
    made = table(heads, lines, class_="r-table r-corrections")
    title = say("corrections")
    return section("corrections", title, scrolling(made, title), note=say("corrections_note"))


def _corrected(one: Corrected, wall: Wall, say: Wording) -> list[object]:
    stretch = (
        f"{wall.day(one.start_utc_ms)} {wall.hms(one.start_utc_ms)}–{wall.hms(one.end_utc_ms)}"
    )
    made = f"{say.author(one.author)} {_minute(one.at_utc_ms, wall)}"
    if one.withdrawn_utc_ms is not None:
        withdrawn = say(
            "withdrawn", by=say.author(one.withdrawn_by), at=_minute(one.withdrawn_utc_ms, wall),
            why=one.withdrawn_why,
        )  # fmt: skip
        now: object = joined((tag("s", told(one.now, say)), " ", withdrawn))
    else:
        now = told(one.now, say)
    was = say("comma").join(told(part, say) for part in one.was)
    return [f"#{one.number}", who(one.name, one.agent_id), stretch, was, now, made, one.why]


def told(one: Told, say: Wording) -> str:
    """State, reason and agent, as far as something is said of them."""
    state, reason_code, agent_id = one
    said = (say.state(state) if state else "", say.reason(reason_code), agent_id or "")
    return " ".join(part for part in said if part)


def _minute(utc_ms: int, wall: Wall) -> str:
    """A moment outside the period, perhaps of another offset."""
    return wall.local(utc_ms).strftime("%Y-%m-%d %H:%M")
