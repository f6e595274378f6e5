"""Reads lines, runs each as Python with `board` at hand, answers "= value"; reports button edges."""

import binascii

from unit.journal import Journal


class Screen:
    """What the truth channel looks at."""

    ticked = 0


class Clock:
    """The time of the last step, since the first."""

    started = None
    now_ms = 0

    def update(self, ticks):
        if self.started is None:
            self.started = ticks
        self.now_ms = ticks - self.started


class App:
    def __init__(self, board):
        self.journal = Journal("1-demo")
        self.screen = Screen()
        self.clock = Clock()
        self.journal.add(0, "boot")
        self._names = {
            "board": board,
            "canvas": board.canvas,
            "storage": board.storage,
            "app": self,
        }
        self._board = board
        self._line = b""
        self._out = b""
        self.wait_ms = 1000
        self.say("up " + board.chip.reset_cause)

    def say(self, text):
        self._out += text.encode() + b"\n"

    def step(self, ticks):
        board = self._board
        self.clock.update(ticks)
        edge = board.buttons.take_edge()
        while edge:
            self.say("edge %s %d %d" % edge)
            edge = board.buttons.take_edge()
        self._line += board.stream.read()
        while b"\n" in self._line:
            line, self._line = self._line.split(b"\n", 1)
            self._run(line.decode())
        if self._out:
            self._out = self._out[board.stream.write(self._out[:64]) :]
        more = board.canvas.show_page()
        return 0 if more or self._out else self.wait_ms

    def _run(self, line):
        if line.startswith("="):
            self.say("= %s" % (eval(line[1:], self._names),))
        else:
            exec(line, self._names)

    def shown(self):
        """What the display should show, as a checksum."""
        return "%08x" % binascii.crc32(memoryview(self._board.canvas.buffer)[1:])

    def save(self, name, text):
        with self._board.storage.open(name + ".new", "w") as file:
            file.write(text)
        self._board.storage.rename(name + ".new", name)

    def load(self, name):
        with self._board.storage.open(name) as file:
            return file.read()
