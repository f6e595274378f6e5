"""The timeline of one lane as SVG: states as bars, marks above and below. Pure: data in, text out.

Positions are percent of the lane's width, so that it may be any width and nothing is stretched. A state is
told by colour, by height and, where colours could be confused, by a pattern; report.css has the heights.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from deskunit.reports.model import (
    CALLBACK,
    CORRECTED,
    HOLD_OVER,
    OVERDUE,
    SHOWN_STATES,
    Lane,
    Mark,
    Times,
)
from deskunit.reports.palette import FILLS
from deskunit.reports.rounding import rounded
from deskunit.reports.wall import Wall
from deskunit.reports.wording import Wording, hms, short
from deskunit.state_log.piece import Piece
from deskunit.states import NOT_READY, SIGNED_OUT

THINNEST = 0.045  # percent of the width: 0.4 px of 900; what is thinner joins its neighbour
LABEL_FROM = 2.5  # percent: below this no reason fits above its bar
SYMBOLS = {HOLD_OVER: "mark-over", CALLBACK: "mark-callback", OVERDUE: "mark-overdue"}
LABEL_FROM = 4.2  # percent: from this width on a reason fits into its bar
SYMBOLS = {
    HOLD_OVER: "mark-over",
    CALLBACK: "mark-callback",
    OVERDUE: "mark-overdue",
    CORRECTED: "mark-corrected",
}
_BELOW = dict.fromkeys((CALLBACK, OVERDUE), ' class="r-below"')


@dataclass(frozen=True, slots=True)
class Axis:
    """What the full width stands for, on the day that begins at `day_utc_ms`; other days lie below each
    other by the time since their own beginning.
    """

    day_utc_ms: int
    from_utc_ms: int
    to_utc_ms: int

    @property
    def span_ms(self) -> int:
        return self.to_utc_ms - self.from_utc_ms

    def origin(self, lane: Lane) -> int:
        """The instant at which a lane's line begins."""
        return lane.start_utc_ms + self.from_utc_ms - self.day_utc_ms


@dataclass(slots=True)
class _Bar:
    """Pieces drawn as one rectangle."""

    pieces: list[Piece]
    start: float
    end: float


