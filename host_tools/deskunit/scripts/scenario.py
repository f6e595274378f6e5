"""A scenario of a library: its steps, and what is said in each. Read from one file, not yet checked whole."""

from dataclasses import dataclass, field

from deskunit.scripts.conditions import Condition, read_condition
from deskunit.scripts.reading import Table, Texts

KINDS = ("open", "listen", "guide", "answer", "record", "close")
CALLERS = ("asks", "confused", "upset")
CALLBACKS = ("dropped", "fault", "complaint", "days_2", "days_5", "inquiry", "correction")
END = "end"
SILENT_STEP = "silent_step_s"  # the unit's setting, instead of a number of seconds
SILENT_STEP_CODE = 255
STEPS_MAX = 9
SCENARIO_ID = r"[a-z][a-z0-9_]{0,15}"
STEP_ID = r"[a-z][a-z0-9_]{0,11}"


@dataclass(frozen=True)
class Alternative:
    """A sentence of a step and when it is said; `short` for those who know the long one."""

    line: int
    when: Condition
    say: Texts
    short: Texts | None = None


@dataclass(frozen=True)
class Step:
    """`wait_s` 0: waits for a tap, 255: the unit's setting. `alternatives`: the step's own is the last.

    `again`, `tap` and `next` as written; None is each one's default. `lines`: field to line.
    """

    id: str
    kind: str
    line: int
    alternatives: tuple[Alternative, ...]
    wait_s: int = 0
    rounds: int = 1
    again: str | None = None
    tap: str | None = None
    next: str | None = None
    callback: str | None = None
    flavours: tuple[str, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """`order` is its place within the group before anything was used."""

    file: str
    id: str
    group: str
    title: Texts
    callers: tuple[str, ...]
    steps: tuple[Step, ...]
    order: int = 50
    flavours: tuple[str, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)

    def in_flavour(self, flavour: str) -> bool:
        return not self.flavours or flavour in self.flavours


def read_scenario(table: Table, flavours: tuple[str, ...]) -> Scenario | None:
    """The scenario of a file; None when it has no usable id, title or step."""
    name = table.matching("id", SCENARIO_ID, "wanted_scenario_id")
    group = table.text("group")
    order = table.number("order", 0, 9999, 50)
    callers = table.choices("callers", CALLERS)
    if not table.has("callers"):
        table.error("callers", "missing_field", field="callers")
    own = table.choices("flavours", flavours)
    title = table.texts("title")
    steps = [_step(one, flavours) for one in table.tables("step")]
    table.done()
    lines = {key: table.line_of(key) for key in ("id", "group", "title", "step")}
    if name is None or group is None or title is None:
        return None
    whole = tuple(step for step in steps if step is not None)
    return Scenario(table.file, name, group, title, callers, whole, order, own, lines)


def _step(table: Table, flavours: tuple[str, ...]) -> Step | None:
    name = table.matching("id", STEP_ID, "wanted_step_id")
    kind = table.choice("kind", KINDS)
    wait_s = _wait_s(table)
    rounds = table.number("rounds", 1, 9, 1)
    again, tap, following = (table.text(key, required=False) for key in ("again", "tap", "next"))
    callback = table.choice("callback", CALLBACKS, required=False)
    own = table.choices("flavours", flavours)
    also = [_alternative(one, flavours, own=False) for one in table.tables("also")]
    last = _alternative(table, flavours, own=True)
    table.done()
    _refuse_timing(table, wait_s, rounds)
    if name is None or kind is None:
        return None
    return Step(
        name, kind, table.line, tuple(one for one in (*also, last) if one is not None),
        wait_s, rounds, again, tap, following, callback, own,
        {key: table.line_of(key) for key in ("id", "kind", "again", "tap", "next", "rounds")},
    )  # fmt: skip


def _alternative(table: Table, flavours: tuple[str, ...], own: bool) -> Alternative | None:
    if not own and not table.has("when"):
        table.error("when", "also_without_when")
    when = read_condition(table.table("when"), flavours)
    say = table.texts("say")
    short = table.texts("short", required=False)
    if not own:
        table.done()
    return None if say is None else Alternative(table.line, when, say, short)


def _wait_s(table: Table) -> int:
    found = table.either("wait_s")
    if found is None:
        return 0
    if found == SILENT_STEP:
        return SILENT_STEP_CODE
    if isinstance(found, int) and 1 <= found <= 60:
        return found
    table.error("wait_s", "bad_wait", found=found)
    return 1


def _refuse_timing(table: Table, wait_s: int, rounds: int) -> None:
    """`rounds` and `again` mean something in a timed step only."""
    for name in ("rounds", "again"):
        if table.has(name) and not wait_s:
            table.error(name, "needs_wait", field=name)
    if table.has("again") and wait_s and rounds == 1:
        table.error("again", "again_without_rounds")
