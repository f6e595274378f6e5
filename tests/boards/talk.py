"""Talking with the demo firmware, a line at a time in virtual time."""

from collections.abc import Callable

from deskunit.virtual import VirtualUnit

UID = "a4cf12b3d0e8"
MakeUnit = Callable[..., VirtualUnit]


class Talk:
    """Lines to and from the demo firmware, in virtual time."""

    def __init__(self, unit: VirtualUnit) -> None:
        self.unit = unit

    def do(self, line: str) -> None:
        """Run a statement on the unit, and let it come to rest."""
        self.unit.write(line.encode() + b"\n")
        self.rest()

    def ask(self, expression: str) -> str:
        self.unit.write(f"={expression}\n".encode())
        return self.line().removeprefix("= ")

    def line(self, within_ms: int = 20_000) -> str:
        """The next line that the unit writes."""
        out = b""
        until = self.unit.now_ms + within_ms
        while not out.endswith(b"\n"):
            assert self.unit.now_ms < until, f"no line within {within_ms} ms: {out!r}"
            out += self.unit.advance(until)
        return out.decode().rstrip()

    def rest(self, ms: int = 50) -> None:
        assert self.unit.advance(self.unit.now_ms + ms) == b""
