"""The unit's end of the link: when there is a session, what goes out next, who answers a request.

The recorder calls it and reads `session` and `quiet`. Speaks only when spoken to. Safe mode is this link
and the journal alone, so it needs nothing of desk and screen.
"""

from micropython import const

from unit import codec
from unit.outbox import Outbox
from unit.parser import Parser
from unit.window import Window

_SILENCE_MS = const(12000)  # without a valid frame for so long the host is away
_HELLO_MS = const(2000)
_WRITE_MS = const(5)  # 64 bytes in 5 ms are a little more than 115200 baud carries
_MAX_REPLIES = const(4)  # a right host has one request unanswered
_COUNT_MS = const(60000)
_MAX_LOGS = const(24)  # a traceback is a line a frame
LATER = const("later")  # what `apply` says when the reply comes when the work is done


class Link:
    """`who` (uid, firmware, reset cause, safe mode?); `state()` gives the state's word.

    `apply(kind, name, value, id)` carries out a K, N, R, P or D: None when done, LATER when `reply`
    answers, else why it is refused.
    """

    def __init__(self, stream, who, journal, state, apply):
        self.session = False
        self.heartbeat_s = 5
        self.utc_offset_ms = None  # UTC minus our ms, for display only
        self.stream = stream
        self.who = who
        self.journal = journal
        self.state = state
        self.apply = apply
        self.parser = Parser()
        self.window = Window(journal)
        self.outbox = Outbox(stream, self._next_frame)
        self._probe = None  # (id, ms received) of a T
        self._replies = []
        self._logs = []
        self._ending = False  # an R was granted: after its reply nothing more goes out
        self._heard_ms = 0
        self._hello_ms = 0  # when H is due, None in a session
        self._beat_ms = 0
        self._free = 0
        self._count_ms = 0  # when the free heap is to be counted again
        self._wake_ms = 0
        self._seen_top = 0

    @property
    def quiet(self):
        """True when no reply is left to write: a restart cuts nothing off."""
        return self.outbox.empty and not self._replies

    def log(self, level, text):
        """A line for the host's log, best effort: 0 debug, 1 info, 2 warning, 3 error."""
        if len(self._logs) < _MAX_LOGS:
            self._logs.append(codec.text_payload(("L", level), text))
            self._wake_ms = 0

    def step(self, now_ms):
        """Reads what came, writes at most 64 bytes; returns ms until it wants its next turn."""
        data = self.stream.read()
        if data:
            for frame in self.parser.feed(data):
                self._receive(frame, now_ms)
        elif now_ms < self._wake_ms and self._seen_top == self.journal.top:
            return self._wake_ms - now_ms
        if self.session and now_ms - self._heard_ms >= _SILENCE_MS:
            self.session = False
            self._probe = None
            self._replies = []
            self._hello_ms = now_ms
        self.window.check(now_ms)
        self._seen_top = self.journal.top
        more = self.outbox.write(now_ms)
        self._wake_ms = now_ms + _WRITE_MS if more or self._ending else self._due_ms()
        return self._wake_ms - now_ms

    def _due_ms(self):
        if not self.session:
            return self._hello_ms
        due_ms = min(self._heard_ms + _SILENCE_MS, self._beat_ms)
        retry_ms = self.window.retry_ms
        return due_ms if retry_ms is None else min(due_ms, retry_ms)

    # -- what the host says

    def _receive(self, frame, now_ms):
        self._heard_ms = now_ms
        letter = frame[0]
        if letter == "S":
            self._open(frame[1], now_ms)
        elif letter == "A":
            if self.session:
                self.window.ack(frame[1], frame[2], frame[3], now_ms)
        elif letter == "T":
            if self.session:  # else it asks the boot before: its host has not seen this one's H yet
                self._probe = (frame[1], now_ms)
        elif letter == "U":
            self.utc_offset_ms = frame[1] - now_ms
        else:
            self._answer(frame)

    def _open(self, version, now_ms):
        """H says which protocol is spoken here; another one gets no session."""
        self._hello_ms = now_ms
        self.session = version == codec.VERSION
        self._beat_ms = now_ms
        self.window.restart()

    def _answer(self, frame):
        letter, number, what = frame[:3]
        value = frame[3:] if letter == "P" else frame[3] if len(frame) > 3 else None
        reason = self.apply(letter, what, value, number)
        if reason is not LATER:
            self.reply(number, not reason, reason or "")

    def reply(self, number, ok, text):
        """The answer to request `number`."""
        if len(self._replies) < _MAX_REPLIES:
            self._replies.append(codec.text_payload(("r", number, int(ok)), text))
        self._wake_ms = 0

    def end(self):
        """A restart was granted: after what is begun and its reply nothing more goes out."""
        self._ending = True

    # -- what goes out, the most urgent first

    def _next_frame(self, now_ms):
        payload = self._next_answer(now_ms)
        if payload:
            return codec.encode(payload)
        if not self.session or self._ending:
            return None
        if now_ms >= self._beat_ms:
            self._beat_ms = now_ms + 1000 * self.heartbeat_s
            if now_ms >= self._count_ms:
                self._count_ms = now_ms + _COUNT_MS
                self._free = codec.free_bytes()
            return codec.encode(self._heartbeat(now_ms))
        event = self.window.take(now_ms)
        if event is None and self._logs:
            return codec.encode(self._logs.pop(0))
        return event

    def _heartbeat(self, now_ms):
        journal = self.journal
        waiting = 0
        for _, first, last in journal.held():
            waiting += last - first + 1
        status = (
            ("st", self.state()),
            ("q", waiting),
            ("bad", self.parser.bad),
            ("mem", self._free),
            ("jr", journal.segments.bytes),
            ("re", self.window.again),
        )
        return codec.heartbeat(journal.boot, journal.top, now_ms, status)

    def _next_answer(self, now_ms):
        if self._probe:
            number, received_ms = self._probe
            self._probe = None
            return codec.array(("t", number, received_ms, now_ms))
        if self._replies:
            return self._replies.pop(0)
        if self._hello_ms is not None and now_ms >= self._hello_ms:
            self._hello_ms = None if self.session else now_ms + _HELLO_MS
            journal = self.journal
            return codec.hello(self.who, journal.boot, journal.held(), now_ms)
        return None
