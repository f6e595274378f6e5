"""The preview of a library: which screens there are, the pictures and the film as written, the command."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit import cli
from deskunit.errors import DeskunitError
from deskunit.preview import film, sheet
from deskunit.preview.labels import sentence_words, step_words
from deskunit.preview.making import previewed, texts_of
from deskunit.preview.plan import Plan, plan
from deskunit.preview.shots import all_scenes, example_text, take
from deskunit.scripts.compiler import packs_of
from deskunit.scripts.drawing import Drawer
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.findings import Finding
from deskunit.scripts.library import DEFAULT, Library, read_library
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards"), str(Path(__file__).parent)]

import small_library  # noqa: E402

import build  # noqa: E402

LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def tree() -> Path:
    return build.build("virtual")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return read_library(small_library.written(tmp_path_factory.mktemp("library")))


@pytest.fixture(scope="module")
def english(library: Library) -> Plan:
    return plan("en", texts_of(library, "en", "hotline", NO_SITE))


@pytest.fixture(scope="module")
def drawer(tree: Path, library: Library) -> Iterator[Drawer]:
    with Drawer(tree) as drawer:
        packs = packs_of(library, languages=["en"], extra_text=example_text())
        drawer.open("en", packs["en.pack"])
        yield drawer


# -- what there is


def test_the_plan_has_every_sentence_once(english: Plan) -> None:
    assert [group.id for group in english.groups] == ["start", "line"]
    assert (english.name, english.version, english.flavour) == ("Small", "1.2", "hotline")
    keys = [key for key, _ in all_scenes(english)]
    assert len(keys) == len(set(keys)) == 7 + 4 + 3
    assert {"say.greeting.0.0", "say.greeting.0.1", "short.greeting.0.1"} <= set(keys)


def test_another_flavour_has_its_own_sentence(library: Library) -> None:
    shop = plan("en", texts_of(library, "en", "shop", NO_SITE))
    texts = [one.text for one in shop.scenarios()[0].steps[0].sentences]
    assert "Welcome to our company." in texts


def test_a_conditional_sentence_is_drawn_when_it_holds(english: Plan) -> None:
    scene = dict(all_scenes(english))["say.greeting.0.0"]
    assert (scene.day, scene.wish, scene.hour) == ("e", "weekend", 20)
    assert (scene.hello, scene.level, scene.agent) == ("evening", "trainee", "1001")


@pytest.mark.parametrize(
    ("ui", "step", "sentence"),
    [
        (
            "en",
            "1/3 · guide · every 3 s, 2 times · seconds by setting",
            "weekend/holiday · 20–8 h · trainee",
        ),
        ("zh", "1/3 · 引导 · 每 3 秒一次，共 2 次 · 秒数可设置", "周末/节假日 · 20–8 点 · 学员"),
    ],
)
def test_the_words_beside_a_screen(english: Plan, ui: str, step: str, sentence: str) -> None:
    greeting, silent = english.scenarios()
    assert step_words(silent.steps[0], 3, ui) == step
    assert sentence_words(greeting.steps[0].sentences[0], ui).startswith(sentence)


# -- contact sheets


def test_every_screen_is_on_the_sheet_in_its_place(drawer: Drawer, english: Plan) -> None:
    shots = take(drawer, english)
    (picture,) = sheet.sheets(english, shots)
    assert picture.mode == "1"
    seen = 0
    for x, y, block in sheet.placed(sheet.shelves(sheet.blocks(english, shots))):
        for left, top, tile in sheet.tiles_at(x, y, block):
            part = picture.crop((left, top, left + 256, top + 128))
            assert part.tobytes() == tile.screen.image(2).tobytes(), tile.label
            seen += 1
    assert seen == sum(len(shot.screens) for shot in shots.values())


def test_a_tall_sheet_is_parted_between_blocks(
    drawer: Drawer, english: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    shots = take(drawer, english)
    monkeypatch.setattr(sheet, "COLUMNS", 8)
    monkeypatch.setattr(sheet, "TALLEST_PX", 300)
    pictures = sheet.sheets(english, shots)
    assert len(pictures) == 2  # the states' block; the scenarios beside each other
    assert all(one.height <= 300 for one in pictures)


# -- the film


def test_a_timed_scenario_counts_down_and_ends_by_itself(drawer: Drawer, english: Plan) -> None:
    silent = english.scenarios()[1]
    frames = film.play(drawer, english, silent)
    left = [(one.moment.step, one.moment.left_ms // 1000) for one in frames]
    asked_twice = [(0, 3), (0, 2), (0, 1)] * 2
    assert left == [*asked_twice, (2, 5), (2, 4), (2, 3), (2, 2), (2, 1)]
    assert len({one.moment.screen.pixels for one in frames}) == len(frames)


def test_a_tapped_scenario_shows_each_step_as_long_as_it_is_said(
    drawer: Drawer, english: Plan
) -> None:
    greeting = english.scenarios()[0]
    frames = film.play(drawer, english, greeting)
    steps = [one.moment.step for one in frames]
    first = film.said_s(english, greeting, frames[0].moment)
    last = film.said_s(english, greeting, frames[-1].moment)
    assert steps == [0] * first + [1] * last


def test_the_gif_has_the_films_frames(drawer: Drawer, english: Plan) -> None:
    frames = film.play(drawer, english, english.scenarios()[1])
    with Image.open(io.BytesIO(film.gif(frames))) as gif:
        assert (gif.n_frames, gif.size) == (len(frames), (384, 192))
        for place, frame in enumerate(frames):
            gif.seek(place)
            assert gif.info["duration"] == frame.ms
            seen = gif.convert("L").point(lambda value: 255 * (value > 127)).convert("1")
            assert seen.tobytes() == frame.moment.screen.image(3).tobytes()


# -- all files


@pytest.mark.parametrize("large", [False, True])
def test_the_files(library: Library, tree: Path, large: bool) -> None:
    note = Finding("scenarios/silent.toml", 3, "warning", "no_scenarios")
    elsewhere = Finding("library.toml", 1, "warning", "no_scenarios")
    done: list[tuple[int, int]] = []
    contents = previewed(
        library, tree, languages=LANGUAGES, large=large, scenario="silent",
        findings=[note, elsewhere], progress=lambda one, all_: done.append((one, all_)),
    )  # fmt: skip
    films = ["silent-zh.gif", "silent-en.gif"]
    assert sorted(contents) == sorted([*films, "scripts-zh.png", "scripts-en.png", "scripts.html"])
    assert done[-1][0] == done[-1][1] == 2 * 14
    html = contents["scripts.html"].decode()
    assert html.index("library.toml:1") < html.index('id="silent"') < html.index("silent.toml:3")
    assert "Hello, can you hear me?" in html and "您好，能听到吗？" in html
    for name in ("scripts-zh.png", "scripts-en.png"):
        with Image.open(io.BytesIO(contents[name])) as picture:
            assert picture.mode == "1" and picture.width <= 14 * 268 + 12


def test_the_same_library_gives_the_same_bytes(library: Library, tree: Path) -> None:
    first, second = (
        previewed(library, tree, languages=["en"], scenario="silent") for _ in range(2)
    )
    assert first == second


def test_a_scenario_that_is_not_there_is_named(library: Library, tree: Path) -> None:
    with pytest.raises(DeskunitError, match=r"nobody.*greeting, silent"):
        previewed(library, tree, languages=["en"], scenario="nobody")


def test_the_sheets_in_the_docs_are_those_of_the_default_library(tree: Path) -> None:
    contents = previewed(read_library(DEFAULT), tree)
    sheets = {name: data for name, data in contents.items() if name.endswith(".png")}
    assert set(sheets) == {path.name for path in (ROOT / "docs").glob("scripts-*.png")}
    for name, data in sheets.items():
        file = ROOT / "docs" / name
        with Image.open(io.BytesIO(data)) as ours, Image.open(file) as shown:
            same = ours.size == shown.size and ours.tobytes() == shown.tobytes()
        assert same, f"docs/{name} is not of this library: docs/preview.md says how to make it anew"
        assert file.stat().st_size < 700_000


# -- the command


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    monkeypatch.setattr(sys, "argv", ["deskunit", "script", "preview", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_command_names_what_it_wrote(
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    words = ("--lang", "en", "--scenario", "greeting", "--out", str(out))
    assert run(monkeypatch, str(library.folder), *words) == 0
    said = capfd.readouterr().out.splitlines()
    assert [Path(one).name for one in said] == ["greeting-en.gif", "scripts-en.png", "scripts.html"]
    assert sorted(path.name for path in out.iterdir()) == sorted(Path(one).name for one in said)


def test_a_library_with_a_mistake_is_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = small_library.SILENT.replace('next = "sorry"', 'next = "nowhere"')
    folder = small_library.written(tmp_path / "library", silent=broken)
    assert run(monkeypatch, str(folder), "--out", str(tmp_path / "out")) == 1
    assert "silent.toml:" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
