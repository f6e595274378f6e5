"""Makes the preview of a script library: its packs, their screens, and of these the files.

Called by `deskunit script preview`. The library must be free of errors other than those of the layout.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.preview import film, page, shots
from deskunit.preview.labels import word
from deskunit.preview.page import About, Drawn, Note
from deskunit.preview.plan import Plan, plan
from deskunit.preview.sheet import sheets
from deskunit.scripts.checks.fit import fit_findings
from deskunit.scripts.compiler import packs_of
from deskunit.scripts.drawing import Drawer
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.findings import Finding
from deskunit.scripts.layout import UnitLayout
from deskunit.scripts.library import Library
from deskunit.scripts.wording import wording_of
from deskunit.settings import Site
from deskunit.words import LANGUAGES as UI_LANGUAGES

PAGE = "scripts.html"
Progress = Callable[[int, int], None]


def texts_of(library: Library, language: str, flavour: str, site: Site) -> dict[str, str]:
    """Every key that the library gives to a pack."""
    wording = wording_of(library, language, flavour, site)
    return {**wording.titles, **wording.said, **wording.plain}


def previewed(
    library: Library,
    tree: Path,
    *,
    languages: Iterable[str] = (),
    flavour: str | None = None,
    site: Site = NO_SITE,
    large: bool = False,
    scenario: str | None = None,
    findings: Iterable[Finding] = (),
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """{file name: content}: contact sheets, the page, and the film of `scenario` in each language.

    `tree`: of the virtual board. DeskunitError("script_no_scenario"): there is none of that id.
    """
    chosen = flavour or library.head.flavour
    wanted = tuple(languages) or library.head.languages
    packs = packs_of(
        library, languages=wanted, flavour=chosen, site=site, extra_text=shots.example_text()
    )
    texts = {language: texts_of(library, language, chosen, site) for language in wanted}
    plans = {language: plan(language, texts[language]) for language in wanted}
    _refuse_unknown(scenario, plans[wanted[0]])
    contents: dict[str, bytes] = {}
    drawn: list[Drawn] = []
    with Drawer(tree) as drawer:
        for language in wanted:
            drawer.open(language, packs[f"{language}.pack"])
        for place, language in enumerate(wanted):
            count = _part_of(progress, place, len(wanted))
            taken = shots.take(drawer, plans[language], large=large, progress=count)
            drawn.append(Drawn(plans[language], taken, texts[language]))
            if scenario is not None:
                contents[f"{scenario}-{language}.gif"] = _film(
                    drawer, plans[language], scenario, large
                )
        fits = fit_findings(library, UnitLayout(drawer), site) if not languages else ()
    for one in drawn:
        contents |= _sheets(one)
    contents[PAGE] = _page(library, drawn, [*findings, *fits])
    return contents


def _refuse_unknown(scenario: str | None, plan: Plan) -> None:
    known = [one.id for one in plan.scenarios()]
    if scenario is not None and scenario not in known:
        raise DeskunitError(
            "script_no_scenario", exit_code=2, found=scenario, known=", ".join(known)
        )


def _part_of(progress: Progress | None, place: int, count: int) -> Progress | None:
    """Progress of one language as a part of all."""
    if progress is None:
        return None
    return lambda done, expected: progress(place * expected + done, count * expected)


def _film(drawer: Drawer, plan: Plan, scenario: str, large: bool) -> bytes:
    chosen = next(one for one in plan.scenarios() if one.id == scenario)
    return film.gif(film.play(drawer, plan, chosen, large=large))


def _sheets(drawn: Drawn) -> Mapping[str, bytes]:
    pictures = sheets(drawn.plan, drawn.shots)
    names = [f"scripts-{drawn.plan.language}"]
    if len(pictures) > 1:
        names = [f"{names[0]}-{number}" for number in range(1, len(pictures) + 1)]
    contents = {}
    for name, picture in zip(names, pictures, strict=True):
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        contents[f"{name}.png"] = stream.getvalue()
    return contents


def _page(library: Library, drawn: list[Drawn], findings: Iterable[Finding]) -> bytes:
    """Findings stand beside the scenario whose file they name, the others on top."""
    files = {one.file: one for one in library.scenarios}
    notes: dict[str, list[Note]] = {}
    rest: list[Note] = []
    for finding in findings:
        beside = files.get(finding.file)
        (rest if beside is None else notes.setdefault(beside.id, [])).append(_note(finding))
    about = {one.id: About(one.callers, tuple(notes.get(one.id, ()))) for one in library.scenarios}
    return page.html(drawn, about, rest).encode()


def _note(finding: Finding) -> Note:
    said = {
        ui: word("note", ui, what=finding.what(ui), mend=finding.mend(ui)) for ui in UI_LANGUAGES
    }
    return Note(finding.severity, f"{finding.file}:{finding.line}", said)
