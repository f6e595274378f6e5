"""The script tab's answers over HTTP: real copies of a library, the unit's own drawing, a paper floor."""

import base64
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_library
from browser import Answer, Browser
from deskunit.editing.desk import ScriptDesk
from deskunit.scripts import compiler
from deskunit.scripts.drawing import Drawer, Scene
from deskunit.scripts.library import DEFAULT, read_library
from deskunit.web import serve
from deskunit.web.server import Handle
from memory_floor import MemoryFloor
from paper_pushing import PaperPushing

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards")]

import build  # noqa: E402

ASK = "silent/0/0/say"


class Tab:
    """A browser on the tab of one data folder."""

    def __init__(self, data_dir: Path, tree: Path) -> None:
        self.data_dir = data_dir
        self.pushing = PaperPushing()
        self.desk = ScriptDesk(data_dir, self.pushing, lambda: tree)
        self.handle: Handle = serve(MemoryFloor(), port=0, scripts=self.desk)
        self.handle.start()
        self.browser = Browser(self.handle.port)

    def close(self) -> None:
        self.handle.stop()
        self.desk.close()

    def get(self, what: str) -> Any:
        answer = self.browser.get(f"/api/script/{what}")
        assert answer.status == 200, answer.body
        return answer.json()

    def post(self, what: str, body: object) -> Answer:
        return self.browser.post(f"/api/script/{what}", self.handle.page.token, body)

    def typed(self, name: str, text: str, language: str = "zh", **more: object) -> Any:
        sentence = {"name": name, "language": language, "text": text}
        answer = self.post("typed", {"sentence": sentence, **more})
        assert answer.status == 200, answer.body
        return answer.json()

    def sum_of(self, key: str) -> str:
        library = self.get("library")
        if key == "-states":
            return str(library["states"]["sum"])
        return next(str(one["sum"]) for one in library["scenarios"] if one["key"] == key)

    def save(self, known: str, *edits: tuple[str, str, str]) -> Answer:
        names = ("name", "language", "text")
        sentences = [dict(zip(names, one, strict=True)) for one in edits]
        return self.post("save", {"sum": known, "sentences": sentences})


@pytest.fixture(scope="module")
def tree() -> Path:
    return build.build("virtual")


@pytest.fixture
def tab(tmp_path: Path, tree: Path) -> Iterator[Tab]:
    """The site's own library: the small one."""
    small_library.written(tmp_path / "library")
    tab = Tab(tmp_path, tree)
    yield tab
    tab.close()


@pytest.fixture
def fresh(tmp_path: Path, tree: Path) -> Iterator[Tab]:
    """No library of its own yet."""
    tab = Tab(tmp_path, tree)
    yield tab
    tab.close()


def keys(findings: list[dict[str, Any]]) -> list[str]:
    return [one["what"]["en"] for one in findings]


def edited(tab: Tab, key: str) -> str:
    return (tab.data_dir / "library" / "scenarios" / f"{key}.toml").read_text("utf-8")


# --- browsing


def test_the_library_has_groups_scenarios_steps_and_sentences(tab: Tab) -> None:
    library = tab.get("library")
    assert (library["own"], library["name"], library["flavour"]) == (True, "Small", "hotline")
    assert [one["id"] for one in library["groups"]] == ["start", "line"]
    silent = next(one for one in library["scenarios"] if one["id"] == "silent")
    ask, heard, sorry = silent["steps"]
    assert (ask["kind"], ask["wait_s"], ask["rounds"]) == ("guide", 255, 2)
    assert (ask["again"], ask["tap"], ask["next"]) == ("ask", "heard", "sorry")
    assert (heard["callback"], heard["tap"], sorry["next"]) == ("fault", "end", "end")
    assert ask["sentences"][0]["texts"]["en"]["text"] == "Hello, can you hear me?"
    assert [one["state"] for one in library["states"]["sentences"]][:2] == [
        *("hold_consent", "hold_wait"),
    ]  # fmt: skip


def test_a_flavour_has_its_own_sentences_and_conditions_are_told(tab: Tab) -> None:
    def hello(flavour: str) -> list[dict[str, Any]]:
        library = tab.get(f"library?flavour={flavour}")
        greeting = next(one for one in library["scenarios"] if one["id"] == "greeting")
        found: list[dict[str, Any]] = greeting["steps"][0]["sentences"]
        return found

    hotline, shop = hello("hotline"), hello("shop")
    assert len(shop) == len(hotline) + 1
    assert hotline[0]["when"] == {
        **{"day": ["weekend", "holiday"], "hours": [20, 8]},
        **{"level": ["trainee"], "agent": "known"},
    }
    assert [one["short"] for one in hotline] == [False, False, True]
    assert tab.browser.get("/api/script/library?flavour=moon").status == 409


