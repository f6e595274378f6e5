"""Which sentence of a library is meant: a short name for it, what stands there, and where in its file.

A name is `silent/1/0/say` (file, step and alternative as the library was read, say or short) or
`state/hold_back`. It comes from a browser, so it is only ever looked up, never made into a path.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deskunit.errors import DeskunitError
from deskunit.scripts import toml_lines
from deskunit.scripts.filling import promised
from deskunit.scripts.library import STATES, Library
from deskunit.scripts.reading import SYNONYMS, Texts
from deskunit.scripts.scenario import Alternative, Scenario, Step

STATE = "state"  # no scenario's file: that one has a folder before it
FORMS = ("say", "short")
NOWHERE = 0  # the line of what is not in the file yet


@dataclass(frozen=True)
class Place:
    """A sentence in all its languages. `state`: of a state; else of a scenario's step."""

    name: str
    file: str
    texts: Texts
    state: str | None = None
    scenario: Scenario | None = None
    step: int = 0
    alternative: int = 0
    form: str = "say"

    @property
    def kind(self) -> str | None:
        """The callback whose promise it makes."""
        if self.scenario is None:
            return None
        return promised(self.scenario, self.scenario.steps[self.step])


def stem(scenario: Scenario) -> str:
    """What the names of a scenario's sentences begin with; two scenarios never share it."""
    return scenario.file.rpartition("/")[2].removesuffix(".toml")


def places(library: Library, key: str | None = None) -> Iterator[Place]:
    """Every sentence of a library, or those whose names begin with `key`: of a scenario, or of the states."""
    for state, texts in library.states.items():
        if key in (None, STATE):
            yield Place(f"{STATE}/{state}", STATES, texts, state=state)
    for scenario in library.scenarios:
        if key in (None, stem(scenario)):
            for at, step in enumerate(scenario.steps):
                yield from of_step(scenario, at, step)


def of_step(scenario: Scenario, at: int, step: Step) -> Iterator[Place]:
    for number, one in enumerate(step.alternatives):
        for form, texts in zip(FORMS, (one.say, one.short), strict=True):
            if texts is not None:
                name = f"{stem(scenario)}/{at}/{number}/{form}"
                yield Place(name, scenario.file, texts, None, scenario, at, number, form)


def find_place(library: Library, name: str) -> Place | None:
    known = places(library, name.partition("/")[0])
    return next((one for one in known if one.name == name), None)


def get_place(library: Library, name: str) -> Place:
    """DeskunitError: the library has no such sentence, or not any more."""
    found = find_place(library, name)
    if found is None:
        raise DeskunitError("script_no_sentence")
    return found


def with_text(library: Library, place: Place, language: str, text: str) -> Library:
    """The library as it would be with another sentence there; nothing is written."""
    texts = replace(
        place.texts,
        by_language={**place.texts.by_language, language: text},
        lines={language: NOWHERE, **place.texts.lines},
    )
    if place.scenario is None:
        assert place.state is not None
        return replace(library, states={**library.states, place.state: texts})
    steps = list(place.scenario.steps)
    alternatives = list(steps[place.step].alternatives)
    alternatives[place.alternative] = _said(alternatives[place.alternative], place.form, texts)
    steps[place.step] = replace(steps[place.step], alternatives=tuple(alternatives))
    changed = replace(place.scenario, steps=tuple(steps))
    scenarios = tuple(changed if one is place.scenario else one for one in library.scenarios)
    return replace(library, scenarios=scenarios)


def _said(one: Alternative, form: str, texts: Texts) -> Alternative:
    return replace(one, say=texts) if form == "say" else replace(one, short=texts)


def toml_path(place: Place, language: str, content: str) -> toml_lines.Path:
    """Where the sentence stands in its file, whose text is `content`; where it would, if it is missing.

    Steps that could not be read shift what is counted, so it goes by the lines.
    """
    lines = toml_lines.lines_of(content)
    if place.scenario is None:
        assert place.state is not None
        above: toml_lines.Path = (place.state, "say")
    else:
        step = place.scenario.steps[place.step]
        table = _table(lines, 2, step.line, ("step",))
        one = step.alternatives[place.alternative]
        if one is not step.alternatives[-1] or one.line != step.line:
            table = _table(lines, 4, one.line, (*table, "also"))
        above = (*table, place.form)
    names = [key for key, known in SYNONYMS.items() if known == language]
    written = next((name for name in names if (*above, name) in lines), language)
    return (*above, written)


def _table(
    lines: dict[toml_lines.Path, int], length: int, line: int, begin: toml_lines.Path
) -> toml_lines.Path:
    """The one table of an array that begins on `line`."""
    found = [
        path
        for path, at in lines.items()
        if at == line and len(path) == length and path[:-1] == begin and isinstance(path[-1], int)
    ]
    if len(found) != 1:
        raise DeskunitError("script_no_sentence")
    return found[0]
