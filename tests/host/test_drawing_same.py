"""What the drawer draws is what the unit shows: pixel for pixel, after really pressing the buttons."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from deskunit.scripts import texts
from deskunit.scripts.compiler import packs_of
from deskunit.scripts.drawing import Drawer, Scene
from deskunit.scripts.library import read_library
from deskunit.virtual import Screen, VirtualUnit

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards"), str(ROOT / "tests" / "scenarios"), str(Path(__file__).parent)]

import small_library  # noqa: E402
from play import SETTLE_MS, UID, Play  # noqa: E402

import build  # noqa: E402

LONG = """\
id = "long"
group = "line"
order = 1
callers = ["asks"]
title.zh = "长"
title.zh-Hant = "長"
title.en = "Long"
"""
STEP = """
[[step]]
id = "step{n}"
kind = "{kind}"
say.zh = "{zh}"
say.zh-Hant = "{zh_hant}"
say.en = "{en}"
"""
SENTENCES = {
    "zh": "第一行，\\n第二行，\\n第三行，\\n这一句在第二页，{name}。",
    "zh_hant": "第一行，\\n第二行，\\n第三行，\\n這一句在第二頁，{name}。",
    "en": "Line one,\\nline two,\\nline three,\\nand this is page two, {name}.",
}
NAMES = {"zh": "王芳", "zh-Hant": "王芳", "en": "Wang Fang"}
INTO_LONG = "long BUSY\ntap BUSY\ntap READY\ntap READY\n"  # the second group, its first scenario
CALL = Scene(agent="1001", level="solo")
CASES = {
    "greeting": ("given talking", replace(CALL, scenario="greeting", said="say.greeting.0.1")),
    "hold": ("given hold", replace(CALL, state="hold", prompt="prompt.hold_consent")),
    "wrap_up": ("given wrap_up", replace(CALL, state="wrap_up", prompt="prompt.wrap_up")),
    "not_ready": ("given not_ready", replace(CALL, state="not_ready", reason=90)),
    "ready": ("given ready", replace(CALL, state="ready")),
    "second step, second page": (
        f"given talking\n{INTO_LONG}TAPS",
        replace(CALL, scenario="long", step=1, said="say.long.1.0", page=1),
    ),
    "groups": (
        "given talking\nlong BUSY\ntap BUSY",
        replace(CALL, menu="group", entry=1),
    ),
    "scenarios": (
        "given talking\nlong BUSY\ntap BUSY\ntap READY\ntap BUSY",
        replace(CALL, menu="scenario", group="line", entry=1),
    ),
    "reasons": (
        "given not_ready\nlong BUSY\ntap BUSY",
        replace(CALL, state="not_ready", reason=90, menu="reason", entry=1),
    ),
}


@pytest.fixture(scope="module")
def tree() -> Path:
    return build.build("virtual")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    steps = "".join(
        STEP.format(n=n, kind=kind, **SENTENCES)
        for n, kind in enumerate(("open", "listen", "guide", "answer", "close"))
    )
    folder = small_library.written(tmp_path_factory.mktemp("library"), long=LONG + steps)
    return packs_of(read_library(folder), languages=texts.LANGUAGES, extra_text="王芳")


@pytest.fixture(scope="module")
def drawer(tree: Path, packs: dict[str, bytes]) -> Iterator[Drawer]:
    with Drawer(tree) as drawer:
        for language in texts.LANGUAGES:
            drawer.open(language, packs[f"{language}.pack"])
        yield drawer


def pressed(
    tree: Path, flash: Path, language: str, pack: bytes, presses: str, large: bool
) -> tuple[Screen, int]:
    """The glass of a unit that has `pack` on its flash, and how many seconds its state has lasted."""
    flash.mkdir()
    (flash / f"{language}.site").write_bytes(pack)
    with VirtualUnit(tree, UID, time="virtual", seed=1, flash=flash) as unit:
        unit.power_on()
        player = Play(unit)
        first, _, rest = presses.partition("\n")
        setting = "host set large_text 1\n" if large else ""
        said = player.run(f"lang {language}\n{first}\n{setting}{rest}\n+2.4s\nscreen")
    hours, minutes, seconds = re.findall(r"^(\d+):(\d+):([\d.]+) screen", said, re.MULTILINE)[-1]
    seen_ms = 1000 * (3600 * int(hours) + 60 * int(minutes) + float(seconds)) + SETTLE_MS
    began_ms = max(one.ms for one in player.host.events.values() if one.kind == "st")
    return player.screens[-1], int(seen_ms - began_ms) // 1000


@pytest.mark.parametrize("large", [False, True], ids=["12px", "16px"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_picture_is_the_units(
    case: str,
    language: str,
    large: bool,
    tree: Path,
    drawer: Drawer,
    packs: dict[str, bytes],
    tmp_path: Path,
) -> None:
    presses, scene = CASES[case]
    pack = packs[f"{language}.pack"]
    asked = replace(scene, name=NAMES[language], large=large)
    pages = drawer.draw(language, asked).pages
    presses = presses.replace("TAPS", "\n".join(["tap BUSY"] * (pages + scene.page)))
    seen, clock_s = pressed(tree, tmp_path / "flash", language, pack, presses, large)
    drawn = drawer.draw(language, replace(asked, clock_s=clock_s))
    assert drawn.screen.art().splitlines() == seen.art().splitlines()
