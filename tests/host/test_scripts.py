"""The pack compiler: what it refuses, where it breaks lines, and that its bytes never vary."""

import binascii
import json
import sys
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.scripts import breaks, compile_packs, compiler, texts
from deskunit.scripts.encoding import Glyph, encode
from deskunit.scripts.font import LARGE, SIMPLIFIED, TRADITIONAL, Face, Font
from deskunit.scripts.library import DEFAULT, read_library
from deskunit.scripts.packs import about
from deskunit.scripts.wording import Wording

sys.path.append(str(Path(__file__).parent))

import small_library as small

VECTORS = Path(__file__).parents[1] / "vectors"


def broken(template: str) -> str:
    return breaks.mark(template).replace(breaks.MARK, "|")


# -- break opportunities


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("请稍等", "请|稍|等"),
        ("您好，请稍等。", "您|好，|请|稍|等。"),
        ("（请客户先挂机）", "（请|客|户|先|挂|机）"),
        ("处理「急」件", "处|理|「急」|件"),
        ("真的？！好……吧", "真|的？！|好……|吧"),
        ("请按 HOLD 接回", "请|按 |HOLD |接|回"),
        ("{hello}，{agent}号为您", "{hello}，|{agent}|号|为|您"),
        ("延长{n}秒", "延|长|{n}|秒"),
        ("agent {agent} speaking.", "agent |{agent} |speaking."),
        ("{hello}, {n}s", "{hello}, |{n}s"),
        ("3.5 km (about {n})", "3.5 |km |(about |{n})"),
        ("一\n二三", "一\n二|三"),
        ("", ""),
    ],
)
def test_break_opportunities(template: str, expected: str) -> None:
    assert broken(template) == expected


def test_marks_change_nothing_else() -> None:
    for table in texts.load_all().values():
        for template in table.values():
            assert broken(template).replace("|", "") == template


# -- what the language files must be


def test_a_key_that_one_language_lacks_is_named() -> None:
    with pytest.raises(DeskunitError, match=r"en\.toml lacks soft\.extra"):
        texts.refuse_differences({"zh": {"soft.extra": "多"}, "en": {}})


def test_variables_that_differ_are_named() -> None:
    with pytest.raises(DeskunitError, match=r"screen\.ask"):
        texts.refuse_differences({"zh": {"screen.ask": "{name}"}, "en": {"screen.ask": "{nam}"}})


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_label_says_what_no_sentence_may(language: str) -> None:
    phrases = read_library(DEFAULT).phrases
    assert len(phrases.by_language[language]) >= 60
    found = {key: phrases.found_in(language, text) for key, text in texts.load(language).items()}
    assert {key: said for key, said in found.items() if said} == {}


def test_every_reason_and_state_has_its_words() -> None:
    zh = texts.load("zh")
    for reason in json.loads((VECTORS / "reasons.json").read_text("utf-8"))["reasons"]:
        assert f"reason.{reason['code']}" in zh
    for state in json.loads((VECTORS / "states.json").read_text("utf-8"))["states"]:
        if state["state"] != "unknown":
            assert zh[f"state.{state['state']}"] == state["zh"]


# -- glyphs


def test_a_missing_glyph_names_character_and_key() -> None:
    with pytest.raises(DeskunitError) as failure:
        compiler.pack_of("zh", {"prompt.odd": "您\u4dff好"}, Wording())
    assert "\u4dff" in str(failure.value)
    assert "U+4DFF" in str(failure.value)
    assert "prompt.odd" in str(failure.value)
    assert "prompt.odd" in failure.value.sentence("zh")


def test_a_character_beyond_the_plane_is_missing_too() -> None:
    with pytest.raises(DeskunitError, match="extra text"):
        compiler.pack_of("zh", {}, Wording(), extra_text="\U0001f600")


def test_names_given_to_the_compiler_get_their_glyphs() -> None:
    assert "嚏" not in compiler.characters(compiler.small_sources("zh", {}, Wording(), ""))
    wanted = compiler.characters(compiler.small_sources("zh", {}, Wording(), "嚏"))
    assert wanted["嚏"] == "extra text"


