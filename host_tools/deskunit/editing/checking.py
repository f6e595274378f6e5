"""What is wrong with a sentence as it is typed, quick enough for each keystroke, and the whole library."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deskunit.editing.easel import Easel, Paper
from deskunit.editing.places import Place, get_place, with_text
from deskunit.errors import DeskunitError
from deskunit.scripts.checks import findings_of
from deskunit.scripts.checks.fit import Asked, fit_findings
from deskunit.scripts.findings import Finding
from deskunit.scripts.library import STATES, Library
from deskunit.settings import Site


class EaselLayout:
    """The unit's layout by way of the easel. `paper`: any language; each question names its own."""

    def __init__(self, easel: Easel, paper: Paper) -> None:
        self._easel = easel
        self._paper = paper

    def lines(self, language: str, texts: Sequence[Asked]) -> list[Sequence[str]]:
        return self._easel.lines(replace(self._paper, language=language), texts)


def has_errors(found: Iterable[Finding]) -> bool:
    return any(one.severity == "error" for one in found)


def of_whole(easel: Easel, paper: Paper) -> tuple[tuple[Finding, ...], DeskunitError | None]:
    """All findings, and why the layout could not be asked, if it could not."""
    found = findings_of(paper.library, paper.site)
    if has_errors(found):
        return found, None
    try:
        fits = fit_findings(paper.library, EaselLayout(easel, paper), paper.site)
    except DeskunitError as error:
        return found, error
    return (*found, *fits), None


def of_sentence(easel: Easel | None, paper: Paper, place: Place, text: str) -> tuple[Finding, ...]:
    """Of one sentence as it is written now in the paper's language; without an easel not how it fits."""
    library = with_text(paper.library, place, paper.language, text)
    line = get_place(library, place.name).texts.line_of(paper.language)
    if not text.strip():
        values = (("field", f"{place.form}.{paper.language}"),)
        return (Finding(place.file, line or place.texts.line, "error", "empty", values),)
    found = [one for one in of_file(library, paper.site, place.file) if _is_about(one, place, line)]
    if easel is not None and not has_errors(one for one in found if one.line == line):
        only = _alone(library, place, paper.language)
        fits = fit_findings(only, EaselLayout(easel, paper), paper.site)
        found += [one for one in fits if one.line == line]
    return tuple(replace(one, line=one.line or place.texts.line) for one in found)


def _is_about(one: Finding, place: Place, line: int) -> bool:
    return one.line == line or (one.key == "missing_language" and one.line == place.texts.line)


def of_file(library: Library, site: Site, file: str) -> tuple[Finding, ...]:
    """Without the layout, and without asking the other files: that takes 2 ms."""
    near = replace(
        library,
        states=library.states if file == STATES else {},
        scenarios=tuple(one for one in library.scenarios if one.file == file),
        mistakes=tuple(one for one in library.mistakes if one.file == file),
    )
    return tuple(one for one in findings_of(near, site) if one.file == file)


def _alone(library: Library, place: Place, language: str) -> Library:
    """Nothing but this sentence, in this language."""
    now = get_place(library, place.name)
    head = replace(library.head, languages=(language,))
    if now.scenario is None:
        assert now.state is not None
        return replace(library, head=head, states={now.state: now.texts}, scenarios=())
    step = now.scenario.steps[now.step]
    one = replace(step.alternatives[now.alternative], say=now.texts, short=None)
    only = replace(step, alternatives=(one,), callback=now.kind)
    scenario = replace(now.scenario, steps=(only,))
    return replace(library, head=head, states={}, scenarios=(scenario,))
