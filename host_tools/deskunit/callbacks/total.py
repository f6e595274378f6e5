"""How many callbacks are open and overdue, everybody's together: a figure of health and metrics."""

from dataclasses import dataclass

from deskunit.callbacks import kinds
from deskunit.callbacks.due import Rules, due_before
from deskunit.store import Store


@dataclass(frozen=True, slots=True)
class Total:
    open: int = 0
    overdue: int = 0


def total(store: Store, rules: Rules, now_utc_ms: int) -> Total:
    """As the store has it now. `rules`: of the thread that asks."""
    count, overdue = 0, 0
    for promise in kinds.PROMISES:
        count += store.count_open_callbacks(promise)
        before_utc_ms = due_before(promise, now_utc_ms, rules)
        overdue += store.count_open_callbacks(promise, before_utc_ms=before_utc_ms)
    return Total(count, overdue)