def test_the_library_that_comes_with_deskunit_is_whole_and_free_of_findings(fresh: Tab) -> None:
    library = fresh.get("library")
    assert not library["own"] and len(library["scenarios"]) > 30
    assert fresh.get("check") == {"findings": [], "errors": False, "fit": None}
    found = fresh.get("pictures?scenario=silent&language=zh&flavour=care&large=1")["pictures"]
    assert len(found) >= 6 and all(found.values())
    assert not (fresh.data_dir / "library").exists(), "looking copies nothing"


def test_a_change_of_the_file_is_seen_at_once(tab: Tab) -> None:
    small_library.written(
        tab.data_dir / "library", silent=small_library.SILENT.replace("Hello, can", "Hi, can")
    )
    silent = next(one for one in tab.get("library")["scenarios"] if one["id"] == "silent")
    assert silent["steps"][0]["sentences"][0]["texts"]["en"]["text"] == "Hi, can you hear me?"


# --- typing


def test_the_picture_is_what_the_unit_draws(tab: Tab, tree: Path) -> None:
    text = "您好，请问\n您贵姓？"
    (page,) = tab.typed(ASK, text)["pages"]
    library = read_library(tab.data_dir / "library")
    with Drawer(tree) as drawer:
        drawer.open("zh", compiler.packs_of(library, extra_text=text + "王芳李女士")["zh.pack"])
        scene = Scene(
            scenario="silent", said="say.silent.0.0", text=text, agent="1001", name="王芳",
            caller="李女士",
        )  # fmt: skip
        wanted = drawer.draw("zh", scene).screen
    assert base64.b64decode(page["pixels"]) == wanted.pixels
    assert page["inverted"] == wanted.inverted


def test_pictures_of_a_scenario_are_those_of_its_sentences_as_typed(tab: Tab) -> None:
    pictures = tab.get("pictures?scenario=silent&language=en")["pictures"]
    assert set(pictures) == {"silent/0/0/say", "silent/1/0/say", "silent/2/0/say"}
    assert pictures[ASK] == tab.typed(ASK, "Hello, can you hear me?", "en")["pages"]
    large = tab.get("pictures?scenario=silent&language=en&large=1")["pictures"]
    assert large[ASK] != pictures[ASK]


def test_a_long_sentence_has_pages_and_what_is_too_long_is_found(tab: Tab) -> None:
    found = tab.typed(ASK, "一二三四五六七八九十" * 5)
    assert len(found["pages"]) == 2 and found["findings"] == []
    found = tab.typed(ASK, "一二三四五六七八九十" * 12)
    assert len(found["pages"]) == 4
    (finding,) = found["findings"]
    assert "4 screens of 3, 3 at most" in finding["what"]["en"]
    assert (finding["file"], finding["severity"]) == ("scenarios/silent.toml", "error")
    assert small_library.SILENT.splitlines()[finding["line"] - 1].startswith("say.zh")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("这事不、归我管", 'says "不归我管"'),
        ("您好{agnet}", "there is no variable {agnet}"),
        ("您好🐢", '"🐢" (U+1F422)'),
        ("您好}", "a brace that belongs to no variable"),
        ("", "say.zh is empty"),
        ("长" * 10_000, "10000 characters in zh"),
    ],
)
def test_a_mistake_is_found_while_it_is_typed(tab: Tab, text: str, said: str) -> None:
    found = tab.typed(ASK, text)
    assert found["why"] is None
    (finding,) = found["findings"]
    assert said in finding["what"]["en"] and finding["mend"]["zh"]
    assert tab.typed(ASK, "您好")["findings"] == []


def test_more_than_ten_thousand_characters_are_refused(tab: Tab) -> None:
    sentence = {"name": ASK, "language": "zh", "text": "长" * 10_001}
    answer = tab.post("typed", {"sentence": sentence})
    assert (answer.status, answer.json()["error"]) == (409, "script_text_long")
    sentence["text"] *= 10
    assert tab.post("typed", {"sentence": sentence}).status == 413


