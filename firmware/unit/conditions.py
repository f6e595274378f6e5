"""Whether a condition of the script pack holds: the day and hour the host told, the agent and its level.

Called by the script. Without a host nothing that hangs on the calendar holds.
"""

from micropython import const

LEVELS = const("tcs")  # trainee, coached, solo


def applies(condition, context, agent, level):
    """`condition`: tokens of the pack (bytes) that must all hold; an empty one always does."""
    for token in condition.split():
        value = token[2:]
        kind = token[:1]
        if kind == b"d":
            holds = context.day and context.day in value
        elif kind == b"h":
            holds = _within(context.hour, value)
        elif kind == b"l":
            holds = level.encode() in value
        else:
            holds = (agent != "?") == (value == b"1")
        if not holds:
            return False
    return True


def _within(hour, value):
    """Whether `hour` is in b"from-to", which may cross midnight; an unknown one (-1) is not."""
    at = value.find(b"-")
    start = int(value[:at])
    end = int(value[at + 1 :])
    if hour < 0:
        return False
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end
