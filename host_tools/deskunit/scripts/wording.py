"""A library as a pack has it: the text keys of one language and flavour (docs/pack.md).

Pure. Called by the compiler and by the check of the layout.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from deskunit.scripts.filling import built, promised
from deskunit.scripts.flow import Stop, stops_of
from deskunit.scripts.library import Library
from deskunit.scripts.reading import Texts
from deskunit.scripts.scenario import Scenario
from deskunit.settings import Site

NO_CALLBACK = "-"


@dataclass(frozen=True)
class Wording:
    """{key: text}. `said` is drawn small or large, `titles` small, `plain` is read by the unit itself."""

    said: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)


def wording_of(library: Library, language: str, flavour: str, site: Site) -> Wording:
    """The keys of one pack. KeyError: a sentence is missing in `language`; check the library first."""
    head = library.head
    about = (head.name, head.version, flavour, head.license)
    wording = Wording(plain={"library": "\n".join(about)})
    scenarios = library.in_flavour(flavour)
    used = [group for group in head.groups if any(one.group == group.id for one in scenarios)]
    wording.plain["groups"] = " ".join(group.id for group in used)
    for group in used:
        wording.titles[f"group.{group.id}"] = group.title.by_language[language]
        inside = (one.id for one in scenarios if one.group == group.id)
        wording.plain[f"in.{group.id}"] = " ".join(inside)
    for state, texts in library.states.items():
        wording.said[f"prompt.{state}"] = built(
            texts.by_language[language], language, head, site, None
        )
    for scenario in scenarios:
        _scenario(wording, library, scenario, language, flavour, site)
    return wording


def _scenario(
    wording: Wording, library: Library, scenario: Scenario, language: str, flavour: str, site: Site
) -> None:
    wording.titles[f"scenario.{scenario.id}"] = scenario.title.by_language[language]
    stops, _ = stops_of(scenario, flavour)
    wording.plain[f"steps.{scenario.id}"] = "\n".join(map(_line, stops))
    for index, stop in enumerate(stops):
        kind = promised(scenario, stop.step)
        for key, texts in _sentences(f"{scenario.id}.{index}", stop):
            text = texts.by_language[language]
            wording.said[key] = built(text, language, library.head, site, kind)


def _sentences(place: str, stop: Stop) -> Iterator[tuple[str, Texts]]:
    for at, one in enumerate(stop.alternatives):
        yield f"say.{place}.{at}", one.say
        if one.short is not None:
            yield f"short.{place}.{at}", one.short


def _line(stop: Stop) -> str:
    """id,kind,wait,rounds,again,tap,next,callback,conditions."""
    step = stop.step
    conditions = "|".join(one.when.tokens() for one in stop.alternatives)
    parts = (
        *(step.id, step.kind[0], step.wait_s, step.rounds, stop.again, stop.tap, stop.next),
        *(step.callback or NO_CALLBACK, conditions),
    )
    return ",".join(map(str, parts))
