"""Has every sentence of a plan drawn by the unit's code, under its own conditions and with likely values.

Called by the preview. The agent, caller and hour are examples; what is drawn around them is the unit's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from deskunit.daytime import hello_word
from deskunit.preview.plan import PROMPTS, Plan, Scenario, Sentence, Step
from deskunit.scripts.drawing import Drawer, Drawing, Scene
from deskunit.virtual import Screen

Progress = Callable[[int, int], None]  # sentences drawn, sentences in all
EXAMPLES = {
    "zh": Scene(agent="1001", name="王芳", caller="李女士"),
    "zh-Hant": Scene(agent="1001", name="王芳", caller="李小姐"),
    "en": Scene(agent="1001", name="Alice", caller="Ms Lee"),
}
LEVELS = {"t": "trainee", "c": "coached", "s": "solo"}
BREAK = 1  # the reason that not_ready shows
WISHES = {"e": "weekend", "h": "national"}


@dataclass(frozen=True)
class Shot:
    """A sentence and its screens, one a page. `missing`: drawn as □. `cut`: there is more than is shown."""

    key: str
    screens: tuple[Screen, ...]
    missing: str
    cut: bool = False


def take(
    drawer: Drawer, plan: Plan, *, large: bool = False, progress: Progress | None = None
) -> dict[str, Shot]:
    """Key of each sentence → its screens. The plan's language has been opened in `drawer`."""
    scenes = dict(all_scenes(plan))
    shots = {}
    for done, (key, scene) in enumerate(scenes.items(), 1):
        shots[key] = shoot(drawer, plan.language, key, replace(scene, large=large))
        if progress is not None:
            progress(done, len(scenes))
    return shots


def shoot(drawer: Drawer, language: str, key: str, scene: Scene) -> Shot:
    """All pages of one scene. Outside a call no button shows a second one."""
    first = drawer.draw(language, scene)
    pages = first.pages if scene.state == "talking" else 1
    rest = [drawer.draw(language, replace(scene, page=page)) for page in range(1, pages)]
    drawings: list[Drawing] = [first, *rest]
    missing = "".join(dict.fromkeys("".join(one.missing for one in drawings)))
    cut = pages < first.pages and scene.state != "not_ready"  # that one is drawn small in any case
    return Shot(key, tuple(one.screen for one in drawings), missing, cut)


def all_scenes(plan: Plan) -> Iterator[tuple[str, Scene]]:
    """Key of each sentence, and the scene that shows it."""
    for key, _ in plan.states:
        yield key, replace(example(plan.language), state=PROMPTS[key], prompt=key, reason=BREAK)
    for scenario in plan.scenarios():
        for step in scenario.steps:
            for sentence in step.sentences:
                yield sentence.key, scene_of(plan.language, scenario, step, sentence)


def scene_of(language: str, scenario: Scenario, step: Step, sentence: Sentence) -> Scene:
    """The scene in which the unit would say `sentence`."""
    return replace(
        scene_under(language, sentence.conditions, sentence.short),
        scenario=scenario.id,
        step=step.index,
        said=sentence.key,
    )


def scene_under(language: str, tokens: str, short: bool) -> Scene:
    """The example's call under the conditions of a sentence, as the pack has them."""
    known = conditions(tokens)
    chosen = replace(example(language), day=known.get("d", "")[:1])
    if "h" in known:
        hour = int(known["h"].partition("-")[0])
        chosen = replace(chosen, hour=hour, hello=hello_word(hour))
    if short or "l" in known:
        chosen = replace(chosen, level=LEVELS["s" if short else known["l"][0]])
    if known.get("a") == "0":
        chosen = replace(chosen, agent="?", name="?")
    return replace(chosen, wish=WISHES.get(chosen.day, ""))


def example(language: str) -> Scene:
    return EXAMPLES[language]


def example_text() -> str:
    """All characters of the examples: a pack for the preview must be able to draw them."""
    return "".join(one.name + one.caller for one in EXAMPLES.values())


def conditions(tokens: str) -> Mapping[str, str]:
    """ "d=eh l=t" → {"d": "eh", "l": "t"}."""
    return dict(token.split("=", 1) for token in tokens.split())
