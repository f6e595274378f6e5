"""Serial ports: which may be desk units, opened without resetting the board. Alone imports serial.

The logger and deploy call it. It knows no frames.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import serial
from serial.tools import list_ports

from deskunit.errors import DeskunitError

BAUD = 115_200
READ_LIMIT_BYTES = 4096
# Makers of the USB ends of ESP32 boards. Opening any other device may reset or disturb it.
VENDORS = {
    0x10C4: "Silicon Labs CP210x",
    0x1A86: "WCH CH34x",
    0x0403: "FTDI",
    0x303A: "Espressif",
}


@dataclass(frozen=True)
class Candidate:
    """A port with a USB end that desk units have."""

    address: str
    description: str


def find() -> list[Candidate]:
    """The ports that may be desk units, by address."""
    found = [one for one in list_ports.comports() if one.vid in VENDORS]
    return sorted(
        (Candidate(one.device, one.description or VENDORS[one.vid]) for one in found),
        key=lambda one: one.address,
    )


class Port:
    """An open port. Errors while it is in use: DeskunitError("port_gone")."""

    def __init__(self, address: str, line: serial.Serial) -> None:
        self.address = address
        self.on_bytes: Callable[[str, bytes], None] | None = None  # "<" came, ">" went, "!" closed
        self._line = line
        self._is_open = True

    def read(self, timeout_ms: int) -> bytes:
        """What has come, at once; else what comes within `timeout_ms`, or b""."""
        data = self._read(timeout_ms)
        if data and self.on_bytes is not None:
            self.on_bytes("<", data)
        return data

    def _read(self, timeout_ms: int) -> bytes:
        try:
            self._line.timeout = timeout_ms / 1000
            first: bytes = self._line.read(1)
            if not first:
                return b""
            waiting = min(self._line.in_waiting, READ_LIMIT_BYTES)
            return first + self._line.read(waiting) if waiting else first
        except (OSError, TypeError, ValueError) as error:  # closed under the read: TypeError
            raise _gone(self.address) from error

    def write(self, data: bytes) -> None:
        """Write all of `data`; at most 200 bytes at a time are asked for."""
        try:
            self._line.write(data)
        except (OSError, ValueError) as error:
            raise _gone(self.address) from error
        if self.on_bytes is not None:
            self.on_bytes(">", data)

    def wake(self) -> None:
        """End a `read` that waits in another thread. Without support it ends by its time."""
        cancel = getattr(self._line, "cancel_read", None)
        if cancel is not None and self._is_open:
            with contextlib.suppress(OSError, TypeError):  # closed in this moment: awake anyway
                cancel()

    @property
    def can_wake(self) -> bool:
        """False for socket:// addresses, which must be read in short turns."""
        return hasattr(self._line, "cancel_read")

    def close(self) -> None:
        """Close without passing through DTR=0, RTS=1, which resets the board."""
        self._is_open = False
        if self.on_bytes is not None:
            self.on_bytes("!", b"closed")
        with contextlib.suppress(OSError):  # the cable may be out
            if sys.platform == "win32":
                self._line.rts = False
                self._line.dtr = False
            self._line.close()


def open_port(address: str) -> Port:
    """Open a device path, COM name or socket:// URL. Fails with a DeskunitError."""
    try:
        line = _line(address)
        line.open()
        _settle(line)
    except (OSError, ValueError) as error:
        raise _refusal(address, error) from error
    return Port(address, line)


def _line(address: str) -> serial.Serial:
    if "://" in address:
        return serial.serial_for_url(address, do_not_open=True, baudrate=BAUD)
    line = serial.Serial(baudrate=BAUD, write_timeout=2)
    line.port = address
    line.exclusive = True
    if sys.platform == "win32":
        line.dtr = line.rts = False
    return line


def _settle(line: serial.Serial) -> None:
    if sys.platform == "win32":
        line.dtr = True
        line.rts = True
    elif isinstance(line, serial.Serial):
        import fcntl
        import termios

        # The flock of exclusive=True binds only who asks for it; this keeps everyone else out.
        fcntl.ioctl(line.fileno(), termios.TIOCEXCL)


def _refusal(address: str, error: Exception) -> DeskunitError:
    number = getattr(error, "errno", None)
    if number in (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK) or "lock port" in str(error):
        return DeskunitError("port_busy", port=address)
    if number in (errno.EACCES, errno.EPERM) or "PermissionError" in str(error):
        if sys.platform == "win32":  # there a port in use is "Access is denied"
            return DeskunitError("port_busy", port=address)
        return DeskunitError("port_denied", port=address)
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in str(error):
        return DeskunitError("port_absent", port=address)
    return DeskunitError("port_failed", port=address, why=error)


def _gone(address: str) -> DeskunitError:
    return DeskunitError("port_gone", port=address)


def same(one: str, other: str) -> bool:
    """True when two addresses name one port (a link under /dev/serial/by-id, say)."""
    return one == other or os.path.realpath(one) == os.path.realpath(other)
