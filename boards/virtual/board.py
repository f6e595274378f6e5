"""The virtual board: the six things over the module `hw`, which Node provides (hardware.mjs).

main.py imports it on the real MicroPython interpreter. It knows nothing of the app; time, buses, flash
and the power switch are Node's, and a buffer goes there as its address and length.
"""

import os

import hw
from hw import edge, edge_ticks, is_down, read, write, writeto
from ssd1306_windowed import SSD1306Windowed
from uctypes import addressof

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


class Written:
    """A file open for writing: its bytes reach the flash at flush or close only, as LittleFS does."""

    def __init__(self, name, mode):
        self._name = name
        self.buffer = b""
        # to append is not to touch the file before the first flush
        self._mode = "ab" if "a" in mode else "wb"

    def write(self, data):
        self.buffer += data.encode() if isinstance(data, str) else data
        return len(data)

    def flush(self):
        if self._name is None or not (self.buffer or self._mode == "wb"):
            return
        if hw.alive():
            with open(self._name, self._mode) as file:
                file.write(self.buffer)
            hw.flush(self._name)
        self._mode = "ab"
        self.buffer = b""

    def close(self):
        self.flush()
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
            os.remove(name)
            hw.remove(name)

    def rename(self, old, new):
        if hw.alive():
            os.rename(old, new)
            hw.rename(old, new)

    def listdir(self):
        interpreters = ("dev", "proc", "home", "tmp")
        return [name for name in os.listdir("/") if name not in interpreters]

    def free(self):
        return hw.free()


class Chip:
    uid = hw.uid()
    reset_cause = hw.reset_cause()
    kept = None

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
