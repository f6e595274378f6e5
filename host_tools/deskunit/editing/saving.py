"""Edited sentences into their file: refused when the file changed meanwhile or the sentences have errors."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from deskunit.editing.checking import of_sentence
from deskunit.editing.easel import Easel, Paper
from deskunit.editing.places import STATE, find_place, get_place, stem, toml_path
from deskunit.editing.shelf import Shelf, Volume, checksum
from deskunit.editing.writing import decoded, rewritten
from deskunit.errors import DeskunitError
from deskunit.scripts.findings import Finding
from deskunit.scripts.library import STATES, Library

TEXT_MAX = 10_000  # characters of a sentence; what a screen holds is far less


@dataclass(frozen=True)
class Edit:
    """Another sentence at the place of this name."""

    name: str
    language: str
    text: str


@dataclass(frozen=True)
class Saved:
    """`first`: the library was copied into the data folder for it."""

    checksum: str
    first: bool


@dataclass(frozen=True)
class Changed:
    """The file is not the one that was edited. `texts`: what stands there now, None: nothing any more."""

    checksum: str
    texts: tuple[str | None, ...]


@dataclass(frozen=True)
class Faulty:
    """These sentences have errors. Of each edit its own."""

    findings: tuple[tuple[Finding, ...], ...]


class Saving:
    """One save at a time."""

    def __init__(self, shelf: Shelf, easel: Easel) -> None:
        self._shelf = shelf
        self._easel = easel
        self._turn = threading.Lock()

    def save(self, known: str, edits: Sequence[Edit]) -> Saved | Changed | Faulty:
        """`known`: checksum of the file when it was read. The edits are all of one file.

        DeskunitError: it cannot be written, or there is no such sentence.
        """
        with self._turn:
            volume = self._shelf.volume()
            file = _file_of(volume.library, edits)
            content = self._shelf.content(file)
            if checksum(content) != known:
                now = (find_place(volume.library, one.name) for one in edits)
                texts = (
                    place.texts.by_language.get(one.language) if place else None
                    for place, one in zip(now, edits, strict=True)
                )
                return Changed(checksum(content), tuple(texts))
            found = [_errors(self._easel, volume, one) for one in edits]
            if any(found):
                return Faulty(tuple(found))
            made = rewritten(content, _changes(volume.library, edits, decoded(content)))
            first = self._shelf.own()
            self._shelf.replace(file, made)
            return Saved(checksum(made), first)


def _file_of(library: Library, edits: Sequence[Edit]) -> str:
    """By their names alone: where a sentence is gone its file is there still."""
    begins = {one.name.partition("/")[0] for one in edits}
    files = {STATE: STATES, **{stem(one): one.file for one in library.scenarios}}
    if len(begins) != 1 or not begins <= files.keys():
        raise DeskunitError("script_no_sentence")
    return files[begins.pop()]


def _errors(easel: Easel, volume: Volume, edit: Edit) -> tuple[Finding, ...]:
    """How it fits only where a screen can be drawn."""
    if len(edit.text) > TEXT_MAX:
        raise DeskunitError("script_text_long", most=TEXT_MAX)
    flavour = volume.site.flavour or volume.library.head.flavour
    paper = Paper(volume.library, volume.site, volume.mark, edit.language, flavour)
    place = get_place(volume.library, edit.name)
    try:
        found = of_sentence(easel, paper, place, edit.text)
    except DeskunitError:
        found = of_sentence(None, paper, place, edit.text)
    return tuple(
        # an edit never takes a language away; another one may be missing until it is written too
        one
        for one in found
        if one.severity == "error" and one.key != "missing_language"
    )


def _changes(
    library: Library, edits: Sequence[Edit], text: str
) -> dict[tuple[str | int, ...], str]:
    found = {}
    for one in edits:
        found[toml_path(get_place(library, one.name), one.language, text)] = one.text
    return found
