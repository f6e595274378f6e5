"""A few scenarios in the pack's own keys, until the script library is compiled into it."""

from collections.abc import Mapping

from deskunit.scripts import breaks

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "start": {"greeting": ("greet,o,0,1,0,1,1,-,a=1|", "close,c,0,1,1,-1,-1,-,")},
    "line": {
        "silent": (
            "ask,g,255,2,0,2,1,-,",
            "bye,c,0,1,1,-1,-1,-,",
            "heard,l,0,1,2,-1,-1,-,",
        )
    },
    "call": {
        "inquiry": (
            "listen,l,0,1,0,1,1,-,",
            "answer,a,0,1,1,2,2,-,d=h|d=e|",
            "close,c,0,1,2,-1,-1,-,",
        ),
        "order": ("listen,l,0,1,0,1,1,-,", "guide,g,0,1,1,2,2,-,l=t", "close,c,0,1,2,-1,-1,-,"),
        "fault": ("listen,l,0,1,0,1,1,-,", "record,r,0,1,1,2,2,fault,", "close,c,0,1,2,-1,-1,-,"),
        "complaint": ("listen,l,0,1,0,1,1,-,", "close,c,0,1,1,-1,-1,-,"),
    },
}
SAID: dict[str, dict[str, str | tuple[str, str]]] = {
    "greeting": {
        "greet": ("prompt.greeting", "prompt.greeting_no_agent"),
        "close": "prompt.closing",
    },
    "silent": {"ask": "prompt.hold_wait", "bye": "prompt.silent", "heard": "prompt.hold_back"},
}
TITLES = {
    "zh": {
        "group.start": "开场",
        "group.line": "线路",
        "group.call": "来电",
        "scenario.greeting": "问候",
        "scenario.silent": "无声来电",
    },
    "en": {
        "group.start": "Opening",
        "group.line": "Line",
        "group.call": "Calls",
        "scenario.greeting": "Greeting",
        "scenario.silent": "Silent caller",
    },
}


def marked(key: str, template: str) -> str:
    """Break opportunities go into sentences and labels, not into lists of ids."""
    is_list = key in ("groups", "library") or key.startswith(("in.", "steps."))
    return template if is_list else breaks.mark(template)


def texts(language: str, table: Mapping[str, str]) -> dict[str, str]:
    """The keys of docs/pack.md that a library gives."""
    found = {
        "library": "interim\n0.1\nhotline\nMIT",
        "groups": " ".join(GROUPS),
        **TITLES[language],
    }
    for group, scenarios in GROUPS.items():
        found[f"in.{group}"] = " ".join(scenarios)
        for scenario, steps in scenarios.items():
            found[f"steps.{scenario}"] = "\n".join(steps)
            for at, line in enumerate(steps):
                step, conditions = line.split(",")[0], line.split(",")[8].split("|")
                chosen = SAID.get(scenario, {}).get(step, "prompt.closing")
                keys = (chosen,) * len(conditions) if isinstance(chosen, str) else chosen
                for k, key in enumerate(keys):
                    found[f"say.{scenario}.{at}.{k}"] = table[key]
    found["short.inquiry.0.0"] = table["prompt.hold_wait"]
    return found
