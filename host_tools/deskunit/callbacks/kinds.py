"""The words of callbacks: kinds, promises, outcomes. The same strings on the wire, in SQL and in exports."""

from deskunit import words

KINDS = ("dropped", "fault", "complaint", "days_2", "days_5", "inquiry", "correction")
COMPLAINTS = ("complaint", "days_2", "days_5")
INQUIRY = "inquiry"

NOW = "now"
AGREED = "agreed"  # an inquiry with a time set on the PC
PROMISE_OF = {
    "dropped": NOW,
    "correction": NOW,
    "fault": "h24",
    "complaint": "h48",
    "days_2": "days_2",
    "days_5": "days_5",
    "inquiry": INQUIRY,
}
PROMISES = (NOW, "h24", "h48", "days_2", "days_5", INQUIRY, AGREED)
HOURS = {"h24": 24, "h48": 48}
WORKING_DAYS = {"days_2": 2, "days_5": 5}

OPEN, CLOSED, VOIDED = "open", "closed", "voided"
STATUSES = (OPEN, CLOSED, VOIDED)

SETTLED, NO_ANSWER, NOT_SETTLED, NOT_GIVEN = "settled", "no_answer", "not_settled", "not_given"
OUTCOMES = (SETTLED, NO_ANSWER, NOT_SETTLED)
CLOSING = (SETTLED, NOT_SETTLED)
SATISFACTIONS = ("yes", "no", "not_asked")

SUPERVISOR = "supervisor"
RETENTION = "retention"  # the job that forgets by age
NOT_AGENTS = (SUPERVISOR, RETENTION)

PERSONAL = ("caller_number", "name", "phone", "address", "account", "said", "promised")
NUMBERS = ("caller_number", "phone")


def promise(kind: str, is_agreed: bool) -> str:
    """Which promise a kind is. One of a newer firmware is due now: somebody has to look at it."""
    if kind == INQUIRY and is_agreed:
        return AGREED
    return PROMISE_OF.get(kind, NOW)


def label(kind: str, language: str | None = None) -> str:
    """What a reader sees for a kind; a newer firmware's stays as it is."""
    return words.text(f"callback_kind.{kind}", language) if kind in KINDS else kind
