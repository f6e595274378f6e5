"""The reason codes of not_ready, one versioned table; names for readers are in the language files.

`tests/vectors/reasons.json` is what unit and host both must agree with.
"""

from dataclasses import dataclass
from functools import lru_cache

from deskunit import words

UNSPECIFIED = 0
LOGIN = 90
SITE_CODES = range(50, 90)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `max_s` 0 means no longest time."""

    code: int
    word: str
    away: bool
    productive: bool
    max_s: int


REASONS = {
    reason.code: reason
    for reason in (
        Reason(0, "unspecified", False, False, 300),
        Reason(1, "break", True, False, 900),
        Reason(2, "meal", True, False, 3600),
        Reason(3, "restroom", True, False, 600),
        Reason(4, "meeting", True, True, 3600),
        Reason(5, "training", True, True, 14400),
        Reason(6, "coaching", True, True, 3600),
        Reason(7, "paperwork", False, True, 1800),
        Reason(8, "callback", False, True, 3600),
        Reason(9, "fault", False, False, 3600),
        Reason(10, "helping", False, True, 1800),
        Reason(11, "handover", False, True, 900),
        Reason(90, "login", False, False, 300),
        Reason(91, "no_answer", False, False, 300),
        Reason(92, "supervisor", False, False, 0),
        Reason(93, "unit_lost", False, False, 0),
        Reason(94, "host_lost", False, False, 0),
        Reason(95, "idle", False, False, 0),
        Reason(96, "reboot", False, False, 300),
        Reason(97, "end_of_day", False, False, 0),
        Reason(98, "import", False, False, 0),
        Reason(99, "correction", False, False, 0),
    )
}


def is_away(code: int) -> bool:
    """Whether the agent is away from the seat; of a site's own codes nobody has said so."""
    return code in REASONS and REASONS[code].away


def word(code: int) -> str:
    """The stable word of a code: `meal`; `site_50` for a site's own; `code_12` if unknown here."""
    if code in REASONS:
        return REASONS[code].word
    return f"site_{code}" if code in SITE_CODES else f"code_{code}"


@lru_cache(maxsize=1000)
def find(typed: str) -> int | None:
    """The code of a reason by its number, its word or its name in any language; None: no reason."""
    wanted = typed.strip().lower()
    for code in (*REASONS, *SITE_CODES):
        names = (label(code, one).lower() for one in words.LANGUAGES)
        if wanted in (str(code), word(code), *names):
            return int(code)
    return None


def label(code: int, language: str | None = None) -> str:
    """What a reader sees for `code`, also for codes that this version does not know."""
    if code in REASONS:
        return words.text(f"reason.{REASONS[code].word}", language)
    return words.text("reason.site" if code in SITE_CODES else "reason.other", language, code=code)
