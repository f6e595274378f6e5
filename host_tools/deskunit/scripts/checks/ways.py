"""Whether each scenario leads from its first step to an end, in every flavour that has it."""

from deskunit.scripts.findings import Findings, listed
from deskunit.scripts.flow import Stop, circle, reached, stops_of
from deskunit.scripts.library import Library
from deskunit.scripts.reading import meant
from deskunit.scripts.scenario import END, KINDS, STEPS_MAX, Scenario


def check(library: Library, findings: Findings) -> None:
    for scenario in library.scenarios:
        _steps(scenario, findings)
        for flavour in library.head.flavours or ("",):
            if scenario.in_flavour(flavour):
                _way(scenario, flavour, findings)


def _steps(scenario: Scenario, findings: Findings) -> None:
    """What is the same in all flavours: how many, their ids, their order."""
    if not scenario.steps:
        findings.error(scenario.file, 1, "no_steps")
    if len(scenario.steps) > STEPS_MAX:
        findings.error(
            scenario.file, scenario.steps[STEPS_MAX].line, "too_many_steps", most=STEPS_MAX
        )
    seen: set[str] = set()
    latest = 0
    for step in scenario.steps:
        if step.id in seen:
            findings.error(scenario.file, step.lines["id"], "step_twice", id=step.id)
        if step.id == END:
            findings.error(scenario.file, step.lines["id"], "step_named_end")
        seen.add(step.id)
        place = KINDS.index(step.kind)
        if place < latest:
            findings.error(
                scenario.file, step.lines["kind"], "order", kind=step.kind, before=KINDS[latest]
            )
        latest = max(latest, place)


def _way(scenario: Scenario, flavour: str, findings: Findings) -> None:
    stops, lost = stops_of(scenario, flavour)
    known = [stop.step.id for stop in stops]
    for jump in lost:
        line = jump.step.lines[jump.field]
        if jump.target in {step.id for step in scenario.steps}:
            values = {"field": jump.field, "target": jump.target, "flavour": flavour}
            findings.error(scenario.file, line, "jump_not_in_flavour", **values)
        else:
            near = meant(jump.target, [*known, END]) or listed([*known, END])
            findings.error(
                scenario.file,
                line,
                "jump_nowhere",
                field=jump.field,
                target=jump.target,
                known=near,
            )
    if not stops:
        if scenario.steps:
            findings.error(scenario.file, 1, "no_steps_in_flavour", flavour=flavour)
        return
    _ends(scenario, stops, findings)


def _ends(scenario: Scenario, stops: list[Stop], findings: Findings) -> None:
    round_and_round = [stops[index].step for index in circle(stops)]
    told = {one.file for one in findings.found if one.key == "circle"}
    if round_and_round and scenario.file not in told:  # in another flavour it may have more steps
        steps = " → ".join(step.id for step in (*round_and_round, round_and_round[0]))
        last = max(round_and_round, key=lambda step: step.line)
        findings.error(scenario.file, last.line, "circle", steps=steps)
    for index in sorted(set(range(len(stops))) - reached(stops)):
        step = stops[index].step
        findings.warning(scenario.file, step.line, "unreached", step=step.id)
    if all(stop.may_be_skipped for stop in stops):
        findings.error(scenario.file, stops[0].step.line, "all_conditional")
