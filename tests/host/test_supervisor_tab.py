"""The routes of the supervisor tab over real loopback HTTP, on a real logger: views, roles, corrections."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from callback_paper import at
from correction_paper import UID
from deskunit import words
from deskunit.supervision import viewing
from deskunit.web.app import PAGE_WORDS, STATIC
from supervised import DAY, EVIL, Supervised

WHY = "forgot READY, asked in person"
BREAK = {"uid": UID, "start_utc_ms": at(f"{DAY} 09:20"), "state": "ready"}


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Supervised]:
    floor = Supervised(tmp_path)
    yield floor
    floor.close()


def part(view: dict[str, Any], name: str) -> str:
    return next(str(one["html"]) for one in view["parts"] if one["name"] == name)


def names(view: dict[str, Any]) -> list[str]:
    return [one["name"] for one in view["parts"]]


class Seen(HTMLParser):
    """Which elements and attributes there are in markup."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)


# --- looking


def test_a_day_has_its_figures_its_lines_and_its_table(floor: Supervised) -> None:
    view = floor.view()
    assert (view["first"], view["last"], view["is_live"], view["now"]) == (DAY, DAY, False, {})
    assert names(view) == ["figures", "lanes", "points", "states", "curve", "holds", "bands"]
    assert ">11.1 %<" in part(view, "figures")  # 5 min talking and hold, 40 min ready
    line = re.search(r'data-agent="1001" data-from="(\d+)" data-to="(\d+)"', part(view, "lanes"))
    assert line is not None
    assert int(line[1]) <= at(f"{DAY} 09:00") < at(f"{DAY} 10:00") <= int(line[2])
    assert "09:00–09:30" in part(view, "bands")


def test_a_range_has_days_and_agents(floor: Supervised) -> None:
    view = floor.view("from=2026-05-07&to=2026-05-09")
    assert (view["first"], view["last"]) == ("2026-05-07", "2026-05-09")
    assert {"days", "curve", "rows"} < set(names(view)) and "lanes" not in names(view)
    assert [f"05-0{day}" in part(view, "days") for day in (6, 7, 8, 9)] == [False, True, True, True]


def test_one_agent_has_the_log(floor: Supervised) -> None:
    view = floor.view(f"day={DAY}&agent=1001", "zh")
    assert {"lanes", "log"} < set(names(view))
    assert "09:13:00" in part(view, "log") and "保持" in part(view, "log")


def test_nothing_is_told_of_a_day_on_which_nobody_came(floor: Supervised) -> None:
    view = floor.view("day=2026-05-01")
    assert view["parts"] == [] and view["first"] == "2026-05-01"
    assert floor.view("")["is_live"] and floor.view("")["parts"] == []


def test_a_name_that_is_markup_stays_text(floor: Supervised) -> None:
    for query in (f"day={DAY}", "from=2026-05-07&to=2026-05-09", f"day={DAY}&agent=1001"):
        for one in floor.view(query)["parts"]:
            assert "<img" not in one["html"]
    assert "&lt;img src=x onerror=alert(1)&gt;" in part(floor.view(), "lanes")
    assert EVIL in floor.get("site").json()["agents"][0]["name"]


