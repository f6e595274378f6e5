"""Which ports are held open: those that were named, those that are found, less those given away.

The logger looks for changes once a second and lets commands borrow a port. It knows no frames, no store.
"""

import threading
from collections.abc import Callable, Sequence

from deskunit import port
from deskunit.errors import DeskunitError
from deskunit.logger.link import Link

RELEASE_WAIT_S = 3.0


class Ports:
    """A Link for each port. A link that goes is stopped without the lock: it may be telling of itself."""

    def __init__(
        self,
        named: Sequence[str],
        search: bool,
        make: Callable[[str], Link],
        on_gone: Callable[[Link], None],
    ) -> None:
        """`named`: held open whatever comes; `search`: also every USB candidate."""
        self._named = tuple(named)
        self._search = search
        self._make = make
        self._on_gone = on_gone
        self._lock = threading.Lock()
        self._links: dict[str, Link] = {}
        self._released: set[str] = set()
        self._closed = False

    def links(self) -> list[Link]:
        """By address."""
        with self._lock:
            return [link for _, link in sorted(self._links.items())]

    def find(self, address: str) -> Link | None:
        """The link of a port, by any of its names."""
        return next((one for one in self.links() if port.same(one.address, address)), None)

    def rescan(self) -> None:
        """Open what is new, let go of what is there no more."""
        found = [one.address for one in port.find()] if self._search else []
        with self._lock:
            if self._closed:
                return
            wanted = [one for one in dict.fromkeys([*self._named, *found]) if self._is_free(one)]
            gone = [
                self._links.pop(address)
                for address, link in list(self._links.items())
                if address not in wanted and not link.is_open
            ]
            for address in wanted:
                if address not in self._links:
                    self._links[address] = self._make(address)
                    self._links[address].start()
        for link in gone:
            self._drop(link)

    def release(self, address: str, *, repl: bool) -> bool:
        """Let go of a port until `take`; with `repl` the unit is asked first.

        True: the unit is on its way into maintenance. DeskunitError: unit_refused.
        """
        link = self.find(address)
        if link is None:
            with self._lock:
                self._released.add(address)
            return False
        answer = link.ask("repl", RELEASE_WAIT_S) if repl else None
        if answer is not None and not answer.ok and answer.text:
            raise DeskunitError("unit_refused", port=address, why=answer.text)
        with self._lock:
            self._released.add(link.address)
            self._links.pop(link.address, None)
        self._drop(link)
        return answer is not None and answer.ok

    def take(self, address: str) -> None:
        """Use the port again."""
        with self._lock:
            self._released = {one for one in self._released if not port.same(one, address)}
        self.rescan()

    def close(self) -> None:
        """Close all of them for good."""
        with self._lock:
            self._closed = True
            links, self._links = list(self._links.values()), {}
        for link in links:
            link.end()  # all at once: each may take its second
        for link in links:
            link.stop()

    def _drop(self, link: Link) -> None:
        link.stop()
        self._on_gone(link)

    def _is_free(self, address: str) -> bool:
        return not any(port.same(address, one) for one in self._released)
