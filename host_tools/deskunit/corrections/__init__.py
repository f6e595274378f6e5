"""Corrections: what a supervisor says of a stretch of the log, over it and never in it (docs/corrections.md).

    from deskunit.corrections.desk import CorrectionDesk      (this module imports nothing)
    from deskunit.corrections.rules import Wish
    desk = CorrectionDesk(store, zone)
    desk.list(from_utc_ms, to_utc_ms, uid=, agent=, including_withdrawn=) -> [Row]    by start
    desk.get(number) -> Row
    desk.preview(Wish(uid, from, to, state, reason_code, agent_id)) -> Draft    DeskunitError: why not
    desk.add(wish, author, why) -> Row                         with the writing Store only
    desk.withdraw(number, author, why) -> Row

In the running logger: `logger.corrections` reads, `logger.write_correction(Order)` writes (orders.py).
"""
