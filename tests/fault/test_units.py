"""The short form of the layer "units". SEED=n plays another one."""

import os
from pathlib import Path

import units

SEED = int(os.environ.get("SEED", "1"))


def test_nothing_is_lost_while_ports_come_and_go(disk_path: Path) -> None:
    report = units.short(SEED, disk_path)
    assert report.failures == []
    assert report.figures["stored"] > 40
    assert report.figures["moves"] >= units.SHORT_MOVES
