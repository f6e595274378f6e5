"""What the parts of a report have in common: a heading, room to scroll, a figure by its key. Pure."""

from collections.abc import Sequence

from deskunit.reports.markup import Html, joined, tag
from deskunit.reports.model import Band, Figure, Report
from deskunit.reports.wall import Wall
from deskunit.reports.wording import NOTHING


def wall_of(report: Report) -> Wall:
    """The clock on the wall during the period."""
    period = report.period
    return Wall(period.zone, period.from_utc_ms, period.to_utc_ms)


def section(name: str, title: str, *inside: object, note: str = "") -> Html:
    """A part with its heading; `name` is its class and where links lead."""
    head = tag("h2", title)
    said = tag("p", note, class_="r-note") if note else None
    return tag("section", head, said, *inside, class_=f"r-part r-{name}-part", id=f"r-{name}")


def scrolling(inside: Html, label: str) -> Html:
    """What may be wider than the window scrolls in itself; the keyboard can reach it."""
    return tag("div", inside, class_="r-scroll", tabindex="0", role="region", aria_label=label)


def shown(figures: Sequence[Figure], key: str) -> str:
    """The figure of that key among them."""
    return next((one.measured.text for one in figures if one.key == key), NOTHING)


def half_hour(band: Band, wall: Wall) -> str:
    """09:00–09:30."""
    return f"{wall.hm(band.start_utc_ms)}–{wall.hm(band.end_utc_ms)}"


def who(name: str, id_: str) -> Html:
    """Name and number; either may be missing."""
    return joined((name, " ", tag("small", id_)) if name != id_ else (name,))
