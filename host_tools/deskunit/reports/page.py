"""One report as one HTML file that loads nothing: its parts in the order of its kind, style, scripts. Pure
but for the files beside it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from deskunit.reports import colophon, fragments, tables, talks
from deskunit.reports.markup import Html, joined, tag, void
from deskunit.reports.model import AGENT, DAY, TEAM, WEEK, Report
from deskunit.reports.wording import Wording

HERE = Path(__file__).parent
Part = Callable[[Report, Wording], Html]
ORDER: Mapping[str, tuple[Part, ...]] = {
    DAY: (
        *(fragments.figures, fragments.states, fragments.lanes, fragments.curve),
        *(fragments.hold_lengths, talks.points, tables.bands, talks.corrections),
    ),
    WEEK: (
        *(fragments.figures, fragments.states, tables.days, fragments.curve, tables.heat),
        *(tables.rows, fragments.hold_lengths, talks.points, tables.bands, talks.corrections),
    ),
    AGENT: (
        *(fragments.figures, fragments.states, fragments.lanes, tables.days),
        *(fragments.hold_lengths, talks.points, tables.bands, talks.corrections, tables.log),
    ),
    TEAM: (
        *(fragments.figures, fragments.states, tables.rows, tables.days, fragments.curve),
        *(fragments.hold_lengths, talks.points, tables.bands, talks.corrections),
    ),
}
# what the browser may do: its own lines, and nothing from outside
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def html(report: Report, language: str) -> str:
    """The whole file."""
    say = Wording(language)
    head = tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=POLICY),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", colophon.title(report, say)),
        tag("style", Html(_asset("vendor/uPlot.min.css") + _asset("report.css"))),
    )
    body = tag("body", tag("main", body_of(report, say), class_="report"), _scripts())
    return f"<!doctype html>\n{tag('html', head, body, lang=language)}\n"


def body_of(report: Report, say: Wording) -> Html:
    """Everything within `<main class="report">`."""
    return joined(
        (
            fragments.defs(),
            colophon.head(report, say),
            colophon.formulas(report, say),
            *(part(report, say) for part in ORDER[report.kind]),
            colophon.formulas_printed(report, say),
            colophon.foot(report, say),
        )
    )


def _scripts() -> Html:
    return joined(
        tag("script", Html(_asset(name))) for name in ("vendor/uPlot.iife.min.js", "report.js")
    )


@lru_cache
def _asset(name: str) -> str:
    return (HERE / name).read_text("utf-8")
