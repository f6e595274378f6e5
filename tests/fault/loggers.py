"""The real logger as a process: started, killed, stopped, waited for; and what is in its database.

`Spoiled` starts it by launcher.py, with a clock and a disk that a test can spoil while it runs.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
AGENTS = "id,name,team,level\n1001,李晓,热线组,solo\n1002,王芳,热线组,solo\n"
END_S = 60.0  # it commits what has arrived
SAID = 600  # characters of its last words in a failure


class Logger:
    """`deskunit log` on `ports`, its folder in `data`, alive from the start on."""

    def __init__(self, data: Path, ports: Sequence[str]) -> None:
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        agents = data / "agents.csv"
        if not agents.exists():
            agents.write_text(AGENTS, "utf-8")
        words = [word for port in ports for word in ("--port", port)]
        self._out = data.parent / f"{data.name}.out"
        with self._out.open("ab") as out:
            self.process = subprocess.Popen(
                [*self._command(), "log", "--wait", *words, "--data", str(data)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self._environment(),
                start_new_session=True,
            )

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "deskunit"]

    def _environment(self) -> Mapping[str, str]:
        return os.environ

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        """The end of what it wrote to its terminal."""
        return self._out.read_text("utf-8", "replace")[-SAID:].replace("\n", " | ")

    def kill(self) -> None:
        """SIGKILL: it can do nothing about it."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> int | None:
        """Ask it to end, as the system does; its exit code, None when it did not in time."""
        self.process.terminate()
        wait_until(lambda: not self.alive, END_S)
        code = self.process.poll()
        self.kill()
        return code

    def most_rss_mb(self) -> float:
        """The most memory it ever had resident, from /proc."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024


class Spoiled(Logger):
    """A logger whose UTC is shifted by what `shift` says and whose database writes may fail."""

    def __init__(self, data: Path, ports: Sequence[str]) -> None:
        self._clock = data.parent / f"{data.name}.clock"
        self._disk = data.parent / f"{data.name}.disk"
        self.shift(0)
        self.fail_writes(0)
        super().__init__(data, ports)

    def _command(self) -> list[str]:
        return [sys.executable, str(HERE / "launcher.py"), str(self._clock), str(self._disk)]

    def shift(self, ms: int) -> None:
        """From now on its UTC is so far off."""
        write_whole(self._clock, str(ms))

    def fail_writes(self, chance: float) -> None:
        """From now on each write of SQLite fails with EIO at that chance."""
        write_whole(self._disk, str(chance))


def write_whole(file: Path, text: str) -> None:
    """Replace `file` so that a reader never sees half of it."""
    beside = file.with_suffix(f"{file.suffix}.new")
    beside.write_text(text)
    beside.replace(file)


def stored(data: Path) -> set[tuple[str, str, int]]:
    """(uid, boot, seq) of every event in the database, and of every one that a gap names."""
    keys: set[tuple[str, str, int]] = set()
    try:
        file = f"file:{data / 'deskunit.db'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True, timeout=5)) as base:
            keys.update(base.execute("SELECT uid, boot, seq FROM event"))
            for uid, boot, first, last in base.execute("SELECT uid, boot, first, last FROM gap"):
                keys.update((uid, boot, seq) for seq in range(first, last + 1))
    except sqlite3.OperationalError:
        pass  # not made yet, or to be rolled back by the next logger after a kill
    return keys


def wait_until(condition: Callable[[], bool], within_s: float, every_s: float = 0.1) -> bool:
    """True as soon as `condition` holds, False when it has not held in time."""
    end_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end_s:
            return False
        time.sleep(every_s)
    return True
