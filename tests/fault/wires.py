"""One direction of a serial line in virtual time: bytes take their time, and some never arrive right.

Faults come at seeded distances, so that a clean line costs nothing.
"""

import random
from dataclasses import dataclass, field

BYTE_MS = 10 / 115.2  # ten bits a byte
MB = 1 << 20


@dataclass(frozen=True)
class Noise:
    """How many of each in a MB: single bits, bytes lost, bytes made up, bytes doubled, bursts."""

    flips: float = 0.0
    drops: float = 0.0
    inserts: float = 0.0
    doubles: float = 0.0
    bursts: float = 0.0

    def rates(self) -> dict[str, float]:
        return {name: rate for name, rate in vars(self).items() if rate}


@dataclass
class Wire:
    """`harmed` counts what was done to the bytes. `holds`: bytes that wait for a reader who stalls."""

    chance: random.Random
    noise: Noise
    late_ms: int = 2
    harmed: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    _on_way: list[tuple[float, bytes]] = field(default_factory=list)
    _free_ms: float = 0.0
    _next: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.set(self.noise)

    def set(self, noise: Noise) -> None:
        """From now on."""
        self.noise = noise
        self._next = {name: self._distance(rate) for name, rate in noise.rates().items()}

    def put(self, data: bytes, now_ms: int) -> None:
        if self._next:
            data = self._harm(data)
        begins_ms = max(self._free_ms, now_ms)
        self._free_ms = begins_ms + BYTE_MS * len(data)
        late_ms = self.chance.random() * self.late_ms
        arrives_ms = max(self._free_ms + late_ms, self._on_way[-1][0] if self._on_way else 0)
        self._on_way.append((arrives_ms, data))

    def due_ms(self) -> float:
        return self._on_way[0][0] if self._on_way else float("inf")

    def take(self, now_ms: int) -> bytes:
        """What has arrived."""
        if not self._on_way or self._on_way[0][0] > now_ms:
            return b""
        arrived = [data for at_ms, data in self._on_way if at_ms <= now_ms]
        del self._on_way[: len(arrived)]
        return b"".join(arrived)

    def cut(self) -> None:
        """What is on its way is gone."""
        self.lost += sum(len(data) for _, data in self._on_way)
        self._on_way.clear()

    def _distance(self, rate: float) -> int:
        return int(self.chance.expovariate(rate / MB))

    def _harm(self, data: bytes) -> bytes:
        at = 0
        harmed = bytearray(data)
        while self._next:
            name = min(self._next, key=self._next.__getitem__)
            step = self._next[name]
            if step >= len(harmed) - at:
                break
            for other in self._next:
                self._next[other] -= step
            at += step
            at += self._do(name, harmed, at)
            self._next[name] = self._distance(vars(self.noise)[name])
            self.harmed[name] = self.harmed.get(name, 0) + 1
        for other in self._next:
            self._next[other] -= max(0, len(harmed) - at)
        return bytes(harmed)

    def _do(self, name: str, data: bytearray, at: int) -> int:
        """One fault at a place; how many bytes on the next one may be."""
        if name == "flips":
            data[at] ^= 1 << self.chance.randrange(8)
        elif name == "drops":
            del data[at]
            return 0
        elif name == "inserts":
            data.insert(at, self.chance.randrange(256))
        elif name == "doubles":
            data.insert(at, data[at])
        else:
            end = min(len(data), at + self.chance.randint(2, 60))
            data[at:end] = self.chance.randbytes(end - at)
            return end - at
        return 1