def test_a_state_has_its_sentence_drawn_in_it(tab: Tab) -> None:
    found = tab.typed("-states/hold_consent", "请您稍等一下。")
    assert len(found["pages"]) == 1 and found["findings"] == []
    other = tab.typed("-states/hold_consent", "请您稍等两下。")
    assert found["pages"] != other["pages"]
    pictures = tab.get("pictures?scenario=-states&language=zh")["pictures"]
    assert len(pictures) == 7


def test_a_library_with_mistakes_is_shown_and_drawn_as_far_as_it_goes(tab: Tab) -> None:
    broken = small_library.SILENT.replace('say.en = "Hello, can you hear me?"\n', "")
    small_library.written(tab.data_dir / "library", silent=broken.replace("能听", "🐢能听"))
    check = tab.get("check")
    assert check["errors"] and len(check["findings"]) == 2
    assert tab.get("pictures?scenario=silent&language=en")["pictures"]["silent/1/0/say"]
    found = tab.typed(ASK, "Are you there?", "en")
    assert len(found["pages"]) == 1 and found["findings"] == []


def test_without_a_drawing_program_all_but_pictures_works(tmp_path: Path) -> None:
    small_library.written(tmp_path / "library")
    tab = Tab(tmp_path, tmp_path / "none")
    try:
        found = tab.typed(ASK, "这事不归我管")
        assert found["pages"] == [] and "no firmware" in found["why"]["en"]
        assert len(found["findings"]) == 1
        assert "no firmware" in tab.get("check")["fit"]["en"]
        assert tab.browser.get("/api/script/pictures?scenario=silent&language=zh").status == 409
        assert tab.save(tab.sum_of("silent"), (ASK, "zh", "您好")).status == 200
    finally:
        tab.close()


def test_a_drawing_program_that_ended_is_started_again(tab: Tab) -> None:
    wanted = tab.typed(ASK, "您好。")["pages"]
    drawer = tab.desk._easel._drawer
    assert drawer is not None
    drawer._process.kill()
    drawer._process.wait(10)
    assert "stopped" in tab.typed(ASK, "您好。")["why"]["en"]
    assert tab.typed(ASK, "您好。") == {"pages": wanted, "findings": [], "why": None}


def test_two_pages_typing_at_once_get_their_own_pictures(tab: Tab) -> None:
    wanted = {text: tab.typed(ASK, text)["pages"] for text in ("甲", "乙", "丙", "丁")}
    seen: dict[str, list[Any]] = {text: [] for text in wanted}

    def type_it(text: str) -> None:
        for _ in range(5):
            seen[text].append(tab.typed(ASK, text)["pages"])

    threads = [threading.Thread(target=type_it, args=(text,)) for text in wanted]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert seen == {text: [pages] * 5 for text, pages in wanted.items()}


# --- saving


def test_a_sentence_is_saved_and_everything_around_it_stays(tab: Tab) -> None:
    commented = small_library.SILENT.replace(
        'say.zh = "您好，能听到吗？"', '# ask first\nsay.zh = "您好，能听到吗？"  # twice'
    )
    small_library.written(tab.data_dir / "library", silent=commented)
    answer = tab.save(tab.sum_of("silent"), (ASK, "zh", '您好，\n"听得到"吗？'))
    assert (answer.status, answer.json()["first"]) == (200, False)
    wanted = commented.replace("您好，能听到吗？", '您好，\\n\\"听得到\\"吗？')
    assert edited(tab, "silent") == wanted
    assert answer.json()["sum"] == tab.sum_of("silent")
    assert list((tab.data_dir / "library" / "scenarios").glob(".*")) == []


def test_several_sentences_of_a_file_are_saved_together(tab: Tab) -> None:
    edits = [("greeting/0/0/say", "en", "Evening."), ("greeting/0/2/short", "zh", "请讲。")]
    assert tab.save(tab.sum_of("greeting"), *edits).status == 200
    assert 'say.en = "Evening."' in edited(tab, "greeting")
    assert 'short.zh = "请讲。"' in edited(tab, "greeting")
    answer = tab.save(tab.sum_of("-states"), ("-states/idle", "en", "Take a breath."))
    assert answer.status == 200
    states = (tab.data_dir / "library" / "states.toml").read_text("utf-8")
    assert states == small_library.STATES.replace("One moment.", "Take a breath.", 7).replace(
        "Take a breath.", "One moment.", 6
    )


