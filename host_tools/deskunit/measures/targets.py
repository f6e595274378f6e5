"""Whether a figure meets the site's target. Pure.

A target is in percent for a share, in seconds for a time, and a plain number for a count.
"""

from deskunit.measures.figures import Figure

AT_MOST = frozenset(
    {
        *("unknown_share", "average_handle_time", "average_talk_time", "held_share"),
        *("hold_per_held_call", "hold_per_handled_call", "average_hold", "longest_hold"),
        *("over_limit_share", "wrap_up_per_handled_call", "wrap_up_per_wrapped_call"),
        *("wrap_up_over_share", "not_ready_share", "unspecified_share", "away_share"),
        "longest_away",
    }
)


def is_met(key: str, figure: Figure, target: int | None) -> bool | None:
    """None: there is no target, or nothing to measure."""
    if target is None or not figure.whole:
        return None
    scale = {"share": 100, "seconds": 1, "count": 1}[figure.kind]
    limit = target * figure.whole * (1000 if figure.kind == "seconds" else 1)
    return scale * figure.part <= limit if key in AT_MOST else scale * figure.part >= limit
