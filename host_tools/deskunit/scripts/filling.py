"""The {variables} of a sentence: which there are, and those that the pack's build replaces.

The unit fills {agent} {name} {caller} {hello} {wish} {seat}; {company}, {hotline} and the promises are
replaced here.
"""

import re

from deskunit.scripts.library import Head
from deskunit.scripts.scenario import CALLBACKS, Scenario, Step
from deskunit.settings import Site

ON_UNIT = ("agent", "name", "caller", "hello", "wish", "seat")
AT_BUILD = ("company", "hotline", "promise", *(f"promise_{kind}" for kind in CALLBACKS))
KNOWN = (*ON_UNIT, *AT_BUILD)
VARIABLE = re.compile(r"\{([^{}]*)\}")


NO_SITE = Site()  # the library's own company and hotline


def names_in(sentence: str) -> list[str]:
    """The variables of a sentence, as written between the braces."""
    return VARIABLE.findall(sentence)


def stray_brace(sentence: str) -> bool:
    """Whether a brace is left over that belongs to no variable."""
    left = VARIABLE.sub("", sentence)
    return "{" in left or "}" in left


def promised(scenario: Scenario, step: Step) -> str | None:
    """The callback kind whose promise {promise} is: the step's, else the last that the scenario has."""
    kinds = [one.callback for one in scenario.steps if one.callback]
    return step.callback or (kinds[-1] if kinds else None)


def value(name: str, language: str, head: Head, site: Site, kind: str | None) -> str | None:
    """What the variable `name` of the build stands for; None if nobody says."""
    if name == "company":
        return site.company or head.company.by_language.get(language)
    if name == "hotline":
        return site.hotline or head.hotline.by_language.get(language)
    wanted = kind if name == "promise" else name.removeprefix("promise_")
    found = head.promises.get(wanted) if wanted else None
    return None if found is None else found.by_language.get(language)


def built(sentence: str, language: str, head: Head, site: Site, kind: str | None) -> str:
    """`sentence` with the build's variables replaced; what has no value stays as it is."""

    def replace(found: re.Match[str]) -> str:
        if found[1] not in AT_BUILD:
            return found[0]
        return value(found[1], language, head, site, kind) or found[0]

    return VARIABLE.sub(replace, sentence)
