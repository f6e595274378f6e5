"""The local socket by which other commands ask the running logger: JSON requests, this user only.

    call(data_dir, "release_port", port="/dev/ttyUSB0", repl=True) -> {"repl": true}

The logger is the only writer of the store; a command that must write asks here first and takes the
folder's lock itself only after NoLogger. Never pickle: a request is data.
"""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from deskunit.errors import DeskunitError

SOCKET_NAME = "control.sock"
PATH_LIMIT_BYTES = 100  # sun_path holds 104 bytes on macOS, 108 on Linux
REQUEST_LIMIT_BYTES = 64 * 1024
ANSWER_LIMIT_BYTES = 1024 * 1024
CLOSE_WAIT_S = 2.0
REQUEST_WAIT_S = 2.0
ANSWER_WAIT_S = 15.0

Answer = Mapping[str, Any]
Handler = Callable[..., Answer]


class NoLogger(DeskunitError):
    """Nobody answers on this data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__("no_logger", folder=data_dir)


class Control:
    """Answers requests by name in a thread of its own, one at a time. Holds the folder's socket."""

    def __init__(self, data_dir: Path, handlers: Mapping[str, Handler]) -> None:
        """`handlers`: name → function of the request's values; DeskunitError goes to the asker."""
        self._address = address(data_dir)
        self._handlers = handlers
        self._listener = _listen(self._address)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and remove the socket."""
        self._stopping = True
        with contextlib.suppress(OSError):  # wakes the accept below
            _connect(self._address).close()
        # where somebody removed the socket nothing wakes it; the thread is a daemon and goes with us
        self._thread.join(CLOSE_WAIT_S)
        with contextlib.suppress(FileNotFoundError):  # it unlinks the socket
            self._listener.close()

    def _run(self) -> None:
        while not self._stopping:
            try:
                connection = self._listener.accept()
            except (OSError, EOFError):
                continue  # the asker went away in this moment
            with contextlib.closing(connection), contextlib.suppress(OSError, EOFError):
                self._serve(connection)

    def _serve(self, connection: Connection) -> None:
        if self._stopping or not connection.poll(REQUEST_WAIT_S):
            return
        answer = self._answer(connection.recv_bytes(REQUEST_LIMIT_BYTES))
        connection.send_bytes(json.dumps(answer, default=str).encode())

    def _answer(self, raw: bytes) -> dict[str, Any]:
        try:
            request = json.loads(raw)
            handler = self._handlers[request.pop("do")]
            return {"answer": handler(**request)}
        except DeskunitError as error:
            return {"error": error.key, "values": error.values, "exit_code": error.exit_code}
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return {"error": "control_failed", "values": {"why": error}, "exit_code": 1}


def call(data_dir: Path, do: str, **values: object) -> dict[str, Any]:
    """Ask the logger of `data_dir`. NoLogger; DeskunitError: what it answered, or control_failed."""
    try:
        connection = _connect(address(data_dir))
    except OSError as error:
        raise NoLogger(data_dir) from error
    with contextlib.closing(connection):
        try:
            connection.send_bytes(json.dumps({"do": do, **values}).encode())
            if not connection.poll(ANSWER_WAIT_S):
                raise DeskunitError("control_failed", why="time-out")
            answer = json.loads(connection.recv_bytes(ANSWER_LIMIT_BYTES))
        except (OSError, EOFError, ValueError) as error:
            raise DeskunitError("control_failed", why=error or "EOF") from error
    if "error" in answer:
        raise DeskunitError(answer["error"], exit_code=answer["exit_code"], **answer["values"])
    found: dict[str, Any] = answer["answer"]
    return found


def address(data_dir: Path) -> str:
    """Where the logger of `data_dir` listens: in the folder, or near by where its path is too long."""
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\deskunit-{digest}"
    inside = str(data_dir.resolve() / SOCKET_NAME)
    if len(os.fsencode(inside)) <= PATH_LIMIT_BYTES:
        return inside
    return str(Path(tempfile.gettempdir()) / f"deskunit-{os.getuid()}-{digest}.sock")


def _listen(where: str) -> Listener:
    if sys.platform == "win32":
        return Listener(where, family="AF_PIPE")
    # The data folder's lock is held: a socket that lies here is a dead logger's.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(where)
    before = os.umask(0o177)  # 0600 from the first moment, not after a chmod
    try:
        return Listener(where, family="AF_UNIX", backlog=8)
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=where, why=error.strerror) from error
    finally:
        os.umask(before)


def _connect(where: str) -> Connection:
    if sys.platform == "win32":
        return Client(where, family="AF_PIPE")
    if os.stat(where).st_uid != os.getuid():  # in a shared /tmp anyone may lay a socket
        raise PermissionError(where)
    return Client(where, family="AF_UNIX")
