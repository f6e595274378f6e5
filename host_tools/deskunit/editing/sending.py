"""The library in use to every connected unit, as `deskunit script push` does, and how far that is."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from deskunit import agents, words
from deskunit.editing.shelf import Volume
from deskunit.errors import DeskunitError
from deskunit.packs import Pack, checked_pack
from deskunit.scripts.compiler import packs_of


class Pushing(Protocol):
    """What the running logger answers to `script push`."""

    def targets(self, units: Sequence[str]) -> Mapping[str, Any]: ...

    def add(self, pack: Pack, units: Sequence[str]) -> int: ...

    def progress(self, push: int) -> Mapping[str, Any]: ...


class Sending:
    """One at a time; a second one takes the place of the first, at the units too."""

    def __init__(self, data_dir: Path, pushing: Pushing) -> None:
        self._data_dir = data_dir
        self._pushing = pushing
        self._turn = threading.Lock()
        self._pushes: list[tuple[int, Pack]] = []

    def send(self, volume: Volume) -> None:
        """Each unit gets the language that its screen speaks. DeskunitError: errors, or no unit."""
        with self._turn:
            targets = self._pushing.targets(())["units"]
            languages = list(dict.fromkeys(one["language"] for one in targets))
            names = "".join(agent.name for agent in agents.load(self._data_dir / "agents.csv"))
            made = packs_of(
                volume.library, languages=_known(volume, languages), flavour=volume.site.flavour,
                site=volume.site, extra_text=names,
            )  # fmt: skip
            packs = [checked_pack(made[f"{one}.pack"], f"{one}.pack") for one in languages]
            self._pushes = [
                (self._pushing.add(pack, _speaking(targets, pack.language)), pack) for pack in packs
            ]

    def rows(self) -> list[dict[str, Any]]:
        """Of each unit of the last sending: how far it is, whether it ended, and why without success."""
        return [
            _row(one, pack)
            for number, pack in self._pushes
            for one in self._pushing.progress(number)["units"]
        ]


def _known(volume: Volume, languages: Sequence[str]) -> Sequence[str]:
    known = volume.library.head.languages
    for one in languages:
        if one not in known:
            raise DeskunitError("script_no_language", found=one, known=", ".join(known))
    return languages


def _speaking(targets: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    return [one["uid"] for one in targets if one["language"] == language]


def _row(told: Mapping[str, Any], pack: Pack) -> dict[str, Any]:
    error = DeskunitError(told["error"], **told["values"]) if told["error"] else None
    said = {one: error.sentence(one) for one in words.LANGUAGES} if error else None
    kept = ("uid", "seat", "connected", "offset", "size", "ended")
    shown = {name: told[name] for name in kept}
    return {**shown, "language": pack.language, "version": pack.version, "sentence": said}
