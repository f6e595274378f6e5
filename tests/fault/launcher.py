"""`deskunit` with a clock and a disk that can be spoiled: launcher.py CLOCK DISK log …

CLOCK is a file with the ms to add to UTC, DISK one with the chance that a write of SQLite fails with
EIO. Both are read again at each use. The product knows of neither.
"""

import random
import sys
from pathlib import Path

import failing_disk
from deskunit import clock
from deskunit.cli import main


def spoil_clock(file: Path) -> None:
    right = clock.now_utc_ms
    clock.now_utc_ms = lambda: right() + int(file.read_text())


def spoil_disk(file: Path) -> None:
    chance = random.Random()
    failing_disk.install(lambda: chance.random() < float(file.read_text()))


if __name__ == "__main__":
    spoil_clock(Path(sys.argv[1]))
    spoil_disk(Path(sys.argv[2]))
    sys.argv[1:3] = []
    main()
