"""The virtual unit: a unit without hardware, its display as a picture, and its serial ends."""

from deskunit.virtual.screen import Screen
from deskunit.virtual.serial_end import serve_pty, serve_tcp, unplug
from deskunit.virtual.unit import VirtualUnit

__all__ = ["Screen", "VirtualUnit", "serve_pty", "serve_tcp", "unplug"]
