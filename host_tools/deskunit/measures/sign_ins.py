"""Sign-ins: who sat where from when to when, and where one agent is signed in at two units. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deskunit.agents import UNLISTED
from deskunit.measures.stretches import Stretch, joined, length_ms
from deskunit.state_log.piece import Piece
from deskunit.states import READY


@dataclass(frozen=True, slots=True)
class SignIn:
    """A stretch of one sign-in with one agent, bounds as the pieces have them."""

    key: str  # uid-boot-seq of the sign-in
    agent_id: str
    uid: str
    start_utc_ms: int
    end_utc_ms: int
    clock_ms: int  # by how much the unit's own clock says more than the bounds
    is_running: bool
    clipped_start: bool
    clipped_end: bool
    first_ready_utc_ms: int | None
    overlap_ms: int = 0  # of it, while the agent was signed in elsewhere too; counted there

    @property
    def length_ms(self) -> int:
        """By the unit's clock."""
        return self.end_utc_ms - self.start_utc_ms + self.clock_ms


def sign_ins(pieces: Iterable[Piece]) -> list[SignIn]:
    """The sign-ins that the pieces belong to, by start. Where a correction gave a part of one to somebody
    else, each part is one of its own.
    """
    runs: dict[str, _Run] = {}
    found: list[_Run] = []
    for piece in pieces:
        key = piece.sign_in
        if key is None:
            continue
        run = runs.get(key)
        if not piece.is_signed_in:  # a correction says that it had ended
            runs.pop(key, None)
        elif run is None or run.first.agent_id != piece.agent_id:
            runs[key] = run = _Run(piece)
            found.append(run)
            run.go_on(piece)
        else:
            run.go_on(piece)
    seen = [run.seen(key) for run in found if (key := run.first.sign_in)]
    masks = later_elsewhere(seen)
    return [replace(one, overlap_ms=length_ms(mask)) if mask else one
            for one, mask in zip(seen, masks, strict=True)]  # fmt: skip


class _Run:
    """A sign-in of which more pieces may come."""

    __slots__ = ("clock_ms", "end_utc_ms", "first", "first_ready_utc_ms", "last")

    def __init__(self, first: Piece) -> None:
        self.first = self.last = first
        self.end_utc_ms = first.end_utc_ms
        self.clock_ms = 0
        self.first_ready_utc_ms: int | None = None

    def go_on(self, piece: Piece) -> None:
        self.last, end = piece, piece.end_utc_ms
        if end > self.end_utc_ms:
            self.end_utc_ms = end
        self.clock_ms += piece.duration_ms - (end - piece.start_utc_ms)
        if self.first_ready_utc_ms is None and piece.state == READY:
            self.first_ready_utc_ms = piece.start_utc_ms

    def seen(self, key: str) -> SignIn:
        return SignIn(
            key=key,
            agent_id=self.first.agent_id or "",
            uid=self.first.uid,
            start_utc_ms=self.first.start_utc_ms,
            end_utc_ms=self.end_utc_ms,
            clock_ms=self.clock_ms,
            is_running=self.last.is_running,
            clipped_start=self.first.clipped_start,
            clipped_end=self.last.clipped_end,
            first_ready_utc_ms=self.first_ready_utc_ms,
        )


def later_elsewhere(runs: Sequence[SignIn]) -> list[list[Stretch]]:
    """For each sign-in the stretches in which the same agent was signed in at another unit where he signed
    in later: there they are counted (DESIGN §2). Joined, in order.
    """
    of_agent: dict[str, list[int]] = {}
    for number, run in enumerate(runs):
        if run.agent_id != UNLISTED:
            of_agent.setdefault(run.agent_id, []).append(number)
    masks: list[list[Stretch]] = [[] for _ in runs]
    for numbers in of_agent.values():
        numbers.sort(key=lambda number: (runs[number].start_utc_ms, runs[number].key))
        for place, number in enumerate(numbers):
            after = (runs[other] for other in numbers[place + 1 :])
            masks[number] = joined(_common(runs[number], after))
    return masks


def _common(run: SignIn, after: Iterable[SignIn]) -> Iterator[Stretch]:
    for other in after:
        if other.start_utc_ms >= run.end_utc_ms:
            return
        if other.uid != run.uid and other.start_utc_ms < other.end_utc_ms:
            yield other.start_utc_ms, min(other.end_utc_ms, run.end_utc_ms)


def signed_in_time(runs: Iterable[SignIn]) -> Mapping[str, list[Stretch]]:
    """When each agent was signed in anywhere, by the bounds of the sign-ins alone, counted once. Of `?`
    each sign-in for itself.
    """
    of_agent: dict[str, list[Stretch]] = {}
    for run in runs:
        of_agent.setdefault(run.agent_id, []).append((run.start_utc_ms, run.end_utc_ms))
    return {
        agent: found if agent == UNLISTED else joined(found) for agent, found in of_agent.items()
    }