def test_parts_keep_to_the_strict_policy_of_the_page(floor: Supervised) -> None:
    for query in (f"day={DAY}", "from=2026-05-07&to=2026-05-09", f"day={DAY}&agent=1001"):
        for one in floor.view(query)["parts"]:
            seen = Seen()
            seen.feed(one["html"])
            assert seen.tags and not seen.tags & {"script", "style", "link", "iframe", "img"}
            assert not {name for name in seen.names if name == "style" or name.startswith("on")}


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("day=2026-02-30", "report_date"),
        ("from=2026-01-01&to=2026-12-31", "report_long"),
        (f"from={DAY}&to=2026-05-01", "range_empty"),
        (f"day={DAY}&agent=9999", "unknown_agent"),
        (f"day={DAY}&team=Z", "unknown_team"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(floor: Supervised, query: str, key: str) -> None:
    answer = floor.get(f"view?{query}", "zh")
    assert (answer.status, answer.json()["error"]) == (409, key)
    assert re.search("[一-鿿]", answer.json()["sentence"])


def test_the_page_holds_less_than_a_report_on_its_own(
    floor: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "MOST_STATES", 2)
    answer = floor.get(f"view?day={DAY}", "en")
    assert (answer.status, answer.json()["error"]) == (409, "report_large")


def test_the_looks_are_the_reports_own_and_nothing_else_is_served(floor: Supervised) -> None:
    for name in ("report.css", "report.js", "vendor/uPlot.iife.min.js", "vendor/uPlot.min.css"):
        assert floor.browser.get(f"/report/{name}").status == 200
    for name in ("building.py", "vendor/../building.py", "vendor/uPlot.LICENSE.txt"):
        assert floor.browser.get(f"/report/{name}").status == 404


def test_with_a_desk_there_is_the_tab(floor: Supervised) -> None:
    assert 'aria-controls="panel-supervisor" data-word="supervisor_tab.tab" ></a>' in (
        floor.browser.get("/").body.decode()
    )


# --- correcting


def states(view: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["start_local"][11:], row["state"]) for row in view["rows"]]


def around(floor: Supervised) -> dict[str, Any]:
    found: dict[str, Any] = floor.get(f"around?agent=1001&at={at(f'{DAY} 09:25')}").json()
    return found


def test_a_correction_is_looked_at_made_shown_and_taken_back(floor: Supervised) -> None:
    assert ("09:20:00", "not_ready") in states(around(floor))
    draft = floor.post("preview", BREAK).json()
    (only,) = draft["parts"]
    assert (only["start_local"][11:], only["end_local"][11:]) == ("09:20:00", "09:30:00")
    assert (only["before"]["reason"], only["after"]["state"]) == ("unspecified", "ready")
    assert floor.view()["corrections"] == []

    row = floor.post("correct", {**BREAK, "why": WHY}).json()["row"]
    assert (row["number"], row["author"], row["why"]) == (1, "supervisor", WHY)
    corrected = next(one for one in around(floor)["rows"] if one["correction"] == 1)
    assert (corrected["state"], corrected["original"]["state"]) == ("ready", "not_ready")
    view = floor.view()
    assert 'class="r-corrected"' in part(view, "lanes")
    assert [one["number"] for one in view["corrections"]] == [1]

    gone = floor.post("correct", {"number": 1, "why": "asked again", "author": "1002"}).json()[
        "row"
    ]
    assert (gone["withdrawn"]["by"], gone["withdrawn"]["name"]) == ("1002", "Wang")
    view = floor.view()
    assert 'class="r-corrected"' not in part(view, "lanes")
    assert view["corrections"][0]["withdrawn"]["why"] == "asked again"


def test_a_typed_time_is_by_the_clock_of_the_site(floor: Supervised) -> None:
    """Its second names the row's bound in it: 9:05:00.250."""
    wish = {"uid": UID, "start_utc_ms": f"{DAY}T09:05:00", "end_utc_ms": f"{DAY}T09:08:00",
            "state": "not_ready", "reason_code": 1}  # fmt: skip
    draft = floor.post("preview", wish).json()
    assert (draft["start_utc_ms"], draft["end_local"][11:]) == (
        at(f"{DAY} 09:05") + 250,
        "09:08:00",
    )


@pytest.mark.parametrize(
    ("wish", "key"),
    [
        ({**BREAK, "state": "hold"}, "correction_no_call"),
        ({**BREAK, "end_utc_ms": f"{DAY}T11:00:00"}, "correction_beyond"),
        ({**BREAK, "start_utc_ms": "yesterday"}, "bad_date"),
        ({**BREAK, "uid": "aaaaaaaaaaaa"}, "unknown_unit"),
        ({**BREAK, "height": 3}, "correction_no_field"),
    ],
)
def test_what_may_not_be_corrected_is_a_sentence(floor: Supervised, wish: object, key: str) -> None:
    answer = floor.post("preview", wish, "zh")
    assert answer.json()["error"] == key and re.search("[一-鿿]", answer.json()["sentence"])
    assert floor.view()["corrections"] == []


