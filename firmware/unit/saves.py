"""Small facts that outlive a power cut: one JSON line with its CRC a file, replaced whole.

A file is written beside the old one, flushed, then renamed over it, so that at any moment one whole
version is there. Writing flash may take 400 ms: the recorder lets `Saves` do one file a step, when no
button is down and the last edge is `QUIET_MS` ago.
"""

import binascii
import json

from micropython import const

_VERSION = const(1)
_RETRY_MS = const(2000)
_IDLE_MS = const(1000)
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
    if kept.pop("v", 0) != _VERSION:
        return None
    return kept


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
        self.fault = ""  # why flash refuses, "" while it does not
        self._retry_ms = 0

    def want(self, name, facts):
        """`name` is to be written soon; asking twice writes once."""
        for waiting in self.waiting:
            if waiting[0] == name:
                return
        self.waiting.append((name, facts))

    def wait_ms(self, now_ms):
        """How long `step` has nothing to do; 0 or less: now."""
        return self._retry_ms - now_ms if self.waiting else _IDLE_MS

    def step(self, now_ms):
        """Write one file. What flash refuses stays waiting and is tried again after a while."""
        name, facts = self.waiting[0]
        try:
            save(self.storage, name, facts())
        except OSError as error:
            self.fault = str(error) or "OSError"
            self._retry_ms = now_ms + _RETRY_MS
            self.waiting.append(self.waiting.pop(0))
            return
        self.fault = ""
        self._retry_ms = now_ms
        self.waiting.pop(0)
