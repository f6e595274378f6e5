"""What the host tells a unit beside acknowledgements: settings and context variables.

The recorder builds a Context; the session's Teller sends what differs from what the unit has taken.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from deskunit import wire
from deskunit.effects import Effect, Noted

Roster = tuple[tuple[str, str], ...]
# since which firmware, where it is not 0.1.0
SETTINGS_SINCE = {"silent_step_s": 3, "short_forms": 3, "large_text": 3, "due_again_s": 4}
TRIES = 3
ROSTER_LIMIT = 8
SEAT_LIMIT_CHARS = 8
ID_FOR_SIZE = 9999  # the longest id: what fits with it fits with any
IN_S_LIMIT = 2_000_000  # 23 days: as ms it fits in 32 bits


@dataclass(frozen=True)
class Due:
    """The callbacks of the agent who is signed in at a unit; `number` 0, `kind` "": none is open.

    `told`: another one says the same again, so that the unit's countdown stays right.
    """

    open: int = 0
    overdue: int = 0
    number: int = 0
    kind: str = ""
    due_utc_ms: int = 0
    told: int = 0

    def variable(self, request_id: int, now_utc_ms: int) -> wire.Variable:
        """As it is sent now: the seconds left are rounded up, so that nothing falls due too early."""
        left_s = -((now_utc_ms - self.due_utc_ms) // 1000) if self.number else 0
        in_s = max(-IN_S_LIMIT, min(left_s, IN_S_LIMIT))
        value = [self.open, self.overdue, self.number, in_s, self.kind]
        return wire.Variable(request_id, "due", value)


Telling = wire.Settings | wire.Variable | Due


@dataclass(frozen=True)
class Context:
    """All that one unit should know. `None`: nothing to say."""

    settings: Mapping[str, int] = field(default_factory=dict)
    off_s: int | None = None
    held_s: int | None = None
    seat: str | None = None
    language: str | None = None
    roster: Roster | None = None
    levels: str = ""  # a letter for each entry of the roster
    hello: str | None = None
    hour: int | None = None
    wish: str | None = None
    leave: int | None = None
    due: Due | None = None
    signout: str | None = None
    caller: str | None = None

    def items(self) -> Iterator[tuple[str, list[Telling]]]:
        """(name, frames) in the order that the unit needs: limits before what is judged by them."""
        for number, part in enumerate(_settings_parts(self.settings)):
            yield f"settings {number}", [wire.Settings(ID_FOR_SIZE, part)]
        seat = None if self.seat is None else self.seat[:SEAT_LIMIT_CHARS]
        yield from _variables(off_s=self.off_s, held_s=self.held_s, seat=seat, lang=self.language)
        if self.roster is not None:
            # one run: a unit that took another roster has no use for the levels of the one before
            yield "roster", [*_roster_frames(self.roster), *_levels(self.roster, self.levels)]
        yield from _variables(hello=self.hello, hour=self.hour, wish=self.wish, leave=self.leave)
        if self.due is not None:
            yield "due", [self.due]
        yield from _variables(signout=self.signout, caller=self.caller)


def _variables(**values: str | int | None) -> Iterator[tuple[str, list[Telling]]]:
    for name, value in values.items():
        if value is not None:
            yield name, [wire.Variable(ID_FOR_SIZE, name, value)]


def with_id(frame: Telling, request_id: int, now_utc_ms: int) -> wire.Settings | wire.Variable:
    """A frame under another request id, as it is to be sent now."""
    if isinstance(frame, Due):
        return frame.variable(request_id, now_utc_ms)
    if isinstance(frame, wire.Settings):
        return wire.Settings(request_id, frame.settings)
    return wire.Variable(request_id, frame.name, frame.value)


def fits(frame: wire.Settings | wire.Variable) -> bool:
    """True when the unit's buffer takes the frame."""
    try:
        wire.encode(frame)
    except ValueError:
        return False
    return True


