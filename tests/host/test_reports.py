"""What reports show and how it is drawn: on paper, without a store; the issue's numbers among them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from deskunit import words
from deskunit.callbacks.folding import Callback
from deskunit.callbacks.measures import Kept
from deskunit.errors import DeskunitError
from deskunit.reports import (
    asking,
    building,
    counting,
    drawing,
    fragments,
    markup,
    page,
    tables,
    talks,
)
from deskunit.reports.material import Promised, Read
from deskunit.reports.model import (
    KINDS,
    OVERLAP,
    REASON_OVER,
    SHOWN_STATES,
    UNKNOWN_TIME,
    Point,
    Report,
)
from deskunit.reports.timeline import Painter, axis_of
from deskunit.reports.wall import Wall
from deskunit.reports.wording import Wording
from deskunit.roster import Shift
from log_paper import MIN, NINE, LogPaper, S
from report_paper import ON, SHANGHAI, period, read, report, seat_hour, with_targets

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "host_tools" / "deskunit" / "reports"
BERLIN = ZoneInfo("Europe/Berlin")
PARTS = tuple(dict.fromkeys(part for order in page.ORDER.values() for part in order))
OUTSIDE = re.compile(r"""(?:https?:)?//[a-z]|@import|url\((?!#)|\s(?:src|srcset|data)=""", re.I)


@pytest.fixture(scope="module", params=words.LANGUAGES)
def say(request: pytest.FixtureRequest) -> Wording:
    return Wording(request.param)


def lane(found: Report, place: int = 0, language: str = "en") -> ElementTree.Element:
    wall = fragments.wall_of(found)
    painter = Painter(axis_of(found.lanes, wall), wall, Wording(language), found.holds.limit_s)
    return ElementTree.fromstring(painter.lane(found.lanes[place]))


def titles(drawn: ElementTree.Element, state: str = "") -> list[str]:
    wanted = f"./g[@class='r-{state}']//title" if state else ".//title"
    return [one.text or "" for one in drawn.findall(wanted)]


# -- figures


def test_the_issues_seat_hour() -> None:
    found = report(seat_hour())
    occupancy = found.find("occupancy")
    assert occupancy is not None and occupancy.measured.text == "72.0 %"
    assert found.times.sum_ms == found.times.signed_in_ms == 60 * MIN
    assert found.times.difference_ms == 0
    assert found.rows[0].times == found.times
    assert found.reasons == {2: 10 * MIN}


def test_half_hours_add_up_to_the_day_and_each_to_its_signed_in_time() -> None:
    found = report(seat_hour(), seat_hour(LogPaper(agent="1002", uid="b0", at=NINE + 7 * MIN)))
    assert len(found.bands) == 3
    assert [one.times.difference_ms for one in found.bands] == [0, 0, 0]
    assert sum(one.times.sum_ms for one in found.bands) == found.times.sum_ms == 120 * MIN
    assert sum(one.calls.part for one in found.bands) == 2


