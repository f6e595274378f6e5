"""Charts beside the timeline as SVG: shares of the states, agents over time, lengths of holds. Pure."""

import json
from bisect import bisect_left
from collections.abc import Sequence
from html import escape

from deskunit.reports.model import SHOWN_STATES, Curve, Holds, Times
from deskunit.reports.palette import FILLS, FLAT
from deskunit.reports.wall import Wall
from deskunit.reports.wording import Wording, hms, percent

STACK = ("talking", "hold", "wrap_up", "ready", "not_ready", "unknown")  # from the bottom up
CLASSES_S = (
    15,
    30,
    45,
    60,
    90,
    120,
    180,
    300,
    600,
)  # bounds of the hold lengths, besides the limit
EDGE = 3  # percent of the width: half an hour's name, also on a phone's 358 px nearly
_HEIGHT = 100  # of the curve's own measure; it is stretched


def shares(times: Times, printed: Times, say: Wording, name: str) -> str:
    """One bar, as wide as its place: how the signed-in time was spent; `printed`: in whole seconds."""
    left, parts = 0.0, []
    for state in STACK:
        share = times.share(state)
        if share:
            said = f"{say.state(state)} {hms(printed.in_state_ms[state])} {percent(share)}"
            parts.append(
                f'<rect class="r-{state}" x="{left:.2f}%" width="{100 * share:.2f}%" height="100%"'
                f' fill="{FILLS[state]}"><title>{escape(said)}</title></rect>'
            )
            left += 100 * share
    label = escape(say("shares_label", who=name, states=_said(times, say)))
    return f'<svg class="r-shares" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _said(times: Times, say: Wording) -> str:
    return say("comma").join(
        f"{say.state(state)} {percent(times.share(state))}"
        for state in SHOWN_STATES
        if times.in_state_ms.get(state)
    )


def curve(data: Curve, wall: Wall, say: Wording) -> str:
    """Agents in each state, one on top of the other; what is printed and seen without scripts."""
    sums = [sum(of[place] for of in data.agents.values()) for place in range(len(data.at_utc_ms))]
    top = max([1.0, *sums])
    areas = "".join(_areas(data, top))
    return (
        f'<svg class="r-curve" role="img" aria-label="{escape(say("curve_label", most=f"{top:.0f}"))}">'
        f'<svg x="0" y="16" width="100%" height="130" viewBox="0 0 {len(sums)} {_HEIGHT}"'
        f' preserveAspectRatio="none">{areas}</svg>{_levels(top)}{_hours(data, wall)}</svg>'
    )


