"""The words for states and causes: the same strings in code, on the wire, in SQL and in exports."""

from deskunit import words

SIGNED_OUT = "signed_out"
NOT_READY = "not_ready"
READY = "ready"
TALKING = "talking"
HOLD = "hold"
WRAP_UP = "wrap_up"
UNKNOWN = "unknown"  # host only: no word from the unit; never folded into another state

UNIT_STATES = (SIGNED_OUT, NOT_READY, READY, TALKING, HOLD, WRAP_UP)
CALL_STATES = (TALKING, HOLD, WRAP_UP)  # the handling of a call
STATES = (*UNIT_STATES, UNKNOWN)

CAUSES = ("button", "timer", "host", "supervisor", "boot", "inferred", "import", "correction")

CAUSE_OF_BY = {"btn": "button", "tmr": "timer", "host": "host", "boot": "boot"}


def find(typed: str) -> str | None:
    """The state that a word means: its own, or its name in any language; None: no state."""
    wanted = typed.strip().lower()
    for state in STATES:
        if wanted in (state, *(label(state, one).lower() for one in words.LANGUAGES)):
            return state
    return None


def label(state: str, language: str | None = None) -> str:
    """What a reader sees for `state`. KeyError for a word that is no state."""
    return words.text(f"state.{state}", language)


def cause_label(cause: str, language: str | None = None) -> str:
    """What a reader sees for `cause`. KeyError for a word that is no cause."""
    return words.text(f"cause.{cause}", language)
