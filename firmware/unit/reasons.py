"""The reason codes and what each means: away from the seat, productive, longest time.

The desk states and the reason menu ask it. Labels are in the prompt packs, under the code's word.
"""

TABLE = (  # code, word, away, productive, longest time in s (0: none)
    (0, "unspecified", 0, 0, 300),
    (1, "break", 1, 0, 900),
    (2, "meal", 1, 0, 3600),
    (3, "restroom", 1, 0, 600),
    (4, "meeting", 1, 1, 3600),
    (5, "training", 1, 1, 14400),
    (6, "coaching", 1, 1, 3600),
    (7, "paperwork", 0, 1, 1800),
    (8, "callback", 0, 1, 3600),
    (9, "fault", 0, 0, 3600),
    (10, "helping", 0, 1, 1800),
    (11, "handover", 0, 1, 900),
    (90, "login", 0, 0, 300),
    (91, "no_answer", 0, 0, 300),
    (92, "supervisor", 0, 0, 0),
    (93, "unit_lost", 0, 0, 0),
    (94, "host_lost", 0, 0, 0),
    (95, "idle", 0, 0, 0),
    (96, "reboot", 0, 0, 300),
    (97, "end_of_day", 0, 0, 0),
    (98, "import", 0, 0, 0),
    (99, "correction", 0, 0, 0),
)
_UNKNOWN = (-1, "", 0, 0, 0)  # a site's code, or a newer table's: nothing is claimed about it


def word(code):
    """The code's word, the key of its label; "" for an unknown code."""
    return _row(code)[1]


def is_away(code):
    return _row(code)[2] == 1


def is_productive(code):
    return _row(code)[3] == 1


def longest_s(code):
    """Seconds after which the reason is overrun; 0 when it has no longest time."""
    return _row(code)[4]


def _row(code):
    for row in TABLE:
        if row[0] == code:
            return row
    return _UNKNOWN