def test_windows_line_ends_and_a_byte_order_mark_stay(tab: Tab) -> None:
    content = b"\xef\xbb\xbf" + small_library.SILENT.replace("\n", "\r\n").encode()
    small_library.written(tab.data_dir / "library", silent=content)
    assert tab.save(tab.sum_of("silent"), (ASK, "zh", "您好。")).status == 200
    made = (tab.data_dir / "library" / "scenarios" / "silent.toml").read_bytes()
    assert made == content.replace("您好，能听到吗？".encode(), "您好。".encode())


def test_a_missing_language_is_written_beside_the_others(tab: Tab) -> None:
    broken = small_library.SILENT.replace('say.en = "Hello, can you hear me?"\n', "")
    small_library.written(tab.data_dir / "library", silent=broken)
    assert tab.save(tab.sum_of("silent"), (ASK, "en", "Hello?")).status == 200
    assert 'say.zh = "您好，能听到吗？"\nsay.en = "Hello?"\n' in edited(tab, "silent")
    assert tab.get("check")["findings"] == []


def test_steps_that_cannot_be_read_do_not_shift_the_others(tab: Tab) -> None:
    broken = small_library.SILENT.replace('kind = "guide"', 'kind = "gude"')
    small_library.written(tab.data_dir / "library", silent=broken)
    assert tab.save(tab.sum_of("silent"), ("silent/0/0/say", "zh", "好的。")).status == 200
    assert edited(tab, "silent") == broken.replace("我们{promise}回电。", "好的。")


def test_the_first_save_copies_the_library(fresh: Tab) -> None:
    before = (DEFAULT / "scenarios" / "silent.toml").read_text("utf-8")
    answer = fresh.save(fresh.sum_of("silent"), ("silent/0/2/say", "zh", "您好，听得到吗？"))
    assert (answer.status, answer.json()["first"]) == (200, True)
    assert fresh.get("library")["own"]
    mine = {one.name for one in (fresh.data_dir / "library" / "scenarios").iterdir()}
    assert mine == {one.name for one in (DEFAULT / "scenarios").glob("*.toml")}
    assert (DEFAULT / "scenarios" / "silent.toml").read_text("utf-8") == before
    assert edited(fresh, "silent") != before and "# 无声来电" in edited(fresh, "silent")
    assert [one.name for one in fresh.data_dir.iterdir() if "part" in one.name] == []


def test_a_file_that_changed_meanwhile_is_not_overwritten(tab: Tab) -> None:
    known = tab.sum_of("silent")
    assert tab.save(known, (ASK, "zh", "第一句。")).status == 200
    answer = tab.save(known, (ASK, "zh", "第二句。"), ("silent/9/0/say", "zh", "无"))
    assert answer.status == 409
    said = answer.json()
    assert (said["error"], said["texts"]) == ("changed", ["第一句。", None])
    assert "第一句。" in edited(tab, "silent") and "第二句。" not in edited(tab, "silent")
    assert tab.save(said["sum"], (ASK, "zh", "第二句。")).status == 200
    assert "第二句。" in edited(tab, "silent")


@pytest.mark.parametrize("text", ["这事不归我管", "您好🐢", "", "{x}", "一二三四五六七八九十" * 12])
def test_a_sentence_with_errors_is_not_saved(tab: Tab, text: str) -> None:
    answer = tab.save(tab.sum_of("silent"), (ASK, "en", "Good."), (ASK, "zh", text))
    assert answer.status == 409
    said = answer.json()
    assert said["error"] == "faulty"
    assert [len(one) for one in said["findings"]] == [0, 1]
    assert edited(tab, "silent") == small_library.SILENT


def test_an_error_elsewhere_does_not_keep_a_good_sentence_out(tab: Tab) -> None:
    small_library.written(
        tab.data_dir / "library", silent=small_library.SILENT.replace("很抱歉", "这不归我管")
    )
    assert tab.save(tab.sum_of("silent"), (ASK, "zh", "您好。")).status == 200


def test_a_folder_that_cannot_be_written_is_a_sentence(fresh: Tab) -> None:
    (fresh.data_dir / "library").write_text("in the way")
    answer = fresh.save(fresh.sum_of("silent"), (ASK, "zh", "您好。"))
    assert (answer.status, answer.json()["error"]) == (409, "out_unwritable")


# --- what is refused


