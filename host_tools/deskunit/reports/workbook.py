"""A report as a workbook: a sheet for each of its parts, everything in it, nothing left out."""

import io
from collections.abc import Iterable, Sequence

from deskunit.exports.instants import clock
from deskunit.exports.rows import Value, batches
from deskunit.exports.table import Column, Kind
from deskunit.exports.xlsx import Workbook
from deskunit.reports import colophon, talks
from deskunit.reports.model import SHOWN_STATES, Figure, Lane, Report, Row, Times
from deskunit.reports.wording import Wording

_KINDS: dict[str, Kind] = {"share": "number", "seconds": "span_hms", "count": "whole"}
_Rows = Iterable[Sequence[Value]]


def xlsx(report: Report, language: str) -> bytes:
    """The bytes of the file."""
    target = io.BytesIO()
    with Workbook(target) as book:
        for name, columns, rows in _Sheets(report, Wording(language)).all():
            book.sheet(name, columns, batches(columns, rows))
    return target.getvalue()


class _Sheets:
    """What stands in each sheet; heads are in the reader's language."""

    def __init__(self, report: Report, say: Wording) -> None:
        self._report = report
        self._say = say
        self._clock = clock(report.period.zone)

    def all(self) -> list[tuple[str, list[Column], _Rows]]:
        made = [
            ("figures", *self._figures()),
            ("agents", *self._rows(self._report.rows, self._who())),
            ("days", *self._rows(self._report.days, [self._column("day")])),
            ("bands", *self._bands()),
            ("holds", *self._holds()),
            ("points", *self._points()),
            ("corrections", *self._corrections()),
            ("formulas", *self._formulas()),
            ("log", *self._log()),
        ]
        absent = {"days": not self._report.days, "log": not self._report.lanes}
        made = [one for one in made if not absent.get(one[0])]
        return [(self._say(f"sheet_{name}"), columns, rows) for name, columns, rows in made]

    def _column(self, key: str, kind: Kind = "text") -> Column:
        return Column(self._say(key), kind)

    def _who(self) -> list[Column]:
        return [self._column("id"), self._column("agent"), self._column("team_head")]

    def _figures(self) -> tuple[list[Column], _Rows]:
        say = self._say
        columns = [
            self._column("measure"), self._column("value"), self._column("number_of", "number"),
            *(self._column(key) for key in ("unit", "of", "target", "met")),
        ]  # fmt: skip
        head = [(colophon.title(self._report, say), *[None] * 6)]
        rows = [
            (say.measure(one.key), one.measured.text, _in_unit(one), say.measure(one.key, "unit"),
             say.of(one), say.target(one), _met(one, say))
            for one in self._report.figures
        ]  # fmt: skip
        foot = [(colophon.invariant(self._report, say), *[None] * 6)]
        return columns, [*head, *rows, *foot]

    def _rows(self, rows: Sequence[Row], first: list[Column]) -> tuple[list[Column], _Rows]:
        keys = [one for one in self._report.figures if any(row.find(one.key) for row in rows)]
        columns = [
            *first,
            *self._time_columns(),
            *(Column(self._say.measure(one.key), _KINDS[one.measured.kind]) for one in keys),
        ]
        names = (
            (lambda row: (row.key,))
            if len(first) == 1
            else lambda row: (row.key, row.name, row.team)
        )
        return columns, [
            (*names(row), *_times(row.times), *(_value(row.find(one.key)) for one in keys))
            for row in rows
        ]

    def _time_columns(self) -> list[Column]:
        states = [Column(self._say.state(state), "span_hms") for state in SHOWN_STATES]
        return [self._column("signed_in", "span_hms"), *states]

    def _bands(self) -> tuple[list[Column], _Rows]:
        columns = [
            Column(self._say("from"), "local"), Column(self._say("to"), "local"),
            self._column("calls", "whole"), self._column("handle", "span_hms"),
            self._column("occupancy", "number"), *self._time_columns(),
        ]  # fmt: skip
        return columns, [
            (self._local(one.start_utc_ms), self._local(one.end_utc_ms), one.calls.part,
             _ms(one.handle.value), one.occupancy.value, *_times(one.times))
            for one in self._report.half_hours
        ]  # fmt: skip

    def _holds(self) -> tuple[list[Column], _Rows]:
        columns = [
            self._column("id"), Column(self._say("from"), "local"), Column(self._say("to"), "local"),
            self._column("lasted", "span_hms"), self._column("over_limit", "flag"),
            self._column("reminders", "whole"), self._column("reminders_kept", "whole"),
        ]  # fmt: skip
        return columns, [
            (one.agent_id, self._local(one.start_utc_ms), self._local(one.end_utc_ms), one.length_ms,
             one.is_over_limit, one.reminders, one.reminders_kept)
            for one in self._report.holds.episodes
        ]  # fmt: skip

    def _points(self) -> tuple[list[Column], _Rows]:
        columns = [
            self._column("kind"), self._column("id"), self._column("agent"), self._column("at", "local"),
            self._column("lasted", "span_hms"), self._column("limit", "span_hms"), self._column("detail"),
        ]  # fmt: skip
        return columns, [
            (self._say(f"point_{one.kind}"), one.agent_id, one.name, self._local(one.at_utc_ms),
             one.duration_ms or None, None if one.limit_s is None else 1000 * one.limit_s,
             talks.detail(one, self._say))
            for one in self._report.points
        ]  # fmt: skip

    def _corrections(self) -> tuple[list[Column], _Rows]:
        say = self._say
        columns = [
            self._column("number", "whole"), self._column("id"), self._column("agent"),
            Column(say("from"), "local"), Column(say("to"), "local"), self._column("was"),
            self._column("now"), self._column("author"), self._column("why"),
            self._column("made_at", "local"), self._column("withdrawn_by"), self._column("withdrawn_why"),
        ]  # fmt: skip
        return columns, [
            (one.number, one.agent_id, one.name, self._local(one.start_utc_ms),
             self._local(one.end_utc_ms), say("comma").join(talks.told(part, say) for part in one.was),
             talks.told(one.now, say), say.author(one.author), one.why, self._local(one.at_utc_ms),
             say.author(one.withdrawn_by), one.withdrawn_why)
            for one in self._report.corrections
        ]  # fmt: skip

    def _formulas(self) -> tuple[list[Column], _Rows]:
        columns = [self._column(key) for key in ("measure", "formula", "unit", "source")]
        return columns, [
            tuple(
                self._say.measure(one.key, part) for part in ("name", "formula", "unit", "source")
            )
            for one in self._report.figures
        ]

    def _log(self) -> tuple[list[Column], _Rows]:
        """What the timelines are drawn of."""
        columns = [
            *self._who()[:2], Column(self._say("from"), "local"), Column(self._say("to"), "local"),
            self._column("lasted", "span_hms"), self._column("state"), self._column("reason"),
            self._column("correction", "whole"), self._column("was"),
        ]  # fmt: skip
        return columns, [row for lane in self._report.lanes for row in self._of_lane(lane)]

    def _of_lane(self, lane: Lane) -> list[Sequence[Value]]:
        say = self._say
        return [
            (lane.key, lane.name, self._local(one.start_utc_ms), self._local(one.end_utc_ms),
             one.duration_ms, say.state(one.state), say.reason(one.reason_code), one.correction,
             say.state(one.original_state) if one.original_state else None)
            for one in lane.pieces
        ]  # fmt: skip

    def _local(self, utc_ms: int) -> int | None:
        return self._clock(utc_ms)[1]


def _times(times: Times) -> list[Value]:
    return [times.signed_in_ms, *(times.in_state_ms.get(state, 0) for state in SHOWN_STATES)]


def _value(one: Figure | None) -> Value:
    if one is None:
        return None
    return _ms(one.measured.value) if one.measured.kind == "seconds" else one.measured.value


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(1000 * seconds)


def _in_unit(one: Figure) -> float | None:
    """The number that its unit stands beside: of a share percent, 72.1 and not 0.721."""
    value = one.measured.value
    return 100 * value if value is not None and one.measured.kind == "share" else value


def _met(one: Figure, say: Wording) -> str:
    return "" if one.is_met is None else say("met_yes" if one.is_met else "met_no")
