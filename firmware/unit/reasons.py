"""How long each reason code may last. The desk's alerts ask it.

Labels are in the prompt packs, under the code's number; what else a reason means, only the host needs.
"""

_LONGEST_S = {
    0: 300,
    1: 900,
    2: 3600,
    3: 600,
    4: 3600,
    5: 14400,
    6: 3600,
    7: 1800,
    8: 3600,
    9: 3600,
    10: 1800,
    11: 900,
    90: 300,
    91: 300,
    96: 300,
}


def longest_s(code):
    """Seconds after which the reason is overrun; 0 when it has no longest time."""
    return _LONGEST_S.get(code, 0)
