"""Makes the prompt packs: the texts' and names' glyphs, the texts with their break marks.

`pack_of` is pure but for the font it is given; `compile_packs` writes the files that go onto a unit.
Called by the build of a board's tree and by `deskunit run`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.scripts import interim, texts
from deskunit.scripts.encoding import Glyph, encode
from deskunit.scripts.font import CLOSING, OPENING, Font, package_folder

ASCII = "".join(map(chr, range(0x20, 0x7F)))
BOX = "□"  # stands for a character that came later and has no glyph
PUNCTUATION = "".join(sorted(CLOSING | OPENING)) + "…—％～￥℃"
NOTICE = """\
zh.pack and en.pack hold prompt texts (MIT, as the rest of this project) and bitmap glyphs. The glyphs
are a subset, in another format, of a pixel font by TakWolf and contributors; they are under the SIL
Open Font License 1.1, whose text and copyright notice are in PACKS-OFL.txt. They may be copied and
changed under that licence, and must not be sold by themselves or named after the original font.
"""


def characters(table: Mapping[str, str], extra_text: str) -> dict[str, str]:
    """{character: where it comes from} of everything that the unit may have to draw."""
    wanted: dict[str, str] = {}
    names = (texts.HERE / "name_characters.txt").read_text("utf-8")
    sources = {"punctuation": ASCII + BOX + PUNCTUATION, **table}
    for source, text in {**sources, "names": names, "extra text": extra_text}.items():
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


def pack_of(language: str, table: Mapping[str, str], font: Font, extra_text: str = "") -> bytes:
    """The bytes of one language's pack. `extra_text`: names and site variables to be drawn."""
    table = {**table, **interim.texts(language, table)} if "prompt.closing" in table else table
    marked = {key: interim.marked(key, template) for key, template in table.items()}
    return encode(language, glyphs(characters(table, extra_text), font), (), marked)


def compile_packs(out_dir: Path, extra_text: str = "") -> list[Path]:
    """Write zh.pack, en.pack and their licence texts to `out_dir`; the same input, the same bytes."""
    font = Font()
    contents = {
        f"{language}.pack": pack_of(language, table, font, extra_text)
        for language, table in texts.load_all().items()
    }
    contents["PACKS-OFL.txt"] = (package_folder() / "LICENSE").read_bytes()
    contents["PACKS-NOTICE.txt"] = NOTICE.encode()
    out_dir.mkdir(parents=True, exist_ok=True)
    return [_write(out_dir / name, content) for name, content in contents.items()]


def _write(path: Path, content: bytes) -> Path:
    """Whole or not at all: another process may be reading the pack."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
    return path
