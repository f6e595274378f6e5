"""Every sentence and title of a library, one by one, with where it stands. For the checks and the glyphs."""

from collections.abc import Iterator
from dataclasses import dataclass

from deskunit.scripts.filling import promised
from deskunit.scripts.library import HEAD, STATES, Library
from deskunit.scripts.reading import Texts
from deskunit.scripts.scenario import Scenario


@dataclass(frozen=True)
class Spoken:
    """`place`: what a person calls it, as scenario/step. `kind`: the callback whose promise it makes."""

    file: str
    line: int
    language: str
    place: str
    text: str
    kind: str | None = None


@dataclass(frozen=True)
class Said:
    """One sentence in all its languages. `state`: it belongs to that state, not to a step."""

    file: str
    place: str
    texts: Texts
    kind: str | None = None
    state: str | None = None

    def by_language(self, languages: tuple[str, ...]) -> Iterator[Spoken]:
        for language in languages:
            if language in self.texts.by_language:
                yield Spoken(
                    self.file,
                    self.texts.line_of(language),
                    language,
                    self.place,
                    self.texts.by_language[language],
                    self.kind,
                )


def of_scenario(scenario: Scenario) -> Iterator[Said]:
    """The sentences of its steps, short forms too."""
    for step in scenario.steps:
        for one in step.alternatives:
            for texts in (one.say, one.short):
                if texts is not None:
                    place = f"{scenario.id}/{step.id}"
                    yield Said(scenario.file, place, texts, promised(scenario, step))


def said(library: Library) -> Iterator[Said]:
    """All that an agent reads out or is reminded of."""
    for state, texts in library.states.items():
        yield Said(STATES, state, texts, state=state)
    for scenario in library.scenarios:
        yield from of_scenario(scenario)


def titles(library: Library) -> Iterator[Said]:
    """The lines of the menu."""
    for group in library.head.groups:
        yield Said(HEAD, group.id, group.title)
    for scenario in library.scenarios:
        yield Said(scenario.file, scenario.id, scenario.title)


def values(library: Library) -> Iterator[Said]:
    """What is put in place of variables."""
    head = library.head
    yield Said(HEAD, "company", head.company)
    yield Said(HEAD, "hotline", head.hotline)
    for kind, texts in head.promises.items():
        yield Said(HEAD, f"promise.{kind}", texts)
    for name, texts in head.longest.items():
        yield Said(HEAD, f"longest.{name}", texts)
