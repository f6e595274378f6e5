"""A pack looked at before it is sent: whole or refused with a sentence, at whatever length it was cut."""

import struct
import zlib
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.packs import SIZE_LIMIT_BYTES, checked_pack, read_pack, text_of
from deskunit.scripts.encoding import Glyph, encode

SMALL = Glyph(0x41, 6, bytes(24))
LARGE = Glyph(0x4F60, 16, bytes(range(32)))
DATA = encode("zh-Hant", [SMALL], [LARGE], {"library": "Test\n1.2-a\nshop\nMIT", "soft.yes": "好"})


def refused(data: bytes) -> str:
    with pytest.raises(DeskunitError) as caught:
        checked_pack(data, "x.pack")
    for language in ("zh", "en"):
        assert "x.pack" in caught.value.sentence(language)
    return caught.value.key


def test_a_sound_pack_says_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "x.pack"
    file.write_bytes(DATA)
    pack = read_pack(file)
    assert (pack.language, pack.version, pack.size, pack.data) == (
        "zh-Hant",
        "1.2-a",
        len(DATA),
        DATA,
    )
    assert (
        pack.crc == f"{zlib.crc32(DATA[:-4]):08x}" == f"{int.from_bytes(DATA[-4:], 'little'):08x}"
    )


def test_texts_are_found_behind_both_fonts() -> None:
    assert text_of(DATA, "soft.yes") == "好" and text_of(DATA, "soft.no") is None
    assert checked_pack(encode("en", [SMALL] * 0, [], {}), "x").version == ""


def test_a_pack_cut_at_any_length_is_refused() -> None:
    keys = {refused(DATA[:length]) for length in range(len(DATA))}
    assert keys == {"pack_other", "pack_damaged"}
    assert refused(DATA + b"\n") == "pack_damaged"


def test_any_flipped_bit_is_seen() -> None:
    for at in range(len(DATA)):
        hit = bytearray(DATA)
        hit[at] ^= 1 << at % 8
        assert refused(bytes(hit)).startswith("pack_")


def test_another_format_is_named() -> None:
    body = DATA[:4] + struct.pack("<H", 3) + DATA[6:-4]
    other = body + struct.pack("<I", zlib.crc32(body))
    with pytest.raises(DeskunitError) as caught:
        checked_pack(other, "x.pack")
    assert caught.value.values == {"file": "x.pack", "found": 3, "known": 2}


def test_what_is_no_pack_or_too_large_is_refused() -> None:
    assert refused(b"") == refused(b"PK\x03\x04" * 20) == "pack_other"
    assert refused(DATA + bytes(SIZE_LIMIT_BYTES)) == "pack_too_large"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pack", tmp_path):
        with pytest.raises(DeskunitError) as caught:
            read_pack(path)
        assert caught.value.key == "pack_unreadable" and str(path) in caught.value.sentence("en")
