"""The table of the desk unit: what each button means in each state. Data only.

A row is a state, or what lies over it: "ask" (still NAME?), "menu", "view", "blink" (a callback is due).
A word names a state to change to or a method of `actions.Actions`; "-" is a press without a meaning here:
refused and logged.
"""

SIGNED_OUT = "signed_out"
NOT_READY = "not_ready"
READY = "ready"
TALKING = "talking"
HOLD = "hold"
WRAP_UP = "wrap_up"


# row: READY tap, long · BUSY tap, long · HOLD tap, long. As tuples it would take four times the heap.
TABLE = {
    "signed_out": "- sign_in  - -  about -",
    "not_ready": "ready signed_out  answer choose_reason  due ask_leave",
    "ready": "day -  answer away  due -",
    "talking": "wrap_up ready  next choose_scenario  new_hold choose_callback",
    "hold": "on_hold wrap_up  spoke -  back choose_callback",
    "wrap_up": "ready -  answer away  more choose_callback",
    "ask": "resume -  - -  signed_out -",
    "menu": "confirm -  entry page  close -",
    "view": "act -  line -  close -",
    "blink": "quiet quiet  quiet quiet  quiet quiet",
}

# The footer: words of the tap of READY, BUSY, HOLD; signed out shows READY's long press.
SOFT = {
    "signed_out": "sign_in - about",
    "not_ready": "ready call_out due",
    "ready": "day talk due",
    "talking": "wrap step hold",
    "hold": "- spoke back",
    "wrap_up": "ready talk more",
    "ask": "resume - sign_out",
    "menu": "confirm entry close",
    "view": "act entry close",
    "blink": "quiet quiet quiet",
}

BUTTONS = ("READY", "BUSY", "HOLD")


def action(row, button, gesture):
    """Name of the action for `button` ("READY" …) and `gesture` ("tap" | "long"), None if refused."""
    at = 2 * BUTTONS.index(button) + (gesture == "long")
    name = TABLE[row].split()[at]
    return None if name == "-" else name


def long_ms(row, button):
    """How long `button` has to be down in `row` for a long press, in ms."""
    # ending something for good wants a longer press than opening a menu does
    return 1500 if button == "READY" and row in ("not_ready", "hold") else 800
