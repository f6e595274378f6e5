"""What a supervisor says of a stretch of the log: an overlay, the original stays. Pure data."""

from dataclasses import dataclass


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
    reason_code: int | None = None
    agent_id: str | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None
    withdrawn_utc_ms: int | None = None

    @property
    def holds(self) -> bool:
        return self.withdrawn_utc_ms is None
