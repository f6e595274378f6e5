"""The host's codec against the shared vectors, and against whatever a noisy line may bring."""

import json
import random
from pathlib import Path

import msgspec
import pytest
from deskunit import wire

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "frames.json").read_text("utf-8"))
FRAMES = VECTORS["frames"]
FOR_HOST = [one["payload"] for one in FRAMES if one["to"] == "host"]
FOR_UNIT = [one["payload"] for one in FRAMES if one["to"] == "unit"]
EVENT = '["E",1,"41-9f3c77e1",120,7733145,"st",{"to":"talking","by":"btn"}]'


def frames_of(data: bytes, decoder: wire.Decoder | None = None) -> list[wire.FromUnit]:
    found = (decoder or wire.Decoder()).feed(data)
    return [one.frame for one in found if isinstance(one, wire.Received)]


@pytest.mark.parametrize("one", FRAMES, ids=lambda one: one["payload"][2])
def test_vector_crc_and_framing(one: dict[str, str]) -> None:
    payload = one["payload"].encode()
    assert wire.crc(payload) == one["crc"]
    assert wire.framed(payload) == b"\x1e" + payload + b"*" + one["crc"].encode() + b"\n"


@pytest.mark.parametrize("payload", FOR_HOST, ids=lambda text: text[2])
def test_vector_for_host_decodes_and_encodes_back(payload: str) -> None:
    (frame,) = frames_of(wire.framed(payload.encode()))
    again, told = json.loads(msgspec.json.encode(frame)), json.loads(payload)
    if told[0] == "h":  # what an older unit leaves out is said as 0
        assert not any(again[4].pop(key) for key in again[4].keys() - told[4].keys())
    assert again == told


@pytest.mark.parametrize("payload", FOR_UNIT, ids=lambda text: text[2])
def test_vector_for_unit_is_written_byte_for_byte(payload: str) -> None:
    frame = wire.decode_for_unit(payload.encode())
    assert wire.encode(frame) == wire.framed(payload.encode())


def test_to_unit_is_ascii_without_hash_and_capital_c() -> None:
    data = wire.encode(wire.Variable(1, "seat", "C#李😀"))
    payload = data[1:-10]
    assert data.isascii() and b"#" not in payload and b"C" not in payload
    assert json.loads(payload) == ["N", 1, "seat", "C#李😀"]


def test_to_unit_over_120_bytes_is_refused() -> None:
    wire.encode(wire.Variable(1, "seat", "x" * 90))
    with pytest.raises(ValueError, match="120"):
        wire.encode(wire.Variable(1, "seat", "x" * 100))


def test_event_line_has_flags_0_and_the_ack_check_of_the_vector() -> None:
    line = wire.event_line(EVENT)
    assert line == EVENT.replace('"E",1', '"E",0')
    assert wire.crc(line.encode()) == "b882ee7d"  # the A vector's last field


def test_event_in_another_form_is_damaged_though_its_crc_is_right() -> None:
    decoder = wire.Decoder()
    assert frames_of(wire.framed(EVENT.replace('["E",1,', '[ "E", 1,').encode()), decoder) == []
    assert decoder.bad == 1


def test_takes_what_follows_the_last_rs_and_keeps_the_rest_as_text() -> None:
    decoder = wire.Decoder()
    found = decoder.feed(b"ets Jul 29\r\nrst:0x1\x1e[half" + wire.framed(b'["t",7,1,2]'))
    texts = [one for one in found if isinstance(one, wire.Text)]
    assert [one.text for one in texts] == ["ets Jul 29", "rst:0x1 [half"]
    assert frames_of(b"", decoder) == [] and decoder.frames == 1
    assert decoder.bad == 1, "the frame that another one cut off is counted"


def test_frame_cut_at_any_place_decodes_once() -> None:
    data = wire.framed(EVENT.encode()).replace(b"\n", b"\r\n")
    for place in range(len(data)):
        decoder = wire.Decoder()
        assert len(frames_of(data[:place], decoder) + frames_of(data[place:], decoder)) == 1


def test_every_single_bit_flip_is_dropped() -> None:
    data = wire.framed(EVENT.encode())
    good = frames_of(data)
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        got = frames_of(bytes(flipped) + b"\n")
        assert got in ([], good), f"bit {bit} made another frame"


def test_long_line_is_text_and_the_frame_after_it_counts() -> None:
    decoder = wire.Decoder()
    assert frames_of(b"x" * 5000, decoder) == []
    assert len(decoder.tail) <= wire.LINE_LIMIT_BYTES
    assert len(frames_of(wire.framed(EVENT.encode()), decoder)) == 1
    assert decoder.text_bytes == 5000


@pytest.mark.parametrize(
    "payload",
    [
        '["Z",1]',
        '["t",7,NaN,1]',
        '["t",7,1e400,1]',
        '["t",true,1,1]',
        '["t",7,-1,1]',
        '["t",10000,1,1]',
        '["t",7,1]',
        '["E",0,"41-9f3c77e1",0,1,"st",{}]',
        '["E",0,"../etc",1,1,"st",{}]',
        '["E",0,"41-9f3c77e1",1,99999999999999999999,"st",{}]',
        '["E",0,"41-9f3c77e1",1,1,"st",{"a":[[[[1]]]]}]',
        '["E",0,"41-9f3c77e1",1,1,"DROP TABLE",{}]',
        '["H",1,"A4CF12B3D0E8","41-9f3c77e1",{}]',
        '["h","41-9f3c77e1",1,1,{"st":7}]',
        "[" * 300,
        "{}",
        "",
    ],
)
def test_right_crc_but_wrong_content_is_damaged(payload: str) -> None:
    decoder = wire.Decoder()
    assert frames_of(wire.framed(payload.encode()), decoder) == []
    assert decoder.bad == 1


def test_fuzz_never_raises() -> None:
    dice = random.Random(2026)
    decoder = wire.Decoder()
    samples = [wire.framed(one.encode()) for one in FOR_HOST]
    for _ in range(3000):
        data = bytearray(dice.choice(samples) if dice.random() < 0.7 else dice.randbytes(40))
        for _ in range(dice.randrange(4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        inside = data[1:-10]
        if dice.random() < 0.3:  # damaged inside, but with a right crc
            data = bytearray(wire.framed(bytes(inside)))
        whole = dice.random() < 0.6
        decoder.feed(bytes(data if whole else data[: dice.randrange(len(data) + 1)]))
    assert decoder.frames > 100 and decoder.bad > 100


def test_text_for_the_log_cannot_steer_a_terminal() -> None:
    (one,) = wire.Decoder().feed(b"\x1b[2J\x07boom\x9b\xff\n")
    assert isinstance(one, wire.Text) and one.text.isprintable() and "boom" in one.text
