"""Virtual and real time, edges of the buttons, and the serial port's limits."""

import threading
from pathlib import Path

import pytest
from talk import MakeUnit, Talk


def test_advance_jumps_to_the_wake_and_stops_at_a_line(talk: Talk) -> None:
    start = talk.unit.now_ms
    steps = talk.unit.figures()["steps"]
    talk.do("app.wait_ms = 500")
    assert talk.unit.advance(start + 10_000) == b""
    assert talk.unit.now_ms == start + 10_000
    assert talk.unit.figures()["steps"] - steps < 30
    talk.unit.write(b"=1\n")
    assert talk.unit.advance(start + 20_000) == b"= 1\n"
    assert talk.unit.now_ms < start + 10_100


@pytest.mark.parametrize("step_ms", [None, 5])
def test_a_bouncing_press_is_latched_edge_by_edge(
    demo_tree: Path, make_unit: MakeUnit, step_ms: int | None
) -> None:
    unit = make_unit(demo_tree)
    unit.advance(1000)
    unit.advance(1000)
    unit.bounce_ms = 4
    unit.press("HOLD")
    said = []
    while unit.now_ms < 2000:
        said += unit.advance(2000, step_ms).decode().split("\n")[:-1]
    edges = [line.split()[1:] for line in said]
    assert {name for name, _, _ in edges} == {"HOLD"}
    assert [down for _, down, _ in edges] == ["1", "0", "1", "0", "1"]
    assert [int(at) for _, _, at in edges] == [1000, 1001, 1002, 1003, 1004]


def test_the_level_is_read_at_once(talk: Talk) -> None:
    talk.unit.press("BUSY")
    assert talk.line().startswith("edge BUSY 1")
    assert talk.ask("[board.buttons.is_down(n) for n in board.buttons.names]") == (
        "[False, True, False]"
    )
    with pytest.raises(ValueError, match="no button"):
        talk.unit.press("EXIT")


def test_ticks_wrap_like_a_board_s(demo_tree: Path, make_unit: MakeUnit) -> None:
    talk = Talk(make_unit(demo_tree, start_ticks_ms=(1 << 30) - 1000))
    talk.line()
    assert talk.ask("board.ticks_ms() > 1000000000") == "True"
    talk.rest(2000)
    assert 900 < int(talk.ask("board.ticks_ms()")) < 1200


def test_the_input_ring_overflows_silently_as_on_the_chip(talk: Talk) -> None:
    talk.unit.write(b"n = 0" + b"+1" * 150)
    talk.rest()
    talk.do("")
    assert talk.ask("n") == "127"  # 259 bytes came through


def test_real_time_reports_serial_bytes_and_the_screen(
    demo_tree: Path, make_unit: MakeUnit
) -> None:
    unit = make_unit(demo_tree, time="real")
    heard, drawn = threading.Event(), threading.Event()
    said = bytearray()

    def on_serial(data: bytes) -> None:
        said.extend(data)
        if b"edge READY 1" in said and said.endswith(b"\n"):
            heard.set()

    unit.on_serial = on_serial
    unit.on_screen = lambda screen: drawn.set() if screen.lit(5, 5) else None
    unit.press("READY")
    assert heard.wait(10)
    unit.write(b"canvas.pixel(5, 5, 1)\n")
    assert drawn.wait(10)
    assert unit.screen().lit(5, 5)
