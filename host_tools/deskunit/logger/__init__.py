"""The logger: a thread a port, one writer thread, and the lock of the data folder.

`deskunit run` and `deskunit log` start it; the page and the control socket ask it.
"""

from deskunit.logger.logger import Logger
from deskunit.logger.notices import (
    Alarmed,
    CallbacksChanged,
    CorrectionsChanged,
    IntervalsChanged,
    LinkStatus,
    Notice,
    UnitChanged,
)

__all__ = [
    "Alarmed",
    "CallbacksChanged",
    "CorrectionsChanged",
    "IntervalsChanged",
    "LinkStatus",
    "Logger",
    "Notice",
    "UnitChanged",
]
