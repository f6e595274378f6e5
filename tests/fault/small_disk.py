"""A trial on a disk that is full: a small file system in memory, in a namespace of our own.

Where the system forbids that (no user namespaces), the logger may write no byte (RLIMIT_FSIZE) instead;
the figures say which it was. As a program it is the trial inside the namespace.
"""

import contextlib
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from loggers import Logger, stored
from report import Report
from stage import Failed, Stage, play

HERE = Path(__file__)
DISK_BYTES = 4 << 20
UNSHARE = ("unshare", "--map-root-user", "--mount")


def full(stage: Stage) -> None:
    """Events come in while the disk takes nothing, then while it does again."""
    logger = stage.start()
    stage.flow(10)
    with filled(stage, logger):
        before = len(stored(stage.data))
        stage.make(40 if not stage.long else 300)
        came = len(stored(stage.data)) - before
        if came >= 40:
            raise Failed(f"{came} events were stored on a full disk: the trial is wrong")
        stage.lives(logger)
    stage.flow(40)


@contextlib.contextmanager
def filled(stage: Stage, logger: Logger) -> Iterator[None]:
    """No room while the block runs."""
    disk = stage.data.parents[1]
    if not disk.is_mount():
        everything = resource.prlimit(logger.process.pid, resource.RLIMIT_FSIZE, (0, -1))
        yield
        resource.prlimit(logger.process.pid, resource.RLIMIT_FSIZE, everything)
        return
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(256))
    stage.report.count("file_systems_filled")
    yield
    ballast.unlink()


def run(folder: Path, seed: int, *, long: bool = False) -> Report:
    """The trial, on a file system of its own where that is allowed."""
    disk = folder / "disk"
    disk.mkdir(parents=True)
    if not may_mount():
        return play(full, disk, seed, long=long)
    command = [*UNSHARE, sys.executable, str(HERE), str(disk), str(seed), str(int(long))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Report(**json.loads(done.stdout))


def may_mount() -> bool:
    """Whether this system lets us have a namespace with file systems of our own."""
    if shutil.which(UNSHARE[0]) is None:
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0


def main() -> None:
    folder, seed, long = sys.argv[1:]
    size = f"size={DISK_BYTES},nr_inodes=200"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    report = play(full, Path(folder), int(seed), long=bool(int(long)))
    sys.stdout.write(json.dumps(report.values()))


if __name__ == "__main__":
    main()
