"""Every scenario on the real interpreter: transcript (screens as text art, events) and PNGs as written."""

import re
import sys
from pathlib import Path

import pytest
from PIL import Image

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "firmware")]

from play import play  # noqa: E402
from unit.states import BUTTONS, TABLE  # noqa: E402

SCENARIOS = sorted(path.stem for path in HERE.glob("*.txt"))
SCREENS = HERE / "screens"
FAILED = HERE / "failed"
# Stepped every 5 ms as on hardware, a scenario must give the same. Minutes of that take long, so: the rules,
# the timers but the two slowest, and the row with most timers.
STEPPED = [n for n in SCENARIOS if re.match("rule|hold|timer-(?!idle|reason|hold-hard)", n)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(
    name: str, tree: Path, site_pack: bytes, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = (HERE / f"{name}.txt").read_text("utf-8")
    transcript, screens = play(tree, text, flash=flash_of(text, site_pack, tmp_path))
    expected = HERE / f"{name}.exp"
    pictures = [SCREENS / f"{name}-{i + 1}.png" for i in range(len(screens))]
    if request.config.getoption("--accept"):
        SCREENS.mkdir(exist_ok=True)
        expected.write_text(transcript, "utf-8")
        for old in SCREENS.glob(f"{name}-*.png"):
            if re.fullmatch(rf"{re.escape(name)}-\d+", old.stem):
                old.unlink()
        for screen, picture in zip(screens, pictures, strict=True):
            screen.png(picture, 1)
    differs = [p for s, p in zip(screens, pictures, strict=True) if not same_picture(s, p)]
    assert transcript == expected.read_text("utf-8")
    assert not differs, f"other pictures than expected, see {FAILED.relative_to(HERE.parents[1])}"


def flash_of(text: str, site_pack: bytes, folder: Path) -> Path | None:
    """Flash with the pack of tests/scenarios/library, if the scenario says so, whole or cut."""
    found = re.search(r"^pack (sent|cut)$", text, re.MULTILINE)
    if found is None:
        return None
    content = site_pack if found[1] == "sent" else site_pack[:-100]
    (folder / "zh.site").write_bytes(content)
    return folder


def same_picture(screen, picture: Path) -> bool:  # type: ignore[no-untyped-def]
    """Compare pixel for pixel; what differs is kept beside for a look."""
    FAILED.mkdir(exist_ok=True)
    actual = FAILED / picture.name
    screen.png(actual, 1)
    with Image.open(actual) as ours, Image.open(picture) as golden:
        same = ours.size == golden.size and ours.tobytes() == golden.tobytes()
    if same:
        actual.unlink()
    return same


@pytest.mark.parametrize("name", STEPPED)
def test_stepping_every_5_ms_gives_the_same(
    name: str, tree: Path, site_pack: bytes, tmp_path: Path
) -> None:
    text = (HERE / f"{name}.txt").read_text("utf-8")
    stepped, _ = play(tree, text, step_ms=5, flash=flash_of(text, site_pack, tmp_path))
    expected = (HERE / f"{name}.exp").read_text("utf-8")
    assert events(stepped) == events(expected)


def events(transcript: str) -> list[str]:
    """The events; those that note what came from outside (host, display) without their time of notice."""
    noticed = re.compile(r" \S+ (?=(display|glyph|pack|cb_due|st .*by=host))")
    return [noticed.sub(" ", line) for line in transcript.partition("\nevents\n")[2].splitlines()]


def test_every_cell_of_the_table_has_a_scenario() -> None:
    cells = {
        f"{row}-{button}-{kind}" for row in TABLE for button in BUTTONS for kind in ("tap", "long")
    }
    assert len(cells) == 60
    assert not cells - set(SCENARIOS)


def test_every_scenario_says_what_it_tells() -> None:
    for name in SCENARIOS:
        assert (HERE / f"{name}.txt").read_text("utf-8").startswith("# "), name
