"""Where a capture's bytes come from, and the file that takes them as they come.

A port that the running logger holds stays with it: the logger hands out copies of what passes. Any
other port is opened here, and nothing is ever written to it.
"""

import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from deskunit import clock, control, port
from deskunit.captures import lines
from deskunit.captures.lines import CLOSED, OPENED, Direction, Header, Joiner
from deskunit.errors import DeskunitError

POLL_MS = 100
RETRY_S = 1.0
LOGGER_ENDED = ("no_logger", "control_failed")
Piece = tuple[int, Direction, bytes]  # monotonic ms
Pieces = Generator[list[Piece], None, None]  # about every 100 ms, also when there is nothing


@dataclass(frozen=True)
class Source:
    """A port, whether the running logger holds it, and which unit it knows there."""

    address: str
    from_logger: bool
    uid: str = ""


def choose(data_dir: Path, address: str | None) -> Source:
    """The port to listen to. DeskunitError: none or several there and none named."""
    try:
        held = {one["address"]: one["uid"] for one in control.call(data_dir, "status")["ports"]}
    except control.NoLogger:
        held = {}
    if address is None:
        address = _only(list(held) or [one.address for one in port.find()])
    same = next((one for one in held if port.same(one, address)), None)
    return Source(address, False) if same is None else Source(same, True, held[same])


def _only(addresses: list[str]) -> str:
    if len(addresses) > 1:
        raise DeskunitError("capture_which", exit_code=2, ports=", ".join(addresses))
    if not addresses:
        raise DeskunitError("capture_no_port")
    return addresses[0]


def listen(source: Source, data_dir: Path) -> Pieces:
    """What passes on the port, until the caller has enough. DeskunitError when it cannot begin."""
    return _tapped(data_dir, source.address) if source.from_logger else _alone(source.address)


def _tapped(data_dir: Path, address: str) -> Pieces:
    token = control.call(data_dir, "capture_start", port=address)["token"]
    pause = threading.Event()
    try:
        while True:
            answer = control.call(data_dir, "capture_more", token=token)
            yield [
                (ms, lines.direction(mark), lines.unescaped(text))
                for ms, mark, text in answer["pieces"]
            ]
            if not answer["more"]:
                pause.wait(POLL_MS / 1000)
    except DeskunitError as error:
        if error.key not in LOGGER_ENDED:
            raise
        # its port may be free now, but that is for the next logger
        yield [(clock.now_ms(), "!", b"logger ended")]
    finally:
        with suppress(DeskunitError):  # it ended, or has forgotten us
            control.call(data_dir, "capture_stop", token=token)


def _alone(address: str) -> Pieces:
    line = port.open_port(address)
    while True:
        yield [(clock.now_ms(), "!", OPENED)]
        with closing(line), suppress(DeskunitError):
            yield from _read(line)
        yield [(clock.now_ms(), "!", CLOSED)]
        line = yield from _again(address)


def _read(line: port.Port) -> Pieces:
    while True:
        data = line.read(POLL_MS)
        yield [(clock.now_ms(), "<", data)] if data else []


def _again(address: str) -> Generator[list[Piece], None, port.Port]:
    pause = threading.Event()
    while True:
        try:
            return port.open_port(address)
        except DeskunitError:  # the cable is out
            yield []
            pause.wait(RETRY_S)


def run(pieces: Pieces, tape: "Tape", seconds: float | None) -> None:
    """Until the seconds are over or the logger ends; without seconds until it is interrupted."""
    end_ms = None if seconds is None else clock.now_ms() + int(seconds * 1000)
    for some in pieces:
        tape.take(some)
        if end_ms is not None and clock.now_ms() >= end_ms:
            return


class Tape:
    """The file, line by line as the bytes come; whole lines are on it whatever happens."""

    def __init__(self, file: Path, out: TextIO, source: Source) -> None:
        self.received = self.sent = 0
        self._file = file
        self._out = out
        self._joiner = Joiner()
        self._start_ms = clock.now_ms()
        header = Header(source.address, clock.now_utc_ms(), self._start_ms, source.uid)
        self._write(lines.header_line(header))

    def take(self, pieces: list[Piece]) -> None:
        """Write what these complete; after a pause also what is not complete."""
        for at_ms, direction, data in pieces:
            self.received += len(data) if direction == "<" else 0
            self.sent += len(data) if direction == ">" else 0
            for chunk in self._joiner.add(max(0, at_ms - self._start_ms), direction, data):
                self._write(lines.chunk_line(chunk))
        if not pieces:
            self.flush()

    @property
    def seconds(self) -> int:
        """How long it has been recording."""
        return (clock.now_ms() - self._start_ms) // 1000

    def flush(self) -> None:
        for chunk in self._joiner.rest():
            self._write(lines.chunk_line(chunk))

    def _write(self, line: str) -> None:
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except OSError as error:
            raise DeskunitError("out_unwritable", file=self._file, why=error.strerror) from error


def check_target(file: Path, *, force: bool) -> None:
    """Before a port is opened in vain. DeskunitError: out_exists, out_is_folder."""
    if file.is_dir():
        raise DeskunitError("out_is_folder", exit_code=2, file=file)
    if file.exists() and not force:
        raise DeskunitError("out_exists", exit_code=2, file=file)


@contextmanager
def tape(file: Path, source: Source, *, force: bool) -> Iterator[Tape]:
    """A new capture file. DeskunitError: it is there already (without `force`), or unwritable."""
    try:
        out = file.open("w" if force else "x", encoding="ascii", newline="\n")
    except FileExistsError as error:
        raise DeskunitError("out_exists", exit_code=2, file=file) from error
    except OSError as error:
        raise DeskunitError("out_unwritable", file=file, why=error.strerror) from error
    try:
        with out:
            recording = Tape(file, out, source)
            try:
                yield recording
            finally:
                recording.flush()
    except OSError as error:  # what could not be written cannot be written at the end either
        raise DeskunitError("out_unwritable", file=file, why=error.strerror) from error
