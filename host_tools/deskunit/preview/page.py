"""The preview as one HTML page that loads nothing: screens as inline pictures, sentences as text.

Chinese and English stand side by side in it; page.css shows the one that the reader chose. Writes no files.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from deskunit import words
from deskunit.preview.glass import glass
from deskunit.preview.labels import sentence_words, step_words, word
from deskunit.preview.plan import Group, Plan, Scenario, Sentence, Step
from deskunit.preview.shots import Shot
from deskunit.scripts import breaks
from deskunit.virtual import Screen

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Note:
    """A finding beside a scenario: where it stands, and what is wrong, by language of the page."""

    severity: str
    where: str
    said: Mapping[str, str]


@dataclass(frozen=True)
class About:
    """What the pack does not know of a scenario: for which callers it is meant, what is wrong with it."""

    callers: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """One language: its plan and the screens of its sentences."""

    plan: Plan
    shots: Mapping[str, Shot]
    texts: Mapping[str, str] = field(default_factory=dict)


def html(languages: Sequence[Drawn], about: Mapping[str, About], notes: Sequence[Note]) -> str:
    """The page. `about`: by scenario id; `notes`: findings that belong to no scenario."""
    first = languages[0].plan
    title = " ".join(filter(None, (first.name, first.version, first.flavour)))
    return (HERE / "page.html").read_text("utf-8").format(
        title=escape(title),
        style=(HERE / "page.css").read_text("utf-8"),
        program=(HERE / "page.js").read_text("utf-8"),
        heading=both("title"),
        facts=_facts(languages),
        contents="".join(_contents(languages)),
        notes=_notes(notes),
        body="".join(_states(languages)) + "".join(_groups(languages, about)),
    )  # fmt: skip


def both(key: str, **values: object) -> str:
    """A word of the page in both of its languages."""
    return in_both({ui: word(key, ui, **values) for ui in words.LANGUAGES})


def in_both(said: Mapping[str, str]) -> str:
    """The same in each language, so that a style sheet can choose."""
    if len(set(said.values())) == 1:
        return escape(next(iter(said.values())))
    return "".join(
        f'<span data-ui="{ui}" lang="{ui}">{escape(one)}</span>' for ui, one in said.items()
    )


def _facts(languages: Sequence[Drawn]) -> str:
    plan = languages[0].plan
    steps = sum(len(scenario.steps) for scenario in plan.scenarios())
    screens = sum(len(shot.screens) for one in languages for shot in one.shots.values())
    return both(
        "facts", scenarios=len(plan.scenarios()), steps=steps,
        sentences=len(languages[0].shots), screens=screens,
    )  # fmt: skip


def _contents(languages: Sequence[Drawn]) -> Iterator[str]:
    for place, group in enumerate(languages[0].plan.groups):
        links = "".join(
            f'<li><a href="#{escape(one.id)}">{_titles(languages, place, at)}</a></li>'
            for at, one in enumerate(group.scenarios)
        )
        yield f"<li><a href='#group-{escape(group.id)}'>{_titles(languages, place)}</a><ul>{links}</ul></li>"


def _titles(languages: Sequence[Drawn], place: int, at: int | None = None) -> str:
    """The title of a group, or of a scenario in it, in every language of the library."""
    titles: list[str] = []
    for one in languages:
        group: Group | Scenario = one.plan.groups[place]
        if at is not None:
            group = one.plan.groups[place].scenarios[at]
        titles.append(f'<span lang="{one.plan.language}">{escape(_plain(group.title))}</span>')
    return " / ".join(dict.fromkeys(titles))


def _states(languages: Sequence[Drawn]) -> Iterator[str]:
    yield f'<section class="group" id="states"><h2>{both("states")}</h2><article>'
    for key, _ in languages[0].plan.states:
        said = both(key.replace(".", "_"))
        yield f"<div class='step'><h4>{said} <code>{escape(key)}</code></h4>{_row(languages, key)}</div>"
    yield "</article></section>"


def _groups(languages: Sequence[Drawn], about: Mapping[str, About]) -> Iterator[str]:
    for place, group in enumerate(languages[0].plan.groups):
        yield f'<section class="group" id="group-{escape(group.id)}"><h2>{_titles(languages, place)}</h2>'
        for at, scenario in enumerate(group.scenarios):
            known = about.get(scenario.id, About())
            yield f'<article id="{escape(scenario.id)}"><h3>{_titles(languages, place, at)}'
            yield f" <code>{escape(scenario.id)}</code></h3>"
            if known.callers:
                callers = " · ".join(both(f"caller_{one}") for one in known.callers)
                yield f'<p class="quiet">{both("callers")} {callers}</p>'
            yield _notes(known.notes)
            for step in scenario.steps:
                yield from _step(languages, step, len(scenario.steps))
            yield "</article>"
        yield "</section>"


def _step(languages: Sequence[Drawn], step: Step, count: int) -> Iterator[str]:
    said = in_both({ui: step_words(step, count, ui) for ui in words.LANGUAGES})
    yield f'<div class="step"><h4>{said} <code>{escape(step.id)}</code></h4>'
    for sentence in step.sentences:
        yield _when(sentence) + _row(languages, sentence.key)
    yield "</div>"


def _when(sentence: Sentence) -> str:
    said = {ui: sentence_words(sentence, ui) for ui in words.LANGUAGES}
    return f'<p class="when">{in_both(said)}</p>' if any(said.values()) else ""


def _row(languages: Sequence[Drawn], key: str) -> str:
    """One sentence in every language that has it."""
    return f'<div class="row">{"".join(_figure(one, key) for one in languages if key in one.shots)}</div>'


def _figure(drawn: Drawn, key: str) -> str:
    shot = drawn.shots[key]
    text = _plain(drawn.texts.get(key, ""))
    pictures = "".join(picture(screen, text) for screen in shot.screens)
    missing = f'<b class="error">□ {escape(shot.missing)}</b>' if shot.missing else ""
    cut = f'<b class="warning">{both("cut")}</b>' if shot.cut else ""
    language = drawn.plan.language
    return (
        f'<figure lang="{language}">{pictures}'
        f"<figcaption><code>{language}</code> {escape(text)} {missing}{cut}</figcaption></figure>"
    )


def picture(screen: Screen, text: str) -> str:
    """The screen as an <img> that carries its pixels itself."""
    stream = io.BytesIO()
    glass(screen).save(stream, "PNG", bits=1, optimize=True)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    label = escape(text, quote=True)
    return f'<img width="128" height="64" alt="{label}" src="data:image/png;base64,{data}">'


def _notes(notes: Sequence[Note]) -> str:
    if not notes:
        return ""
    items = "".join(
        f'<li class="{escape(one.severity)}"><code>{escape(one.where)}</code> {in_both(one.said)}</li>'
        for one in notes
    )
    return f'<ul class="notes">{items}</ul>'


def _plain(text: str) -> str:
    """Without break marks, on one line."""
    return text.replace(breaks.MARK, "").replace("\n", " ")
