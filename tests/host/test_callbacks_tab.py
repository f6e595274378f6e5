"""The callbacks tab's routes over real loopback HTTP, on a real logger; its words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Answer, Browser
from deskunit import settings, words
from deskunit.cli.desk import Desk
from deskunit.web import serve
from deskunit.web.app import STATIC

CALLER = {"kind": "complaint", "name": "王女士", "caller_number": "13812345678", "said": "no gas"}


class Tab:
    """A data folder's running logger and the page over it."""

    def __init__(self, folder: Path) -> None:
        agents = "id,name,team,level\n1001,李晓,热线组,\n1002,王芳,,\n"
        (folder / "agents.csv").write_text(agents, "utf-8")
        (folder / settings.FILE_NAME).write_text('[host]\nzone = "Asia/Shanghai"\n', "utf-8")
        self.desk = Desk(folder, settings.load(folder), ports=(), virtual=0, search=False)
        self.desk.start(wait=True)
        self.handle = serve(self.desk.floor, port=0)
        self.handle.start()
        self.browser = Browser(self.handle.port)

    def get(self, path: str = "", language: str = "en") -> Answer:
        return self.browser.get("/api/callbacks" + path, **{"X-Deskunit-Language": language})

    def rows(self, query: str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.get(query).json()["rows"]
        return rows

    def post(self, body: object, **headers: str) -> Answer:
        return self.browser.post("/api/callbacks", self.handle.page.token, body, **headers)

    def write(self, action: str, number: int | None = None, **about: Any) -> Answer:
        asked = {"by": "1001", "seen": None, "values": {}, **about}
        return self.post({"action": action, "number": number, **asked})

    def add(self, **values: Any) -> dict[str, Any]:
        row: dict[str, Any] = self.write("add", values={**CALLER, **values}).json()["row"]
        return row

    def close(self) -> None:
        self.handle.stop()
        self.desk.close()


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    tab = Tab(tmp_path)
    yield tab
    tab.close()


def test_lists_are_masked_and_one_alone_is_whole(tab: Tab) -> None:
    assert tab.add()["number"] == 1
    (row,) = tab.rows()
    assert (row["personal"]["caller_number"], row["personal"]["name"]) == ("138****5678", "王***")
    assert "no gas" not in tab.get().body.decode()
    alone = tab.get("/1").json()
    assert alone["row"]["personal"]["said"] == "no gas" and alone["repeats"] == []
    assert [one["what"] for one in alone["row"]["history"]] == ["fields"]


def test_whose_list_and_which(tab: Tab) -> None:
    tab.add()
    assert tab.rows("?owner=1002") == []
    assert tab.write("assign", 1, values={"to": "1002", "why": "leave"}).status == 200
    assert [row["owner_name"] for row in tab.rows("?owner=1002")] == ["王芳"]
    assert tab.rows("?owner=1001") == [] and tab.rows("?status=closed") == []
    assert len(tab.rows("?status=all&text=13812345678")) == 1
    site = tab.get("/site").json()
    assert [one["name"] for one in site["agents"]] == ["李晓", "王芳"]
    assert site["zone"] == "Asia/Shanghai"


def test_a_list_says_that_there_are_more(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskunit.web.callbacks.ROWS_MAX", 2)
    for expected in ((1, False), (2, False), (2, True)):
        tab.add()
        found = tab.get().json()
        assert (len(found["rows"]), found["more"]) == expected


def test_the_second_of_two_tabs_hears_who_was_first_and_nothing_is_overwritten(tab: Tab) -> None:
    seen = tab.add()["seen"]
    mine, late = {"values": {"name": "王先生"}}, {"values": {"name": "李女士"}, "by": "1002"}
    assert tab.write("edit", 1, seen=seen, **mine).status == 200
    refused = tab.write("edit", 1, seen=seen, **late)
    assert refused.status == 409 and refused.json()["error"] == "callback_field_changed"
    assert "1001" in refused.json()["sentence"]
    assert tab.write("edit", 1, seen=seen, values={"address": "1 Main Street"}).status == 200
    personal = tab.get("/1").json()["row"]["personal"]
    assert (personal["name"], personal["address"]) == ("王先生", "1 Main Street")


def test_a_repeat_is_proposed_until_it_is_confirmed(tab: Tab) -> None:
    tab.add(subject="bill")
    tab.add(subject="Bill")
    proposed = tab.get("/2").json()["repeats"]
    assert [(one["number"], one["is_masked"]) for one in proposed] == [(1, True)]
    assert tab.write("repeat", 2, values={"of": 1}).json()["row"]["repeat_of"] == 1


@pytest.mark.parametrize(
    ("action", "values", "word"),
    [
        ("void", {"reason": " "}, "reason"),
        ("assign", {"to": "1009", "why": "x"}, "1009"),
        ("edit", {"phone": "12a4"}, "12a4"),
        ("close", {"outcome": "no_answer"}, "attempt"),
        ("agree", {"agreed_utc_ms": 5}, "inquir"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_in_the_pages_language(
    tab: Tab, action: str, values: dict[str, Any], word: str
) -> None:
    seen = tab.add()["seen"]
    body = {"action": action, "number": 1, "by": "1001", "seen": seen, "values": values}
    refused = tab.post(body, **{"X-Deskunit-Language": "en"})
    assert refused.status == 409 and word in refused.json()["sentence"].lower()
    chinese = tab.post(body, **{"X-Deskunit-Language": "zh"}).json()["sentence"]
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert tab.get("/1").json()["row"]["seen"] == seen, "nothing half-done"


def test_an_unknown_one_is_not_found(tab: Tab) -> None:
    assert tab.get("/7").status == 404
    assert tab.write("void", 7, values={"reason": "x"}).status == 404
    assert tab.get("/summary/nobody").json()["agent_id"] == ""


@pytest.mark.parametrize("body", [{}, [], {"action": 1, "by": "1001"}, {"action": "add"}])
def test_a_body_of_another_form_is_refused(tab: Tab, body: object) -> None:
    assert tab.post(body).status == 400


def test_a_write_needs_the_token_of_this_start(tab: Tab) -> None:
    body = {"action": "add", "by": "1001", "values": CALLER}
    assert tab.browser.post("/api/callbacks", "guessed", body).status == 403
    foreign = {"Origin": "http://evil.example"}
    assert tab.browser.post("/api/callbacks", tab.handle.page.token, body, **foreign).status == 403
    assert tab.rows() == []


def test_the_stream_tells_what_changed(tab: Tab) -> None:
    with tab.browser.events() as events:
        events.next("hello")
        tab.add()
        body: dict[str, Any] = {"numbers": []}
        while body["numbers"] != [1]:
            _, body = events.next("callbacks")
    assert body == {"numbers": [1], "taken": []}


def test_the_tab_uses_the_words_that_there_are() -> None:
    files = [*STATIC.glob("callback*.js"), STATIC / "index.html"]
    source = "".join(file.read_text("utf-8") for file in files)
    told = {f"was_{what}" for what in ("attempt", "outcome", "closed")}
    used = set(re.findall(r'callback_tab\.(\w+)"', source))
    used |= {key for key in re.findall(r'told\("(\w+)"', source)}
    known = {key.partition(".")[2] for key in words.table("en") if key.startswith("callback_tab.")}
    assert told <= known and used == known