def test_a_second_correction_of_the_same_time_is_refused(floor: Supervised) -> None:
    assert floor.post("correct", {**BREAK, "why": WHY}).status == 200
    answer = floor.post("correct", {**BREAK, "state": "talking", "why": WHY})
    assert (answer.status, answer.json()["error"]) == (409, "correction_overlaps")


def test_a_correction_without_a_reason_or_token_is_refused(floor: Supervised) -> None:
    assert floor.post("correct", {**BREAK, "why": " "}).json()["error"] == "correction_no_why"
    assert floor.post("correct", {**BREAK, "why": WHY}, token="another").status == 403
    assert floor.view()["corrections"] == []


def test_every_page_hears_of_a_correction(floor: Supervised) -> None:
    with floor.browser.events() as stream:
        stream.next("hello")
        floor.post("correct", {**BREAK, "why": WHY})
        assert stream.next("corrections")[1] == {"number": 1}


# --- roles


def test_an_agent_sees_only_their_own_day(floor: Supervised) -> None:
    floor.become('role = "agent"\nagent = "1002"')
    site = floor.get("site").json()
    assert (site["role"], [one["id"] for one in site["agents"]]) == ("agent", ["1002"])
    assert floor.view()["parts"] == []  # 1002 was not there
    answer = floor.get(f"view?day={DAY}&agent=1001")
    assert answer.status == 409 or answer.json()["parts"] == []

    floor.become('role = "agent"\nagent = "1001"')
    assert 'data-agent="1001"' in part(floor.view(), "lanes")
    assert floor.view()["corrections"] == []


def test_an_agent_corrects_nothing_and_takes_away_only_their_own(floor: Supervised) -> None:
    floor.become('role = "agent"\nagent = "1002"')
    for path in ("preview", "correct"):
        answer = floor.post(path, {**BREAK, "why": WHY})
        assert answer.json()["error"] == "correction_role"
    assert floor.get("around?agent=1001&at=0").json()["error"] == "correction_role"
    assert len(floor.fetch("states", "csv").body.splitlines()) == 1  # the head
    assert b"1001" not in floor.fetch("states", "jsonl", agent="1001").body


def test_a_supervisor_of_one_team_sees_and_corrects_that_one(floor: Supervised) -> None:
    made = floor.post("correct", {**BREAK, "why": WHY}).json()["row"]
    floor.become('role = "supervisor"\nteams = ["B"]')
    site = floor.get("site").json()
    assert (site["teams"], [one["id"] for one in site["agents"]]) == (["B"], ["1002"])
    assert floor.view()["parts"] == [] and floor.view()["corrections"] == []
    talking = {**BREAK, "start_utc_ms": at(f"{DAY} 09:31"), "state": "talking", "why": WHY}
    for path in ("preview", "correct"):
        assert floor.post(path, talking).json()["error"] == "not_yours", path
    gone = {"number": made["number"], "why": WHY}
    assert floor.post("correct", gone).json()["error"] == "correction_unknown"
    assert floor.get("around?agent=1001&at=0").json()["error"] == "not_yours"
    assert floor.get(f"view?day={DAY}&team=A").json()["error"] == "team_not_yours"


# --- words


def test_every_word_of_the_tab_is_there_and_used() -> None:
    sources = "\n".join(
        file.read_text("utf-8") for file in STATIC.iterdir() if file.suffix != ".svg"
    )
    keys = {key for key in words.table("en") if key.startswith("supervisor_tab.")}
    assert len(keys) > 60 and "supervisor_tab." in PAGE_WORDS
    said = set(re.findall(r"supervisor_tab\.[a-z_]+", sources))
    assert {key for key in said if not key.endswith("_")} <= keys
    made = re.compile(r"supervisor_tab\.(correction|export|split|nobody)_")
    short = re.findall(r'(?:labelled\(|\? |: )"([a-z_]+)"', sources)
    unsaid = {key for key in keys - said if not made.match(key)}
    assert {key.partition(".")[2] for key in unsaid} <= set(short)
