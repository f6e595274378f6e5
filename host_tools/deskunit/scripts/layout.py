"""The unit's own layout for the check: the drawer, with the glyphs of the library's own packs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deskunit.scripts.checks.fit import Asked
from deskunit.scripts.compiler import packs_of
from deskunit.scripts.drawing import Drawer, Measured
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.library import Library
from deskunit.settings import Site


class UnitLayout:
    """A `Layout` that asks the drawer."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def lines(self, language: str, texts: Sequence[Asked]) -> list[Sequence[str]]:
        asked = [Measured(one.text, one.values, one.large) for one in texts]
        return [laid.lines for laid in self._drawer.measure(language, asked)]


@contextmanager
def unit_layout(tree: Path, library: Library, site: Site = NO_SITE) -> Iterator[UnitLayout]:
    """`tree`: of the virtual board. The library's sentences must be free of errors."""
    with Drawer(tree) as drawer:
        for name, content in packs_of(library, site=site).items():
            language, _, kind = name.rpartition(".")
            if kind == "pack":
                drawer.open(language, content)
        yield UnitLayout(drawer)
