"""What a supervisor says of a stretch of the log: an overlay, the original stays. Pure data."""

from dataclasses import dataclass

from deskunit.states import NOT_READY, SIGNED_OUT


@dataclass(frozen=True, slots=True)
class Said:
    """What the log says of a moment, and what a correction may say otherwise."""

    state: str
    reason_code: int | None = None  # with not_ready only
    agent_id: str | None = None
    sign_in: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """From start to end (half-open) that unit was in another state, or somebody else sat there.

    `state` None: as logged. `agent_id` None: as logged. `withdrawn_*`: it holds no more.
    """

    number: int  # 1, 2, 3 …, never reused
    uid: str
    start_utc_ms: int
    end_utc_ms: int
    author: str
    why: str
    at_utc_ms: int
    state: str | None = None
    reason_code: int | None = None  # with state not_ready; without a state: another reason for it
    agent_id: str | None = None
    sign_in: str | None = None  # the sign-in that it was made for
    beneath: tuple[Said, ...] = ()  # what the log said there when it was made, in order
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None
    withdrawn_utc_ms: int | None = None

    @property
    def holds(self) -> bool:
        return self.withdrawn_utc_ms is None

    def instead(self, said: Said) -> Said:
        """What holds where the log says this. Time that is nobody's stays so, whatever was corrected."""
        if said.sign_in is None or said.state == SIGNED_OUT:
            return said
        if self.state == SIGNED_OUT:
            return Said(SIGNED_OUT)
        state = self.state or said.state
        reason = said.reason_code if self.reason_code is None else self.reason_code
        agent = self.agent_id or said.agent_id
        return Said(state, reason if state == NOT_READY else None, agent, said.sign_in)
