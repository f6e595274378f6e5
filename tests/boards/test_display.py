"""The windowed driver, over the unmodified Adafruit one, against the decoder behind the bus."""

import subprocess
import zlib
from pathlib import Path

from deskunit.virtual.unit import node
from PIL import Image
from talk import MakeUnit, Talk

WINDOW = 10  # bytes on the wire to set a window and begin its data
PAGE = WINDOW + 128


def test_the_decoder_knows_its_commands() -> None:
    program = Path(__file__).parent / "decoder.test.mjs"
    done = subprocess.run([node(), "--test", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    assert "pass 6" in done.stdout


def test_after_any_drawing_the_glass_shows_the_buffer(talk: Talk) -> None:
    talk.do("import random; random.seed(7)")
    talk.do("r = random.getrandbits")
    drawings = (
        "canvas.fill_rect(r(7), r(6), r(5), r(4), r(1))",
        "canvas.pixel(r(7), r(6), r(1))",
        "canvas.hline(r(7), r(6), r(7), r(1))",
        "canvas.rect(r(7), r(6), r(6), r(5), 1); canvas.pixel(r(7), r(6), 1)",
        "canvas.fill(r(1))",
    )
    for turn in range(60):
        talk.do(drawings[turn * 7 % len(drawings)])
        expected = talk.ask("app.shown()")
        assert f"{zlib.crc32(talk.unit.screen().pixels):08x}" == expected, f"turn {turn}"
    assert talk.unit.largest_step_bytes <= PAGE
    assert talk.unit.figures()["unknown_commands"] == 0


def wire_bytes_of(talk: Talk, drawing: str) -> int:
    before = talk.unit.wire_bytes
    talk.do(drawing)
    return talk.unit.wire_bytes - before


def test_only_changed_columns_are_sent(talk: Talk) -> None:
    assert wire_bytes_of(talk, "canvas.pixel(64, 30, 1)") == WINDOW + 1
    assert wire_bytes_of(talk, "canvas.pixel(64, 30, 1)") == 0
    assert wire_bytes_of(talk, "canvas.hline(0, 0, 128, 1)") == PAGE


def test_a_narrow_change_on_two_pages_shares_a_window(talk: Talk) -> None:
    digit = "canvas.fill_rect(100, 4, 6, 9, 1)"  # like a digit of the clock: pages 0 and 1
    assert wire_bytes_of(talk, digit) == WINDOW + 2 * 6
    wide = "canvas.fill_rect(0, 20, 17, 9, 1)"  # wider than a shared window may be
    assert wire_bytes_of(talk, wide) == 2 * (WINDOW + 17)


def test_a_frame_goes_out_a_page_a_step(talk: Talk) -> None:
    talk.unit.write(b"canvas.fill(1)\n")
    start = talk.unit.now_ms
    sent = []
    for ms in range(9):
        talk.unit.advance(start + ms)
        sent.append(talk.unit.screen().pixels.count(0xFF) // 128)
    assert sent == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_inverse_is_one_command_and_survives_a_glitch(talk: Talk) -> None:
    assert wire_bytes_of(talk, "canvas.invert(True)") == 3
    assert wire_bytes_of(talk, "canvas.invert(True)") == 0
    assert talk.unit.screen().inverted
    talk.unit.display_present = False
    talk.do("canvas.pixel(0, 0, 1)")
    talk.unit.display_present = True
    talk.rest(6000)
    assert talk.unit.screen().inverted


def test_an_unplugged_display_is_tried_every_two_seconds_and_comes_back_whole(talk: Talk) -> None:
    talk.do("canvas.rect(3, 3, 100, 40, 1)")
    talk.do("app.wait_ms = 5")
    talk.unit.display_present = False
    talk.do("canvas.pixel(127, 63, 1)")
    assert talk.ask("canvas.ok") == "False"
    before = talk.unit.wire_bytes
    talk.rest(20_000)
    assert talk.unit.wire_bytes - before == 10  # an address byte that nobody answers, each time
    talk.unit.display_present = True
    talk.rest(2_100)
    assert talk.ask("canvas.ok") == "True"
    assert f"{zlib.crc32(talk.unit.screen().pixels):08x}" == talk.ask("app.shown()")
    assert talk.unit.screen().on


def test_a_unit_without_a_display_works_and_takes_one_later(
    demo_tree: Path, make_unit: MakeUnit
) -> None:
    unit = make_unit(demo_tree)
    unit.cut_power()
    unit.display_present = False
    unit.power_on()
    talk = Talk(unit)
    assert talk.line() == "up PWRON"
    talk.do("canvas.invert(False); canvas.fill_rect(0, 0, 8, 8, 1); app.wait_ms = 5")
    assert talk.ask("canvas.ok") == "False"
    unit.display_present = True
    talk.rest(2_100)
    assert unit.screen().on
    assert unit.screen().pixels == b"\xff" * 8 + bytes(1016)


def test_glyph_draws_its_set_bits_only(talk: Talk) -> None:
    talk.do("bits = bytes((0b10100000, 0b01000000))")
    talk.do("canvas.fill_rect(0, 0, 4, 1, 1); canvas.glyph(bits, 3, 2, 0, 0, False)")
    talk.do("canvas.fill_rect(64, 0, 8, 8, 1); canvas.glyph(bits, 3, 2, 64, 0, True)")
    rows = [talk.unit.screen().art().split("\n")[0][at : at + 4] for at in (0, 64)]
    assert rows == ["▀█▀▀", "▄▀▄█"]


def test_glyph_takes_new_bits_in_the_same_size(talk: Talk) -> None:
    talk.do("a = bytearray(b'\\x80'); b = bytearray(b'\\x40')")
    talk.do("canvas.glyph(a, 2, 1, 0, 0, False); canvas.glyph(b, 2, 1, 10, 0, False)")
    talk.do("a[0] = 0x40; canvas.glyph(a, 2, 1, 20, 0, False)")
    assert talk.unit.screen().art().split("\n")[0][:22] == "▀" + " " * 10 + "▀" + " " * 9 + "▀"


def test_picture_and_text_art_agree_with_the_glass(talk: Talk, tmp_path: Path) -> None:
    talk.do("canvas.pixel(1, 2, 1); canvas.invert(True)")
    screen = talk.unit.screen()
    screen.png(tmp_path / "screen.png", scale=3)
    image = Image.open(tmp_path / "screen.png").convert("L")
    assert image.size == (384, 192)
    for x in range(128):
        for y in range(64):
            assert (image.getpixel((x * 3 + 1, y * 3 + 1)) > 0) == ((x, y) != (1, 2))
    lines = screen.art().split("\n")
    assert [len(line) for line in lines] == [128] * 32
    assert lines[1][:3] == "█▄█"
