"""One row of the state log as asked for: what exports and measures are made of. Pure data."""

from dataclasses import dataclass

from deskunit.states import UNKNOWN


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch [start, end) of one state of one unit: a row of the log, or what cuts left of it.

    `duration_ms` is by the unit's clock; the pieces of a row add up to the row's, but for what lies
    outside the range asked for. `end_utc_ms` of a running one is the moment of asking.
    """

    row_id: str
    part: int  # 1, 2 … within the row; a whole row is part 1
    uid: str
    boot: str
    seq: int
    state: str
    start_utc_ms: int
    end_utc_ms: int
    duration_ms: int
    cause: str
    reason_code: int | None = None  # with not_ready only
    agent_id: str | None = None
    sign_in: str | None = None  # uid-boot-seq of the sign-in that this belongs to
    call_no: int | None = None
    hold_no: int | None = None
    not_taken: bool = False  # a hold that the caller declined: no episode
    resumed: bool = False
    end_inferred: bool = False  # the end of the row is the last word heard
    is_running: bool = False  # the state goes on: the unit has not ended it yet
    clipped_start: bool = False  # the row began before what was asked for
    clipped_end: bool = False  # the row ends later than what was asked for, or is running
    time_error_ms: int = 0
    time_quality: str = "synced"
    correction: int | None = None  # number of the correction that holds here
    original_state: str | None = None  # of a corrected piece: what the unit had said
    original_reason_code: int | None = None
    original_agent_id: str | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether it counts to somebody's signed-in time; `unknown` within a sign-in does."""
        return self.sign_in is not None and self.state != "signed_out"

    @property
    def is_unknown(self) -> bool:
        return self.state == UNKNOWN

    @property
    def call_key(self) -> str | None:
        """What the pieces of one call share: sign-in and number; None: no call, or one without a number.

        A call that only a correction tells of has no number: its pieces are those that touch each other.
        """
        return None if self.call_no is None else f"{self.sign_in}/{self.call_no}"
