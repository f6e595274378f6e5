"""Small facts that outlive a power cut: one JSON line with its CRC a file, replaced whole.

A file is written beside the old one, flushed, then renamed over it, so that at any moment one whole
version is there. `Saves` decides when: writing flash may take 400 ms, so it waits until no button is
down and the last edge is 100 ms ago, and does one file a step.
"""

import binascii
import json

from micropython import const

_VERSION = const(1)
QUIET_MS = 100


def load(storage, name):
    """The dict kept under `name`, or None when it is missing, damaged or of another version."""
    try:
        with storage.open(name, "rb") as file:
            line = file.read()
    except OSError:
        return None
    if len(line) < 9 or b"%08x" % binascii.crc32(line[:-8]) != line[-8:]:
        return None
    kept = json.loads(line[:-8].decode())
    return kept if kept.get("v") == _VERSION else None


def save(storage, name, facts):
    """Replace what is kept under `name` by the dict `facts`. OSError when flash refuses."""
    facts["v"] = _VERSION
    line = json.dumps(facts).encode()
    with storage.open(name + ".new", "wb") as file:
        file.write(line + b"%08x" % binascii.crc32(line))
        file.flush()
    storage.rename(name + ".new", name)


class Saves:
    """Files waiting to be written: name → a function that gives the facts of that moment."""

    def __init__(self, storage):
        self.storage = storage
        self.waiting = []

    def want(self, name, facts):
        """`name` is to be written soon; asking twice writes once."""
        for waiting in self.waiting:
            if waiting[0] == name:
                return
        self.waiting.append((name, facts))

    def step(self, now_ms, last_edge_ms):
        """Write one file if the last edge is long enough ago; returns ms until the next try."""
        quiet_ms = now_ms - last_edge_ms
        if quiet_ms < QUIET_MS:
            return QUIET_MS - quiet_ms
        name, facts = self.waiting.pop(0)
        save(self.storage, name, facts())
        return 0
