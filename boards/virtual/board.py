"""The virtual board: the six things over the module `hw`, which Node provides (hardware.mjs).

main.py imports it on the real MicroPython interpreter. It knows nothing of the app; time, buses, flash
and the power switch are Node's, and a buffer goes there as its address and length.
"""

import os

import hw
from hw import edge, edge_ticks, is_down, read, write, writeto
from ssd1306_windowed import SSD1306Windowed
from uctypes import addressof

KEPT_BYTES = 2048

ticks_ms = hw.ticks


class Buttons:
    names = ("READY", "BUSY", "HOLD")

    def is_down(self, name):
        return is_down(self.names.index(name))

    def take_edge(self):
        code = edge()
        if code < 0:
            return None
        return self.names[code >> 1], bool(code & 1), edge_ticks()


class Bus:
    """The I2C bus as the driver's shim uses it."""

    def writeto(self, address, data):
        error = writeto(address, addressof(data), len(data))
        if error:
            raise OSError(error)


class Stream:
    def __init__(self):
        self.buffer = bytearray(64)

    def read(self):
        n = read(addressof(self.buffer), len(self.buffer))
        return bytes(memoryview(self.buffer)[:n]) if n else b""

    def write(self, data):
        return write(addressof(data), len(data)) if data else 0


def allow(operation):
    """OSError while the flash refuses `operation` (VirtualUnit.fail_flash)."""
    error = hw.refusal(operation)
    if error:
        raise OSError(error)


class Written:
    """A file open for writing: its bytes reach the flash at flush or close only, as LittleFS does.

    As there too, after a flush that failed the next one does nothing and says nothing, until more
    is written: what was lost must be written again, into a file opened anew.
    """

    def __init__(self, name, mode):
        self._name = name
        self.buffer = b""
        self._failed = False
        # to append is not to touch the file before the first flush
        self._mode = "ab" if "a" in mode else "wb"

    def write(self, data):
        self.buffer += data.encode() if isinstance(data, str) else data
        self._failed = False
        return len(data)

    def flush(self):
        if self._name is None or self._failed or not (self.buffer or self._mode == "wb"):
            return
        data = self.buffer
        self.buffer = b""
        if hw.alive():
            self._failed = True
            allow("flush")
            self._failed = False
            with open(self._name, self._mode) as file:
                file.write(data)
            hw.flush(self._name, len(data))
        self._mode = "ab"

    def close(self):
        try:
            self.flush()
        finally:
            self._name = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Storage:
    def open(self, name, mode="r"):
        if "+" in mode:
            raise ValueError("read or write, not both: " + mode)
        if "r" in mode:
            return open(name, mode)
        return Written(name, mode)

    def remove(self, name):
        if hw.alive():
            allow("remove")
            os.remove(name)
            hw.remove(name)

    def rename(self, old, new):
        if hw.alive():
            allow("rename")
            os.rename(old, new)
            hw.rename(old, new)

    def listdir(self):
        interpreters = ("dev", "proc", "home", "tmp")
        return [name for name in os.listdir("/") if name not in interpreters]

    def free(self):
        return hw.free()


class Kept:
    """RTC memory: outlives a reset of the chip, not a power cut."""

    def read(self):
        data = bytearray(hw.kept_size())
        hw.kept_read(addressof(data))
        return bytes(data)

    def write(self, data):
        if len(data) > KEPT_BYTES:
            raise ValueError("buffer too long")  # in the words of the ESP32
        hw.kept_write(addressof(data), len(data))


class Chip:
    uid = hw.uid()
    reset_cause = hw.reset_cause()

    def __init__(self):
        self.kept = Kept()

    def random(self, n):
        data = bytearray(n)
        hw.random(addressof(data), n)
        return bytes(data)

    def reset(self, mode):
        """Takes effect when the step returns; until then nothing reaches the hardware any more."""
        hw.reset(mode)


buttons = Buttons()
stream = Stream()
storage = Storage()
chip = Chip()
canvas = SSD1306Windowed(Bus(), 0x3C, ticks_ms)
