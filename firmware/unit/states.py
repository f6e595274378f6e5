"""The table of the desk unit: what each button means in each state. Data only.

A row is a state, or what lies over it: "ask" (still NAME?), "menu", "view". An entry names a method of
`actions.Actions`; None is a press without a meaning here, which is refused and logged.
"""

SIGNED_OUT = "signed_out"
NOT_READY = "not_ready"
READY = "ready"
TALKING = "talking"
HOLD = "hold"
WRAP_UP = "wrap_up"

STATES = (SIGNED_OUT, NOT_READY, READY, TALKING, HOLD, WRAP_UP)
IN_CALL = (TALKING, HOLD, WRAP_UP)

# row: ((READY tap, long), (BUSY tap, long), (HOLD tap, long))
TABLE = {
    "signed_out": ((None, "sign_in"), (None, None), ("about", None)),
    "not_ready": (("ready", "sign_out"), ("answer", "choose_reason"), ("due", "ask_leave")),
    "ready": (("day", None), ("answer", "away"), ("due", None)),
    "talking": (("wrap_up", "ready"), ("next", "choose_scenario"), ("hold", "choose_callback")),
    "hold": (("on_hold", "caller_left"), ("spoke", None), ("back", "choose_callback")),
    "wrap_up": (("ready", None), ("answer", "away"), ("more", "choose_callback")),
    "ask": (("resume", None), (None, None), ("sign_out", None)),
    "menu": (("confirm", None), ("entry", "page"), ("close", None)),
    "view": (("act", None), ("line", None), ("close", None)),
}

# The footer: word keys of the tap of READY, BUSY, HOLD; signed out shows READY's long press.
SOFT = {
    "signed_out": ("soft.sign_in", "", "soft.about"),
    "not_ready": ("soft.ready", "soft.call_out", "soft.due"),
    "ready": ("soft.day", "soft.talk", "soft.due"),
    "talking": ("soft.wrap", "soft.next", "soft.hold"),
    "hold": ("", "soft.spoke", "soft.back"),
    "wrap_up": ("soft.ready", "soft.talk", "soft.more"),
    "ask": ("soft.resume", "", "soft.sign_out"),
    "menu": ("soft.confirm", "soft.entry", "soft.close"),
    "view": ("", "soft.entry", "soft.close"),
}

BUTTONS = ("READY", "BUSY", "HOLD")

# Ending something for good wants a longer press than opening a menu does.
LONG_MS = 800
SLOW_LONG_MS = 1500
SLOW = (("not_ready", "READY"), ("hold", "READY"))


def action(row, button, gesture):
    """Name of the action for `button` ("READY" …) and `gesture` ("tap" | "long"), None if refused."""
    cell = TABLE[row][BUTTONS.index(button)]
    return cell[1 if gesture == "long" else 0]


def long_ms(row, button):
    """How long `button` has to be down in `row` for a long press, in ms."""
    return SLOW_LONG_MS if (row, button) in SLOW else LONG_MS
