"""Makes script packs: a library's sentences and the unit's labels with the glyphs that they need.

`pack_of` is pure but for the fonts; `packs_of` adds the licences, `write` puts all into a folder. Called by
the build of a board's tree, `deskunit run`, `script build` and `script push`.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.scripts import breaks, texts
from deskunit.scripts.checks import findings_of
from deskunit.scripts.encoding import Glyph, encode
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.font import (
    CLOSING,
    LARGE,
    OPENING,
    SIMPLIFIED,
    Font,
    large_font,
    small_font,
)
from deskunit.scripts.library import DEFAULT, Library, read_library
from deskunit.scripts.wording import Wording, wording_of
from deskunit.settings import Site

ASCII = "".join(map(chr, range(0x20, 0x7F)))
BOX = "□"  # stands for a character that came later and has no glyph
PUNCTUATION = "".join(sorted(CLOSING | OPENING)) + "…—％～￥℃"
ALWAYS = ASCII + BOX + PUNCTUATION
IN_SENTENCES = ("hello", "wish.", "screen.")  # labels that are drawn large, or within a sentence
OFL, OFL_LARGE, NOTICE = "PACKS-OFL.txt", "PACKS-OFL-16.txt", "PACKS-NOTICE.txt"


def characters(sources: Mapping[str, str]) -> dict[str, str]:
    """{character: the source that it comes from} of all that is to be drawn."""
    wanted: dict[str, str] = {}
    for source, text in sources.items():
        for character in text:
            if character.isprintable():
                wanted.setdefault(character, source)
    return wanted


def glyphs(wanted: Mapping[str, str], font: Font) -> list[Glyph]:
    """A glyph for each character. DeskunitError names the first that the font lacks."""
    found = []
    for character, source in sorted(wanted.items()):
        glyph = font.find_glyph(character)
        if glyph is None:
            raise DeskunitError(
                "glyph_missing", character=character, code=f"U+{ord(character):04X}", entry=source
            )
        found.append(glyph)
    return found


def common_names(language: str) -> str:
    """The characters of common names, so that a new colleague's needs no new pack."""
    script = ".zh-Hant" if language == "zh-Hant" else ""
    return (texts.HERE / f"name_characters{script}.txt").read_text("utf-8")


def small_sources(
    language: str, labels: Mapping[str, str], wording: Wording, extra_text: str
) -> Mapping[str, str]:
    """Everything: texts, common names, and whom the caller names."""
    names = common_names(language)
    own = {**labels, **wording.titles, **wording.said, "library": wording.plain.get("library", "")}
    return {"punctuation": ALWAYS, **own, "names": names, "extra text": extra_text}


def large_sources(
    labels: Mapping[str, str], wording: Wording, extra_text: str
) -> Mapping[str, str]:
    """What a sentence may hold, with its variables."""
    words = {key: text for key, text in labels.items() if key.startswith(IN_SENTENCES)}
    return {"punctuation": ALWAYS, **words, **wording.said, "extra text": extra_text}


def pack_of(
    language: str,
    labels: Mapping[str, str],
    wording: Wording,
    *,
    large: bool = True,
    extra_text: str = "",
) -> bytes:
    """The bytes of one language's pack. `extra_text`: names to be drawn."""
    marked = {**labels, **wording.titles, **wording.said}
    sources = small_sources(language, labels, wording, extra_text)
    small = glyphs(characters(sources), small_font(language))
    big = (
        glyphs(characters(large_sources(labels, wording, extra_text)), large_font())
        if large
        else []
    )
    broken = {key: breaks.mark(text) for key, text in marked.items()}
    return encode(language, small, big, {**broken, **wording.plain})


def packs_of(
    library: Library,
    *,
    languages: Iterable[str] = (),
    flavour: str | None = None,
    site: Site = NO_SITE,
    large: bool = True,
    extra_text: str = "",
) -> dict[str, bytes]:
    """{file name: content} of the packs and their licences. DeskunitError: the library has errors.

    Nothing in `languages`: all that the library has. `flavour` None: the library's own.
    """
    _refuse_errors(library, site)
    labels = texts.load_all()
    contents = {}
    for language in tuple(languages) or library.head.languages:
        wording = wording_of(library, language, flavour or library.head.flavour, site)
        contents[f"{language}.pack"] = pack_of(
            language, labels[language], wording, large=large, extra_text=extra_text
        )
    return contents | licences(large)


def _refuse_errors(library: Library, site: Site) -> None:
    found = [one for one in findings_of(library, site) if one.severity == "error"]
    if found:
        first, file = found[0], library.folder / found[0].file
        raise DeskunitError("script_broken", file=file, line=first.line, what=first.what())


def licences(large: bool) -> dict[str, bytes]:
    """The licence texts that lie beside the packs wherever they go."""
    contents = {OFL: (SIMPLIFIED.folder() / "LICENSE").read_bytes()}
    if large:
        contents[OFL_LARGE] = (LARGE.folder() / "LICENSE").read_bytes()
    return contents | {NOTICE: (texts.HERE / NOTICE).read_bytes()}


def compile_packs(out_dir: Path, extra_text: str = "") -> list[Path]:
    """Write the packs of the library that comes with deskunit, and their licence texts, to `out_dir`."""
    return write(packs_of(read_library(DEFAULT), extra_text=extra_text), out_dir)


def write(contents: Mapping[str, bytes], out_dir: Path) -> list[Path]:
    """Each file whole or not at all, none before all could be written: others may be reading the packs.

    DeskunitError when the folder cannot be written.
    """
    if out_dir.is_file():
        raise DeskunitError("script_file", exit_code=2, file=out_dir)
    parts = {out_dir / name: out_dir / f"{name}.{os.getpid()}.part" for name in contents}
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        for part, content in zip(parts.values(), contents.values(), strict=True):
            part.write_bytes(content)
        return [part.replace(path) for path, part in parts.items()]
    except OSError as error:
        _clear(parts.values())
        raise DeskunitError(
            "out_unwritable", file=out_dir, why=error.strerror or str(error)
        ) from error


def _clear(parts: Iterable[Path]) -> None:
    for part in parts:
        with contextlib.suppress(OSError):  # it was not written
            part.unlink()
