"""The host's side of one unit's link, without I/O: bytes and the time go in, effects and bytes out.

    session = Session("pc-7f31", random_session_id)
    effects = session.receive(data, now_utc_ms, now_ms)    # bytes that came from the unit
    effects += session.tick(now_utc_ms, now_ms)            # whenever wake_ms(now_ms) have passed
    data = session.outgoing(now_utc_ms, now_ms)            # bytes to write to the unit now

Effects are facts for the recorder, in order: Begun comes before the first Arrived of its session.
The recorder answers by `committed(acks)` after the durable commit (that alone makes an A) and by
`tell(context)`. The session knows no port, no thread, no store and no clock.
"""

from collections.abc import Callable, Collection

from deskunit import wire
from deskunit.clock import ClockReading
from deskunit.context import Context
from deskunit.effects import (
    Arrived,
    Begun,
    Effect,
    Heard,
    Met,
    Missing,
    Noted,
    Repeated,
    Synced,
)
from deskunit.errands import Errands
from deskunit.events import Acks, BootKey, Event, Lost, Record, plain, printable
from deskunit.outbox import REPLY_WAIT_MS, Outbox
from deskunit.packs import Pack
from deskunit.probing import SYNC_WAIT_MS, Probing
from deskunit.repeats import Repeats
from deskunit.watch import Watch

GUESS_ERROR_MS = 5_000  # of a hello's `up`: it may have lain in a buffer
CROSSED_HELLO_MS = 1_000
SILENT_MS = 15_000
REOPEN_MS = 30_000
TEXT_LIMIT_CHARS = 240  # of what is no frame, as a line in the log


