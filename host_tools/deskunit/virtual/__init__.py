"""The virtual unit: a unit without hardware, its display as a picture, and its serial ends."""

from deskunit.virtual.screen import Screen
from deskunit.virtual.serial_end import serve_pty, serve_tcp, unplug
from deskunit.virtual.truth import Began, Fact, Made, Ticked
from deskunit.virtual.unit import VirtualUnit

__all__ = [
    "Began",
    "Fact",
    "Made",
    "Screen",
    "Ticked",
    "VirtualUnit",
    "serve_pty",
    "serve_tcp",
    "unplug",
]
