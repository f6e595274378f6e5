"""Serial ends of a virtual unit: a PTY (POSIX) or a TCP port, which pyserial opens like a real one.

One end a unit at a time. It knows no frames; what nobody reads is lost, as on a real cable.
"""

import contextlib
import os
import socket
import threading

from deskunit.errors import DeskunitError
from deskunit.virtual.unit import VirtualUnit

READ_BYTES = 4096


class PtyEnd:
    """The master of a pseudo-terminal; the slave's path is the port."""

    def __init__(self, unit: VirtualUnit) -> None:
        import tty

        self._unit = unit
        # The slave stays open here too: else the port would vanish each time its user closes it.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.address = os.ttyname(self._slave)
        self._wake_read, self._wake_write = os.pipe()
        self._sending = threading.Lock()  # the unit may speak while the cable is being pulled
        self._is_open = True
        self._thread = threading.Thread(target=self._run, name=self.address, daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        with self._sending, contextlib.suppress(BlockingIOError):  # nobody reads: lost, no waiting
            if self._is_open:
                os.write(self._master, data)

    def _run(self) -> None:
        import select

        while True:
            ready, _, _ = select.select([self._master, self._wake_read], [], [])
            if self._wake_read in ready:
                return
            self._unit.write(os.read(self._master, READ_BYTES))

    def close(self) -> None:
        os.write(self._wake_write, b".")
        self._thread.join()
        with self._sending:
            self._is_open = False
        for one in (self._master, self._slave, self._wake_read, self._wake_write):
            os.close(one)


class TcpEnd:
    """A loopback port for socket:// addresses; the newest connection holds the unit."""

    def __init__(self, unit: VirtualUnit, port: int) -> None:
        self._unit = unit
        try:
            self._listener = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise DeskunitError("virtual_port_taken", port=port) from error
        self.address = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name=self.address, daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):  # its user is gone or does not read
                connection.send(data)

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(1)
            self._connection = connection
            self._serve(connection)
            self._connection = None
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        while True:
            try:
                data = connection.recv(READ_BYTES)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            self._unit.write(data)

    def close(self) -> None:
        for one in (self._listener, self._connection):
            if one is not None:
                with contextlib.suppress(OSError):  # not connected
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._thread.join()


def serve_pty(unit: VirtualUnit) -> str:
    """Plug the unit's serial port into a new pseudo-terminal; its path."""
    if not hasattr(os, "openpty"):
        raise DeskunitError("virtual_no_pty")
    return _plug(unit, PtyEnd(unit))


def serve_tcp(unit: VirtualUnit, port: int = 0) -> str:
    """Plug the unit's serial port into a loopback port (0: any); its socket:// address."""
    return _plug(unit, TcpEnd(unit, port))


def _plug(unit: VirtualUnit, end: PtyEnd | TcpEnd) -> str:
    unplug(unit)
    unit.on_serial = end.send
    unit.on_close = end.close
    return end.address


def unplug(unit: VirtualUnit) -> None:
    """Pull the cable: whoever has the port open sees it go. Plug it in again with serve_…"""
    unit.on_serial = None
    if unit.on_close:
        unit.on_close()
        unit.on_close = None