class Painter:
    """Draws lanes of one axis in one language; asks for each word once."""

    def __init__(self, axis: Axis, wall: Wall, say: Wording, hold_limit_s: int) -> None:
        self._axis = axis
        self._wall = wall
        self._say = say
        self._limit_ms = hold_limit_s * 1000
        self._grid = grid(axis, wall)
        self._named: dict[tuple[str, int | None], str] = {}

    def lane(self, lane: Lane, printed: Times | None = None) -> str:
        """An <svg>. `printed`: its times in whole seconds, where a column has made them."""
        scale = 100 / self._axis.span_ms
        origin = self._axis.origin(lane)
        bars = _bars(lane.pieces, origin, scale)
        label = escape(self.summary(lane, printed or rounded(lane.times)))
        return (
            f'<svg class="r-lane" role="img" aria-label="{label}">'
            f"{self._grid}{self._groups(bars)}{self._labels(bars)}{self._corrected(bars)}"
            f"{self._marks(lane.marks, origin, scale)}</svg>"
        )

    def summary(self, lane: Lane, times: Times) -> str:
        """What somebody hears who cannot see the bars."""
        parts = [
            f"{self._say.state(state)} {hms(ms)}"
            for state in SHOWN_STATES
            if (ms := times.in_state_ms.get(state, 0))
        ]
        who = lane.name if lane.date is None else self._say.date(lane.date)
        return self._say("lane_label", who=who, states=self._say("comma").join(parts))

    def _groups(self, bars: Iterable[_Bar]) -> str:
        drawn: dict[str, list[str]] = {}
        for bar in bars:
            x, width = f"{bar.start:.2f}", f"{max(bar.end - bar.start, 0.05):.2f}"
            drawn.setdefault(bar.pieces[0].state, []).append(
                f'<rect x="{x}%" width="{width}%"><title>{self._title(bar.pieces)}</title></rect>'
            )
        return "".join(
            f'<g class="r-{state}" fill="{FILLS[state]}">{"".join(drawn[state])}</g>'
            for state in SHOWN_STATES
            if state in drawn
        )

    def _labels(self, bars: Iterable[_Bar]) -> str:
        """The reason above a bar that is long enough for it."""
        found = []
        for bar in bars:
            if bar.pieces[0].state == NOT_READY and bar.end - bar.start >= LABEL_FROM:
                reason = self._say.reason(bar.pieces[0].reason_code)
                if bar.end - bar.start >= _width(reason):
                    x = (bar.start + bar.end) / 2
                    found.append(f'<text x="{x:.2f}%" y="13">{escape(reason)}</text>')
        return "".join(found)

    def _corrected(self, bars: Iterable[_Bar]) -> str:
        """A line below what a correction covers, and its symbol where it begins."""
        drawn, marked = [], set()
        for bar in bars:
            number = bar.pieces[0].correction
            if number is None:
                continue
            symbol = f'<use href="#{SYMBOLS[CORRECTED]}" x="{bar.start:.2f}%"/>'
            drawn.append(
                f'<g class="r-corrected"><title>{self._title(bar.pieces)}</title>'
                f'<rect x="{bar.start:.2f}%" width="{max(bar.end - bar.start, 0.05):.2f}%"/>'
                f"{'' if number in marked else symbol}</g>"
            )
            marked.add(number)
        return "".join(drawn)

    def _marks(self, marks: Sequence[Mark], origin: int, scale: float) -> str:
        return "".join(
            f"<g><title>{escape(self._mark(mark))}</title><use{_BELOW.get(mark.kind, '')}"
            f' href="#{SYMBOLS[mark.kind]}" x="{(mark.at_utc_ms - origin) * scale:.2f}%"/></g>'
            for mark in marks
            if mark.kind in SYMBOLS
        )

    def _mark(self, mark: Mark) -> str:
        at = self._wall.hms(mark.at_utc_ms)
        lasted = short(mark.duration_ms)
        return self._say(
            f"mark_{mark.kind}",
            at=at,
            lasted=lasted,
            number=mark.number,
            what=self._say.callback(mark.text),
        )

    def _title(self, pieces: Sequence[Piece]) -> str:
        if len(pieces) == 1:
            return self._one(pieces[0])
        first, last = pieces[0], pieces[-1]
        kinds = " / ".join(sorted({self._name(one.state, one.reason_code) for one in pieces}))
        span = f"{self._wall.hms(first.start_utc_ms)}–{self._wall.hms(last.end_utc_ms)}"
        many = self._say("bar_many", number=len(pieces))
        return f"{kinds} {span} {escape(many)}"

    def _one(self, piece: Piece) -> str:
        """State, from, to, duration, and what there is to know."""
        hms = self._wall.hms
        said = (
            f"{self._name(piece.state, piece.reason_code)} "
            f"{hms(piece.start_utc_ms)}–{hms(piece.end_utc_ms)} {short(piece.duration_ms)}"
        )
        return said + self._more(piece) if _has_more(piece, self._limit_ms) else said

    def _more(self, piece: Piece) -> str:
        parts = []
        if piece.state == "hold" and piece.duration_ms > self._limit_ms:
            parts.append(self._say("past_limit", limit=self._limit_ms // 1000))
        if piece.correction is not None:
            was = self._name(piece.original_state or piece.state, piece.original_reason_code)
            parts.append(self._say("bar_corrected", number=piece.correction, was=was))
        if piece.is_running:
            parts.append(self._say("bar_running"))
        if piece.end_inferred:
            parts.append(self._say("bar_inferred"))
        return "".join(f" · {escape(part)}" for part in parts)

    def _name(self, state: str, reason_code: int | None) -> str:
        key = (state, reason_code)
        if key not in self._named:
            reason = f" {self._say.reason(reason_code)}" if reason_code is not None else ""
            self._named[key] = escape(self._say.state(state) + reason)
        return self._named[key]


def _width(text: str) -> float:
    """About how many percent of a lane of 820 px a label takes: ideographs 10 px, letters 5.5."""
    return sum(10 if ord(character) >= 0x2E80 else 5.5 for character in text) / 8.2


def _has_more(piece: Piece, limit_ms: int) -> bool:
    return (
        piece.correction is not None
        or piece.is_running
        or piece.end_inferred
        or (piece.state == "hold" and piece.duration_ms > limit_ms)
    )


def _bars(pieces: Sequence[Piece], origin: int, scale: float) -> list[_Bar]:
    """Rectangles in order; what would be thinner than can be seen joins the one before it."""
    found: list[_Bar] = []
    for piece in pieces:
        if piece.state == SIGNED_OUT:
            continue
        start, end = (piece.start_utc_ms - origin) * scale, (piece.end_utc_ms - origin) * scale
        last = found[-1] if found else None
        if last is not None and _joins(last, piece, start, end):
            last.pieces.append(piece)
            last.end = max(last.end, end)
        else:
            found.append(_Bar([piece], start, end))
    return found


def _joins(bar: _Bar, piece: Piece, start: float, end: float) -> bool:
    """Whether neither could be seen on its own, or both are one state with nothing between."""
    if start - bar.end > THINNEST or piece.correction != bar.pieces[-1].correction:
        return False
    is_thin = end - bar.start < THINNEST
    last = bar.pieces[-1]
    is_same = (piece.state, piece.reason_code) == (last.state, last.reason_code)
    return is_thin or (is_same and piece.row_id == last.row_id)


def axis_of(lanes: Sequence[Lane], wall: Wall) -> Axis:
    """From the full hour before the first sign-in to the one after the last sign-out, of any day."""
    seen = [
        (piece.start_utc_ms - lane.start_utc_ms, piece.end_utc_ms - lane.start_utc_ms)
        for lane in lanes
        for piece in _ends(lane.pieces)
    ]
    base = lanes[0].start_utc_ms if lanes else 0
    if not seen:
        return Axis(base, base, base + 86_400_000)
    first, last = base + min(start for start, _ in seen), base + max(end for _, end in seen)
    hours = wall.full_hours(first - 3_600_000, last + 3_600_000)
    before = [hour for hour in hours if hour <= first]
    after = [hour for hour in hours if hour >= last]
    return Axis(base, before[-1] if before else first, after[0] if after else last)


def _ends(pieces: Sequence[Piece]) -> list[Piece]:
    inside = [one for one in pieces if one.state != SIGNED_OUT]
    return [inside[0], inside[-1]] if inside else []


def axis_marks(axis: Axis, wall: Wall, most: int = 14) -> list[tuple[float, str]]:
    """Where along the width the hours are, and what they are called; not more than fit."""
    hours = wall.full_hours(axis.from_utc_ms, axis.to_utc_ms)
    step = next((one for one in (1, 2, 3, 4, 6, 12) if len(hours) / one <= most), 24)
    return [
        (100 * (hour - axis.from_utc_ms) / axis.span_ms, wall.hm(hour))
        for place, hour in enumerate(hours)
        if place % step == 0
    ]


def ruler(axis: Axis, wall: Wall) -> str:
    """The hours above the lanes."""
    ends = {0.0: "start", 100.0: "end"}
    texts = "".join(
        f'<text x="{x:.2f}%" y="11" text-anchor="{ends.get(round(x, 2), "middle")}">{hour}</text>'
        for x, hour in axis_marks(axis, wall)
    )
    return f'<svg class="r-ruler" aria-hidden="true">{texts}</svg>'


def grid(axis: Axis, wall: Wall) -> str:
    """Lines of the hours, to lie behind a lane."""
    lines = "".join(
        f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="100%"/>'
        for x, _ in axis_marks(axis, wall)
        if 0 < x < 100
    )
    return f'<g class="r-grid">{lines}</g>'
