"""What supervisors measure: pure functions over pieces of the state log and what happened within them.

docs/measures.md says what each measure is, what it leaves out and where it comes from.
"""

from deskunit.measures.calls import Call, calls
from deskunit.measures.catalogue import FAMILIES, MEASURES, Family, Measure, Words, words_of
from deskunit.measures.figures import Figure
from deskunit.measures.holds import Hold, holds
from deskunit.measures.limits import Limits, limits_of
from deskunit.measures.measuring import HAPPENINGS, Group, Who, by, check_invariant, measured
from deskunit.measures.period import EVERY, Every, Period
from deskunit.measures.shifts import ShiftResult, shift_results
from deskunit.measures.sign_ins import SignIn, sign_ins
from deskunit.measures.tally import HOLD_BINS_S, Measures, total
from deskunit.measures.targets import AT_MOST, is_met

__all__ = [
    "AT_MOST",
    "EVERY",
    "FAMILIES",
    "HAPPENINGS",
    "HOLD_BINS_S",
    "MEASURES",
    "Call",
    "Every",
    "Family",
    "Figure",
    "Group",
    "Hold",
    "Limits",
    "Measure",
    "Measures",
    "Period",
    "ShiftResult",
    "SignIn",
    "Who",
    "Words",
    "by",
    "calls",
    "check_invariant",
    "holds",
    "is_met",
    "limits_of",
    "measured",
    "shift_results",
    "sign_ins",
    "total",
    "words_of",
]
