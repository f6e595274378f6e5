"""Whether every sentence fits the screen when its variables are as long as they can be, small and large.

The layout is the unit's own (a `Layout`); only pieces that cannot be broken are measured here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from deskunit.scripts import breaks, sentences, texts
from deskunit.scripts.filling import NO_SITE, ON_UNIT, VARIABLE, built
from deskunit.scripts.findings import Finding, Findings
from deskunit.scripts.font import Font, large_font, small_font
from deskunit.scripts.library import Head, Library
from deskunit.scripts.sentences import Said, Spoken
from deskunit.settings import Site

SCREEN_PX = 128
LINES = {False: 3, True: 2}  # a page, small and large
PAGES_LARGE = 9
STATE_LINES = {"not_ready": 2}  # under the reason; no BUSY turns a state's page
STATE_LINES_ELSE = 3
PAGED_STATES = ("hold_back",)  # lies over a call, where BUSY turns the page
SEAT = "WWWW-123"
ELSE = {"agent": "100123", "name": "WWWW WWWW", "caller": "WWWW WWWW", "seat": SEAT}


@dataclass(frozen=True)
class Asked:
    """A text with break marks, what its variables are, and whether it is drawn large."""

    text: str
    values: Mapping[str, str]
    large: bool


class Layout(Protocol):
    def lines(self, language: str, texts: Sequence[Asked]) -> list[Sequence[str]]:
        """The lines that the unit makes of each text."""
        ...


def fit_findings(
    library: Library, layout: Layout, site: Site = NO_SITE, scenario: str | None = None
) -> tuple[Finding, ...]:
    """What does not fit, of the whole library or of one scenario. Its sentences must be free of errors."""
    findings = Findings()
    if scenario is None:
        wanted = list(sentences.said(library))
    else:
        found = [one for one in library.scenarios if one.id == scenario]
        wanted = [said for one in found for said in sentences.of_scenario(one)]
    for language in library.head.languages:
        for large in (False, True):
            _check(wanted, library.head, layout, site, language, large, findings)
    return findings.ordered()


def _check(
    wanted: Iterable[Said],
    head: Head,
    layout: Layout,
    site: Site,
    language: str,
    large: bool,
    findings: Findings,
) -> None:
    """One language at one size, in one question to the layout."""
    spoken = [(one, text) for one in wanted for text in one.by_language((language,))]
    values = longest(head, language, large)
    asked = [
        Asked(breaks.mark(built(text.text, language, head, site, one.kind)), values, large)
        for one, text in spoken
    ]
    laid = layout.lines(language, asked)
    for (one, text), ask, lines in zip(spoken, asked, laid, strict=True):
        _pieces(text, ask, findings)
        _pages(one, text, len(lines), head, large, findings)


def _pieces(text: Spoken, ask: Asked, findings: Findings) -> None:
    font = _font(text.language, ask.large)
    filled = VARIABLE.sub(lambda found: ask.values.get(found[1], found[0]), ask.text)
    for piece in filled.replace("\n", breaks.MARK).split(breaks.MARK):
        shown = piece.rstrip(" ")
        width = font.width(shown)
        if width > SCREEN_PX:
            key = "piece_wide_large" if ask.large else "piece_wide"
            findings.error(
                text.file,
                text.line,
                key,
                place=text.place,
                piece=shown,
                width=width,
                most=SCREEN_PX,
            )


def _pages(
    one: Said, text: Spoken, lines: int, head: Head, large: bool, findings: Findings
) -> None:
    pages = -(-lines // LINES[large])
    values = {"place": text.place, "lang": text.language, "lines": lines}
    if large:
        if pages > PAGES_LARGE:
            findings.error(text.file, text.line, "pages_large", most=PAGES_LARGE, **values)
    elif one.state is not None and one.state not in PAGED_STATES:
        most = STATE_LINES.get(one.state, STATE_LINES_ELSE)
        if lines > most:
            findings.error(text.file, text.line, "state_lines", most=most, **values)
    elif pages > head.pages_max:
        findings.error(
            text.file,
            text.line,
            "pages",
            most=head.pages_max,
            pages=pages,
            room=LINES[False],
            **values,
        )


def longest(head: Head, language: str, large: bool) -> dict[str, str]:
    """The widest value that each variable of the unit is likely to have; words of the pack have marks."""
    font = _font(language, large)
    found = dict(ELSE)
    for name, said in head.longest.items():
        found[name] = said.by_language.get(language, found[name])
    labels = _words(language)
    for name in ("hello", "wish"):
        words = [text for key, text in labels.items() if key.startswith(name)]
        found[name] = breaks.mark(max(words, key=font.width, default=""))
    return {name: found[name] for name in ON_UNIT}


@cache
def _words(language: str) -> dict[str, str]:
    return texts.load(language)


def _font(language: str, large: bool) -> Font:
    return large_font() if large else small_font(language)
