"""The way through a scenario: where each step leads in one flavour, and what leads nowhere.

Called by the checks and by the compiler of the pack's text keys. Knows no sentences.
"""

from dataclasses import dataclass

from deskunit.scripts.scenario import END, Alternative, Scenario, Step

END_INDEX = -1


@dataclass(frozen=True)
class Stop:
    """A step as it is in a pack: only this flavour's sentences, jumps as indexes (-1: the end)."""

    step: Step
    alternatives: tuple[Alternative, ...]
    again: int
    tap: int
    next: int

    @property
    def leads_to(self) -> set[int]:
        """All ways on: a tap, and in a timed step what follows by itself."""
        if not self.step.wait_s:
            return {self.tap}
        return {self.tap, self.next, *({self.again} if self.step.rounds > 1 else ())}

    @property
    def main(self) -> int:
        """The way on when nothing special happens."""
        return self.next if self.step.wait_s else self.tap

    @property
    def may_be_skipped(self) -> bool:
        """Whether no sentence of it is said always."""
        return all(one.when.tokens() for one in self.alternatives)


@dataclass(frozen=True)
class LostJump:
    """`field` of `step` names a step that is not there, or not in this flavour."""

    step: Step
    field: str
    target: str


def stops_of(scenario: Scenario, flavour: str) -> tuple[list[Stop], list[LostJump]]:
    """The steps of a flavour's pack, and the jumps that lead to none of them (taken as the end)."""
    chosen = [(step, _said(step, flavour)) for step in scenario.steps if _in(step, flavour)]
    steps = [(step, said) for step, said in chosen if said]
    places: dict[str, int] = {}
    for index, (step, _) in enumerate(steps):
        places.setdefault(step.id, index)
    lost: list[LostJump] = []

    def place(step: Step, field: str, target: str | None, default: int) -> int:
        if target is None:
            return default
        if target != END and target not in places:
            lost.append(LostJump(step, field, target))
        return places.get(target, END_INDEX)

    stops = []
    for index, (step, said) in enumerate(steps):
        following = index + 1 if index + 1 < len(steps) else END_INDEX
        onward = place(step, "next", step.next, following)
        tap = place(step, "tap", step.tap, onward)
        stops.append(Stop(step, said, place(step, "again", step.again, index), tap, onward))
    return stops, lost


def reached(stops: list[Stop]) -> set[int]:
    """Indexes of the steps that some way from the first leads to."""
    seen: set[int] = set()
    waiting = [0] if stops else []
    while waiting:
        index = waiting.pop()
        if index != END_INDEX and index not in seen:
            seen.add(index)
            waiting.extend(stops[index].leads_to)
    return seen


def circle(stops: list[Stop]) -> list[int]:
    """Indexes of steps that lead round and round and never to the end; empty if there are none."""
    for start in sorted(reached(stops)):
        way: list[int] = []
        index = start
        while index != END_INDEX and index not in way:
            way.append(index)
            index = stops[index].main
        if index != END_INDEX:
            return way[way.index(index) :]
    return []


def _in(step: Step, flavour: str) -> bool:
    return not step.flavours or flavour in step.flavours


def _said(step: Step, flavour: str) -> tuple[Alternative, ...]:
    return tuple(one for one in step.alternatives if one.when.in_flavour(flavour))
