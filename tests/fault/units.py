"""Layer "units": many virtual units on one logger, storms of presses, ports that come back renamed.

`run(seed, rounds)` is for `make fault`, `short(seed, folder)` for `make test`. A port's name is a link in
a folder to a unit's pseudo-terminal, as under /dev/serial/by-id; the logger holds all names open that it
can, and a unit may come back under any of them.
"""

import random
from pathlib import Path

from desks import STORM, Desk, Desks
from report import Report
from stage import Stage, kept_when_failed, play

UNITS = 32
MOVES = 60
SHORT_MOVES = 3
SPARE_NAMES = 4


class Ports:
    """Names of ports, more than there are desks; each desk is behind one of them."""

    def __init__(self, folder: Path, desks: Desks, chance: random.Random) -> None:
        folder.mkdir(parents=True)
        self._chance = chance
        self._at: dict[Desk, Path] = {}
        self.names = [
            folder / f"tty{number:02}" for number in range(len(desks.desks) + SPARE_NAMES)
        ]
        for desk, name in zip(desks, self.names, strict=False):
            name.symlink_to(desk.address)
            self._at[desk] = name

    def pull(self, desk: Desk) -> None:
        """Its cable is out: the port is gone, and so is its name."""
        desk.unplug()
        self._at.pop(desk).unlink()

    def plug(self, desk: Desk) -> None:
        """Plugged in again: a new port under any name that is free."""
        free = [name for name in self.names if name not in self._at.values()]
        name = self._chance.choice(free)
        name.symlink_to(desk.plug())
        self._at[desk] = name


def storms(stage: Stage) -> None:
    """All desks are pressed as fast as fingers can; `count` times some cables are pulled."""
    ports = Ports(stage.data.parent / "ports", stage.desks, stage.chance)
    logger = stage.start(ports=[str(name) for name in ports.names])
    desks = stage.desks.desks
    stage.flow(10)
    for _ in range(stage.count):
        pulled = stage.chance.sample(desks, stage.chance.randint(1, 3))
        for desk in pulled:
            ports.pull(desk)
        stage.report.count("power_cuts", stage.chance.choice(desks).cut_by(stage.chance))
        stage.make(2 * len(desks))
        for desk in pulled:
            ports.plug(desk)
        stage.report.count("moves", len(pulled))
        stage.flow(2 * len(desks))
    stage.lives(logger)


def short(seed: int, folder: Path) -> Report:
    """Six units, a few moves."""
    return play(storms, folder, seed, desks=6, count=SHORT_MOVES, pace=STORM)


def run(seed: int, rounds: int = MOVES) -> Report:
    """32 units, `rounds` times some of them move."""
    total = Report("units", seed)
    with kept_when_failed(total) as folder:
        total.add(play(storms, folder, seed, desks=UNITS, count=rounds, pace=STORM))
    return total
