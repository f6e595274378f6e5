"""Screens of sentences that somebody is writing: one drawing process, started when first wanted.

One job after another. A pack is opened again when the library, the flavour or the characters need it,
which takes 20 ms; a library with mistakes is drawn as far as it can be.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.preview.shots import example_text
from deskunit.scripts import texts
from deskunit.scripts.checks.fit import Asked
from deskunit.scripts.compiler import pack_of
from deskunit.scripts.drawing import Drawer, Drawing, Scene
from deskunit.scripts.font import large_font, small_font
from deskunit.scripts.layout import UnitLayout
from deskunit.scripts.library import Library
from deskunit.scripts.reading import Texts
from deskunit.scripts.scenario import Alternative, Scenario
from deskunit.scripts.sentences import said
from deskunit.scripts.wording import wording_of
from deskunit.settings import Site


@dataclass(frozen=True)
class Paper:
    """What is to be drawn with. `mark`: another one when the library or the site has changed."""

    library: Library
    site: Site
    mark: object
    language: str
    flavour: str


class Easel:
    """draw() and lines() from any thread. `tree` makes the virtual board's tree."""

    def __init__(self, tree: Callable[[], Path]) -> None:
        self._tree = tree
        self._busy = threading.RLock()
        self._drawer: Drawer | None = None
        self._open: dict[str, tuple[object, str]] = {}  # by language: mark, flavour
        self._known: dict[str, set[str]] = {}  # by language: characters that the pack has

    def draw(self, paper: Paper, scene: Scene) -> Drawing:
        """DeskunitError: nothing can be drawn on this computer, or not this."""
        with self._ready(paper, scene.text or "") as drawer:
            return drawer.draw(paper.language, scene)

    def lines(self, paper: Paper, asked: Sequence[Asked]) -> list[Sequence[str]]:
        """As a `Layout` tells them."""
        with self._ready(paper, "".join(one.text for one in asked)) as drawer:
            return UnitLayout(drawer).lines(paper.language, asked)

    def close(self) -> None:
        with self._busy:
            if self._drawer is not None:
                self._drawer.close()
            self._drawer = None
            self._open.clear()

    @contextmanager
    def _ready(self, paper: Paper, more: str) -> Iterator[Drawer]:
        with self._busy:
            try:
                if self._drawer is None:
                    self._drawer = Drawer(self._tree())
                self._prepare(self._drawer, paper, more)
                yield self._drawer
            except DeskunitError as error:
                if error.key == "draw_stopped":
                    self.close()  # the next picture starts another
                raise

    def _prepare(self, drawer: Drawer, paper: Paper, more: str) -> None:
        wanted = (paper.mark, paper.flavour)
        known = self._known.setdefault(paper.language, set())
        fresh = {one for one in more if one not in known and _drawable(one, paper.language)}
        if self._open.get(paper.language) == wanted and not fresh:
            return
        if self._open.get(paper.language) != wanted:
            known.clear()
        known |= fresh
        drawer.open(paper.language, _pack(paper, "".join(sorted(known))))
        self._open[paper.language] = wanted


def _drawable(character: str, language: str) -> bool:
    fonts = (small_font(language), large_font())
    return all(font.find_glyph(character) is not None for font in fonts)


def _pack(paper: Paper, more: str) -> bytes:
    """A pack as far as the library goes, with every character of all its flavours."""
    language, library = paper.language, _mended(paper.library, paper.language)
    every = [*(one.texts.by_language.get(language, "") for one in said(library)), example_text()]
    more += "".join(one for one in set("".join(every)) if _drawable(one, language))
    wording = wording_of(library, language, paper.flavour, paper.site)
    kept = {key: _kept(text, language) for key, text in wording.said.items()}
    titles = {key: _kept(text, language) for key, text in wording.titles.items()}
    wording = replace(wording, said=kept, titles=titles)
    return pack_of(language, texts.load(language), wording, extra_text=more)


def _kept(text: str, language: str) -> str:
    return "".join(one for one in text if one == "\n" or _drawable(one, language))


def _mended(library: Library, language: str) -> Library:
    """Sentences that are missing in this language in whatever language there is."""

    def whole(found: Texts) -> Texts:
        some = next(iter(found.by_language.values()), "…")
        return replace(found, by_language={language: some, **found.by_language})

    def of(one: Alternative) -> Alternative:
        short = None if one.short is None else whole(one.short)
        return replace(one, say=whole(one.say), short=short)

    def scenario(one: Scenario) -> Scenario:
        steps = [
            replace(step, alternatives=tuple(map(of, step.alternatives))) for step in one.steps
        ]
        return replace(one, title=whole(one.title), steps=tuple(steps))

    groups = tuple(replace(one, title=whole(one.title)) for one in library.head.groups)
    return replace(
        library,
        head=replace(library.head, groups=groups),
        states={state: whole(found) for state, found in library.states.items()},
        scenarios=tuple(map(scenario, library.scenarios)),
    )
