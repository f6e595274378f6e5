"""The drawer: what the unit's code makes of a text or a scene, and that it ends cleanly."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.scripts.drawing import Drawer, Measured, Scene

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards")]

import build  # noqa: E402


@pytest.fixture(scope="module")
def tree() -> Path:
    return build.build("virtual")


@pytest.fixture(scope="module")
def drawer(tree: Path) -> Iterator[Drawer]:
    with Drawer(tree) as drawer:
        for language in ("zh", "en"):
            drawer.open(language, (tree / f"{language}.pack").read_bytes())
        yield drawer


def test_a_text_is_laid_out_with_its_values(drawer: Drawer) -> None:
    (laid,) = drawer.measure("zh", [Measured("您好，工号{agent}为您服务", {"agent": "100123"})])
    assert laid.lines == ("您好，工号100123为您服", "务")
    assert laid.widths_px == (126, 12)
    assert laid.pages == 1


def test_a_drawing_names_the_characters_without_a_glyph(drawer: Drawer) -> None:
    drawer.draw("zh", Scene(state="not_ready", agent="龘"))
    found = [drawer.draw("zh", Scene(agent=agent)).missing for agent in ("龘🐢", "好", "龘")]
    assert [set(one) for one in found] == [set("龘🐢"), set(), {"龘"}]


def test_a_fourth_line_makes_a_second_page(drawer: Drawer) -> None:
    texts = [Measured("\n".join("abc"[:n] + "d" * (n > 3) for n in range(1, 1 + count)))
             for count in (3, 4)]  # fmt: skip
    assert [one.pages for one in drawer.measure("en", texts)] == [1, 2]


def test_the_room_may_be_narrower_or_wider(drawer: Drawer) -> None:
    narrow, wide = drawer.measure("en", [Measured("one two", room_px=24),
                                         Measured("one two " * 9, room_px=9999)])  # fmt: skip
    assert narrow.lines == ("one", "two")
    assert len(wide.lines) == 1 and wide.widths_px[0] > 256


def test_a_thousand_texts_in_one_job(drawer: Drawer) -> None:
    texts = [
        Measured("{agent}，" + "请您稍等，我马上为您查询。" * 3, {"agent": str(n)})
        for n in range(1000)
    ]
    laid = drawer.measure("zh", texts)
    assert [one.lines[0].split("，")[0] for one in laid] == [str(n) for n in range(1000)]


def test_a_missing_value_and_a_broken_pack_are_refused_and_it_goes_on(
    drawer: Drawer, tree: Path
) -> None:
    with pytest.raises(DeskunitError, match="agent"):
        drawer.measure("zh", [Measured("{agent}")])
    pack = (tree / "en.pack").read_bytes()
    for broken in (b"", pack[:-1], b"x" + pack[1:], pack[:-5] + b"\0" + pack[-4:]):
        with pytest.raises(DeskunitError, match=r"en\."):
            drawer.open("en", broken)
    drawer.open("en", pack)
    assert drawer.measure("en", [Measured("well")])[0].lines == ("well",)


def test_a_sentence_can_be_seen_while_it_is_written(drawer: Drawer) -> None:
    (laid,) = drawer.measure("zh", [Measured("您好，工号{agent}为您服务", {"agent": "1001"})])
    scene = Scene(state="hold", prompt="prompt.hold_consent", agent="1001")
    written = drawer.draw("zh", replace(scene, text="您好，工号{agent}为您服务"))
    fixed = drawer.draw("zh", replace(scene, text="\n".join(laid.lines)))
    assert written.screen == fixed.screen != drawer.draw("zh", scene).screen
    long = drawer.draw("zh", replace(scene, text="请稍等。\n" * 4 + "🐢"))
    assert long.pages == 2
    assert drawer.draw("zh", replace(scene, text="🐢")).missing == "🐢"


@pytest.mark.parametrize(
    ("scene", "key"),
    [
        (Scene(scenario="nobody"), "steps.nobody"),
        (Scene(scenario="greeting", said="say.greeting.9.9"), "say.greeting.9.9"),
        (Scene(state="hold", prompt="prompt.nothing"), "prompt.nothing"),
    ],
)
def test_what_the_pack_does_not_have_is_refused_by_name(
    drawer: Drawer, scene: Scene, key: str
) -> None:
    with pytest.raises(DeskunitError, match=rf"zh.pack has no {key}"):
        drawer.draw("zh", scene)


def test_threads_get_their_own_answers(drawer: Drawer) -> None:
    found: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        texts = [Measured(f"{number}")] * 20
        found[number] = [drawer.measure("en", texts)[n].lines[0] for n in range(20)]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == {n: [str(n)] * 20 for n in range(8)}


def test_without_a_tree_or_after_its_end_it_says_so(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(DeskunitError, match="make build"):
        Drawer(tmp_path / "absent")
    drawer = Drawer(tree)
    drawer.close()
    with pytest.raises(DeskunitError, match="stopped"):
        drawer.measure("zh", [Measured("")])