def _settings_parts(settings: Mapping[str, int]) -> list[dict[str, int]]:
    parts: list[dict[str, int]] = []
    for name, value in settings.items():
        # a unit refuses a whole frame for one name that it does not know
        since = SETTINGS_SINCE.get(name)
        mixed = bool(parts) and since != SETTINGS_SINCE.get(next(iter(parts[-1])))
        if parts and not mixed and fits(wire.Settings(ID_FOR_SIZE, {**parts[-1], name: value})):
            parts[-1][name] = value
        else:
            parts.append({name: value})
    return parts


def _roster_frames(roster: Roster) -> Iterator[wire.Variable]:
    entries = [entry for entry in roster if _entry(1, 1, *entry) is not None][:ROSTER_LIMIT]
    if not entries:
        yield wire.Variable(ID_FOR_SIZE, "roster", [0, 0, "", ""])
    for place, (agent_id, name) in enumerate(entries):
        frame = _entry(place, len(entries), agent_id, name)
        if frame is not None:
            yield frame


def _levels(roster: Roster, levels: str) -> Iterator[wire.Variable]:
    told = (one for entry, one in zip(roster, levels, strict=False) if _entry(1, 1, *entry))
    letters = "".join(islice(told, ROSTER_LIMIT))
    if letters:
        yield wire.Variable(ID_FOR_SIZE, "levels", letters)


def _entry(place: int, count: int, agent_id: str, name: str) -> wire.Variable | None:
    # A hanzi costs six bytes in ASCII JSON: a long name is cut, an id never is.
    for length in range(len(name), -1, -1):
        value = [place, count, agent_id, name[:length]]
        frame = wire.Variable(ID_FOR_SIZE, "roster", value)
        if fits(frame):
            return frame
    return None


class Teller:
    """Brings a Context to the unit frame by frame and remembers what it took in this session."""

    def __init__(self) -> None:
        self.context: Context | None = None
        self._wanted: tuple[Context, dict[str, list[Telling]]] | None = None
        self._taken: dict[str, list[Telling]] = {}
        self._now: tuple[str, list[Telling], int] | None = None  # name, its frames, the next one
        self._tries = 0
        self._knows_due = True

    def forget(self) -> None:
        """A new session: the unit may have restarted, so everything is told again."""
        self._taken.clear()
        self._knows_due = True
        self._now = None
        self._tries = 0

    def next(self, request_id: int, now_utc_ms: int) -> wire.Settings | wire.Variable | None:
        """The frame to send now; None when the unit has taken everything."""
        if self._now is None and self.context is not None:
            if self._wanted is None or self._wanted[0] is not self.context:
                self._wanted = self.context, dict(self.context.items())  # half a ms of encoding
            wanted = self._wanted[1]
            # a sign-out or a leave that is over may come again with the same words
            self._taken = {name: f for name, f in self._taken.items() if name in wanted}
            news = (item for item in wanted.items() if self._is_news(*item))
            self._now = next(((name, frames, 0) for name, frames in news), None)
        if self._now is None:
            return None
        _, frames, place = self._now
        return with_id(frames[place], request_id, now_utc_ms)

    def _is_news(self, name: str, frames: list[Telling]) -> bool:
        return self._taken.get(name) != frames and (self._knows_due or name != "due")

    def told(self, ok: bool, reason: str) -> list[Effect]:
        """The unit's reply to the frame sent last."""
        if self._now is None:
            return []
        name, frames, place = self._now
        frame = frames[place]
        what = frame.name if isinstance(frame, wire.Variable) else name
        self._tries = 0
        if ok and place + 1 < len(frames):
            self._now = (name, frames, place + 1)
            return []
        self._now = None
        self._taken[name] = frames
        if isinstance(frame, Due):
            self._knows_due = ok  # firmware before 0.3.0 does not: said once a session
        return [] if ok else [Noted(2, f"the unit refused {what}: {reason}")]

    def unanswered(self) -> list[Effect]:
        """No reply to the frame sent last: try again, but not for ever."""
        if self._now is None:
            return []
        name, frames, _ = self._now
        self._now = None  # a roster counts only as one whole run: it begins again
        self._tries += 1
        if self._tries < TRIES:
            return []
        self._tries = 0
        self._taken[name] = frames
        return [Noted(2, f"the unit did not answer to {name}")]