def curve_data(data: Curve, zone: str, say: Wording) -> str:
    """The same as JSON for report.js: seconds, then per state its name, colour and agents."""
    layers = [
        {"name": say.state(state), "colour": FLAT[state], "agents": data.agents[state]}
        for state in STACK
        if any(data.agents.get(state, ()))
    ]
    times = [at // 1000 for at in data.at_utc_ms]
    found = {"zone": zone, "step_s": data.step_ms // 1000, "at": times, "layers": layers}
    return json.dumps(
        {**found, "time": say("time_of_day")}, ensure_ascii=False, separators=(",", ":")
    )


def _areas(data: Curve, top: float) -> Sequence[str]:
    base = [0.0] * len(data.at_utc_ms)
    found = []
    for state in STACK:
        values = data.agents.get(state, ())
        if not any(values):
            continue
        above = [low + high for low, high in zip(base, values, strict=True)]
        path = _steps(base, above, top)
        found.append(f'<path fill="{FLAT[state]}" d="{path}"/>')
        base = above
    return found


def _steps(base: Sequence[float], above: Sequence[float], top: float) -> str:
    """The area between two lines of steps, one unit of width a step."""
    there = "".join(f"V{_y(value, top)}H{place + 1}" for place, value in enumerate(above))
    back = "".join(
        f"V{_y(value, top)}H{len(base) - 1 - place}" for place, value in enumerate(reversed(base))
    )
    return f"M0 {_y(base[0] if base else 0, top)}{there}{back}Z"


def _y(value: float, top: float) -> str:
    return f"{_HEIGHT * (1 - value / top):.1f}"


def _levels(top: float) -> str:
    """Lines at round numbers of agents."""
    step = next((one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500) if top / one <= 5), 1000)
    lines = []
    for level in range(step, int(top) + 1, step):
        y = 16 + 130 * (1 - level / top)
        lines.append(
            f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/><text x="0" y="{y - 2:.1f}">{level}</text>'
        )
    return f'<g class="r-grid">{"".join(lines)}</g>'


def _hours(data: Curve, wall: Wall) -> str:
    if not data.at_utc_ms:
        return ""
    first, last = data.at_utc_ms[0], data.at_utc_ms[-1] + data.step_ms
    hours = wall.full_hours(first, last)
    many = last - first > 36 * 3_600_000
    if many:
        hours = [hour for hour in hours if wall.hm(hour) == "00:00"]
    step = max(1, -(-len(hours) // 14))
    texts = "".join(
        _hour(100 * (hour - first) / (last - first), wall.day(hour) if many else wall.hm(hour))
        for hour in hours[::step]
        if first <= hour < last
    )
    return f'<g class="r-hours">{texts}</g>'


def _hour(x: float, said: str) -> str:
    """Below its moment; at an edge beside it, so that paper does not cut it."""
    anchor = "start" if x < EDGE else "end" if x > 100 - EDGE else "middle"
    return f'<text x="{x:.2f}%" y="160" text-anchor="{anchor}">{said}</text>'


def holds(data: Holds, say: Wording) -> str:
    """How many holds were how long; what is past the limit is hatched otherwise and says so."""
    bounds = sorted({*CLASSES_S, data.limit_s})
    counts = [0] * (len(bounds) + 1)
    for length in data.lengths_ms:
        counts[bisect_left(bounds, length / 1000)] += 1
    most = max([1, *counts])
    width = 100 / len(counts)
    parts = [
        _column(place, count, most, width, bounds, data, say) for place, count in enumerate(counts)
    ]
    label = escape(
        say("holds_label", number=len(data.lengths_ms), over=data.over, limit=data.limit_s)
    )
    return (
        f'<svg class="r-holds" role="img" aria-label="{label}">{"".join(parts)}'
        f"{_limit(bounds, data, width, say)}</svg>"
    )


def _column(
    place: int,
    count: int,
    most: int,
    width: float,
    bounds: Sequence[int],
    data: Holds,
    say: Wording,
) -> str:
    high = 110 * count / most
    low_s = bounds[place - 1] if place else 0
    name = _class_name(place, bounds)
    kind = "r-over" if low_s >= data.limit_s else "r-within"
    middle = (place + 0.5) * width
    said = escape(say("holds_column", lengths=name, number=count))
    return (
        f'<g class="{kind}"><title>{said}</title>'
        f'<rect x="{place * width + width * 0.12:.2f}%" width="{width * 0.76:.2f}%"'
        f' y="{136 - high:.1f}" height="{high:.1f}"/>'
        f'<text x="{middle:.2f}%" y="{131 - high:.1f}">{count or ""}</text>'
        f'<text class="r-class" x="{middle:.2f}%" y="149">{escape(name)}</text></g>'
    )


def _class_name(place: int, bounds: Sequence[int]) -> str:
    if place == 0:
        return f"≤ {_length(bounds[0])}"
    if place == len(bounds):
        return f"> {_length(bounds[-1])}"
    return f"–{_length(bounds[place])}"


def _length(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _limit(bounds: Sequence[int], data: Holds, width: float, say: Wording) -> str:
    x = (bounds.index(data.limit_s) + 1) * width
    said = escape(say("holds_limit", limit=_length(data.limit_s)))
    return (
        f'<g class="r-limit"><line x1="{x:.2f}%" x2="{x:.2f}%" y1="4" y2="137"/>'
        f'<text x="{x:.2f}%" dx="5" y="12">{said}</text></g>'
    )
