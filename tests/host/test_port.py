"""Opening, sharing and losing a serial port, on real pseudo-terminals and a real socket."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from deskunit import port
from deskunit.errors import DeskunitError


@pytest.fixture
def cable() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    with contextlib.suppress(OSError):  # the test pulled it
        os.close(master)


def test_bytes_pass_both_ways_unchanged(cable: tuple[int, str]) -> None:
    master, path = cable
    line = port.open_port(path)
    os.write(master, b"\x1e[\x03\r\n\xff")
    got = b""
    while len(got) < 6:
        got += line.read(1000)
    assert got == b"\x1e[\x03\r\n\xff"
    line.write(b"\x1eA\r\n")
    assert os.read(master, 100) == b"\x1eA\r\n"
    assert line.read(0) == b""
    line.close()


def test_second_one_is_told_that_the_port_is_busy(cable: tuple[int, str]) -> None:
    first = port.open_port(cable[1])
    with pytest.raises(DeskunitError) as caught:
        port.open_port(cable[1])
    assert caught.value.key == "port_busy" and cable[1] in caught.value.sentence("zh")
    first.close()
    port.open_port(cable[1]).close()


def test_cable_pulled_while_reading_is_gone(cable: tuple[int, str]) -> None:
    line = port.open_port(cable[1])
    os.close(cable[0])
    with pytest.raises(DeskunitError) as caught:
        line.read(1000)
    assert caught.value.key == "port_gone"
    line.close()


def test_absent_port_says_so() -> None:
    with pytest.raises(DeskunitError) as caught:
        port.open_port("/dev/ttyUSB99")
    assert caught.value.key == "port_absent"


def test_what_is_no_serial_port_says_so(tmp_path: os.PathLike[str]) -> None:
    file = os.path.join(tmp_path, "file")
    open(file, "w").close()
    with pytest.raises(DeskunitError) as caught:
        port.open_port(file)
    assert caught.value.key == "port_failed"
    with pytest.raises(DeskunitError):
        port.open_port("nonsense://x")


def test_wake_ends_a_read_at_once(cable: tuple[int, str]) -> None:
    line = port.open_port(cable[1])
    assert line.can_wake
    started = time.monotonic()
    threading.Timer(0.05, line.wake).start()
    assert line.read(20_000) == b""
    assert time.monotonic() - started < 10
    line.close()


def test_socket_address_is_a_port_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = port.open_port(f"socket://127.0.0.1:{server.getsockname()[1]}")
        unit, _ = server.accept()
        unit.sendall(b"hello")
        got = b""
        while len(got) < 5:
            got += line.read(1000)
        line.write(b"back")
        assert unit.recv(10) == b"back"
        unit.close()
        with pytest.raises(DeskunitError) as caught:
            while True:
                line.read(1000)
        assert caught.value.key == "port_gone"
        line.close()


def test_only_usb_ends_of_desk_units_are_candidates() -> None:
    assert all(one.address for one in port.find())
    assert {0x10C4, 0x1A86, 0x0403, 0x303A} == set(port.VENDORS)
