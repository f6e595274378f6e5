"""The tables of a report: agents, days, half-hours, the log. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from deskunit.reports import drawing
from deskunit.reports.markup import Html, joined, table, tag
from deskunit.reports.model import SHOWN_STATES, Band, Report, Row, Times
from deskunit.reports.parts import half_hour, scrolling, section, shown, wall_of, who
from deskunit.reports.rounding import column, rounded
from deskunit.reports.wall import Wall
from deskunit.reports.wording import Wording, hms, short
from deskunit.state_log.days import find_day
from deskunit.state_log.piece import Piece

DAY_COLUMNS = 8
HEAT_DAYS = 7
HEAT_LEVELS = (0.5, 0.65, 0.8, 0.9)  # where a darker shade begins
# of which tables of agents have a column; the rest stands above
ROW_FIGURES = (
    *("calls_handled", "average_handle_time", "hold_per_held_call", "holds_over_limit"),
    *("wrap_up_per_handled_call", "not_ready_share", "occupancy"),
)


def rows(report: Report, say: Wording) -> Html:
    """A line an agent in the order of their ids, below everybody's: no ranking."""
    heads = [
        say("agent"),
        say("team_head"),
        say("signed_in"),
        say("states"),
        *map(say.measure, ROW_FIGURES),
    ]
    everybody = Row("", say("everybody"), "", None, report.figures, report.times)
    parts = _printed(report.rows, everybody)
    lines = [_row(one, times, say, one.team) for one, times in (parts[-1], *parts[:-1])]
    made = table(heads, lines, class_="r-table r-rows")
    return section("rows", say("rows"), scrolling(made, say("rows")), note=say("rows_note"))


def _printed(rows: Sequence[Row], whole: Row) -> list[tuple[Row, Times]]:
    """Each row with its times in whole seconds that add up to the last one's, the whole."""
    return [
        *zip(rows, column(one.times for one in rows), strict=True),
        (whole, rounded(whole.times)),
    ]


def _row(one: Row, times: Times, say: Wording, *more: str) -> list[object]:
    name = who(one.name, one.key) if one.date is None else say.date(one.date)
    return [
        name,
        *more,
        hms(times.signed_in_ms),
        _shares(one, times, say),
        *(shown(one.figures, key) for key in ROW_FIGURES),
    ]


def _shares(one: Row, times: Times, say: Wording) -> Html:
    drawn = drawing.shares(one.times, times, say, one.name) if one.times.sum_ms else ""
    return Html(drawn)


def days(report: Report, say: Wording) -> Html:
    """Day by day and the period last: columns with every key figure, or, where they are too many for a
    sheet of paper, lines with the most telling ones.
    """
    if not report.days:
        return Html()
    whole = Row("", say("period"), "", None, report.figures, report.times)
    is_short = len(report.days) <= DAY_COLUMNS
    made = (_columns if is_short else _lines)(_printed(report.days, whole), report, say)
    return section("days", say("days"), scrolling(made, say("days")))


def _columns(parts: list[tuple[Row, Times]], report: Report, say: Wording) -> Html:
    heads = ["", *(say("period") if one.date is None else _short_day(one, say) for one, _ in parts)]
    lines: list[list[object]] = [
        [say("signed_in"), *(hms(times.signed_in_ms) for _, times in parts)],
        [say("states"), *(_shares(one, times, say) for one, times in parts)],
    ]
    lines += [
        [say.measure(key.key), *(shown(one.figures, key.key) for one, _ in parts)]
        for key in report.figures
        if any(one.find(key.key) is not None for one in report.days)
    ]
    return table(heads, lines, class_="r-table r-days")


def _lines(parts: list[tuple[Row, Times]], report: Report, say: Wording) -> Html:
    heads = [say("day"), say("signed_in"), say("states"), *map(say.measure, ROW_FIGURES)]
    return table(
        heads, [_row(one, times, say) for one, times in parts], class_="r-table r-day-lines"
    )


