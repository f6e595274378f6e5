"""Views are computed one at a time, and not for those who have left meanwhile."""

import socket
import threading
from collections.abc import Iterator

import pytest
from browser import Answer, Browser
from deskunit.web import serve
from deskunit.web.server import Handle
from memory_floor import MemoryFloor
from slow_supervision import PATIENCE_S, SlowSupervision

VIEW = "/api/supervisor/view"


class Looking(threading.Thread):
    """Somebody who waits for a view."""

    def __init__(self, port: int, day: str) -> None:
        super().__init__(daemon=True)
        self._port, self._day = port, day
        self.answer: Answer | None = None
        self.start()

    def run(self) -> None:
        self.answer = Browser(self._port).get(f"{VIEW}?day={self._day}")

    def end(self) -> int:
        self.join(PATIENCE_S)
        assert self.answer is not None
        return self.answer.status


@pytest.fixture
def slow() -> SlowSupervision:
    return SlowSupervision()


@pytest.fixture
def handle(slow: SlowSupervision) -> Iterator[Handle]:
    handle = serve(MemoryFloor(), port=0, supervision=slow)
    handle.start()
    yield handle
    slow.go.set()
    handle.stop()


def leave(port: int, day: str) -> None:
    """Ask and go before it is answered, as a tab that is hidden."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            f"GET {VIEW}?day={day} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        )
        Browser(port).get("/api/supervisor/site")  # the server has read what came before


def test_one_at_a_time_and_nobody_who_left(handle: Handle, slow: SlowSupervision) -> None:
    first = Looking(handle.port, "2026-05-01")
    assert slow.begun.wait(PATIENCE_S)
    leave(handle.port, "2026-05-02")
    assert Browser(handle.port).get("/api/supervisor/site").status == 200  # that it left was seen
    others = [Looking(handle.port, f"2026-05-0{day}") for day in (3, 4)]
    slow.go.set()
    assert [one.end() for one in (first, *others)] == [200, 200, 200]
    assert slow.days[0] == "2026-05-01" and sorted(slow.days[1:]) == ["2026-05-03", "2026-05-04"]
    assert slow.most_at_once == 1


def test_a_page_without_supervision_has_no_such_tab() -> None:
    handle = serve(MemoryFloor(), port=0)
    handle.start()
    try:
        browser = Browser(handle.port)
        tab = 'aria-controls="panel-supervisor" data-word="supervisor_tab.tab" hidden></a>'
        assert tab in browser.get("/").body.decode()
        assert browser.get(VIEW).status == 404
    finally:
        handle.stop()