@pytest.mark.parametrize(
    "name",
    [
        "",
        "silent",
        "../silent/0/0/say",
        "silent/0/0/../say",
        "-states/../silent",
        "/etc/passwd",
        "a" * 200,
    ],
)
def test_a_name_is_looked_up_and_never_a_path(tab: Tab, name: str) -> None:
    before = sorted(tab.data_dir.rglob("*"))
    sentence = {"name": name, "language": "zh", "text": "您好"}
    for what, body in (
        ("typed", {"sentence": sentence}),
        ("save", {"sum": "0" * 16, "sentences": [sentence]}),
    ):
        assert tab.post(what, body).status in (400, 409)
    assert sorted(tab.data_dir.rglob("*")) == before
    assert edited(tab, "silent") == small_library.SILENT


@pytest.mark.parametrize("what", ["typed", "save", "send"])
def test_writing_needs_the_token_and_the_own_origin(tab: Tab, what: str) -> None:
    path, token = f"/api/script/{what}", tab.handle.page.token
    assert tab.browser.post(path, "forged", {}).status == 403
    assert tab.browser.post(path, token, {}, Origin="http://evil.example").status == 403
    assert tab.browser.request("GET", path).status == 405
    assert tab.pushing.sent == []


@pytest.mark.parametrize("body", [{}, [], {"sum": 1, "sentences": []}, {"sentence": {"name": 1}}])
def test_a_body_of_another_form_is_refused(tab: Tab, body: object) -> None:
    assert tab.post("typed", body).status == 400
    assert tab.post("save", body).status == 400


def test_a_page_without_scripts_has_no_such_tab() -> None:
    handle = serve(MemoryFloor(), port=0)
    handle.start()
    try:
        browser = Browser(handle.port)
        assert browser.get("/api/script/library").status == 404
        assert b'data-word="script_tab.tab_scripts" hidden>' in browser.get("/").body
    finally:
        handle.stop()


# --- sending


def test_every_unit_gets_the_language_that_it_speaks(tab: Tab) -> None:
    (tab.data_dir / "agents.csv").write_text("id,name,team,level\n1001,林犇,一组,solo\n", "utf-8")
    assert tab.get("sending") == {"units": []}
    assert tab.post("send", {}).status == 204
    assert [(one.language, units) for one, units in tab.pushing.sent] == [
        *(("zh", ["a1"]), ("en", ["a2"])),
    ]
    library = read_library(tab.data_dir / "library")
    wanted = compiler.packs_of(library, extra_text="林犇")
    assert tab.pushing.sent[0][0].data == wanted["zh.pack"]
    going, failed = tab.get("sending")["units"]
    assert (going["seat"], going["ended"], going["sentence"]) == ("07", False, None)
    assert 0 < going["offset"] < going["size"] and going["version"] == "1.2"
    assert failed["ended"] and "9 KB" in failed["sentence"]["en"]


def test_a_library_with_errors_is_not_sent(tab: Tab) -> None:
    small_library.written(
        tab.data_dir / "library", silent=small_library.SILENT.replace("很抱歉", "这不归我管")
    )
    answer = tab.post("send", {})
    assert (answer.status, answer.json()["error"]) == (409, "script_send_errors")
    assert tab.pushing.sent == []


def test_nobody_to_send_to_is_a_sentence(tab: Tab) -> None:
    tab.pushing.speaking.clear()
    answer = tab.post("send", {})
    assert (answer.status, answer.json()["error"]) == (409, "push_nobody")


# --- libraries that are hardly one


@pytest.mark.parametrize("kind", ["empty", "no_head", "broken_head", "twice", "latin", "no_steps"])
def test_a_library_in_disorder_is_shown_with_what_is_wrong(
    tmp_path: Path, tree: Path, kind: str
) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    changes: dict[str, str | bytes | None] = {
        "no_head": None,
        "broken_head": "name = ",
        "twice": small_library.SILENT,
        "latin": "say = é".encode("latin-1"),
        "no_steps": small_library.SILENT.partition("[[step]]")[0],
    }
    if kind != "empty":
        name = {"twice": "other", "latin": "silent", "no_steps": "silent"}.get(kind, "head")
        small_library.written(folder, **{name: changes[kind]})
    tab = Tab(tmp_path, tree)
    try:
        library, check = tab.get("library"), tab.get("check")
        assert check["errors"]
        for one in library["scenarios"]:
            shown = tab.get(f"pictures?scenario={one['key']}&language=zh")["pictures"]
            named = {each["name"] for step in one["steps"] for each in step["sentences"]}
            assert set(shown) == named
        assert tab.post("send", {}).json()["error"] == "script_send_errors"
    finally:
        tab.close()
