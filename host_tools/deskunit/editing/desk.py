"""Everything that the page's script tab asks for, in one place; plain values in and out, no HTTP."""

import base64
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from deskunit.editing.checking import has_errors, of_sentence, of_whole
from deskunit.editing.easel import Easel, Paper
from deskunit.editing.places import Place, get_place, places
from deskunit.editing.saving import TEXT_MAX, Changed, Edit, Faulty, Saved, Saving
from deskunit.editing.sending import Pushing, Sending
from deskunit.editing.shelf import Shelf, Volume, checksum
from deskunit.editing.view import findings_view, key_of, library_view
from deskunit.errors import DeskunitError
from deskunit.fleet import build_tree
from deskunit.preview.plan import PROMPTS
from deskunit.preview.shots import BREAK, example, scene_under
from deskunit.scripts.checks.fit import PAGED_STATES
from deskunit.scripts.checks.sentences import LONGEST
from deskunit.scripts.drawing import Drawing, Scene
from deskunit.scripts.filling import ON_UNIT, built

_FILLED = re.compile(rf"(\{{(?:{'|'.join(ON_UNIT)})\}})")


class ScriptDesk:
    """close() ends the drawing process. `tree` makes the virtual board's tree."""

    def __init__(
        self, data_dir: Path, pushing: Pushing, tree: Callable[[], Path] = build_tree
    ) -> None:
        self._shelf = Shelf(data_dir)
        self._easel = Easel(tree)
        self._saving = Saving(self._shelf, self._easel)
        self._sending = Sending(data_dir, pushing)
        self._checking = threading.Lock()
        self._checked: tuple[object, dict[str, Any]] | None = None

    def close(self) -> None:
        self._easel.close()

    # --- reading

    def library(self, flavour: str) -> dict[str, Any]:
        """`flavour` "": the one that the packs are built in."""
        volume = self._shelf.volume()
        chosen = _flavour(volume, flavour)
        return library_view(volume, chosen, lambda file: checksum(self._shelf.content(file)))

    def check(self) -> dict[str, Any]:
        """All findings; looked for once for each change of the library."""
        volume = self._shelf.volume()
        with self._checking:
            if self._checked is None or self._checked[0] != volume.mark:
                found, why = of_whole(self._easel, _paper(volume, "zh", ""))
                said = None if why is None else _both(why)
                body = {"findings": findings_view(found), "errors": has_errors(found), "fit": said}
                self._checked = volume.mark, body
            return self._checked[1]

    def pictures(self, scenario: str, language: str, flavour: str, large: bool) -> dict[str, Any]:
        """{name of a sentence: its pages}, of a scenario's or of the states'."""
        volume = self._shelf.volume()
        paper = _paper(volume, language, flavour)
        found = {}
        for place in places(volume.library, scenario):
            text = place.texts.by_language.get(language)
            scene = None if text is None else _scene(paper, place, text, large)
            if scene is not None:
                found[place.name] = [_picture(one) for one in self._pages(paper, place, scene)]
        return {"pictures": found}

    def _pages(self, paper: Paper, place: Place, scene: Scene) -> list[Drawing]:
        first = self._easel.draw(paper, scene)
        paged = place.state is None or place.state in PAGED_STATES
        more = range(1, first.pages if paged else 1)
        return [first, *(self._easel.draw(paper, replace(scene, page=page)) for page in more)]

    # --- writing

    def typed(self, edit: Edit, flavour: str, large: bool) -> dict[str, Any]:
        """The sentence as it is written now: its screens, and what is wrong with it."""
        if len(edit.text) > TEXT_MAX:
            raise DeskunitError("script_text_long", most=TEXT_MAX)
        volume = self._shelf.volume()
        paper = _paper(volume, edit.language, flavour)
        place = get_place(volume.library, edit.name)
        try:
            scene = _scene(paper, place, edit.text, large)
            drawn = [] if scene is None else self._pages(paper, place, scene)
            found = of_sentence(self._easel, paper, place, edit.text)
        except DeskunitError as error:
            found = of_sentence(None, paper, place, edit.text)
            return {"pages": [], "findings": findings_view(found), "why": _both(error)}
        pages = [_picture(one) for one in drawn]
        return {"pages": pages, "findings": findings_view(found), "why": None}

    def save(self, known: str, edits: Sequence[Edit]) -> Saved | Changed | Faulty:
        return self._saving.save(known, edits)

    # --- sending

    def send(self) -> None:
        """DeskunitError: the library has errors, or there is no unit."""
        if self.check()["errors"]:
            raise DeskunitError("script_send_errors")
        volume = self._shelf.volume()
        if volume.site.flavour:
            _flavour(volume, volume.site.flavour)  # named in settings.toml, and there may be none
        self._sending.send(volume)

    def sent(self) -> list[dict[str, Any]]:
        return self._sending.rows()


def _flavour(volume: Volume, wanted: str) -> str:
    head = volume.library.head
    if wanted and wanted not in head.flavours:
        raise DeskunitError("script_no_flavour", found=wanted, known=", ".join(head.flavours))
    return next(
        (one for one in (wanted, volume.site.flavour) if one in head.flavours), head.flavour
    )


def _paper(volume: Volume, language: str, flavour: str) -> Paper:
    return Paper(volume.library, volume.site, volume.mark, language, _flavour(volume, flavour))


def _scene(paper: Paper, place: Place, text: str, large: bool) -> Scene | None:
    """The scene in which the unit says it; None: not in this flavour."""
    head, language = paper.library.head, paper.language
    said = _fillable(built(text, language, head, paper.site, place.kind)[:LONGEST])
    if place.scenario is None:
        key = f"prompt.{place.state}"
        shown = replace(example(language), state=PROMPTS[key], prompt=key, reason=BREAK)
        return replace(shown, text=said, large=large)
    found = key_of(place, paper.flavour)
    if found is None:
        return None
    index, key = found
    step = place.scenario.steps[place.step]
    tokens = step.alternatives[place.alternative].when.tokens()
    scene = scene_under(language, tokens, place.form == "short")
    return replace(
        scene, scenario=place.scenario.id, step=index, said=key, text=said, large=large
    )  # fmt: skip


def _fillable(text: str) -> str:
    """Braces that the unit could not fill as round ones: half a variable is typed before a whole one."""
    parts = _FILLED.split(text)
    return "".join(
        part if at % 2 else part.replace("{", "(").replace("}", ")")
        for at, part in enumerate(parts)
    )


def _picture(drawing: Drawing) -> dict[str, Any]:
    screen = drawing.screen
    pixels = base64.b64encode(screen.pixels).decode()
    return {"pixels": pixels, "inverted": screen.inverted, "on": screen.on}


def _both(error: DeskunitError) -> dict[str, str]:
    return {language: error.sentence(language) for language in ("zh", "en")}
