"""The serial ends: a real serial program on the PTY and the TCP port, and mpremote on the REPL."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.port import Port, open_port
from deskunit.virtual import VirtualUnit, serve_pty, serve_tcp, unplug
from talk import MakeUnit, Talk


def answers(port: Port, number: int) -> bool:
    """True when the demo firmware answers at the other end."""
    port.write(b"=%d\n" % number)
    return bool(heard(port, b"= %d\n" % number))


def heard(port: Port, ending: bytes) -> bytes:
    out = b""
    for _ in range(200):
        out += port.read(50)
        if out.endswith(ending):
            return out
    raise AssertionError(out)


@pytest.mark.parametrize("serve", [serve_pty, serve_tcp])
def test_a_serial_program_may_come_and_go(
    demo_tree: Path, make_unit: MakeUnit, serve: object
) -> None:
    unit = make_unit(demo_tree, time="real")
    address = serve(unit)
    for number in (1, 2):
        port = open_port(address)
        assert answers(port, number)
        port.close()


def test_pulling_the_cable_ends_the_port_and_a_new_one_works(
    demo_tree: Path, make_unit: MakeUnit
) -> None:
    unit = make_unit(demo_tree, time="real")
    port = open_port(serve_pty(unit))
    unplug(unit)
    with pytest.raises(DeskunitError, match="gone"):
        heard(port, b"never")
    port.close()
    again = open_port(serve_pty(unit))
    assert answers(again, 7)
    again.close()


def mpremote(address: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mpremote", "connect", address, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def maintained(unit: VirtualUnit) -> str:
    """Send the unit to maintenance; its port's address."""
    address = serve_pty(unit)
    port = open_port(address)
    port.write(b"app.save('data', '1'); board.chip.reset('repl')\n")
    assert b"MicroPython v1." in heard(port, b">>> ")
    port.close()
    return address


def test_mpremote_works_in_maintenance(
    demo_tree: Path, make_unit: MakeUnit, tmp_path: Path
) -> None:
    unit = make_unit(demo_tree, time="real")
    address = maintained(unit)
    (tmp_path / "new.py").write_text("value = 42\n")
    done = mpremote(address, "fs", "cp", str(tmp_path / "new.py"), ":", "+", "fs", "ls")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "new.py" in done.stdout and "main.py" in done.stdout and "data" in done.stdout
    done = mpremote(address, "exec", "import new; print(new.value)")
    assert done.stdout.strip() == "42"
    done = mpremote(address, "fs", "cat", ":nothing")
    assert done.returncode != 0
    assert "No such file" in done.stdout + done.stderr


def test_mpremote_reset_starts_the_app_again(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, time="real")
    address = maintained(unit)
    up = threading.Event()
    send = unit.on_serial

    def on_serial(data: bytes) -> None:
        send(data)
        if b"up HARD" in data:
            up.set()

    unit.on_serial = on_serial
    assert mpremote(address, "reset").returncode == 0
    assert up.wait(10)


def test_a_friendly_soft_reset_starts_the_app_too(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, time="real")
    port = open_port(maintained(unit))
    port.write(b"\r")
    heard(port, b">>> ")
    port.write(b"\x04")
    assert b"soft reboot\r\nup SOFT\n" in heard(port, b"up SOFT\n")
    port.close()


def test_control_c_does_not_reach_the_app(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, time="real")
    port = open_port(serve_pty(unit))
    port.write(b"#\x03\n")
    assert answers(port, 3)
    port.close()
    assert unit.figures()["state"] == "app"


def test_a_paced_port_carries_what_the_wire_would(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, baud=115_200)
    talk = Talk(unit)
    talk.line()
    talk.rest()
    start_ms = unit.now_ms
    unit.write(b"app.wait_ms = 1; app.say('x' * 1151)" + b" " * 100 + b"\n")
    assert len(talk.line()) == 1151
    sent_ms = 138 / 11.52
    # the line in, then the answer out; the firmware polls each ms or two
    assert sent_ms + 100 <= unit.now_ms - start_ms < sent_ms + 130


def test_a_paced_port_works_in_real_time_too(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, time="real", baud=115_200)
    port = open_port(serve_pty(unit))
    assert answers(port, 5)
    begun = time.monotonic()
    port.write(b"app.wait_ms = 1; app.say('x' * 1151)\n")
    heard(port, b"x\n")
    assert time.monotonic() - begun >= 0.1
    port.close()


def test_bytes_under_way_are_lost_with_the_power(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, baud=9_600)
    talk = Talk(unit)
    talk.line()
    talk.rest()
    unit.write(b"app.say('0123456789' * 12)\n")
    unit.advance(unit.now_ms + 60)
    unit.cut_power()
    came = unit.advance(unit.now_ms + 1000)
    assert b"0123456789".startswith(came[:10]) and len(came) < 60
    unit.power_on()
    assert talk.line() == "up PWRON"
    assert talk.ask("6 * 7") == "42", "each direction has a wire of its own"
