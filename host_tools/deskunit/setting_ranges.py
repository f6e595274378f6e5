"""What may be set in settings.toml: default and range of each number, targets, how times are written.

Pure data; settings.py reads the file by it. Each has a line in docs/protocol.md or host_tools/README.md.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple


class Range(NamedTuple):
    default: int
    low: int
    high: int


UNIT = {
    "hold_remind_s": Range(30, 5, 600),
    "hold_max_s": Range(120, 10, 3600),
    "hold_hard_s": Range(180, 10, 7200),
    "hold_consent_s": Range(8, 0, 60),
    "wrap_up_s": Range(60, 5, 3600),
    "wrap_up_more_s": Range(30, 5, 600),
    "idle_alert_s": Range(600, 10, 86400),
    "heartbeat_s": Range(5, 1, 60),
    "menu_s": Range(8, 2, 120),
    "resume_max_s": Range(600, 0, 86400),
    "silent_step_s": Range(3, 1, 60),
    "short_forms": Range(0, 0, 1),
    "large_text": Range(0, 0, 1),
    "due_again_s": Range(300, 30, 3600),
}
HOST = {
    "away_limit": Range(1, 0, 1000),  # agents with leave to be away at a time
    "page_port": Range(8470, 0, 65535),  # 0: any free one
}
CALLBACKS = {
    "inquiry_h": Range(24, 1, 720),  # an inquiry is due so long after it was taken, until agreed
    "repeat_days": Range(30, 1, 365),  # same caller and subject again within so many
    "retention_days": Range(0, 0, 3650),  # personal fields are forgotten after so many; 0: kept
    "now_grace_s": Range(900, 0, 86400),  # a promise "now" is kept in time if closed within
    "overdue_alarm": Range(0, 0, 10000),  # from so many overdue on a red box; 0: never
}
# percent; None where each site sets its own
TARGETS: Mapping[str, int | None] = {
    "reply_rate": 100,
    "on_time_rate": 100,
    "repeat_rate": 10,
    "inquiry_satisfaction": 90,
    "complaint_satisfaction": 90,
    "escalated_satisfaction": None,
    "key_account_satisfaction": 95,
}
MEASURES = {
    "remind_grace_s": Range(15, 1, 300),  # a tap or the hold's end so soon keeps a reminder
    "sign_in_early_s": Range(300, 0, 7200),  # to be signed in so long before a shift begins
    "adherence_grace_s": Range(0, 0, 3600),  # a deviation at a shift's ends no longer is none
    "overtime_counts": Range(1, 0, 1),  # 1: overtime lowers the adherence
    "call_max_s": Range(14400, 600, 86400),  # calls longer than that are not seen whole
}
# percent or seconds; None where each site sets its own
MEASURE_TARGETS: Mapping[str, int | None] = {
    "connect_rate": 95,
    "answer_rate": 100,
    "service_level": None,
    "occupancy": None,
    "average_handle_time": None,
    "average_hold": None,
    "hold_per_handled_call": None,
    "over_limit_share": None,
    "reminders_kept": None,
    "wrap_up_per_handled_call": None,
    "not_ready_share": None,
    "unspecified_share": None,
    "on_time_sign_ins": None,
    "adherence": None,
}
# those of them that are seconds
TIMES = frozenset(
    ("average_handle_time", "average_hold", "hold_per_handled_call", "wrap_up_per_handled_call")
)
QUEUE_LOG = {
    "answer_within_s": Range(20, 1, 3600),  # the T of the service level
    "match_tolerance_s": Range(15, 0, 300),  # one call on both sides begins so far apart at most
}
PERCENT = Range(0, 0, 100)
SECONDS = Range(0, 1, 86400)
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
SHIFT = re.compile(rf"{CLOCK.pattern}\s*[-–—~]\s*{CLOCK.pattern}")  # 22:00-06:00
