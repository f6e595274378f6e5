"""The page's server in a thread of its own: takes the port, starts, and stops fast and clean.

Called by `deskunit run`, which keeps the main thread and its signals for itself.
"""

import errno
import socket
import sys
import threading

import uvicorn

from deskunit.errors import DeskunitError
from deskunit.web import security
from deskunit.web.app import Page
from deskunit.web.floor import Floor
from deskunit.web.scripts import Scripts
from deskunit.web.supervision import Supervision

STOP_MAX_S = 3.0


class Handle:
    """A page on a port. `start()` returns when it answers, `stop()` when nothing of it is left."""

    def __init__(
        self,
        floor: Floor,
        listening: socket.socket,
        scripts: Scripts | None = None,
        supervision: Supervision | None = None,
    ) -> None:
        self._socket = listening
        self.port: int = listening.getsockname()[1]
        self.page = Page(floor, security.names(self.port), scripts, supervision)
        self._server = _Server(self.page)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    @property
    def url(self) -> str:
        name = self._socket.getsockname()[0]
        return f"http://[{name}]:{self.port}/" if ":" in name else f"http://{name}:{self.port}/"

    def start(self) -> None:
        self._thread.start()
        self._server.up.wait()
        if not self._server.started:
            raise RuntimeError("the page's server did not start; see the log")

    def stop(self) -> None:
        """End every stream, finish what is being answered, close the port; safe to call twice."""
        if self._thread.is_alive():
            self._server.should_exit = True
            self._thread.join(STOP_MAX_S)
            self._server.force_exit = True
            self._thread.join()
        self.page.close()
        self._socket.close()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.up.set()


class _Server(uvicorn.Server):
    """uvicorn that ends the streams first: an open EventSource would hold up Ctrl-C for good."""

    def __init__(self, page: Page) -> None:
        super().__init__(
            uvicorn.Config(
                page.asgi,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._page = page
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._page.end_streams()
        await super().shutdown(sockets)


def take_port(
    floor: Floor,
    host: str,
    port: int,
    scripts: Scripts | None = None,
    supervision: Supervision | None = None,
) -> Handle:
    """Listen on `port` (0: any free one) of a loopback address, without answering yet."""
    if not security.is_loopback(host):
        raise DeskunitError("beyond_loopback", host=host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # On Windows the same option would let a second program steal the port
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise DeskunitError("port_taken", port=port) from error
        raise
    return Handle(floor, listening, scripts, supervision)
