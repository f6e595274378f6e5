"""ESP32-DevKitC: the six things over MicroPython's own modules, from a table of pins.

main.py imports it and hands `run` the app's step. It knows nothing of states, frames or prompts.
"""

import os
import select
import sys
import time

import machine
import micropython
from machine import I2C, WDT, Pin
from ssd1306_windowed import SSD1306Windowed

# The table of pins: what to change for another ESP32 board.
BUTTONS = (("READY", 32), ("BUSY", 33), ("HOLD", 27))  # to ground, with the chip's pull-ups
SDA = 21
SCL = 22
I2C_HZ = 400_000
OLED_ADDRESS = 0x3C
BOOT = 0  # the board's BOOT button

STEP_MS = 5  # the app is stepped at least that often
ESCAPE_MS = 2000  # Ctrl-C reaches the REPL that long after a start
WATCHDOG_MS = 8000  # an erase of flash takes up to 0.4 s
STDOUT_BYTES = 64  # a longer write would spin while the UART's FIFO is full
DRAIN_MS = 20  # the UART's FIFO holds 128 bytes, 11 ms: the reply before a reset gets out
EDGES = 32
RESTART = "restart"  # file with the cause that the next start reports

ticks_ms = time.ticks_ms


class Button:
    """One pin; the interrupt latches its edges."""

    def __init__(self, index, number, latch):
        self._pin = Pin(number, Pin.IN, Pin.PULL_UP)
        self._code = index << 1
        self._latch = latch
        self.last = self.level()
        self._pin.irq(self._changed, Pin.IRQ_FALLING | Pin.IRQ_RISING)

    def level(self):
        """Code of button and level: down is bit 0."""
        return self._code | (0 if self._pin.value() else 1)

    def _changed(self, _pin):
        self._latch(self.level())


class Buttons:
    """Single writer (the interrupt), single reader (the app): each moves its own index."""

    names = tuple(name for name, _ in BUTTONS)

    def __init__(self):
        self._codes = bytearray(EDGES)
        self._ticks = [ticks_ms()] * EDGES
        self._put = self._got = 0
        self._buttons = [
            Button(index, number, self._latch) for index, (_, number) in enumerate(BUTTONS)
        ]

    def is_down(self, name):
        return bool(self._buttons[self.names.index(name)].level() & 1)

    def take_edge(self):
        if self._got == self._put:
            return self._missed()
        code = self._codes[self._got]
        ticks = self._ticks[self._got]
        self._got = (self._got + 1) % EDGES
        self._buttons[code >> 1].last = code
        return self.names[code >> 1], bool(code & 1), ticks

    def _missed(self):
        """A burst of bounces can overflow the scheduler's queue: the level tells in the end."""
        for button in self._buttons:
            code = button.level()
            if code != button.last and self._got == self._put:
                button.last = code
                return self.names[code >> 1], bool(code & 1), ticks_ms()
        return None

    def _latch(self, code):
        after = (self._put + 1) % EDGES
        if after != self._got:
            self._codes[self._put] = code
            self._ticks[self._put] = ticks_ms()
            self._put = after


class Stream:
    """stdin and stdout: the USB serial port, shared with the REPL."""

    def __init__(self):
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._one = bytearray(1)
        self._taken = bytearray(64)

    def read(self):
        n = 0
        while n < len(self._taken) and self._waiting():
            sys.stdin.buffer.readinto(self._one)
            self._taken[n] = self._one[0]
            n += 1
        return bytes(memoryview(self._taken)[:n]) if n else b""

    def _waiting(self):
        for _ in self._poll.ipoll(0):
            return True
        return False

    def write(self, data):
        piece = memoryview(data)[:STDOUT_BYTES]
        sys.stdout.buffer.write(piece)
        return len(piece)


class Storage:
    """LittleFS: what is not flushed or closed is lost in a power cut; a rename overwrites."""

    def open(self, name, mode="r"):
        return open(name, mode)

    def remove(self, name):
        os.remove(name)

    def rename(self, old, new):
        os.rename(old, new)

    def listdir(self):
        return os.listdir()

    def free(self):
        block, _, _, free, *_ = os.statvfs("/")
        return block * free


class Kept:
    """RTC memory, 2 048 bytes: outlives a reset of the chip, not a power cut (machine.RTC, memory).

    A brown-out may leave anything in it: whoever reads it checks what was read.
    """

    def __init__(self):
        self._rtc = machine.RTC()

    def read(self):
        return self._rtc.memory()

    def write(self, data):
        self._rtc.memory(data)


class Chip:
    def __init__(self):
        self.kept = Kept()
        self.uid = machine.unique_id().hex()
        self.reset_cause = self._cause()

    def _cause(self):
        if not Pin(BOOT, Pin.IN, Pin.PULL_UP).value():
            return "MAINT"
        try:
            with open(RESTART) as file:
                asked = file.read()
            os.remove(RESTART)
            return asked
        except OSError:
            return self._hardware_cause()  # no restart was asked for

    def _hardware_cause(self):
        causes = {
            machine.PWRON_RESET: "PWRON",
            machine.HARD_RESET: "HARD",
            machine.WDT_RESET: "WDT",
            machine.DEEPSLEEP_RESET: "DEEP",
            machine.SOFT_RESET: "SOFT",
        }
        return causes.get(machine.reset_cause(), "HARD")

    def random(self, n):
        return os.urandom(n)

    def reset(self, mode):
        """A reset of the whole chip, which clears a stuck bus too; "repl" starts no app."""
        try:
            with open(RESTART, "w") as file:
                file.write("MAINT" if mode == "repl" else "SOFT")
        except OSError:
            pass  # a flash that takes nothing must not keep the chip from its reset
        time.sleep_ms(DRAIN_MS)
        machine.reset()


def run(step):
    """Step the app for ever; from `ESCAPE_MS` on only the watchdog ends it."""
    started = ticks_ms()
    watchdog = None
    while True:
        wait_ms = step(ticks_ms())
        if watchdog:
            watchdog.feed()
        elif time.ticks_diff(ticks_ms(), started) >= ESCAPE_MS:
            micropython.kbd_intr(-1)
            watchdog = WDT(timeout=WATCHDOG_MS)
        time.sleep_ms(min(wait_ms, STEP_MS - 1))


buttons = Buttons()
stream = Stream()
storage = Storage()
chip = Chip()
canvas = SSD1306Windowed(I2C(0, scl=Pin(SCL), sda=Pin(SDA), freq=I2C_HZ), OLED_ADDRESS, ticks_ms)