def _short_day(one: Row, say: Wording) -> Html:
    assert one.date is not None
    return _date(one.date, say)


def _date(on: date, say: Wording) -> Html:
    return joined((on.strftime("%m-%d"), Html("<br>"), say.weekday(on)))


def bands(report: Report, say: Wording) -> Html:
    """The interval table: half-hours that somebody was signed in."""
    wall = wall_of(report)
    state_heads = [say.state(state) for state in SHOWN_STATES]
    heads = [
        say("band"),
        say("calls"),
        say("handle"),
        say("occupancy"),
        *state_heads,
        say("signed_in"),
    ]
    printed = column(one.times for one in report.bands)
    lines = [
        [
            half_hour(one, wall),
            one.calls.text,
            one.handle.text,
            one.occupancy.text,
            *(times.in_state_ms.get(state, 0) // 1000 for state in SHOWN_STATES),
            times.signed_in_ms // 1000,
        ]
        for one, times in zip(report.bands, printed, strict=True)
        if one.times.sum_ms or one.calls.part
    ]
    made = table(heads, lines, class_="r-table r-bands")
    note = say("bands_note" if len(report.period.days) == 1 else "bands_note_days")
    return section("bands", say("bands"), scrolling(made, say("bands")), note=note)


def heat(report: Report, say: Wording) -> Html:
    """Occupancy of each half-hour of each day: a shade, and always its number."""
    wall, days = wall_of(report), report.period.days
    if not 1 < len(days) <= HEAT_DAYS:
        return Html()
    lines: dict[tuple[int, bool], list[Band | None]] = {}
    names: dict[tuple[int, bool], str] = {}
    for one in report.half_hours:
        if one.times.sum_ms and (day := find_day(days, one.start_utc_ms)) is not None:
            line = (wall.since_first_day(one.start_utc_ms), wall.is_repeated(one.start_utc_ms))
            names[line] = half_hour(one, wall)
            lines.setdefault(line, [None] * len(days))[days.index(day)] = one
    rows = [[names[line], *(_shade(one) for one in cells)] for line, cells in sorted(lines.items())]
    heads = [say("band"), *(_date(day.date, say) for day in days)]
    made = table(heads, rows, class_="r-table r-heat")
    return section("heat", say("heat"), scrolling(made, say("heat")), note=say("heat_note"))


def _shade(one: Band | None) -> Html:
    if one is None or one.occupancy.value is None:
        return Html("–" if one is not None else "")
    level = bisect_right(HEAT_LEVELS, one.occupancy.value)
    return tag("span", one.occupancy.text, class_=f"r-heat-{level}")


def log(report: Report, say: Wording) -> Html:
    """The agent's own log, a day that folds; what is unfolded is printed."""
    wall = wall_of(report)
    heads = [say("from"), say("to"), say("lasted"), say("state"), say("reason"), say("detail")]
    folded = [
        tag(
            "details",
            tag(
                "summary",
                say.date(lane.date),
                " ",
                tag("small", say("rows_of", number=len(lane.pieces))),
            ),
            table(heads, [_piece(one, wall, say) for one in lane.pieces], class_="r-table r-log"),
        )
        for lane in report.lanes
        if lane.date is not None and lane.pieces
    ]
    return section("log", say("log"), *folded, note=say("log_note"))


def _piece(piece: Piece, wall: Wall, say: Wording) -> list[object]:
    corrected = ""
    if piece.correction is not None:
        was = say.state(piece.original_state or piece.state)
        corrected = say("bar_corrected", number=piece.correction, was=was)
    more = [
        corrected,
        say("bar_running") if piece.is_running else "",
        say("bar_inferred") if piece.end_inferred else "",
    ]
    return [
        wall.hms(piece.start_utc_ms),
        wall.hms(piece.end_utc_ms),
        short(piece.duration_ms),
        say.state(piece.state),
        say.reason(piece.reason_code),
        say("comma").join(one for one in more if one),
    ]
