"""Which scenarios are used, which steps they reach, and where calls leave them. Pure: events in, counts out.

A *run* is one pass through a scenario within one call: it begins when the scenario is chosen in the menu,
or with the first step shown of another scenario than before (the greeting, which nobody chooses). It ends
when another scenario begins or the call ends (wrap-up, ready, signed out …; a hold is within the call);
there the call *left* it, at the step shown last. A run whose end nobody told (power cut, the log's end) is
counted, but was left nowhere. A call counts when it began within the period; calls are told by the unit.

The time of a step runs from the step event to the unit's next step, scenario or state; a hold is taken out.
It is kept in tenths of a second, so that memory does not grow with the log.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from deskunit.events import Event
from deskunit.states import HOLD, TALKING

KINDS = (
    "boot",
    "st",
    "scenario",
    "step",
)  # of the events that are wanted, in order by unit and boot
TENTH_MS = 100
LONGEST_TENTHS = 36_000  # an hour; what lasts longer counts as that


@dataclass(slots=True)
class StepUse:
    """`reached`: runs that showed it · `shown`: how often · `by_timer`: of these, by its own clock."""

    reached: int = 0
    shown: int = 0
    by_timer: int = 0
    left: int = 0
    tenths: Counter[int] = field(default_factory=Counter)

    @property
    def median_s(self) -> float | None:
        """Of the times it stood on the screen; None: no end of any is known."""
        count = self.tenths.total()
        if not count:
            return None
        return (self._tenth((count - 1) // 2) + self._tenth(count // 2)) / 20

    def _tenth(self, place: int) -> int:
        for tenth in sorted(self.tenths):
            place -= self.tenths[tenth]
            if place < 0:
                return tenth
        raise IndexError(place)


@dataclass(slots=True)
class ScenarioUse:
    """`chosen` in the menu · `calls` it was used in · `runs` that showed at least one step."""

    chosen: int = 0
    calls: int = 0
    runs: int = 0
    steps: dict[str, StepUse] = field(default_factory=dict)

    def step(self, step_id: str) -> StepUse:
        return self.steps.setdefault(step_id, StepUse())


@dataclass(slots=True)
class Usage:
    """`scenarios` by id, in the order in which they were met."""

    calls: int = 0
    scenarios: dict[str, ScenarioUse] = field(default_factory=dict)

    def scenario(self, scenario_id: str) -> ScenarioUse:
        return self.scenarios.setdefault(scenario_id, ScenarioUse())


Wanted = Callable[[str, int], bool]  # agent's id, UTC ms of the call's beginning


def usage(happened: Iterable[tuple[Event, int]], wanted: Wanted = lambda agent, at: True) -> Usage:
    """Count the events (each with its UTC ms), which come by unit, boot and seq."""
    found = Usage()
    unit: _Unit | None = None
    for event, at_utc_ms in happened:
        if unit is None or unit.boot != (event.uid, event.boot):
            unit = _Unit(found, (event.uid, event.boot), wanted)
        unit.take(event, at_utc_ms)
    return found


class _Unit:
    """One boot of a unit, event by event."""

    def __init__(self, found: Usage, boot: tuple[str, str], wanted: Wanted) -> None:
        self.boot = boot
        self._found = found
        self._wanted = wanted
        self._agent = ""
        self._call: int | None = None
        self._counts = False  # whether the call is one of those asked for
        self._used: set[str] = set()  # scenarios of this call
        self._run: _Run | None = None

    def take(self, event: Event, at_utc_ms: int) -> None:
        body = event.body
        if event.kind == "st":
            self._state(body, event.ms, at_utc_ms)
        elif event.kind == "scenario":
            self._enter(_number(body.get("call")), at_utc_ms)
            self._choose(str(body.get("k", "")), event.ms)
        elif event.kind == "step":
            self._enter(_number(body.get("call")), at_utc_ms)
            step_id = str(body.get("s", ""))
            self._show(str(body.get("sc", "")), step_id, body.get("by") == "tmr", event.ms)

    def _state(self, body: Mapping[str, object], ms: int, at_utc_ms: int) -> None:
        state, call = body.get("to"), _number(body.get("call"))
        self._agent = str(body.get("ag", ""))
        if state not in (TALKING, HOLD):
            self._end_call(ms)
            return
        if call != self._call:
            self._end_call(ms)
        self._enter(call, at_utc_ms)
        if self._run is not None:
            self._run.hold(ms) if state == HOLD else self._run.go_on(ms)

    def _enter(self, call: int | None, at_utc_ms: int) -> None:
        if call is None or call == self._call:
            return
        self._leave()
        self._call, self._used = call, set()
        self._counts = self._wanted(self._agent, at_utc_ms)
        self._found.calls += self._counts

    def _end_call(self, ms: int) -> None:
        self._leave(ms)
        self._call, self._counts = None, False

    def _choose(self, scenario_id: str, ms: int) -> None:
        self._leave(ms)
        if self._counts:
            self._found.scenario(scenario_id).chosen += 1
            self._run = _Run(scenario_id)

    def _show(self, scenario_id: str, step_id: str, by_timer: bool, ms: int) -> None:
        if not self._counts:
            return
        if self._run is None or self._run.scenario_id != scenario_id:
            self._leave(ms)
            self._run = _Run(scenario_id)
        use = self._found.scenario(scenario_id)
        if not self._run.reached:
            use.runs += 1
            use.calls += scenario_id not in self._used
            self._used.add(scenario_id)
        self._run.stop(use, ms)
        self._run.show(use, step_id, by_timer, ms)

    def _leave(self, ms: int | None = None) -> None:
        """The run is over; `ms` None: nobody told when."""
        if self._run is not None and self._run.step_id:
            use = self._found.scenario(self._run.scenario_id)
            use.step(self._run.step_id).left += 1
            if ms is not None:
                self._run.stop(use, ms)
        self._run = None


class _Run:
    """A pass through a scenario: the step on the screen, and since when."""

    def __init__(self, scenario_id: str) -> None:
        self.scenario_id = scenario_id
        self.step_id = ""
        self.reached: set[str] = set()
        self._since_ms = 0
        self._hold_ms: int | None = None  # since when the caller waits

    def show(self, use: ScenarioUse, step_id: str, by_timer: bool, ms: int) -> None:
        step = use.step(step_id)
        step.shown += 1
        step.by_timer += by_timer
        step.reached += step_id not in self.reached
        self.reached.add(step_id)
        self.step_id = step_id
        self._since_ms, self._hold_ms = ms, None

    def stop(self, use: ScenarioUse, ms: int) -> None:
        """The step shown last is over."""
        if self.step_id:
            until_ms = ms if self._hold_ms is None else self._hold_ms
            tenth = (until_ms - self._since_ms + TENTH_MS // 2) // TENTH_MS
            use.step(self.step_id).tenths[min(tenth, LONGEST_TENTHS)] += 1

    def hold(self, ms: int) -> None:
        if self._hold_ms is None:
            self._hold_ms = ms

    def go_on(self, ms: int) -> None:
        """The hold is over: it never was."""
        if self._hold_ms is not None:
            self._since_ms += ms - self._hold_ms
            self._hold_ms = None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
