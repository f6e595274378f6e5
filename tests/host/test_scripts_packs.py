"""A library becomes packs: text keys as the unit reads them, glyphs of both sizes, never other bytes."""

import binascii
import json
import sys
from pathlib import Path
from typing import IO

import pytest
from deskunit.errors import DeskunitError
from deskunit.scripts import breaks
from deskunit.scripts.compiler import packs_of, write
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.font import LARGE, SIMPLIFIED
from deskunit.scripts.library import copy_library, read_library
from deskunit.scripts.packs import about
from deskunit.scripts.wording import wording_of
from deskunit.settings import Site

TESTS = Path(__file__).parents[1]
for folder in (TESTS.parent / "firmware", TESTS / "firmware", TESTS / "host"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

import small_library as small  # noqa: E402
from unit import pack  # noqa: E402

LANGUAGES = ("zh", "en")


class Shelf:
    """Storage with one pack in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, name: str, mode: str) -> IO[bytes]:
        return open(self._path / name, mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.written(tmp_path / "library")


def built(folder: Path, out: Path, **chosen: object) -> Path:
    library = read_library(folder)
    write(packs_of(library, languages=LANGUAGES, **chosen), out)  # type: ignore[arg-type]
    return out


def text(unit: "pack.Pack", key: str) -> str | None:
    found = unit.text(key)
    return None if found is None else found.decode().replace(breaks.MARK, "")


def test_the_unit_reads_what_the_library_says(folder: Path, tmp_path: Path) -> None:
    unit = pack.Pack(Shelf(built(folder, tmp_path / "out")), "zh")
    assert text(unit, "library") == "Small\n1.2\nhotline\nMIT"
    assert unit.words("groups") == ["start", "line"]
    assert unit.words("in.line") == ["silent"]
    assert text(unit, "group.line") == "线路"
    assert text(unit, "scenario.silent") == "无声"
    assert text(unit, "prompt.idle") == "请稍等。"
    assert text(unit, "state.ready") == "就绪"


def test_the_vector_s_texts_are_those_of_the_small_library(folder: Path) -> None:
    vector = json.loads((TESTS / "vectors" / "pack.json").read_text("utf-8"))
    wording = wording_of(read_library(folder), "zh", "hotline", NO_SITE)
    marked = {**vector["labels"], **wording.titles, **wording.said}
    texts = {key: breaks.mark(said) for key, said in marked.items()}
    assert texts | wording.plain == vector["texts"]


def test_steps_are_lines_with_places_for_names(folder: Path, tmp_path: Path) -> None:
    unit = pack.Pack(Shelf(built(folder, tmp_path / "out")), "en")
    assert text(unit, "steps.silent") == (
        "ask,g,255,2,0,1,2,-,\n"  # kind, wait, rounds, again, tap, next, callback, conditions
        "heard,a,0,1,1,-1,-1,fault,\n"
        "sorry,c,5,1,2,-1,-1,-,"
    )
    assert text(unit, "steps.greeting") == (
        "hello,o,0,1,0,1,1,-,d=eh h=20-8 l=t a=1|\nbye,c,0,1,1,-1,-1,-,"
    )


def test_sentences_stand_in_the_order_in_which_they_are_tried(folder: Path, tmp_path: Path) -> None:
    unit = pack.Pack(Shelf(built(folder, tmp_path / "out")), "en")
    assert text(unit, "say.greeting.0.0") == "{hello}, agent {agent} speaking."
    assert text(unit, "say.greeting.0.1") == "{hello}. {wish}\nHow may I help you?"
    assert text(unit, "short.greeting.0.1") == "{hello}, go ahead."
    assert text(unit, "short.greeting.0.0") is None
    assert text(unit, "say.greeting.0.2") is None


def test_another_flavour_has_its_own_sentences(folder: Path, tmp_path: Path) -> None:
    unit = pack.Pack(Shelf(built(folder, tmp_path / "out", flavour="shop")), "en")
    assert text(unit, "library") == "Small\n1.2\nshop\nMIT"
    assert text(unit, "say.greeting.0.1") == "Welcome to our company."
    assert (
        text(unit, "steps.greeting").split("\n")[0] == "hello,o,0,1,0,1,1,-,d=eh h=20-8 l=t a=1||"
    )


def test_steps_of_other_flavours_are_not_in_it_and_places_are_renumbered(tmp_path: Path) -> None:
    silent = small.SILENT.replace('id = "heard"', 'id = "heard"\nflavours = ["shop"]').replace(
        'tap = "heard"', 'tap = "sorry"'
    )
    library = read_library(small.written(tmp_path, silent=silent))
    wording = wording_of(library, "en", "hotline", NO_SITE)
    assert wording.plain["steps.silent"] == "ask,g,255,2,0,1,1,-,\nsorry,c,5,1,1,-1,-1,-,"
    assert wording.said["say.silent.1.0"].startswith("I am sorry")


def test_scenarios_and_groups_of_other_flavours_are_not_in_the_menu(tmp_path: Path) -> None:
    silent = small.SILENT.replace("callers =", 'flavours = ["shop"]\ncallers =')
    library = read_library(small.written(tmp_path, silent=silent))
    wording = wording_of(library, "en", "hotline", NO_SITE)
    assert wording.plain["groups"] == "start"
    assert "scenario.silent" not in wording.titles and "group.line" not in wording.titles
    assert wording_of(library, "en", "shop", NO_SITE).plain["groups"] == "start line"


def test_a_group_is_ordered_by_order_then_id(tmp_path: Path) -> None:
    more = {
        name: small.SILENT.replace('"silent"', f'"{name}"').replace(
            "callers", f"order = {n}\ncallers", 1
        )
        for name, n in (("a", 60), ("b", 40), ("z", 50))
    }
    library = read_library(small.written(tmp_path, **more))
    assert wording_of(library, "en", "hotline", NO_SITE).plain["in.line"] == "b silent z a"


def test_site_values_are_replaced_and_the_unit_s_variables_stay(
    folder: Path, tmp_path: Path
) -> None:
    site = Site(company="Acme", hotline="400-1234")
    unit = pack.Pack(Shelf(built(folder, tmp_path / "out", flavour="shop", site=site)), "en")
    assert text(unit, "say.greeting.0.1") == "Welcome to Acme."
    assert text(unit, "say.silent.1.0") == "We will call back within 24 hours."
    assert text(unit, "say.silent.2.0") == "I am sorry, please call 400-1234 again."
    assert "{caller}" in (text(unit, "say.greeting.1.0") or "")


def test_large_glyphs_are_those_of_the_sentences(folder: Path, tmp_path: Path) -> None:
    unit = pack.Pack(Shelf(built(folder, tmp_path / "out")), "zh")
    for character in "听重新拨打 aZ09，□上签":  # of a greeting by the hour, of what a state shows
        assert unit.large()._find(ord(character)) >= 0, character
    for character in "辅欧":  # of a reason's label, of a name that might come
        assert unit.font._find(ord(character)) >= 0
        assert unit.large()._find(ord(character)) < 0


def test_without_the_large_mode_the_pack_is_smaller_and_its_licence_not_there(
    folder: Path, tmp_path: Path
) -> None:
    with_large = built(folder, tmp_path / "large")
    without = built(folder, tmp_path / "small", large=False)
    assert pack.Pack(Shelf(without), "zh").large() is None
    assert (without / "zh.pack").stat().st_size < (with_large / "zh.pack").stat().st_size
    assert not (without / "PACKS-OFL-16.txt").exists()


def test_licences_lie_beside_and_no_file_has_a_fonts_name(folder: Path, tmp_path: Path) -> None:
    out = built(folder, tmp_path / "out")
    names = sorted(path.name for path in out.iterdir())
    assert names == ["PACKS-NOTICE.txt", "PACKS-OFL-16.txt", "PACKS-OFL.txt", "en.pack", "zh.pack"]
    for name, face in (("PACKS-OFL.txt", SIMPLIFIED), ("PACKS-OFL-16.txt", LARGE)):
        assert (out / name).read_bytes() == (face.folder() / "LICENSE").read_bytes()


def test_the_same_library_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    copy_library(folder, again)
    first, second = built(folder, tmp_path / "a"), built(again, tmp_path / "b")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_a_pack_says_what_it_is(folder: Path, tmp_path: Path) -> None:
    content = (built(folder, tmp_path / "out") / "zh.pack").read_bytes()
    found = about(content)
    assert (found.name, found.version, found.flavour, found.license) == (
        "Small",
        "1.2",
        "hotline",
        "MIT",
    )
    assert (found.language, found.size) == ("zh", len(content))
    assert found.prompts == 7 + 3 + 1 + 3  # states, greeting, its short form, silent
    assert int(found.checksum, 16) == binascii.crc32(content[:-4])


def test_nothing_is_written_when_the_folder_cannot_be(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(DeskunitError, match="is a file"):
        built(folder, tmp_path / "file")
    taken = tmp_path / "taken"
    (taken / "PACKS-OFL.txt").mkdir(parents=True)  # the last but one cannot be put in place
    with pytest.raises(DeskunitError):
        built(folder, taken)
    assert not list(taken.glob("*.part"))


def test_a_copy_goes_into_an_empty_folder_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x", "utf-8")
    for target in (tmp_path / "full", tmp_path / "full" / "x"):
        with pytest.raises(DeskunitError, match="not empty"):
            copy_library(folder, target)
    copy_library(folder, tmp_path / "new" / "copy")
    assert (tmp_path / "new" / "copy" / "library.toml").read_bytes() == small.HEAD.encode()
