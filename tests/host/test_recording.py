"""Recording a port: alone on a pseudo-terminal, through a running logger, and what stops neither."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from byte_unit import event, hello
from deskunit import control, port
from deskunit.captures import recording
from deskunit.captures.reading import Capture
from deskunit.captures.recording import Source
from deskunit.cli.desk import Desk
from deskunit.errors import DeskunitError
from deskunit.logger import taps
from deskunit.logger.taps import Taps
from deskunit.settings import Settings
from deskunit.store import open_store
from full_disk import full_disk
from test_cli import read_until

PATIENCE_S = 30.0


@pytest.fixture
def cable() -> Iterator[tuple[int, str]]:
    """The unit's end of a serial cable, and the port's name."""
    master, slave = os.openpty()
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it never came")


def heard(file: Path, direction: str = "<") -> bytes:
    return b"".join(one.data for one in Capture(file).chunks() if one.direction == direction)


@contextmanager
def capturing(folder: Path, file: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """`deskunit capture`, once it says that it records; killed at the end if it still runs."""
    command = [sys.executable, "-m", "deskunit", "capture", str(file), "--data", str(folder)]
    home = {**os.environ, "DESKUNIT_LANG": "en"}
    with subprocess.Popen([*command, *words], env=home, stderr=subprocess.PIPE, text=True) as one:
        try:
            read_until(one.stderr, "Recording")
            yield one
        finally:
            one.kill()


def test_port_without_a_logger_is_listened_to_and_never_written(
    tmp_path: Path, cable: tuple[int, str]
) -> None:
    master, name = cable
    file = tmp_path / "a.cap"
    with capturing(tmp_path / "data", file, "--port", name) as process:
        os.write(master, hello() + event(1, flags=1)[:30])
        until(lambda: heard(file) == hello() + event(1, flags=1)[:30])  # what ends no line, too
        os.write(master, b"\n>>> ")
        until(lambda: heard(file).endswith(b">>> "))
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait(20) == 0
    assert f"{len(heard(file))} bytes came, 0 bytes went" in said and "Traceback" not in said
    os.set_blocking(master, False)
    with pytest.raises(BlockingIOError):
        os.read(master, 1)


def test_seconds_end_it(tmp_path: Path, cable: tuple[int, str]) -> None:
    file = tmp_path / "a.cap"
    words = ("--port", cable[1], "--seconds", "0.3")
    with capturing(tmp_path / "data", file, *words) as process:
        assert process.wait(20) == 0
    assert [one.data for one in Capture(file).chunks()] == [b"opened"]


def test_killed_recording_can_be_replayed(tmp_path: Path, cable: tuple[int, str]) -> None:
    file = tmp_path / "a.cap"
    with capturing(tmp_path / "data", file, "--port", cable[1]) as process:
        os.write(cable[0], event(1))
        until(lambda: heard(file) == event(1))
        process.kill()
        process.wait(20)
    assert heard(file) == event(1)


def test_file_that_is_there_stays_without_force(tmp_path: Path, cable: tuple[int, str]) -> None:
    file = tmp_path / "a.cap"
    file.write_text("mine")
    for broken, key in ((file, "out_exists"), (tmp_path, "out_is_folder")):
        with pytest.raises(DeskunitError) as caught:
            recording.check_target(broken, force=False)
        assert caught.value.key == key
    with pytest.raises(DeskunitError), recording.tape(file, Source("x", False), force=False):
        pass
    assert file.read_text() == "mine"
    with recording.tape(file, Source("x", False), force=True) as tape:
        tape.take([(0, "<", b"a")])
    assert heard(file) == b"a"


def test_busy_port_and_unwritable_file_are_sentences(
    tmp_path: Path, cable: tuple[int, str]
) -> None:
    with closing(port.open_port(cable[1])), pytest.raises(DeskunitError) as caught:
        next(recording.listen(Source(cable[1], False), tmp_path))
    assert caught.value.key == "port_busy"
    nowhere = tmp_path / "no" / "a.cap"
    with (
        pytest.raises(DeskunitError) as caught,
        recording.tape(nowhere, Source("x", False), force=False),
    ):
        pass
    assert caught.value.key == "out_unwritable"


def test_full_disk_ends_a_recording_with_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(DeskunitError) as caught,
        full_disk(),
        recording.tape(tmp_path / "a.cap", Source("x", False), force=False) as tape,
    ):
        tape.take([(0, "<", b"a" * 200 + b"\n")])
    assert caught.value.key == "out_unwritable"


def test_several_ports_and_none_name_the_next_step(tmp_path: Path) -> None:
    ports = [{"address": one, "uid": ""} for one in ("/dev/ttyX1", "/dev/ttyX2")]
    running = control.Control(tmp_path, {"status": lambda: {"ports": ports}})
    with pytest.raises(DeskunitError) as caught:
        recording.choose(tmp_path, None)
    assert caught.value.key == "capture_which" and "/dev/ttyX2" in caught.value.sentence("zh")
    assert recording.choose(tmp_path, "/dev/ttyX2") == Source("/dev/ttyX2", True)
    assert recording.choose(tmp_path, "/dev/ttyX3") == Source("/dev/ttyX3", False)
    ports.clear()
    with pytest.raises(DeskunitError) as caught:
        recording.choose(tmp_path, None)
    assert caught.value.key == "capture_no_port"
    running.close()


# --- through the logger ------------------------------------------------------------------------


def test_running_logger_goes_on_while_its_port_is_recorded(
    tmp_path: Path, cable: tuple[int, str]
) -> None:
    master, name = cable
    folder, file = tmp_path / "data", tmp_path / "a.cap"
    desk = Desk(folder, Settings(), ports=[name], virtual=0, search=False)
    try:
        desk.start(wait=True)
        with capturing(folder, file) as process:
            os.write(master, hello())
            until(lambda: b'["S",1,' in heard(file, ">"))
            os.write(master, hello() + event(1, flags=1))
            until(lambda: [one.seq for one in desk.logger.store.events()] == [1])
            until(lambda: b'["A","41-9f3c77e1",1,' in heard(file, ">"))
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        assert heard(file) == hello() + hello() + event(1, flags=1)
        assert os.read(master, 4096).startswith(heard(file, ">"))
        until(lambda: desk.logger.links()[0].is_open)
        with pytest.raises(DeskunitError):  # nothing is kept for anyone any more
            control.call(folder, "capture_more", token="gone")
    finally:
        desk.close()


def test_recorder_that_was_killed_leaves_the_logger_alone(
    monkeypatch: pytest.MonkeyPatch, cable: tuple[int, str]
) -> None:
    master, name = cable
    watched = Taps()
    token = watched.start(name)
    with closing(watched.open_port(name)) as line:
        os.write(master, b"a")
        assert line.read(5_000) == b"a"
        now_ms = watched._taps[token].asked_ms
        monkeypatch.setattr(taps.clock, "now_ms", lambda: now_ms + taps.FORGOTTEN_MS + 1)
        line.write(b"b")
    with pytest.raises(DeskunitError) as caught:
        watched.more(token)
    assert caught.value.key == "capture_forgotten"


def test_tap_hands_out_both_directions_of_its_port_in_order(cable: tuple[int, str]) -> None:
    master, name = cable
    watched = Taps()
    mine, other = watched.start(name), watched.start("/dev/ttyX9")
    with closing(watched.open_port(name)) as line:
        line.write(b"asked")
        os.write(master, b"told")
        got = b""
        while got != b"told":
            got += line.read(5_000)
    pieces, more = watched.more(mine)
    text = "".join(f"{mark}{data.decode()}" for _, mark, data in pieces if mark != "<")
    assert text == "!opened>asked!closed" and not more
    assert b"".join(data for _, mark, data in pieces if mark == "<") == b"told"
    assert watched.more(other) == ([], False)
    watched.stop(mine)
    with pytest.raises(DeskunitError):
        watched.more(mine)


def test_full_tap_says_that_bytes_are_missing_and_its_answers_fit() -> None:
    name, watched = "/dev/ttyX1", Taps()
    token = watched.start(name)
    one = b"\xff" * 4_096
    for _ in range(2 * taps.HELD_BYTES // len(one)):
        watched._put(name, "<", one)
    got: list[tuple[int, str, bytes]] = []
    more = True
    while more:
        pieces, more = watched.more(token)
        assert sum(5 * len(data) + 40 for _, _, data in pieces) < control.REQUEST_LIMIT_BYTES
        got += pieces
    held = sum(len(data) for _, mark, data in got if mark == "<")
    assert taps.HELD_BYTES - len(one) < held <= taps.HELD_BYTES
    assert [data for _, mark, data in got if mark == "!"] == [b"bytes lost"]
    watched._put(name, "<", b"again")
    assert [data for _, _, data in watched.more(token)[0]] == [b"again"]


def test_recording_ends_with_the_logger(tmp_path: Path) -> None:
    answers = {
        "capture_start": lambda port: {"token": "t"},
        "capture_more": lambda token: {"pieces": [[5, "<", "a\\x1e"]], "more": False},
    }
    running = control.Control(tmp_path, answers)
    pieces = recording.listen(Source("/dev/ttyX1", True), tmp_path)
    assert next(pieces) == [(5, "<", b"a\x1e")]
    running.close()
    (last,) = list(pieces)
    assert last[0][1:] == ("!", b"logger ended")


def test_what_was_recorded_from_a_real_run_replays_into_the_same_log(tmp_path: Path) -> None:
    folder, file, again = tmp_path / "data", tmp_path / "a.cap", tmp_path / "again"
    # the unit's own language: a change of the pack would be an event after the recording
    desk = Desk(folder, Settings(language="zh"), ports=(), virtual=1, search=False)
    try:
        desk.fleet.power_on, power_on = lambda: None, desk.fleet.power_on  # type: ignore[method-assign]
        desk.start(wait=True)
        with capturing(folder, file) as process:
            power_on()
            until(lambda: any(one.connected for one in desk.logger.links()))
            until(lambda: len(list(desk.logger.store.events())) > 0)
            (member,) = desk.fleet.members.values()
            member.press("BUSY", True)
            threading.Event().wait(0.08)  # a finger
            member.press("BUSY", False)
            until(lambda: [one.kind for one in desk.logger.store.events()][-1] == "refused")
            last = list(desk.logger.store.events())[-1].seq
            until(lambda: f'",{last},"'.encode() in heard(file, ">"))
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
    finally:
        desk.close()
    done = subprocess.run(
        [sys.executable, "-m", "deskunit", "replay", str(file), "--into", str(again), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '"bad": 0' in done.stdout and done.stderr == ""
    with open_store(folder, write=False) as was, open_store(again, write=False) as now:
        assert [one.line for one in now.events()] == [one.line for one in was.events()]
        then, today = list(was.intervals()), list(now.intervals())
        assert [one.state for one in today] == [one.state for one in then]
        assert abs(today[0].start_utc_ms - then[0].start_utc_ms) <= 50
