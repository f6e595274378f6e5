"""Starting the logger at log-on and again after a crash, as each system does it; `install` calls it."""

from deskunit.autostart.files import Start, command
from deskunit.autostart.systems import Done, System, install, remove, this_system

__all__ = ["Done", "Start", "System", "command", "install", "remove", "this_system"]
