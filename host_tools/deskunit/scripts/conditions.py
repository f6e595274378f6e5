"""When a sentence is said: the `when` of a library file, and its form in the pack."""

import re
from dataclasses import dataclass

from deskunit.scripts.reading import Table

DAYS = {"work": "w", "weekend": "e", "holiday": "h"}
LEVELS = {"trainee": "t", "coached": "c", "solo": "s"}
AGENT = {"known": "1", "unknown": "0"}
_HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True)
class Condition:
    """All parts that are there must hold; none: always. `hours` are half open, over midnight too."""

    days: tuple[str, ...] = ()
    hours: tuple[int, int] | None = None
    levels: tuple[str, ...] = ()
    agent: str | None = None
    flavours: tuple[str, ...] = ()

    def tokens(self) -> str:
        """As the unit reads it. The flavour is decided before and is not in it."""
        parts = []
        if self.days:
            parts.append("d=" + "".join(DAYS[day] for day in self.days))
        if self.hours:
            parts.append("h={}-{}".format(*self.hours))
        if self.levels:
            parts.append("l=" + "".join(LEVELS[level] for level in self.levels))
        if self.agent:
            parts.append("a=" + AGENT[self.agent])
        return " ".join(parts)

    def in_flavour(self, flavour: str) -> bool:
        return not self.flavours or flavour in self.flavours


def read_condition(table: Table | None, flavours: tuple[str, ...]) -> Condition:
    """The condition that `table` (a `when`) states."""
    if table is None:
        return Condition()
    condition = Condition(
        days=table.choices("day", DAYS),
        hours=_hours(table),
        levels=table.choices("level", LEVELS),
        agent=table.choice("agent", AGENT, required=False),
        flavours=table.choices("flavour", flavours),
    )
    table.done()
    if not table.names():
        table.error("when", "empty_when")
    return condition


def _hours(table: Table) -> tuple[int, int] | None:
    found = table.text("hours", required=False)
    if found is None:
        return None
    parts = _HOURS.fullmatch(found)
    if parts is None or max(map(int, parts.groups())) > 24 or parts[1] == parts[2]:
        table.error("hours", "bad_hours", found=found)
        return None
    return int(parts[1]), int(parts[2])
