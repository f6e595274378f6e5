"""`deskunit script use`: which scenarios are used, how far, and where calls leave them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit import words
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.states import agent_option, chosen_zone, tz_option
from deskunit.cli.table import Column, print_table
from deskunit.cli.viewing import scope

if TYPE_CHECKING:
    from deskunit.scripts.usage import ScenarioUse, StepUse, Usage
    from deskunit.store import Store

NO_SHARE = "–"


@click.command("use", cls=Command, help=word("script_use_help"))
@click.option("--from", "from_", metavar="TIME", help=word("opt_from"))
@click.option("--to", metavar="TIME", help=word("opt_to"))
@tz_option
@agent_option
@click.option("--team", metavar="NAME", help=word("opt_team"))
@json_option
@data_option
def use(
    from_: str | None,
    to: str | None,
    tz: str | None,
    agent: str | None,
    team: str | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    from deskunit.state_log import query as ranges
    from deskunit.store import open_store

    asked = ranges.query(
        from_=from_, to=to, agents=ranges.only(agent), tz=chosen_zone(data_dir, tz)
    )
    with open_store(data_dir, write=False) as store:
        within = scope(data_dir, store, ranges.only(agent), ranges.only(team))
        found = _usage(store, asked, agent, team, within)
    names = _names(data_dir)
    if as_json:
        print_json(_fields(found, names))
    elif not found.scenarios:
        say("script_use_none")
    else:
        _show(found, names)


def _usage(
    store: "Store",
    asked: Any,
    agent: str | None,
    team: str | None,
    within: frozenset[str] | None,
) -> "Usage":
    from deskunit.scripts.usage import KINDS, usage

    agents = _agents(store, agent, team)
    if within is not None:
        agents = set(within) if agents is None else agents & within
    first, last = asked.from_utc_ms, asked.to_utc_ms

    def wanted(agent_id: str, at_utc_ms: int) -> bool:
        is_after = first is None or at_utc_ms >= first
        is_before = last is None or at_utc_ms < last
        return is_after and is_before and (agents is None or agent_id in agents)

    return usage(store.happened(KINDS, first, last), wanted)


def _agents(store: "Store", agent: str | None, team: str | None) -> set[str] | None:
    """Whose calls are asked for; None: everybody's. DeskunitError: there is nobody of that name."""
    from deskunit.errors import DeskunitError

    if agent is not None and not store.has_agent(agent):
        raise DeskunitError("unknown_agent", exit_code=2, agent=agent)
    found = None if agent is None else {agent}
    if team is not None:
        members = {one.id for one in store.agents() if one.team == team}
        if not members:
            raise DeskunitError("unknown_team", exit_code=2, team=team)
        found = members if found is None else found & members
    return found


@dataclass(frozen=True)
class _Names:
    """What the library calls its scenarios, and the order of their steps; what it lacks keeps its id."""

    titles: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def in_order(
        self, scenario_id: str, steps: "Mapping[str, StepUse]"
    ) -> "list[tuple[str, StepUse]]":
        known = {name: place for place, name in enumerate(self.steps.get(scenario_id, ()))}
        return sorted(steps.items(), key=lambda one: known.get(one[0], len(known)))


def _names(data_dir: Path) -> _Names:
    """Of the site's library or the one that comes with deskunit, as far as it can be read."""
    from deskunit.errors import DeskunitError
    from deskunit.scripts.library import find_library, read_library

    try:
        library = read_library(find_library(data_dir))
    except DeskunitError:  # its mistakes are the matter of script check
        return _Names()
    language = words.user_language()
    titles = {one.id: one.title.by_language.get(language, "") for one in library.scenarios}
    steps = {one.id: [step.id for step in one.steps] for one in library.scenarios}
    return _Names(titles, steps)


def _sorted(found: "Usage") -> "list[tuple[str, ScenarioUse]]":
    """The most used first."""
    return sorted(found.scenarios.items(), key=lambda one: (-one[1].calls, -one[1].chosen, one[0]))


# --- for eyes ----------------------------------------------------------------------------------


def _show(found: "Usage", names: _Names) -> None:
    heads = ("scenario", "calls", "chosen", "reached", "left", "timer", "median")
    columns = [Column(word(f"use_{head}"), right=head != "scenario") for head in heads]
    rows: list[list[str]] = []
    for scenario_id, one in _sorted(found):
        calls = _with_share(one.calls, found.calls)
        title = names.titles.get(scenario_id)
        name = f"{title} ({scenario_id})" if title else scenario_id
        rows.append([name, calls, str(one.chosen), str(one.runs), "", "", ""])
        steps = names.in_order(scenario_id, one.steps)
        rows += [_step_row(step_id, step, one.runs) for step_id, step in steps]
    print_table(columns, rows)
    say("script_use_calls", calls=found.calls)


def _step_row(step_id: str, step: "StepUse", runs: int) -> list[str]:
    median = step.median_s
    return [
        f"  {step_id}",
        "",
        "",
        _with_share(step.reached, runs),
        _with_share(step.left, runs),
        _percent(step.by_timer, step.shown),
        NO_SHARE if median is None else f"{median:.1f}",
    ]


def _with_share(part: int, whole: int) -> str:
    return f"{part} ({_percent(part, whole)})"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else NO_SHARE


# --- for programs ------------------------------------------------------------------------------


def _fields(found: "Usage", names: _Names) -> dict[str, Any]:
    return {
        "calls": found.calls,
        "scenarios": [
            {
                "id": scenario_id,
                "title": names.titles.get(scenario_id, ""),
                "chosen": one.chosen,
                "calls": one.calls,
                "runs": one.runs,
                "steps": [
                    _step_fields(step_id, step, one.runs)
                    for step_id, step in names.in_order(scenario_id, one.steps)
                ],
            }
            for scenario_id, one in _sorted(found)
        ],
    }


def _step_fields(step_id: str, step: "StepUse", runs: int) -> dict[str, Any]:
    return {
        "id": step_id,
        "reached": step.reached,
        "reached_share": _share(step.reached, runs),
        "left": step.left,
        "left_share": _share(step.left, runs),
        "shown": step.shown,
        "by_timer": step.by_timer,
        "by_timer_share": _share(step.by_timer, step.shown),
        "median_s": step.median_s,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
