"""The virtual units that `deskunit run --virtual N` brings: identity, flash, screens, cables, power.

Their flash stays in DATA/virtual/<uid>/, so that the same units come back at the next start.
"""

import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from deskunit import virtual
from deskunit.errors import DeskunitError
from deskunit.virtual import Screen, VirtualUnit

ROOT = Path(__file__).resolve().parents[2]
UID_PREFIX = "76"  # "v" in ASCII; no maker of network chips has it
LONE_NUMBER = 9001  # of `deskunit virtual`, beyond those of `run`
DARK = Screen(bytes(1024), False, False)
Unsubscribe = Callable[[], None]


def build_tree() -> Path:
    """The firmware tree of the virtual board, made anew when its sources changed."""
    program = ROOT / "boards" / "build.py"
    done = subprocess.run(
        [sys.executable, str(program), "virtual"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise DeskunitError("virtual_failed", why=" ".join(last))
    return ROOT / "build" / "virtual"


def uids(data_dir: Path, count: int) -> list[str]:
    """The same `count` uids each time for one data folder."""
    folder = data_dir / "virtual"
    known = sorted(
        (one.name for one in folder.glob(f"{UID_PREFIX}*") if len(one.name) == 12),
        key=lambda uid: uid[-4:],
    )
    family = known[0][:8] if known else UID_PREFIX + secrets.token_hex(3)
    taken = {uid[-4:]: uid for uid in known}
    wanted = (f"{number:04}" for number in range(1, count + 1))
    return [taken.get(number, family + number) for number in wanted]


class Member:
    """One virtual unit on its cable. Callbacks come from the unit's own thread."""

    def __init__(self, unit: VirtualUnit, address: str, seat: str) -> None:
        self.unit = unit
        self.address = address
        self.seat = seat
        self.powered = False
        self.screen = DARK
        self._watchers: list[Callable[[Screen], None]] = []
        unit.on_screen = self._show

    def press(self, button: str, down: bool) -> None:
        """Change the level of a button; without power nothing happens, as on the desk."""
        if self.powered:
            (self.unit.press if down else self.unit.release)(button)

    def cut_power(self) -> None:
        """Pull the cable: the screen goes dark, the flash stays."""
        if self.powered:
            self.powered = False
            self.unit.cut_power()
            self._show(DARK)

    def power_on(self) -> None:
        """Plug the cable in and boot."""
        if not self.powered:
            self.powered = True
            self.unit.power_on()

    def watch(self, callback: Callable[[Screen], None]) -> Unsubscribe:
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        for watcher in list(self._watchers):
            watcher(screen)


class Fleet:
    """N virtual units; made without power, so that the logger hears their first word."""

    def __init__(self, data_dir: Path, count: int) -> None:
        self.members: dict[str, Member] = {}
        if not count:
            return
        tree = build_tree()
        try:
            for number, uid in enumerate(uids(data_dir, count), 1):
                flash = data_dir / "virtual" / uid
                flash.mkdir(parents=True, exist_ok=True)
                unit = VirtualUnit(tree, uid, time="real", flash=flash)
                self.members[uid] = Member(unit, plug(unit), f"{number:02}")
        except OSError as error:
            self.close()
            raise DeskunitError("data_unwritable", folder=data_dir, why=error.strerror) from error
        except BaseException:
            self.close()
            raise

    @property
    def addresses(self) -> list[str]:
        return [one.address for one in self.members.values()]

    @property
    def seats(self) -> dict[str, str]:
        """uid → seat, for the logger."""
        return {uid: one.seat for uid, one in self.members.items()}

    def power_on(self) -> None:
        for one in self.members.values():
            one.power_on()

    def close(self) -> None:
        """End all of them; what they flushed stays."""
        for one in self.members.values():
            one.unit.close()


def plug(unit: VirtualUnit) -> str:
    """The unit's serial end where this system has one: a PTY, else a loopback port."""
    return virtual.serve_tcp(unit) if sys.platform == "win32" else virtual.serve_pty(unit)


@contextmanager
def lone(data_dir: Path, uid: str | None, tcp: int | None) -> Iterator[Member]:
    """One virtual unit of its own, without a logger; `tcp` None: on a PTY. Ends with the block.

    DeskunitError: bad_uid, virtual_in_use, data_unwritable, those of the virtual unit.
    """
    chosen = uid if uid is not None else uids(data_dir, LONE_NUMBER)[-1]
    if re.fullmatch(r"[0-9a-f]{12}", chosen) is None:
        raise DeskunitError("bad_uid", exit_code=2, uid=repr(chosen))
    flash = data_dir / "virtual" / chosen
    lock = FileLock(flash.with_suffix(".lock"))
    try:
        flash.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DeskunitError("virtual_in_use", uid=chosen) from error
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=data_dir, why=error.strerror) from error
    with lock, VirtualUnit(build_tree(), chosen, time="real", flash=flash) as unit:
        address = plug(unit) if tcp is None else virtual.serve_tcp(unit, tcp)
        yield Member(unit, address, "")
