"""What there is to preview: groups, scenarios, steps and sentences, read from the texts of a pack.

Pure; the keys and the lines of steps are those of docs/pack.md. Drawing is shots.py's matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

KINDS = {"o": "open", "l": "listen", "g": "guide", "a": "answer", "r": "record", "c": "close"}
BY_SETTING = 255  # seconds: as long as the unit's setting silent_step_s
PROMPTS = {  # key of a state's sentence: the state that shows it
    "prompt.hold_consent": "hold",
    "prompt.hold_wait": "hold",
    "prompt.hold_remind": "hold",
    "prompt.hold_back": "talking",
    "prompt.wrap_up": "wrap_up",
    "prompt.not_ready": "not_ready",
    "prompt.idle": "ready",
}


@dataclass(frozen=True)
class Sentence:
    """One sentence of a step. `conditions` as in the pack: "d=eh l=t", "" when it is always said."""

    key: str
    text: str
    alternative: int
    conditions: str = ""
    short: bool = False


@dataclass(frozen=True)
class Step:
    """`wait_s` 0: waits for a tap; BY_SETTING. `tap`: index of a step, -1: the end. `callback` "": none."""

    index: int
    id: str
    kind: str
    wait_s: int
    rounds: int
    tap: int
    callback: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Scenario:
    id: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Group:
    id: str
    title: str
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class Plan:
    """One language of a library. `states`: (key, text) of the sentences that belong to a state."""

    language: str
    name: str
    version: str
    flavour: str
    groups: tuple[Group, ...]
    states: tuple[tuple[str, str], ...]

    def scenarios(self) -> list[Scenario]:
        return [scenario for group in self.groups for scenario in group.scenarios]


def plan(language: str, texts: Mapping[str, str]) -> Plan:
    """`texts`: key to text, as they are put into the pack of `language`."""
    name, version, flavour, *_ = [*texts.get("library", "").split("\n"), "", "", ""]
    groups = tuple(_group(texts, one) for one in texts.get("groups", "").split())
    states = tuple((key, texts[key]) for key in PROMPTS if key in texts)
    return Plan(language, name, version, flavour, groups, states)


def _group(texts: Mapping[str, str], name: str) -> Group:
    inside = texts.get(f"in.{name}", "").split()
    return Group(name, texts[f"group.{name}"], tuple(_scenario(texts, one) for one in inside))


def _scenario(texts: Mapping[str, str], name: str) -> Scenario:
    lines = texts[f"steps.{name}"].split("\n")
    steps = tuple(_step(texts, name, index, line) for index, line in enumerate(lines))
    return Scenario(name, texts[f"scenario.{name}"], steps)


def _step(texts: Mapping[str, str], scenario: str, index: int, line: str) -> Step:
    step_id, kind, wait, rounds, _again, tap, _next, callback, conditions = line.split(",")
    sentences = []
    for place, condition in enumerate(conditions.split("|")):
        where = f"{scenario}.{index}.{place}"
        for key in (f"say.{where}", f"short.{where}"):
            if key in texts:
                short = key.startswith("short")
                sentences.append(Sentence(key, texts[key], place, condition, short))
    return Step(
        index, step_id, KINDS[kind], int(wait), int(rounds), int(tap),
        "" if callback == "-" else callback, tuple(sentences),
    )  # fmt: skip
