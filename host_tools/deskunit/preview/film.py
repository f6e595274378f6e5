"""A scenario as it runs on the unit, a frame a second; a page stays as long as it takes to say.

The unit's own desk goes through the call; here is only the agent, who reads and taps.
"""

import io
import math
from dataclasses import dataclass, replace

from deskunit.preview.glass import glass
from deskunit.preview.plan import Plan, Scenario
from deskunit.preview.shots import example
from deskunit.scripts.drawing import Drawer, Moment

LETTERS_A_SECOND = {"zh": 4.5, "zh-Hant": 4.5, "en": 14.0}  # a calm speaking voice
PAGE_S = (2, 9)  # however short or long a page is
MENU_S = 2
LONGEST_S = 240
SCALE = 3


@dataclass(frozen=True)
class Frame:
    """What is seen for `ms`."""

    moment: Moment
    ms: int


def play(drawer: Drawer, plan: Plan, scenario: Scenario, *, large: bool = False) -> list[Frame]:
    """The call second by second, up to the scenario's end. The plan's language is open in `drawer`."""
    drawer.begin_call(
        plan.language, replace(example(plan.language), scenario=scenario.id, large=large)
    )
    moment = drawer.second(0)
    frames = [Frame(moment, 1000)]
    tap_s = _tap_s(plan, scenario, moment, 0)
    for second in range(1, LONGEST_S):
        tapped = tap_s == second
        if tapped and _is_end(scenario, moment):
            break
        before, moment = moment, drawer.second(1000 * second, tap=tapped)
        if tapped or _place(before) != _place(moment):
            tap_s = _tap_s(plan, scenario, moment, second)
        if tap_s is None and not moment.left_ms:
            break  # a timed step that leads to no other is over
        frames.append(Frame(moment, 1000))
    return frames


def _place(moment: Moment) -> tuple[int, int, str]:
    return moment.step, moment.page, moment.menu


def _is_end(scenario: Scenario, moment: Moment) -> bool:
    """Whether a tap would leave the last page of a step that leads to no other."""
    last = moment.page + 1 >= moment.pages and not moment.menu
    return last and scenario.steps[moment.step].tap < 0


def _tap_s(plan: Plan, scenario: Scenario, moment: Moment, now_s: int) -> int | None:
    """When the agent taps: the page has been said. A timed step's last page is left to the unit."""
    if moment.menu:
        return now_s + MENU_S
    if moment.left_ms and moment.page + 1 >= moment.pages:
        return None
    return now_s + said_s(plan, scenario, moment)


def said_s(plan: Plan, scenario: Scenario, moment: Moment) -> int:
    """Seconds that one of the step's pages takes to say."""
    letters = max((len(one.text) for one in scenario.steps[moment.step].sentences), default=0)
    seconds = math.ceil(letters / moment.pages / LETTERS_A_SECOND[plan.language])
    return min(max(seconds, PAGE_S[0]), PAGE_S[1])


def gif(frames: list[Frame]) -> bytes:
    """The film as an animated GIF that runs once more for ever."""
    first, *rest = (glass(frame.moment.screen, SCALE) for frame in frames)
    stream = io.BytesIO()
    first.save(
        stream, "GIF", save_all=True, append_images=rest, duration=[frame.ms for frame in frames],
        loop=0, optimize=False,
    )  # fmt: skip
    return stream.getvalue()
