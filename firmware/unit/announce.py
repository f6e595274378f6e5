"""What the unit says of itself: H to a host that may be there, h to one that is.

The link calls it when one of them is written, so that both tell the state of that moment.
"""

import gc

from micropython import const

from unit import codec
from unit.window import FRAMES

VERSION = const(1)


def hello(who, ring, now_ms):
    """H; `who` is (uid of the chip, firmware version, reset cause)."""
    uid, fw, reset_cause = who
    held = [[ring.boot, ring.first, ring.top]] if ring.first <= ring.top else []
    about = (
        ("fw", fw),
        ("rst", reset_cause),
        ("up", now_ms),
        ("hold", held),
        ("win", FRAMES),
        ("max", codec.MAX_FRAME),
        ("cap", ("t", "r")),  # time answers, requests; "x" comes with the journal
        ("safe", 0),
    )
    return codec.array(("H", VERSION, uid, ring.boot), codec.body(about))


def heartbeat(ring, state, bad, journal_bytes, now_ms):
    """h; counting the free heap takes a few ms on an ESP32."""
    status = (
        ("st", state),
        ("q", ring.top - ring.first + 1),
        ("bad", bad),
        ("mem", getattr(gc, "mem_free", int)()),  # CPython has none: int() is 0
        ("jr", journal_bytes),
    )
    return codec.array(("h", ring.boot, ring.top, now_ms), codec.body(status))
