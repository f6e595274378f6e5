"""A unit's link on a line in virtual time: the stream of a board, and what came out of it."""

import json

from flash import Flash
from unit import codec
from unit.journal import Journal
from unit.link import Link

BOOT = "41-9f3c77e1"
UID = "a4cf12b3d0e8"


class Stream:
    """Takes at most `accepts` bytes a write."""

    def __init__(self):
        self.accepts = 64
        self.inbox = b""
        self.written = b""

    def read(self):
        data = self.inbox
        self.inbox = b""
        return data

    def write(self, data):
        taken = data[: self.accepts]
        self.written += taken
        return len(taken)


class Unit:
    """Link and journal with a desk that takes every K, N and R except those named in `refuse`.

    Flash has no turn unless a test calls `work`; `storage` goes on after a power cut.
    """

    def __init__(self, max_events=256, storage=None, boot=BOOT):
        self.now_ms = 0
        self.asked = []
        self.refuse = {}
        self.stream = Stream()
        self.storage = storage or Flash()
        self.journal = Journal(self.storage, boot)
        self.journal.ring.max_events = max_events
        who = (UID, "0.2.0", "PWRON", False)
        self.link = Link(self.stream, who, self.journal, lambda: "ready", self._apply)

    def _apply(self, kind, what, value, number):
        self.asked.append((kind, what, value))
        refused = self.refuse.get(kind)
        if kind == "R" and not refused:
            self.link.end()
        return refused

    def add(self, count=1):
        for _ in range(count):
            self.journal.add(self.now_ms, "st", (("to", "ready"), ("by", "btn")))

    def flush(self):
        """All that RAM has goes to flash."""
        self.journal.flush_soon()
        while self.journal.wait_ms(self.now_ms) <= 0:
            self.journal.work(self.now_ms)

    def hear(self, *fields):
        """Bytes of one frame from the host, to be read at the next step."""
        self.stream.inbox += codec.encode(json.dumps(fields))

    def ack(self, seq):
        self.hear("A", BOOT, seq, codec.crc(self.journal.line(seq)))

    def run(self, span_ms):
        """Steps as the link wishes for `span_ms`; returns [(ms, frame), …] of what it wrote."""
        until_ms = self.now_ms + span_ms
        said = []
        while True:
            wait_ms = self.link.step(self.now_ms)
            said += [(self.now_ms, frame) for frame in self.frames()]
            if self.now_ms + wait_ms > until_ms:
                self.now_ms = until_ms
                return said
            assert wait_ms > 0, "a step without a wait stops virtual time"
            self.now_ms += wait_ms

    def frames(self):
        """The whole frames written since the last call; a damaged one is an error."""
        lines = self.stream.written.split(b"\n")
        self.stream.written = lines.pop()
        payloads = [codec.opened(line) for line in lines]
        assert None not in payloads, "a frame was cut"
        return [json.loads(payload.decode()) for payload in payloads]
