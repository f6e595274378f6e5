"""What stands beside a screen in the preview: which step, when it is said, where it leads. Words only."""

from deskunit import words
from deskunit.preview.plan import BY_SETTING, Sentence, Step
from deskunit.preview.shots import conditions
from deskunit.setting_ranges import UNIT

SEPARATOR = " · "


def word(key: str, ui: str, **values: object) -> str:
    """The word preview.`key` in the language `ui` (zh or en)."""
    return words.text(f"preview.{key}", ui, **values)


def ui_of(language: str) -> str:
    """The language of the labels for a library's language."""
    return "en" if language == "en" else "zh"


def step_words(step: Step, count: int, ui: str) -> str:
    """As 2/5 · guide · every 3 s, 2 times · call back: fault."""
    return SEPARATOR.join(_step_parts(step, count, ui))


def tile_words(step: Step, count: int, sentence: Sentence, ui: str) -> str:
    """Step and sentence in one line, what matters most in front: it may be cut."""
    place, kind, *rest = _step_parts(step, count, ui)
    return SEPARATOR.join(filter(None, (place, kind, sentence_words(sentence, ui), *rest)))


def _step_parts(step: Step, count: int, ui: str) -> list[str]:
    parts = [f"{step.index + 1}/{count}", word(f"kind_{step.kind}", ui)]
    if step.wait_s:
        by_setting = step.wait_s == BY_SETTING
        seconds = UNIT["silent_step_s"].default if by_setting else step.wait_s
        key = "timed" if step.rounds == 1 else "timed_rounds"
        parts.append(word(key, ui, s=seconds, n=step.rounds))
        parts += [word("by_setting", ui)] if by_setting else []
    if step.callback:
        parts.append(word("leads_to", ui, callback=word(f"callback_{step.callback}", ui)))
    return parts


def sentence_words(sentence: Sentence, ui: str) -> str:
    """When the sentence is said, as holiday · trainee · short form; "" if always."""
    parts = []
    known = conditions(sentence.conditions)
    if "d" in known:
        parts.append("/".join(word(f"day_{one}", ui) for one in known["d"]))
    if "h" in known:
        start, _, end = known["h"].partition("-")
        parts.append(word("hours", ui, start=start, end=end))
    if "l" in known:
        parts.append("/".join(word(f"level_{one}", ui) for one in known["l"]))
    if "a" in known:
        parts.append(word(f"agent_{known['a']}", ui))
    if sentence.short:
        parts.append(word("short", ui))
    return SEPARATOR.join(parts)
