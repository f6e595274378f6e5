"""What befalls one run of the model, all of it from its seed."""

import random
from dataclasses import dataclass

from wires import Noise

FLIPS = (0, 80, 800, 8_000)  # a MB


@dataclass
class Plan:
    """How many of each, over how long."""

    events: int
    span_ms: int
    noise: Noise
    kills: int
    cuts: int
    resets: int
    pulls: int
    stalls: int
    flash_faults: int
    full_disks: int
    requests: int
    absent_ms: int  # how long no host is there at first
    keeps: bool
    ring: int
    journal_bytes: int | None


def planned(chance: random.Random, number: int) -> Plan:
    flips = FLIPS[number % len(FLIPS)]
    rates = [flips * chance.choice((0, 0.2, 1)) for _ in range(4)]
    noise = Noise(flips, rates[0], rates[1], rates[2], rates[3] / 4)
    fills = number % 16 == 5  # more than the journal may hold
    return Plan(
        events=1_200 if fills else chance.randint(20, 120),
        span_ms=60_000 if fills else chance.choice((3_000, 10_000, 30_000, 60_000)),
        noise=noise,
        kills=chance.choice((0, 1, 3, 6)),
        cuts=chance.choice((0, 0, 1, 3, 6)),
        resets=chance.choice((0, 0, 1, 3)),
        pulls=chance.choice((0, 0, 1, 3)),
        stalls=chance.choice((0, 0, 1, 3)),
        flash_faults=chance.choice((0, 0, 0, 1, 3)),
        full_disks=chance.choice((0, 0, 0, 1)),
        requests=chance.choice((0, 0, 1, 3)),
        absent_ms=50_000 if fills else chance.choice((0, 0, 0, 12_000)),
        keeps=chance.random() < 0.5,
        ring=chance.choice((256, 256, 256, 24)),
        journal_bytes=40_000 if fills else None,
    )
