"""Puts the file in its place and has the system's own tool take it up; and undoes exactly that.

Three siblings behind one contract. Every call of a system's tool goes through `run`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deskunit.autostart.files import LABEL, Start, launchd_plist, systemd_unit, task_xml
from deskunit.errors import DeskunitError

SERVICE = "deskunit.service"
TASK = "deskunit"
Run = Callable[[Sequence[str]], str | None]


@dataclass(frozen=True)
class Done:
    """`changed` False: it was so before. `next_step`: what remains for the user to run, or ""."""

    file: Path
    changed: bool
    next_step: str = ""


class System(Protocol):
    """One way to start something at log-on."""

    file: Path

    def content(self, start: Start) -> bytes: ...

    def enable(self, changed: bool) -> str:
        """Have the file taken up; what the user must run, or ""."""
        ...

    def disable(self) -> None: ...


def run(command: Sequence[str]) -> str | None:
    """None when it succeeded, else why not."""
    program = shutil.which(command[0])
    if program is None:
        return f"{command[0]}: not found"
    done = subprocess.run(
        [program, *command[1:]], capture_output=True, text=True, errors="replace", check=False
    )
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return None if done.returncode == 0 else " ".join(lines[-1:]) or f"exit code {done.returncode}"


class Systemd:
    """A user unit on Linux. Without a user manager in reach the file waits for the next one."""

    def __init__(self, home: Path, environment: Mapping[str, str], run: Run = run) -> None:
        chosen = environment.get("XDG_CONFIG_HOME")
        self._folder = (Path(chosen) if chosen else home / ".config") / "systemd" / "user"
        self.file = self._folder / SERVICE
        self._run = run

    def content(self, start: Start) -> bytes:
        return systemd_unit(start).encode()

    def enable(self, changed: bool) -> str:
        last = ["restart" if changed else "start", SERVICE]
        for words in (["daemon-reload"], ["enable", SERVICE], last):
            if self._run(["systemctl", "--user", *words]) is not None:
                return f"systemctl --user daemon-reload && systemctl --user enable --now {SERVICE}"
        return ""

    def disable(self) -> None:
        self._run(["systemctl", "--user", "disable", "--now", SERVICE])
        with suppress(FileNotFoundError):  # nobody was there to disable it
            (self._folder / "default.target.wants" / SERVICE).unlink()


class Launchd:
    """A launch agent on macOS."""

    def __init__(self, home: Path, log: Path, user_id: int, run: Run = run) -> None:
        self.file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._log = log
        self._domain = f"gui/{user_id}"
        self._run = run

    def content(self, start: Start) -> bytes:
        return launchd_plist(start, self._log)

    def enable(self, changed: bool) -> str:
        if not changed and self._run(["launchctl", "print", f"{self._domain}/{LABEL}"]) is None:
            return ""
        self.disable()
        _must(self._run, ["launchctl", "bootstrap", self._domain, str(self.file)])
        return ""

    def disable(self) -> None:
        self._run(["launchctl", "bootout", f"{self._domain}/{LABEL}"])


class TaskScheduler:
    """A task at log-on on Windows."""

    def __init__(self, folder: Path, user: str, run: Run = run) -> None:
        self.file = folder / "deskunit-task.xml"
        self._user = user
        self._run = run

    def content(self, start: Start) -> bytes:
        return task_xml(start, self._user)

    def enable(self, changed: bool) -> str:
        if changed or self._run(["schtasks", "/Query", "/TN", TASK]) is not None:
            _must(self._run, ["schtasks", "/Create", "/TN", TASK, "/XML", str(self.file), "/F"])
            _must(self._run, ["schtasks", "/Run", "/TN", TASK])
        return ""

    def disable(self) -> None:
        self._run(["schtasks", "/End", "/TN", TASK])
        self._run(["schtasks", "/Delete", "/TN", TASK, "/F"])


def _must(run: Run, command: Sequence[str]) -> None:
    why = run(command)
    if why is not None:
        raise DeskunitError("install_failed", command=" ".join(command), why=why)


def this_system(data_dir: Path) -> System:
    """How this computer does it. DeskunitError: install_unsupported."""
    home = Path.home()
    if sys.platform == "linux":
        return Systemd(home, os.environ)
    if sys.platform == "darwin":
        return Launchd(home, data_dir / "log" / "launchd.log", os.getuid())
    if sys.platform == "win32":
        import platformdirs

        user = f"{os.environ['USERDOMAIN']}\\{os.environ['USERNAME']}"
        return TaskScheduler(Path(platformdirs.user_config_dir("deskunit", False)), user)
    raise DeskunitError("install_unsupported", system=sys.platform)


def install(system: System, start: Start) -> Done:
    """Write the file and have it taken up. DeskunitError: unwritable, the system's tool refuses."""
    content = system.content(start)
    try:
        changed = not system.file.exists() or system.file.read_bytes() != content
        if changed:
            system.file.parent.mkdir(parents=True, exist_ok=True)
            part = system.file.with_name(f".{system.file.name}.part")
            part.write_bytes(content)
            part.replace(system.file)
    except OSError as error:
        raise DeskunitError("install_unwritable", file=system.file, why=error.strerror) from error
    return Done(system.file, changed, system.enable(changed))


def remove(system: System) -> Done:
    """Undo `install`; `changed` False: there was nothing. DeskunitError: install_unwritable."""
    if not system.file.exists():
        return Done(system.file, False)
    system.disable()
    try:
        system.file.unlink()
    except OSError as error:
        raise DeskunitError("install_unwritable", file=system.file, why=error.strerror) from error
    return Done(system.file, True)
