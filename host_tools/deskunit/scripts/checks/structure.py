"""Whether the parts of a library belong together: ids, groups, flavours, languages, what must be there."""

from collections.abc import Iterator

from deskunit.scripts import sentences
from deskunit.scripts.findings import Findings, listed
from deskunit.scripts.library import FORBIDDEN, HEAD, SCENARIOS, Library
from deskunit.scripts.reading import meant

GREETING = "greeting"
UNREAD = ("syntax", "encoding", "unreadable")


def check(library: Library, findings: Findings) -> None:
    _ids(library, findings)
    _groups(library, findings)
    _languages(library, findings)
    _phrases(library, findings)
    _greeting(library, findings)


def _ids(library: Library, findings: Findings) -> None:
    """One id, one scenario, one file of that name."""
    first: dict[str, str] = {}
    for one in library.scenarios:
        line = one.lines["id"]
        if one.id in first:
            findings.error(one.file, line, "id_twice", id=one.id, first=first[one.id])
        elif one.file != f"{SCENARIOS}/{one.id}.toml":
            findings.error(one.file, line, "id_not_file", id=one.id)
        first.setdefault(one.id, one.file)


def _groups(library: Library, findings: Findings) -> None:
    groups = [group.id for group in library.head.groups]
    for at, group in enumerate(library.head.groups):
        if group.id in groups[:at]:
            findings.error(HEAD, group.line, "group_twice", id=group.id)
    if not groups:
        return  # that library.toml has none is told; not once more for each scenario
    for one in library.scenarios:
        if one.group not in groups:
            near = meant(one.group, groups) or listed(groups)
            findings.error(
                one.file, one.lines["group"], "unknown_group", found=one.group, known=near
            )
    used = {one.group for one in library.scenarios}
    if _unread(library):
        return  # one of those may be in it
    for group in library.head.groups:
        if group.id not in used:
            findings.warning(HEAD, group.line, "empty_group", id=group.id)


def _languages(library: Library, findings: Findings) -> None:
    """Every sentence and title in each language of the library."""
    for one in _all(library):
        missing = [name for name in library.head.languages if name not in one.texts.by_language]
        if missing and one.texts.by_language:
            languages = listed(missing)
            findings.error(
                one.file, one.texts.line, "missing_language", place=one.place, languages=languages
            )


def _all(library: Library) -> Iterator[sentences.Said]:
    yield from sentences.titles(library)
    yield from sentences.values(library)
    yield from sentences.said(library)


def _phrases(library: Library, findings: Findings) -> None:
    if any(one.file == FORBIDDEN for one in library.mistakes):
        return  # that it is missing or unreadable is told
    for language in library.head.languages:
        if not library.phrases.by_language.get(language):
            findings.error(FORBIDDEN, 1, "no_phrases", lang=language)


def _greeting(library: Library, findings: Findings) -> None:
    """Every call begins with it, so it is in every flavour."""
    found = next((one for one in library.scenarios if one.id == GREETING), None)
    if found is None:
        told = {one.file for one in library.mistakes}
        if library.scenarios and f"{SCENARIOS}/{GREETING}.toml" not in told:
            findings.error(SCENARIOS, 1, "no_greeting")
    elif found.flavours:
        findings.error(found.file, 1, "greeting_flavours")


def _unread(library: Library) -> bool:
    """Whether there is a scenario file that nothing is known of."""
    return any(one.key in UNREAD and one.file.startswith(SCENARIOS) for one in library.mistakes)
