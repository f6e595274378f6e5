"""What is wrong with a sentence by itself: its variables, its characters, what it says, its length."""

import re

from deskunit.scripts import sentences
from deskunit.scripts.filling import (
    AT_BUILD,
    KNOWN,
    built,
    names_in,
    stray_brace,
    value,
)
from deskunit.scripts.findings import Findings, listed
from deskunit.scripts.font import large_font, small_font
from deskunit.scripts.library import Library
from deskunit.scripts.reading import meant
from deskunit.scripts.sentences import Spoken
from deskunit.settings import Site

LONGEST = 400  # characters; far more than any number of screens holds
TITLE_PX = 124
MAY_BE_EMPTY = re.compile(r"\{(?:caller|wish)\}")


def check(library: Library, site: Site, findings: Findings) -> None:
    languages = library.head.languages
    for one in sentences.said(library):
        for spoken in one.by_language(languages):
            if _length(spoken, findings):
                _variables(spoken, library, site, findings)
                _phrases(spoken, library, site, findings)
                _glyphs(spoken, findings, large=True)
    for one in sentences.titles(library):
        for spoken in one.by_language(languages):
            if _length(spoken, findings):
                _title(spoken, findings)
                _glyphs(spoken, findings, large=False)
    for one in sentences.values(library):
        for spoken in one.by_language(languages):
            if _length(spoken, findings):
                _plain(spoken, findings)
                _glyphs(spoken, findings, large=True)


def _length(spoken: Spoken, findings: Findings) -> bool:
    """Whether it is of a length that is worth looking at."""
    if len(spoken.text) <= LONGEST:
        return True
    findings.error(
        spoken.file, spoken.line, "too_long", place=spoken.place, lang=spoken.language,
        found=len(spoken.text), most=LONGEST,
    )  # fmt: skip
    return False


def _variables(spoken: Spoken, library: Library, site: Site, findings: Findings) -> None:
    if stray_brace(spoken.text):
        findings.error(spoken.file, spoken.line, "stray_brace", place=spoken.place)
    for name in names_in(spoken.text):
        if name not in KNOWN:
            near = meant(name, KNOWN)
            shown = "{" + near + "}" if near else listed("{" + one + "}" for one in KNOWN[:9])
            findings.error(spoken.file, spoken.line, "unknown_variable", name=name, known=shown)
        elif name == "promise" and spoken.kind is None:
            findings.error(spoken.file, spoken.line, "promise_of_nothing", place=spoken.place)
        elif name in AT_BUILD and library.head.read:
            _value(name, spoken, library, site, findings)


def _value(name: str, spoken: Spoken, library: Library, site: Site, findings: Findings) -> None:
    if value(name, spoken.language, library.head, site, spoken.kind) is None:
        wanted = name.replace("promise_", "promise.")
        wanted = f"promise.{spoken.kind}" if name == "promise" else wanted
        findings.error(
            spoken.file, spoken.line, "no_value", name=name, table=wanted, lang=spoken.language
        )


def _phrases(spoken: Spoken, library: Library, site: Site, findings: Findings) -> None:
    """Also what a site's own values make of it, and an unknown caller, and a day without a wish."""
    text = built(spoken.text, spoken.language, library.head, site, spoken.kind)
    found = library.phrases.found_in(spoken.language, text)
    found += library.phrases.found_in(spoken.language, MAY_BE_EMPTY.sub("", text))
    for phrase in dict.fromkeys(found):
        findings.error(spoken.file, spoken.line, "forbidden", place=spoken.place, phrase=phrase)


def _glyphs(spoken: Spoken, findings: Findings, large: bool) -> None:
    fonts = [small_font(spoken.language), *([large_font()] if large else [])]
    for character in dict.fromkeys(spoken.text):
        if character != "\n" and any(font.find_glyph(character) is None for font in fonts):
            shown = character if character.isprintable() else "?"
            findings.error(
                spoken.file, spoken.line, "no_glyph", place=spoken.place, character=shown,
                code=f"U+{ord(character):04X}",
            )  # fmt: skip


def _plain(spoken: Spoken, findings: Findings) -> None:
    """A value is put in as it is: no variable within it, all in one line."""
    if "{" in spoken.text or "}" in spoken.text or "\n" in spoken.text:
        findings.error(spoken.file, spoken.line, "not_plain", place=spoken.place)


def _title(spoken: Spoken, findings: Findings) -> None:
    _plain(spoken, findings)
    width = small_font(spoken.language).width(spoken.text)
    if width > TITLE_PX:
        findings.error(
            spoken.file, spoken.line, "title_wide", place=spoken.place, width=width, most=TITLE_PX
        )