def test_days_of_a_week_and_half_hours_of_all_its_days_together() -> None:
    two_days = seat_hour().state("signed_out", 23 * 60 * MIN)
    found = report(seat_hour(two_days), kind="week", over=period(count=7))
    assert [one.times.sum_ms // MIN for one in found.days] == [60, 60, 0, 0, 0, 0, 0]
    assert [one.times.sum_ms // MIN for one in found.bands] == [60, 60, 0]  # its calls end at 17:00
    assert found.lanes == () and len(found.half_hours) == 6
    shaded = re.findall(r"r-heat-(\d)\">(.*?) %<", tables.heat(found, Wording("en")))
    assert shaded == [("0", "30.0"), ("0", "30.0"), ("4", "100.0"), ("4", "100.0")]
    assert found.days[2].find("occupancy").measured.text == "–"  # type: ignore[union-attr]


def test_many_days_are_lines_few_are_columns_and_one_is_none() -> None:
    def drawn(count: int) -> str:
        return tables.days(
            report(seat_hour(), kind="team", over=period(count=count)), Wording("en")
        )

    assert drawn(1) == ""
    assert drawn(8).count('scope="col"') == 10 and "r-days" in drawn(8)
    assert drawn(9).count('scope="row"') == 10 and "2026-10-27 Tue" in drawn(9)


def test_what_goes_on_says_so() -> None:
    paper = LogPaper().state("ready", 10 * MIN).last(is_running=True, clipped_end=True)
    assert titles(lane(report(paper))) == ["ready 16:00:00–16:10:00 10:00 · goes on"]


def test_an_agents_days_are_lanes_and_a_night_is_cut_at_midnight() -> None:
    evening = NINE + 7 * 60 * MIN + 50 * MIN  # 23:50
    found = report(
        LogPaper(at=evening).state("ready", 30 * MIN),
        kind="agent", over=period(count=2), agents=("1001",),
    )  # fmt: skip
    assert [one.times.sum_ms // MIN for one in found.lanes] == [10, 20]
    assert [one.pieces[0].duration_ms // MIN for one in found.lanes] == [10, 20]
    assert [one.pieces[0].clipped_start for one in found.lanes] == [False, True]
    assert [one.date for one in found.lanes] == [ON, date(2026, 10, 27)]


def test_the_curve_counts_agents() -> None:
    both = (
        LogPaper().state("ready", 10 * MIN),
        LogPaper(agent="1002", uid="b0").state("talking", 5 * MIN),
    )
    found = counting.curve([one for of in both for one in of.pieces], period())
    assert found.at_utc_ms == (NINE, NINE + 5 * MIN)
    assert found.agents["ready"] == (1, 1) and found.agents["talking"] == (1, 0)


def test_what_one_might_talk_about() -> None:
    paper = LogPaper().state("not_ready", 16 * MIN, reason_code=1).state("unknown", 3 * MIN)
    paper.call(5 * MIN, 121 * S).state("ready", 30 * MIN)
    elsewhere = LogPaper(uid="b0", at=NINE + 20 * MIN).state("ready", MIN)
    late = Shift("1001", NINE - 10 * MIN, NINE + 60 * MIN)
    found = read(paper, elsewhere, shifts=[late])
    made = building_points(found)
    by_kind = {one.kind: one for one in made}
    assert by_kind[REASON_OVER].duration_ms == 16 * MIN and by_kind[REASON_OVER].limit_s == 900
    assert by_kind[UNKNOWN_TIME].duration_ms == 3 * MIN
    assert by_kind["hold_over"].duration_ms == 121 * S and by_kind["hold_over"].limit_s == 120
    assert by_kind["late"].duration_ms == 15 * MIN  # after due: 5 min before the shift
    assert by_kind[OVERLAP].duration_ms == MIN
    assert len(made) == 5


def building_points(found: Read) -> tuple[Point, ...]:
    return building.built(found, asking.Ask("day", period()), NINE + 600 * MIN).points


def test_nobody_signed_in_is_no_report() -> None:
    with pytest.raises(DeskunitError) as error:
        report(LogPaper().state("signed_out", MIN))
    assert error.value.key == "report_empty" and error.value.exit_code == 1


def test_a_callback_is_a_tick_and_one_that_is_overdue_a_point_too() -> None:
    found = replace(
        read(seat_hour()),
        promised=[promised(1, NINE + 5 * MIN, "open"), promised(2, NINE + 6 * MIN, "closed")],
    )
    made = building.built(found, asking.Ask("day", period()), NINE + 5 * 60 * MIN)
    assert [(one.kind, one.number) for one in made.points if one.number] == [("overdue", 1)]
    assert made.find("on_time_rate").measured.text == "50.0 %"  # type: ignore[union-attr]
    told = [one for one in titles(lane(made)) if "callback #" in one]
    assert told == [
        "16:05:00 callback #1 dropped call",
        "16:05:00 callback #1 dropped call was due, still open",
        "16:06:00 callback #2 dropped call",
    ]
    assert made.find("on_time_rate").is_met is False  # type: ignore[union-attr]


def promised(number: int, at: int, status: str) -> Promised:
    closed = at + MIN if status == "closed" else None
    kept = Kept("dropped", status, "1001", "", "", at, at, closed, None, False, False, False, 900)
    return Promised(Callback(number, "dropped", at, 0, "1001", "1001", status), kept)


# -- the timeline


def test_every_bar_says_state_times_and_duration() -> None:
    drawn = lane(report(seat_hour()))
    assert titles(drawn, "not_ready") == ["not ready meal 16:00:00–16:10:00 10:00"]
    assert titles(drawn, "hold") == ["hold 16:47:59–16:51:59 4:00 · past the limit of 120 s"]
    rects = drawn.findall(".//rect")
    assert len(rects) == len(titles(drawn)) - 1 == 6  # and the mark of the hold has a title
    assert drawn.get("role") == "img" and "hold 0:04:00" in (drawn.get("aria-label") or "")


def test_bars_lie_where_their_times_are() -> None:
    drawn = lane(report(LogPaper().state("ready", 30 * MIN).state("talking", 30 * MIN)))
    found = [(one.get("x"), one.get("width")) for one in drawn.findall(".//rect")]
    assert found == [("0.00%", "50.00%"), ("50.00%", "50.00%")]


def test_what_is_too_thin_to_be_seen_joins_its_neighbour_and_nothing_is_lost() -> None:
    paper = LogPaper()
    for _ in range(100):
        paper.state("ready", 100).state("not_ready", 100, reason_code=0)
    paper.state("talking", 6 * 60 * MIN)
    drawn = lane(report(paper))
    rects = drawn.findall(".//rect")
    assert len(rects) < 6
    assert sum(float((one.get("width") or "")[:-1]) for one in rects) == pytest.approx(
        85.8, abs=0.3
    )  # of 7 hours
    assert any(re.search(r" \d\d rows$", title) for title in titles(drawn))


def test_a_corrected_bar_says_what_it_was() -> None:
    paper = LogPaper().state("not_ready", 10 * MIN, reason_code=2)
    paper.last(correction=3, original_state="ready")
    assert titles(lane(report(paper)))[0].endswith("10:00 · correction #3, was ready")
    assert "更正 #3，原为 就绪" in titles(lane(report(paper), language="zh"))[0]


def test_a_correction_of_many_states_has_one_symbol() -> None:
    paper = LogPaper()
    for number in (1, 1, 1, 2):
        paper.state("not_ready", 10 * MIN, reason_code=2)
        paper.last(correction=number, original_state="ready")
        paper.state("talking", 5 * MIN)
    symbols = [one.get("href") for one in lane(report(paper)).findall(".//use")]
    assert symbols.count("#mark-corrected") == 2


def test_names_are_text_wherever_they_stand(say: Wording) -> None:
    found = report(seat_hour(LogPaper(agent="1002")), seat_hour(LogPaper(uid="b0")))
    for html in (page.html(replace(found, kind=kind), say.language) for kind in KINDS):
        assert "<script>alert" not in html and "alert(1)" in html


def test_a_day_of_25_hours_has_every_hour_and_half_hour_once() -> None:
    autumn = period(date(2026, 10, 25), zone=BERLIN)
    at = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)  # 02:55+02:00
    paper = LogPaper(at=round(at.timestamp() * 1000)).state("talking", 10 * MIN)
    found = report(paper, over=autumn)
    assert autumn.to_utc_ms - autumn.from_utc_ms == 25 * 60 * MIN
    assert titles(lane(found)) == ["talking 02:55:00–02:05:00 10:00"]
    assert [one.times.sum_ms // MIN for one in found.bands] == [5, 5]
    wall = fragments.wall_of(found)
    hours = [wall.hm(one) for one in wall.full_hours(autumn.from_utc_ms, autumn.to_utc_ms)]
    assert len(hours) == 26 and hours.count("02:00") == 2


def test_a_day_of_23_hours_skips_one() -> None:
    spring = period(date(2026, 3, 29), zone=BERLIN)
    wall = Wall(BERLIN, spring.from_utc_ms, spring.to_utc_ms)
    hours = [wall.hm(one) for one in wall.full_hours(spring.from_utc_ms, spring.to_utc_ms)]
    assert len(hours) == 24 and "02:00" not in hours


# -- other drawings


def test_shares_fill_the_bar(say: Wording) -> None:
    times = report(seat_hour()).times
    drawn = ElementTree.fromstring(drawing.shares(times, times, say, "x"))
    widths = [float((one.get("width") or "")[:-1]) for one in drawn.findall("rect")]
    assert len(widths) == 5 and sum(widths) == pytest.approx(100, abs=0.05)


def test_holds_stand_in_their_class_on_their_side_of_the_limit() -> None:
    paper = LogPaper().state("ready", MIN)
    for length in (20 * S, 25 * S, 120 * S, 120 * S + 500, 200 * S):
        paper.call(5 * MIN, length, wrap_up=10 * S).state("ready", MIN)
    found = report(paper)
    drawn = ElementTree.fromstring(drawing.holds(found.holds, Wording("en")))
    counts = {
        (one.find("title").text or "").split(": ")[0]: int(
            (one.find("title").text or "").split()[-1]
        )  # type: ignore[union-attr]
        for one in drawn.findall("g")[:-1]
    }
    assert counts["–0:30"] == 2 and counts["–2:00"] == 1 and counts["–3:00"] == 1
    assert found.holds.over == 2 and sum(counts.values()) == 5
    beyond = [one for one in drawn.findall("g") if one.get("class") == "r-over"]
    assert len(beyond) == 4


def test_the_curve_is_drawn_and_told(say: Wording) -> None:
    found = report(seat_hour())
    drawn = ElementTree.fromstring(drawing.curve(found.curve, fragments.wall_of(found), say))
    assert len(drawn.findall(".//path")) == 5


# -- pages


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_for_nothing_from_outside(kind: str, say: Wording) -> None:
    found = replace(report(seat_hour()), kind=kind)
    html = page.html(found, say.language)
    assert OUTSIDE.findall(html.replace(uplots_link(), "")) == []
    assert "default-src 'none'" in unescape(html)
    assert f'<html lang="{say.language}">' in html


def uplots_link() -> str:
    """Its first line names its home; nothing fetches that."""
    first = (REPORTS / "vendor" / "uPlot.iife.min.js").read_text("utf-8").split("\n", 1)[0]
    assert first.startswith("/*! https://github.com/leeoniya/uPlot") and first.endswith("*/")
    return first


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_part_carries_no_style_and_no_script(part: page.Part, say: Wording) -> None:
    html = part(report(seat_hour(), kind="agent", over=period(count=2), agents=("1001",)), say)
    assert re.findall(r"<(?:style|script|link)\b|\sstyle=|\son[a-z]+=", html) == []
    assert html.count("<section") == html.count("</section>") == 1
    ElementTree.fromstring(html.replace("<br>", "<br/>"))


def test_every_class_that_is_drawn_has_its_rule_or_is_a_name(say: Wording) -> None:
    css = (REPORTS / "report.css").read_text("utf-8")
    html = page.body_of(report(seat_hour(), kind="agent", agents=("1001",)), say)
    drawn = {one for found in re.findall(r'class="([^"]+)"', html) for one in found.split()}
    names = {one for one in drawn if one.endswith("-part")}
    plain = {"r-axis", "r-within", "r-over", "r-limit", "r-bands", "r-reason-table", "report-defs"}
    assert {one for one in drawn - names - plain if f".{one}" not in css} == set()
    rules = set(re.findall(r"\.(r-[a-z_-]+)", css))
    sources = "".join(file.read_text("utf-8") for file in REPORTS.glob("*.py"))
    sources += (REPORTS / "report.js").read_text("utf-8")
    states = {f"r-{one}" for one in ("ready", "not_ready", "talking", "hold", "wrap_up", "unknown")}
    made = (
        states
        | {f"r-heat-{level}" for level in range(5)}
        | {"r-yes", "r-no", "r-none"}
        | {one for one in rules if one.endswith("-part")}
    )
    assert {one for one in rules - made if one not in sources} == set()


def test_a_target_is_met_by_word_and_sign_and_without_one_nothing_is_said() -> None:
    found = with_targets(report(seat_hour()), occupancy=(70, True), average_handle_time=(90, False))
    html = fragments.figures(found, Wording("en"))
    assert "✓ met (≥ 70 %)" in html and "✗ not met (≤ 0:01:30)" in html
    assert html.count("r-met") == 2  # of the others nothing is said
    assert "✓ 达标（≥ 70 %）" in fragments.figures(found, Wording("zh"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_foot_has_the_invariant_and_the_head_the_formulas(kind: str) -> None:
    html = page.html(replace(report(seat_hour()), kind=kind), "en")
    assert (
        "add up to 1:00:00 (3600.000 s); signed in 1:00:00 (3600.000 s); difference 0.000 s ✓"
        in html
    )
    assert html.count(words.text("measure.occupancy.formula", "en")) == 2  # folded, and for paper
    broken = report(seat_hour())
    wrong = replace(broken.times, signed_in_ms=broken.times.signed_in_ms - 1500)
    html = page.html(replace(broken, times=wrong), "en")
    assert "Check failed ✗" in html and "difference 1.500 s" in html


def test_everybody_stands_above_the_agents_who_stand_by_id() -> None:
    later = seat_hour(LogPaper(agent="0999", uid="b0"))
    html = tables.rows(replace(report(seat_hour(), later), kind="team"), Wording("en"))
    heads = re.findall(r'<th scope="row">(.*?)</th>', html)
    assert heads == ["All <small></small>", "0999", "李晓 <small>1001</small>"]


def test_the_page_has_the_longest_and_says_how_many_more_there_are() -> None:
    paper = LogPaper()
    for minutes in range(20):
        paper.state("not_ready", (6 + minutes) * MIN, reason_code=0).state("ready", MIN)
    html = talks.points(report(paper), Wording("en"))
    assert (
        "<strong>20</strong> not ready beyond" in html and "8 more are in the xlsx report" in html
    )
    assert html.index("25:00") < html.index("24:00")


def test_markup_escapes_everything_but_markup() -> None:
    made = markup.tag("p", "<b>", markup.Html("<i>x</i>"), None, title='"', class_="a", data_x=1)
    assert made == '<p title="&quot;" class="a" data-x="1">&lt;b&gt;<i>x</i></p>'


# -- what is asked for


NOW = round(datetime(2026, 11, 25, 1, tzinfo=UTC).timestamp() * 1000)  # a Wednesday, 9:00


@pytest.mark.parametrize(
    ("kind", "how", "first", "last"),
    [
        ("day", {}, date(2026, 11, 25), date(2026, 11, 25)),
        ("day", {"day_start_min": 600}, date(2026, 11, 24), date(2026, 11, 24)),
        ("day", {"on": "2026-11-12"}, date(2026, 11, 12), date(2026, 11, 12)),
        ("week", {}, date(2026, 11, 23), date(2026, 11, 29)),
        ("week", {"on": "2026-11-15"}, date(2026, 11, 9), date(2026, 11, 15)),
        ("agent", {}, date(2026, 11, 23), date(2026, 11, 29)),
        ("team", {"from_": "2026-11-01", "to": "2026-11-08"}, date(2026, 11, 1), date(2026, 11, 7)),
        ("team", {"from_": "2026-11-20"}, date(2026, 11, 20), date(2026, 11, 25)),
    ],
)
def test_the_days_that_are_meant(kind: str, how: dict[str, str], first: date, last: date) -> None:
    found = asking.period(kind, SHANGHAI, NOW, **how)  # type: ignore[arg-type]
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ({"on": "2026-11-31"}, "report_date"),
        ({"on": "yesterday"}, "report_date"),
        ({"on": "9999-12-31"}, "report_date"),
        ({"to": "0001-01-01"}, "report_date"),
        ({"from_": "2026-11-08", "to": "2026-11-08"}, "range_empty"),
        ({"from_": "2026-01-01", "to": "2026-11-08"}, "report_long"),
    ],
)
def test_days_that_cannot_be_meant(how: dict[str, str], key: str) -> None:
    with pytest.raises(DeskunitError) as error:
        asking.period("team", SHANGHAI, NOW, **how)  # type: ignore[arg-type]
    assert error.value.key == key and error.value.exit_code == 2


# -- what came with it


def test_the_bundled_library_is_the_one_that_package_json_pins() -> None:
    package = ROOT / "node_modules" / "uplot"
    assert package.is_dir(), "make setup fetches it"
    for ours, theirs in (
        ("uPlot.iife.min.js", "dist/uPlot.iife.min.js"),
        ("uPlot.min.css", "dist/uPlot.min.css"),
        ("uPlot.LICENSE.txt", "LICENSE"),
    ):
        assert (REPORTS / "vendor" / ours).read_bytes() == (package / theirs).read_bytes(), ours


def test_every_word_of_the_reports_is_used() -> None:
    sources = "".join(file.read_text("utf-8") for file in REPORTS.rglob("*.py"))
    quoted = set(re.findall(r'"(\w+)"', sources))
    made = ("weekday_", "title_", "target_", "legend_", "mark_", "point_", "sheet_", "invariant_")
    keys = {key.partition(".")[2] for key in words.table("en") if key.startswith("report.")}
    assert {one for one in keys - quoted if not one.startswith(made)} == set()


def test_an_hour_at_the_edge_of_the_curve_is_not_cut_in_print() -> None:
    found = report(seat_hour())
    drawn = drawing.curve(found.curve, fragments.wall_of(found), Wording("en"))
    assert '<text x="0.00%" y="160" text-anchor="start">16:00</text>' in drawn


def test_hold_is_told_on_paper_without_colour_and_without_a_pattern() -> None:
    """It alone hangs below the line that every other state stands on; a pattern is 9 KB a bar in a PDF."""
    style = (REPORTS / "report.css").read_text("utf-8")
    paper = style[style.index("@media print") :]
    feet: dict[str, int] = {}
    for line in re.findall(r"^  (\.r-lane \.r-\w+ rect.*)$", paper, re.M):
        measured = re.search(r"y: (\d+)px; height: (\d+)px", line)
        assert measured is not None
        for state in re.findall(r"\.r-(\w+) rect", line):
            feet[state] = sum(map(int, measured.groups()))
    assert set(feet) == set(SHOWN_STATES)
    assert feet.pop("hold") - 4 == max(feet.values()) == min(feet.values())
    assert re.search(r"\.r-lane \.r-hold,.*fill: #", paper)
