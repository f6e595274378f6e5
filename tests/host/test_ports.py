"""Which ports are held: named, found, given away; a link that ends may ask about the others."""

import threading
from dataclasses import dataclass, field
from typing import cast

import pytest
from deskunit import port
from deskunit.logger.link import Link
from deskunit.logger.ports import Ports
from deskunit.port import Candidate


@dataclass
class PaperLink:
    """A link that is never open; while it is stopped, its own thread asks for all links."""

    address: str
    floor: "PaperFloor"
    is_open: bool = False
    started: bool = False
    asked: list[int] = field(default_factory=list)

    def start(self) -> None:
        self.started = True

    def end(self) -> None:
        """It ends in `stop`."""

    def stop(self) -> None:
        own = threading.Thread(target=lambda: self.asked.append(len(self.floor.ports.links())))
        own.daemon = True
        own.start()
        own.join(10)


class PaperFloor:
    def __init__(self, *named: str, search: bool = False) -> None:
        self.made: list[PaperLink] = []
        self.gone: list[str] = []
        self.ports = Ports(named, search, self._make, lambda link: self.gone.append(link.address))
        self.ports.rescan()

    def _make(self, address: str) -> Link:
        self.made.append(PaperLink(address, self))
        return cast(Link, self.made[-1])

    def held(self) -> list[str]:
        return [one.address for one in self.ports.links()]


def test_port_that_is_found_is_opened_and_forgotten_when_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [Candidate("/dev/b", ""), Candidate("/dev/a", "")]
    monkeypatch.setattr(port, "find", lambda: found)
    floor = PaperFloor("/dev/named", search=True)
    assert floor.held() == ["/dev/a", "/dev/b", "/dev/named"]
    assert all(one.started for one in floor.made)
    del found[0]
    floor.made[0].is_open = floor.made[2].is_open = True
    floor.ports.rescan()
    assert floor.held() == ["/dev/a", "/dev/named"] and floor.gone == ["/dev/b"]
    del found[0]
    floor.ports.rescan()
    assert floor.held() == ["/dev/a", "/dev/named"], "as long as it is open it is there"


def test_link_that_is_stopped_may_ask_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Candidate("/dev/a", "")]
    monkeypatch.setattr(port, "find", lambda: found)
    floor = PaperFloor(search=True)
    found.clear()
    floor.ports.rescan()
    assert floor.made[0].asked == [0]
    other = PaperFloor("/dev/named")
    other.ports.close()
    assert other.made[0].asked == [0]


def test_port_given_away_stays_free_until_it_is_taken_back() -> None:
    floor = PaperFloor("/dev/a")
    assert not floor.ports.release("/dev/a", repl=False)
    assert floor.held() == [] and floor.gone == ["/dev/a"]
    floor.ports.rescan()
    assert floor.held() == []
    floor.ports.take("/dev/a")
    assert floor.held() == ["/dev/a"] and len(floor.made) == 2


def test_port_can_be_given_away_before_it_is_held() -> None:
    floor = PaperFloor()
    assert not floor.ports.release("/dev/later", repl=True)
    assert floor.held() == []


def test_closed_ports_are_not_opened_again() -> None:
    floor = PaperFloor("/dev/a")
    floor.ports.close()
    floor.ports.rescan()
    assert floor.held() == [] and len(floor.made) == 1