class Session:
    """One port's conversation, from the first H to the last; survives the unit's restarts."""

    def __init__(self, host_id: str, session_id: Callable[[], str]) -> None:
        self._host_id = host_id
        self._session_id = session_id
        self.decoder = wire.Decoder()
        self.uid = ""
        self.boot = ""
        self.firmware = ""
        self.safe = False  # it runs link and journal only
        self.open = False
        self.status: wire.Status | None = None
        self.last_frame_ms: int | None = None
        self._started_ms: int | None = None
        self._out = Outbox()
        self._effects: list[Effect] = []
        self._watch = Watch()
        self._want_open = False
        self._opened_ms = 0
        self._hello: wire.Hello | None = None
        self._guess: ClockReading | None = None
        self._probing = Probing()
        self._held: list[Arrived | Missing] = []
        self._acks: dict[str, wire.Ack] = {}
        self._acked: dict[str, wire.Ack] = {}  # the last one of each boot in this session
        self._oldest: dict[str, int] = {}  # boot → first seq that the unit holds, by its last H
        self._more_boots = False  # H has room for three
        self._repeats = Repeats()
        self._errands = Errands()

    # --- what comes in -------------------------------------------------------------------------

    def receive(self, data: bytes, now_utc_ms: int, now_ms: int) -> list[Effect]:
        """Take bytes from the unit; see `tick`, which is included."""
        self._look(now_utc_ms, now_ms)
        for one in self.decoder.feed(data):
            if isinstance(one, wire.Text):
                if self._watch.is_worth_a_line(now_ms):
                    self._effects.append(
                        Noted(2 if one.damaged else 1, one.text[:TEXT_LIMIT_CHARS])
                    )
                self._effects += self._watch.text(one.text, now_ms)
            else:
                self.last_frame_ms = now_ms
                allowed, alarms = self._watch.frame(now_ms)
                self._effects += alarms
                if allowed:
                    self._take(one, now_utc_ms, now_ms)
        if data:
            self._effects += self._watch.tail(self.decoder.tail, now_ms)
        return self.tick(now_utc_ms, now_ms)

    def tick(self, now_utc_ms: int, now_ms: int) -> list[Effect]:
        """Do what is due; all effects since the last call."""
        if self._started_ms is None:
            self._started_ms = now_ms
        expired = self._out.expired(now_ms)
        if expired is not None:
            self._effects += self._errands.unanswered(expired.frame, now_ms)
        self._look(now_utc_ms, now_ms)
        self._end_round(now_ms)
        self._effects += self._watch.due(now_ms)
        if self.open:
            self._effects += self._errands.due()
        effects, self._effects = self._effects, []
        return effects

    def reopen_due(self, now_ms: int) -> bool:
        """True when the port has been silent for 30 s: close it and open it again."""
        since_ms = self.last_frame_ms if self.last_frame_ms is not None else self._started_ms
        return since_ms is not None and now_ms - since_ms >= REOPEN_MS

    def silent(self, now_ms: int) -> bool:
        """True when no frame came for 15 s: nobody knows the unit's state."""
        return self.last_frame_ms is None or now_ms - self.last_frame_ms >= SILENT_MS

    # --- what the recorder answers -------------------------------------------------------------

    def committed(self, acks: Acks, holes: Collection[BootKey] = ()) -> None:
        """What is on disk and may be acknowledged; of the boots in `holes` records are missing.

        For a hole the last A of this session is said again: that sends the unit back to it.
        """
        for (uid, boot), (seq, ecrc) in acks.items():
            if uid == self.uid:
                self._acks[boot] = self._acked[boot] = wire.Ack(boot, seq, ecrc)
                self._repeats.answered(boot, seq)
        for uid, boot in holes:
            self._repeats.forget(boot)
            if uid == self.uid and boot in self._acked:
                self._acks[boot] = self._acked[boot]

    def tell(self, context: Context) -> None:
        """What the unit should know from now on; only what differs from what it took is sent."""
        self._errands.tell(context)

    def request(self, what: str) -> None:
        """Ask for `repl` or `reset`; an Answered effect follows within about a second."""
        self._errands.request(what)

    def send_pack(self, pack: Pack | None) -> None:
        """Bring `pack` to this unit: PackMoved effects, a PackEnded. Again the same: nothing new.

        None: leave it. What the unit has of it stays there, another try goes on from it.
        """
        self._errands.send(pack)

    def overhear(self, frame: wire.ToUnit, now_ms: int) -> None:
        """In a replay: what the recorded host asked stands for what this one would have asked."""
        if isinstance(frame, wire.Open):
            self.open = self._want_open = False
            self._out.ask(frame, None, now_ms)
        elif isinstance(frame, wire.Probe):
            self._probing.due(now_ms)  # a round may begin with it
            self._probing.asked(now_ms)
            self._out.ask(frame, frame.id, now_ms)

    # --- what goes out -------------------------------------------------------------------------

    def outgoing(self, now_utc_ms: int, now_ms: int) -> bytes:
        """The bytes to write now, within the unit's limits; b"" when nothing is due or allowed."""
        data = b""
        while self._out.room(now_ms) >= wire.FRAME_LIMIT_BYTES:
            frame = self._next(now_utc_ms, now_ms)
            if frame is None:
                break
            encoded = wire.encode(frame)
            self._out.spend(len(encoded), now_ms)
            data += encoded
        return data

    def wake_ms(self, now_ms: int) -> int:
        """How long from now `tick` and `outgoing` have nothing to do, if nothing comes in; ≥ 1."""
        full_ms = self._out.wait_ms(wire.FRAME_LIMIT_BYTES, now_ms)
        if full_ms:
            return full_ms
        if self._out.asked is not None:
            return max(1, self._out.asked.sent_ms + REPLY_WAIT_MS - now_ms)
        if not self.open:
            return SYNC_WAIT_MS
        errands_ms = self._errands.wake_ms(now_ms)
        wake_ms = self._probing.wake_ms(now_ms)
        return max(1, wake_ms if errands_ms is None else min(wake_ms, errands_ms))

    def _next(self, now_utc_ms: int, now_ms: int) -> wire.ToUnit | None:
        if not self.open:
            return self._opening(now_ms)
        if self._acks:
            return self._acks.pop(next(iter(self._acks)))
        if self._probing.clock_due and self._probing.error_ms is not None:
            self._probing.clock_due = False
            return wire.WallClock(now_utc_ms, min(self._probing.error_ms, 9999))
        return None if self._out.asked is not None else self._ask(now_utc_ms, now_ms)

    def _opening(self, now_ms: int) -> wire.ToUnit | None:
        if not self._want_open or self._out.asked is not None:
            return None
        self._want_open = False
        frame = wire.Open(wire.PROTOCOL_MAJOR, self._session_id(), self._host_id)
        self._out.ask(frame, None, now_ms)
        return frame

    def _ask(self, now_utc_ms: int, now_ms: int) -> wire.ToUnit | None:
        request_id = self._out.next_id
        frame: wire.ToUnit | None = self._errands.urgent(request_id)
        if frame is None and self._probing.due(now_ms):
            self._probing.asked(now_ms)
            frame = wire.Probe(request_id)
        elif frame is None:
            frame = self._errands.next(request_id, now_utc_ms, now_ms)
        if frame is not None:
            self._out.ask(frame, request_id, now_ms)
        return frame

    # --- frames --------------------------------------------------------------------------------

    def _take(self, received: wire.Received, now_utc_ms: int, now_ms: int) -> None:
        frame = received.frame
        if isinstance(frame, wire.Hello):
            self._take_hello(frame, now_utc_ms, now_ms)
        elif isinstance(frame, wire.LogText):
            self._effects.append(Noted(frame.level, printable(frame.text)))
        elif not self.open:
            # What a session left over is sent again when this one is open. A heartbeat shows that a
            # desk unit is there, in the session of a host that went away: no need to wait for its H.
            self._want_open |= isinstance(frame, wire.Heartbeat) and self._out.asked is None
        elif isinstance(frame, wire.EventFrame):
            self._take_event(frame, received.payload, now_ms)
        elif isinstance(frame, wire.TimeAnswer):
            self._take_time(frame, now_utc_ms, now_ms)
        elif isinstance(frame, wire.Heartbeat):
            self._take_heartbeat(frame)
        elif isinstance(frame, wire.Reply):
            self._take_reply(frame, now_ms)
        else:
            self._take_gap(frame, received.payload, now_ms)

    def _take_hello(self, hello: wire.Hello, now_utc_ms: int, now_ms: int) -> None:
        if hello.version != wire.PROTOCOL_MAJOR:
            self._effects += self._watch.alarm("version")
        else:
            self._effects += self._watch.over("version")
        if hello.version < wire.PROTOCOL_MAJOR:
            return
        self._oldest = {boot: first for boot, first, _ in hello.about.hold}
        self._more_boots = hello.about.more > 0
        up_ms = hello.about.up
        guess = ClockReading(up_ms, now_utc_ms - up_ms, GUESS_ERROR_MS, measured=False)
        if (hello.uid, hello.boot) != (self.uid, self.boot):
            asked_unseen = None if self.uid else self._out.asked  # S, after a heartbeat alone
            self._begin_anew(hello)
            self._out.asked = asked_unseen
            self._guess = guess
        elif self.open and now_ms - self._opened_ms < CROSSED_HELLO_MS:
            return  # the answer to S; the one taken for it had crossed S on the wire
        asked = self._out.asked
        if asked is not None and isinstance(asked.frame, wire.Open) and not self.open:
            self._out.answered(None)
            self._enter(now_ms)
        else:
            self.open = False
            self._out.asked = None
            self._want_open = True
        self._effects.append(Met(hello.uid, hello.boot))

    def _begin_anew(self, hello: wire.Hello) -> None:
        if self._held:
            self._begin(self._probing.finish())
        self._hello = hello
        self.uid, self.boot = hello.uid, hello.boot
        self.firmware = printable(hello.about.fw)
        self.safe = bool(hello.about.safe)
        self.open = False
        self._out.asked = None
        self._acks.clear()
        self._acked.clear()
        self._probing = Probing()
        self._errands.meet(hello.about.cap)  # the recorder tells its context after Begun
        self.status = None

    def _enter(self, now_ms: int) -> None:
        self.open = True
        self._effects += self._watch.calm()
        self._opened_ms = now_ms
        self._probing.begin(now_ms)
        self._errands.begin()
        self._acked.clear()
        self._repeats.clear()

    def _take_event(self, frame: wire.EventFrame, payload: str, now_ms: int) -> None:
        line = wire.event_line(payload)
        event = Event(
            uid=self.uid,
            boot=frame.boot,
            seq=frame.seq,
            ms=frame.ms,
            kind=frame.kind,
            body=plain(frame.body),
            line=line,
            oldest=bool(frame.flags & 1),
        )
        self._hand_out(Arrived(event), event, now_ms)

    def _take_gap(self, frame: wire.Gap, payload: str, now_ms: int) -> None:
        lost = Lost(
            uid=self.uid,
            boot=frame.boot,
            first=frame.first,
            last=frame.last,
            why=printable(frame.why),
            line=payload,
            oldest=frame.first <= self._oldest.get(frame.boot, 0),
        )
        self._hand_out(Missing(lost), lost, now_ms)
        if frame.boot not in self._oldest and self._more_boots:
            self.open, self._want_open = False, True  # the H that answers S tells of this boot

    def _hand_out(self, effect: Arrived | Missing, record: Record, now_ms: int) -> None:
        if self._repeats.is_one(record, now_ms):
            self._effects.append(Repeated(self.uid))
            return
        (self._effects if self._probing.is_known else self._held).append(effect)

    # --- the unit's time -----------------------------------------------------------------------

    @property
    def round_trip_ms(self) -> int | None:
        """The best of the last round of probes."""
        return self._probing.round_trip_ms

    @property
    def slope_ppm(self) -> float | None:
        """By how much the unit's clock is slow; None until ten minutes have shown it."""
        return self._probing.slope_ppm

    @property
    def offset_error_ms(self) -> int | None:
        """What the last reading of the unit's clock may be wrong by."""
        return self._probing.error_ms

    def _look(self, now_utc_ms: int, now_ms: int) -> None:
        if self._probing.look(now_utc_ms, now_ms) and self.open:
            self._effects.append(Noted(2, "this computer's clock was set, or it slept"))
            self._probing.begin(now_ms)

    def _take_time(self, answer: wire.TimeAnswer, now_utc_ms: int, now_ms: int) -> None:
        asked = self._out.answered(answer.id)
        if asked is not None and isinstance(asked.frame, wire.Probe):
            stamps = (asked.sent_ms, answer.received_ms, answer.sent_ms, now_ms)
            self._probing.answered(*stamps, now_utc_ms - now_ms)
            self._end_round(now_ms)

    def _end_round(self, now_ms: int) -> None:
        asked = self._out.asked
        is_waiting = asked is not None and isinstance(asked.frame, wire.Probe)
        if not self.open or not self._probing.is_over(now_ms, is_waiting=is_waiting):
            return
        reading = self._probing.finish()
        if not self._probing.is_known:
            self._begin(reading)
        elif reading is not None:
            self._effects.append(Synced(self.uid, self.boot, reading))

    def _begin(self, reading: ClockReading | None) -> None:
        reading = reading or self._guess
        if self._hello is None or reading is None:
            return
        about = self._hello.about
        self._probing.is_known = True
        fw, reset_cause = printable(about.fw), printable(about.rst)
        self._effects.append(Begun(self.uid, self.boot, fw, reset_cause, reading))
        self._effects.extend(self._held)
        self._held.clear()

    def _take_heartbeat(self, frame: wire.Heartbeat) -> None:
        if frame.boot != self.boot:
            return  # it restarted unseen; its next H says so
        self.status = frame.status
        if self._probing.is_known:
            self._effects.append(
                Heard(self.uid, frame.boot, frame.ms, frame.top_seq, frame.status.st)
            )

    def _take_reply(self, reply: wire.Reply, now_ms: int) -> None:
        asked = self._out.answered(reply.id)
        if asked is not None:
            self._effects += self._errands.told(asked.frame, reply, now_ms)