NAMES = {
    "zh": ("欧阳晓梅", "张伟", "王秀英", "李梓涵", "诸葛亮", "O'Neil"),
    "zh-Hant": ("歐陽曉梅", "張偉", "鍾麗華", "于志明", "范瑋琪", "游鴻儒"),
}


@pytest.mark.parametrize("language", NAMES)
def test_common_names_are_drawn_without_a_new_pack(language: str) -> None:
    known = compiler.characters(compiler.small_sources(language, {}, Wording(), ""))
    for name in NAMES[language]:
        assert all(character in known for character in name), name


@pytest.mark.parametrize(
    ("face", "widths"), [(SIMPLIFIED, (6, 8)), (TRADITIONAL, (6, 8)), (LARGE, (8, 14))]
)
def test_full_width_punctuation_is_squeezed_and_whole(face: Face, widths: tuple[int, int]) -> None:
    for mark in "，。！？：；、（）「」《》“”":
        glyph = Font(face).find_glyph(mark)
        assert glyph is not None
        assert widths[0] <= glyph.advance <= widths[1], mark
        columns = 0
        for i in range(0, 2 * face.size, 2):
            columns |= int.from_bytes(glyph.bits[i : i + 2], "big")
        assert columns, mark
        assert columns & (0xFFFF >> glyph.advance) == 0, f"{mark} reaches over its advance"


@pytest.mark.parametrize("face", [SIMPLIFIED, TRADITIONAL, LARGE])
def test_every_face_draws_its_rows_and_knows_what_it_lacks(face: Face) -> None:
    font = Font(face)
    for character in "您妳臺Ag7□":
        glyph = font.find_glyph(character)
        assert glyph is not None and len(glyph.bits) == 2 * face.size and any(glyph.bits)
    assert font.find_glyph("\U0001f600") is None and font.find_glyph("\t") is None
    assert font.width("您A") == font.width("您") + font.width("A")


# -- bytes


def test_the_vector_is_written_byte_for_byte() -> None:
    vector = json.loads((VECTORS / "pack.json").read_text("utf-8"))
    fonts = {
        name: [Glyph(point, advance, bytes.fromhex(bits)) for point, advance, bits in vector[name]]
        for name in ("glyphs", "large")
    }
    glyphs, large = reversed(fonts["glyphs"]), reversed(fonts["large"])
    written = encode(vector["lang"], glyphs, large, vector["texts"])
    assert written.hex() == vector["pack"]


def test_packs_are_the_same_each_time(tmp_path: Path) -> None:
    first = compile_packs(tmp_path / "a", "欧阳嚏")
    second = compile_packs(tmp_path / "b", "嚏阳欧")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_a_pack_ends_with_the_sum_of_the_rest(tmp_path: Path) -> None:
    content = compile_packs(tmp_path)[0].read_bytes()
    assert binascii.crc32(content[:-4]) == int.from_bytes(content[-4:], "little")


def test_the_built_in_packs_are_of_the_library_that_comes_along(tmp_path: Path) -> None:
    names = [path.name for path in compile_packs(tmp_path)]
    licences = ["PACKS-OFL.txt", "PACKS-OFL-16.txt", "PACKS-NOTICE.txt"]
    assert names == ["zh.pack", "zh-Hant.pack", "en.pack", *licences]
    head = read_library(DEFAULT).head
    for language in texts.LANGUAGES:
        found = about((tmp_path / f"{language}.pack").read_bytes())
        assert (found.language, found.name, found.version) == (language, head.name, head.version)
        assert found.prompts >= 150 and found.large > 0


def test_a_library_with_an_error_is_refused_in_a_sentence(tmp_path: Path) -> None:
    silent = small.SILENT.replace("rounds = 2", "round = 2")
    library = read_library(small.written(tmp_path, silent=silent))
    with pytest.raises(DeskunitError, match=r"silent\.toml line 12: there is no field round"):
        compiler.packs_of(library)
