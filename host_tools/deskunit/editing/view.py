"""A library as the page lists it: plain data, for one flavour, with every sentence under its name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deskunit import words
from deskunit.editing.places import STATE, Place, of_step, stem
from deskunit.editing.shelf import Volume
from deskunit.scripts.conditions import Condition
from deskunit.scripts.findings import Finding
from deskunit.scripts.flow import END_INDEX, Stop, stops_of
from deskunit.scripts.library import STATES
from deskunit.scripts.reading import Texts
from deskunit.scripts.scenario import END, Scenario
from deskunit.setting_ranges import UNIT

Sum = Callable[[str], str]  # of a file, by its name


def library_view(volume: Volume, flavour: str, checksum: Sum) -> dict[str, Any]:
    head = volume.library.head
    scenarios = volume.library.in_flavour(flavour)
    return {
        "own": volume.own,
        "name": head.name,
        "version": head.version,
        "languages": list(head.languages),
        "flavours": list(head.flavours),
        "flavour": flavour,
        "used_flavour": volume.site.flavour or head.flavour,
        "silent_step_s": UNIT["silent_step_s"].default,
        "groups": [{"id": one.id, "title": _titles(one.title)} for one in head.groups],
        "scenarios": [_scenario(one, flavour, checksum) for one in scenarios],
        "states": _states(volume, checksum),
    }


def finding_view(one: Finding) -> dict[str, Any]:
    """With its words in the page's languages."""
    return {
        "file": one.file,
        "line": one.line,
        "severity": one.severity,
        "what": {language: one.what(language) for language in words.LANGUAGES},
        "mend": {language: one.mend(language) for language in words.LANGUAGES},
    }


def findings_view(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [finding_view(one) for one in found]


def key_of(place: Place, flavour: str) -> tuple[int, str] | None:
    """Step and key of the sentence in the pack of a flavour; None: it is not in it."""
    assert place.scenario is not None
    stops, _ = stops_of(place.scenario, flavour)
    step = place.scenario.steps[place.step]
    for index, stop in enumerate(stops):
        if stop.step is step and step.alternatives[place.alternative] in stop.alternatives:
            at = stop.alternatives.index(step.alternatives[place.alternative])
            return index, f"{place.form}.{place.scenario.id}.{index}.{at}"
    return None


def condition_view(when: Condition) -> dict[str, Any]:
    return {
        "day": list(when.days),
        "hours": list(when.hours) if when.hours else None,
        "level": list(when.levels),
        "agent": when.agent,
    }


def _scenario(scenario: Scenario, flavour: str, checksum: Sum) -> dict[str, Any]:
    stops, _ = stops_of(scenario, flavour)
    return {
        "key": stem(scenario),
        "id": scenario.id,
        "group": scenario.group,
        "file": scenario.file,
        "sum": checksum(scenario.file),
        "title": _titles(scenario.title),
        "callers": list(scenario.callers),
        "flavours": list(scenario.flavours),
        "steps": [_step(scenario, one, stops) for one in stops],
    }


def _step(scenario: Scenario, stop: Stop, stops: list[Stop]) -> dict[str, Any]:
    step = stop.step

    def named(index: int) -> str:
        return END if index == END_INDEX else stops[index].step.id

    at = next(number for number, one in enumerate(scenario.steps) if one is step)
    return {
        "id": step.id,
        "kind": step.kind,
        "wait_s": step.wait_s,
        "rounds": step.rounds,
        "again": named(stop.again),
        "tap": named(stop.tap),
        "next": named(stop.next),
        "callback": step.callback,
        "sentences": [
            _sentence(one, step.alternatives[one.alternative].when)
            for one in of_step(scenario, at, step)
            if step.alternatives[one.alternative] in stop.alternatives
        ],
    }


def _sentence(place: Place, when: Condition) -> dict[str, Any]:
    return {
        "name": place.name,
        "short": place.form == "short",
        "when": condition_view(when),
        "line": place.texts.line,
        "texts": _texts(place.texts),
    }


def _states(volume: Volume, checksum: Sum) -> dict[str, Any]:
    found = volume.library.states
    return {
        "key": STATE,
        "file": STATES,
        "sum": checksum(STATES) if found else "",
        "sentences": [
            {"name": f"{STATE}/{state}", "state": state, "line": texts.line, "texts": _texts(texts)}
            for state, texts in found.items()
        ],
    }


def _texts(texts: Texts) -> dict[str, dict[str, Any]]:
    return {
        language: {"text": text, "line": texts.line_of(language)}
        for language, text in texts.by_language.items()
    }


def _titles(texts: Texts) -> Mapping[str, str]:
    return texts.by_language
