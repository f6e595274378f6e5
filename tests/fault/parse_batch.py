"""On MicroPython: feeds a file to the unit's parser as a port would, in pieces of any size.

The runner calls `begin` once and `take` for each batch; what was accepted is written out as JSON lines.
"""

import gc
import json

from unit.parser import Parser


class Feed:
    """One parser for all batches: what a batch leaves behind meets the next."""

    def __init__(self):
        self.parser = Parser()
        self.longest = 0
        self.fed = 0

    def take(self, data, out):
        """Feed `data` (an open file), write the accepted frames to `out`, one a line."""
        while True:
            self.fed += 1
            piece = data.read(self.fed * 7919 % 300 + 1)
            if not piece:
                return
            for frame in self.parser.feed(piece):
                out.write(json.dumps(frame))
                out.write("\n")
            if len(self.parser._line) > self.longest:
                self.longest = len(self.parser._line)

    def figures(self):
        """What the runner looks at after each batch, when it has let garbage be collected."""
        used = gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0
        parser = self.parser
        return json.dumps([parser.bad, parser.text, self.longest, used])
