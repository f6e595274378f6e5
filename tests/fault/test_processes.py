"""The short form of the layer "processes". SEED=n plays another one."""

import os
from pathlib import Path

import processes

SEED = int(os.environ.get("SEED", "1"))


def test_nothing_is_lost_whatever_befalls_the_logger(disk_path: Path) -> None:
    reports = {one.layer: one for one in processes.short(SEED, disk_path)}
    assert [failure for one in reports.values() for failure in one.failures] == []
    assert reports["kills"].figures["kills"] == processes.SHORT_KILLS
    assert all(one.figures["stored"] > 20 for one in reports.values()), reports
