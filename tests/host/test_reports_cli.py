"""`deskunit report` as a supervisor uses it: files, languages, corrections, roles, and what goes wrong."""

import io
import re
import stat
import sys
from pathlib import Path

import openpyxl
import pytest
import queue_floor
from callback_paper import SHANGHAI, at
from correction_paper import UID, Morning, open_morning
from deskunit import cli, words
from deskunit.corrections.orders import Order
from deskunit.errors import DeskunitError
from deskunit.reports import asking, building, page, printing, reading, workbook
from deskunit.reports.model import Report
from deskunit.store import open_store

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "synthetic"))

from floor import A_DAY, make_day  # noqa: E402

DAY = "2026-05-08"
NOW = at(f"{DAY} 18:00")


class Terminal:
    """Runs `deskunit …` in this process: exit code and what it says to people."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, *said: object) -> tuple[int, str]:
        self._monkeypatch.setattr(sys, "argv", ["deskunit", *map(str, said)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        assert "Traceback" not in out + err and isinstance(ended.value.code, int)
        return ended.value.code, err.strip()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    return Terminal(monkeypatch, capfd)


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic day of twelve agents; read only."""
    folder = tmp_path_factory.mktemp("floor")
    make_day(folder, 1, 12)
    return folder


@pytest.fixture
def morning(tmp_path: Path) -> Path:
    """Two desks' morning with three corrections, one of them withdrawn; log in Shanghai."""
    folder = tmp_path / "data"
    with open_morning(folder) as made:
        tell_the_other_desk(made)
        made.say("09:15:00", "09:20:00", state="talking")
        made.say("09:30:00", "09:40:00", state="not_ready", reason_code=4)
        number = made.say("09:45:00", "09:50:00", state="not_ready", reason_code=2).number
        made.desk.write(Order("supervisor", "was right", number))
    (folder / "settings.toml").write_text('[host]\nzone = "Asia/Shanghai"\n', "utf-8")
    return folder


def tell_the_other_desk(made: Morning) -> None:
    made.tell("b4cf12b3d0e8", "1002", (0, "not_ready", {"rc": 90}), (60_000, "ready", {}),
              (1_800_000, "signed_out", {}))  # fmt: skip


def made_of(folder: Path, **how: object) -> Report:
    days = asking.period("day", SHANGHAI, NOW, on=DAY)
    with open_store(folder, write=False) as store:
        return building.report(store, folder, asking.Ask("day", days, **how), NOW)  # type: ignore[arg-type]


# -- what it writes


@pytest.mark.parametrize("kind", ["day", "week", "team"])
def test_a_report_of_the_floor_keeps_the_invariant(
    terminal: Terminal, floor: Path, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"{kind}.html"
    days = (
        [A_DAY] if kind != "team" else ["--from", A_DAY, "--to", A_DAY.replace(day=A_DAY.day + 1)]
    )
    code, said = terminal.run("report", kind, *days, "--data", floor, "--out", file, "--lang", "zh")
    assert (code, said) == (0, f"Report written: {file}")
    html = file.read_text("utf-8")
    assert "相差 0.000 秒 ✓" in html and 'lang="zh"' in html
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_the_language_is_the_users_unless_another_is_asked_for(
    terminal: Terminal, floor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user, asked, found in (("zh", [], "zh"), ("en", [], "en"), ("zh", ["--lang", "en"], "en")):
        monkeypatch.setenv("DESKUNIT_LANG", user)
        file = tmp_path / "day.html"
        code, _ = terminal.run("report", "day", A_DAY, "--data", floor, "--out", file, *asked)
        assert code == 0 and f'<html lang="{found}">' in file.read_text("utf-8")


def test_standard_output_gets_the_page_alone(
    floor: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    argv = ["deskunit", "report", "day", str(A_DAY), "--data", str(floor), "--out", "-"]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit):
        cli.main()
    out, err = capfd.readouterr()
    assert out.startswith("<!doctype html>") and out.endswith("</html>\n") and err == ""


def test_a_workbook_has_everything(terminal: Terminal, floor: Path, tmp_path: Path) -> None:
    file = tmp_path / "day.xlsx"
    code, _ = terminal.run("report", "day", A_DAY, "--data", floor, "--out", file)
    assert code == 0
    book = openpyxl.load_workbook(file)
    names = ("figures", "agents", "half-hours", "holds", "to talk about", "corrections", "formulas",
             "state log")  # fmt: skip
    assert book.sheetnames == list(names)
    heads = {name: [cell.value for cell in book[name][1]] for name in names}
    rows = list(book["agents"].iter_rows(min_row=2, values_only=True))
    place = heads["agents"].index("Signed in")
    assert len(rows) > 5
    for row in rows:
        states = row[place + 1 : place + 7]
        assert sum(one.total_seconds() for one in states) == pytest.approx(
            row[place].total_seconds(), abs=0.01
        )
    total = sum(row[place].total_seconds() for row in book["half-hours"].iter_rows(
        min_row=2, values_only=True) if (place := heads["half-hours"].index("Signed in")))  # fmt: skip
    place = heads["agents"].index("Signed in")
    assert total == pytest.approx(sum(row[place].total_seconds() for row in rows), abs=0.05)


def test_a_number_of_the_workbook_is_in_the_unit_beside_it(morning: Path) -> None:
    report = made_of(morning)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.xlsx(report, "en")))["figures"]
    shown = {row[0]: row for row in sheet.iter_rows(min_row=3, values_only=True)}
    occupancy = next(one for one in report.figures if one.key == "occupancy").measured
    _, text, number, unit, *_ = shown["Occupancy"]
    assert occupancy.value is not None and unit == "%"
    assert number == pytest.approx(100 * occupancy.value) and text == f"{number:.1f} %"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_sheet_names_are_ones_that_excel_takes(morning: Path, language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx(made_of(morning), language)))
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames)


# -- corrections


def test_corrections_count_and_show_what_was(morning: Path) -> None:
    found = made_of(morning)
    assert [one.number for one in found.corrections] == [1, 2, 3]
    assert found.corrections[0].was == (("ready", None, None),)
    assert found.corrections[2].withdrawn_utc_ms is not None
    assert (
        found.times.in_state_ms["talking"]
        == 300_000 + made_of(morning, is_raw=True).times.in_state_ms["talking"]
    )
    assert found.times.difference_ms == 0 and found.foot.corrected_rows == 2
    html = page.html(found, "en")
    assert "talking 09:15:00–09:20:00 5:00 · correction #1, was ready" in html
    assert "<s>not ready meal</s>" in html and "withdrawn: the supervisor" in html


def test_the_raw_report_is_as_the_units_told_it(morning: Path) -> None:
    raw = made_of(morning, is_raw=True)
    assert raw.corrections == () and raw.foot.corrected_rows == 0 and raw.times.difference_ms == 0
    assert "corrections are left out" in page.html(raw, "en")


# -- who may see what


@pytest.mark.parametrize(
    ("viewer", "asked", "code", "named"),
    [
        ('role = "agent"\nagent = "1001"', ["day", DAY], 0, {"1001"}),
        ('role = "agent"\nagent = "1001"', ["day", DAY, "--agent", "1002"], 2, set()),
        ('role = "supervisor"\nteams = ["B"]', ["day", DAY], 0, {"1002"}),
        ('role = "supervisor"\nteams = ["B"]', ["day", DAY, "--team", "A"], 2, set()),
        ('role = "supervisor"', ["day", DAY], 0, {"1001", "1002"}),
    ],
)
def test_agents_see_themselves_and_supervisors_their_teams(
    terminal: Terminal, morning: Path, tmp_path: Path, viewer: str, asked: list[str], code: int,
    named: set[str],
) -> None:  # fmt: skip
    with (morning / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"[viewer]\n{viewer}\n")
    file = tmp_path / "r.html"
    assert terminal.run("report", *asked, "--data", morning, "--out", file)[0] == code
    html = file.read_text("utf-8") if code == 0 else ""
    assert {one for one in ("1001", "1002") if f"<small>{one}</small>" in html} == named
    assert ("forgot" in html) == ("1001" in named)  # the corrections are of 1001's desk


# -- what goes wrong


@pytest.mark.parametrize(
    ("said", "code", "sentence"),
    [
        (["day", "2026-02-30"], 2, "There is no day '2026-02-30'"),
        (["day", DAY, "--tz", "Europe/Nowhere"], 2, "Europe/Nowhere"),
        (["day", DAY, "--team", "C"], 2, "C"),
        (["day", DAY, "--agent", "9999"], 2, "9999"),
        (["agent", "--agent", "9999"], 2, "9999"),
        (["day", "2026-05-09"], 1, "Nobody was signed in from 2026-05-09"),
        (["day", DAY, "--lang", "fr"], 2, "no language fr"),
        (["day", DAY, "--format", "docx"], 2, "no format docx"),
        (["day", DAY, "--day-start", "25:00"], 2, "25:00"),
        (["team", "--from", DAY, "--to", DAY], 2, "--from"),
        (["team", "--from", "2026-01-01", "--to", DAY], 2, "at most 92 days"),
        (["agent"], 2, "--agent"),
    ],
)
def test_a_wrong_question_is_one_sentence_and_no_file(
    terminal: Terminal, morning: Path, tmp_path: Path, said: list[str], code: int, sentence: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    found, told = terminal.run("report", *said, "--data", morning, "--out", folder / "r.html")
    assert found == code and sentence in told
    assert list(folder.iterdir()) == []


def test_the_name_of_another_programs_file_is_refused(
    terminal: Terminal, morning: Path, tmp_path: Path
) -> None:
    file = tmp_path / "r.docx"
    code, told = terminal.run("report", "day", DAY, "--data", morning, "--out", file)
    assert code == 2 and ".html, .xlsx, .pdf" in told and not file.exists()


def test_a_folder_that_is_not_there_is_named(
    terminal: Terminal, morning: Path, tmp_path: Path
) -> None:
    file = tmp_path / "nowhere" / "r.html"
    code, told = terminal.run("report", "day", DAY, "--data", morning, "--out", file)
    assert code == 1 and str(file) in told and not file.parent.exists()


def test_more_states_than_a_report_holds_are_a_sentence(
    terminal: Terminal, morning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_STATES", 3)
    out = tmp_path / "day.html"
    code, said = terminal.run("report", "day", DAY, "--data", morning, "--out", out)
    assert code == 2 and "\n" not in said and "more than 3 states" in said
    assert not out.exists()


def test_a_mistake_in_the_roster_is_named(
    terminal: Terminal, morning: Path, tmp_path: Path
) -> None:
    (morning / "roster.csv").write_text(
        "agent,date,start,end\n1001,2026-02-30,9:00,17:00\n", "utf-8"
    )
    code, told = terminal.run("report", "day", DAY, "--data", morning, "--out", tmp_path / "r.html")
    assert code == 1 and "roster.csv" in told and not (tmp_path / "r.html").exists()


def test_an_agent_of_the_roster_whom_nobody_knows_is_said(
    terminal: Terminal, morning: Path, tmp_path: Path
) -> None:
    lines = [f"{one},{DAY},9:00,17:00" for one in ("1001", "1009", "1008")]
    (morning / "roster.csv").write_text("\n".join(["agent,date,start,end", *lines, ""]), "utf-8")
    code, told = terminal.run("report", "day", DAY, "--data", morning, "--out", tmp_path / "r.html")
    assert code == 0 and "shifts of 1008, 1009, not in agents.csv" in told


def test_a_team_of_the_viewer_in_which_nobody_is_is_said(
    terminal: Terminal, morning: Path, tmp_path: Path
) -> None:
    with (morning / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('[viewer]\nteams = ["A", "Z"]\n')
    for asked in (["report", "day", DAY], ["export", "calls"]):
        code, told = terminal.run(*asked, "--data", morning, "--out", tmp_path / "r.xlsx")
        assert code == 0 and "Nobody is in team Z" in told and "team A" not in told


def test_without_a_browser_a_pdf_is_a_sentence(
    terminal: Terminal, morning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(printing, "_places", lambda: iter(()))
    monkeypatch.delenv(printing.BROWSER, raising=False)
    file = tmp_path / "r.pdf"
    code, told = terminal.run("report", "day", DAY, "--data", morning, "--out", file)
    assert code == 1 and "--format html" in told and not file.exists()
    monkeypatch.setenv(printing.BROWSER, "/no/browser")
    code, told = terminal.run("report", "day", DAY, "--data", morning, "--out", file)
    assert code == 1 and "/no/browser" in told and not file.exists()


def test_a_browser_that_prints_nothing_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\necho no screen >&2\nexit 3\n", "utf-8")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(printing.BROWSER, str(browser))
    with pytest.raises(DeskunitError) as error:
        printing.pdf("<p>")
    assert "no screen" in error.value.sentence("en")
    browser.write_text("#!/bin/sh\n", "utf-8")
    with pytest.raises(DeskunitError) as error:
        printing.pdf("<p>")
    assert error.value.key == "print_failed"


def test_a_report_reads_units_of_the_day_alone(floor: Path) -> None:
    """Rows that lie outside of the period are read for calls, and shown nowhere."""
    days = asking.period("day", SHANGHAI, NOW, on=str(A_DAY))
    ask = asking.Ask("day", days)
    with open_store(floor, write=False) as store:
        read = reading.read(store, floor, ask, days.to_utc_ms + 1)
        found = building.built(read, ask, days.to_utc_ms + 1)
    assert min(one.start_utc_ms for one in read.pieces) < days.from_utc_ms
    shown = [piece for lane in found.lanes for piece in lane.pieces]
    assert min(one.start_utc_ms for one in shown) >= days.from_utc_ms
    assert max(one.end_utc_ms for one in shown) <= days.to_utc_ms
    assert sum(one.duration_ms for one in shown) >= found.times.sum_ms > 0
    assert UID not in {one.uid for one in shown}


# -- an imported queue_log


def test_the_line_is_measured_by_its_own_log_and_of_the_whole_floor_alone(
    terminal: Terminal, tmp_path: Path
) -> None:
    made = queue_floor.floor(7)
    data, log = tmp_path / "data", tmp_path / "queue_log"
    queue_floor.stored(made, data)
    log.write_text("".join(f"{line}\n" for line in made.log), "utf-8")
    assert terminal.run("import", "queue_log", log, "--data", data, "--tz", "Asia/Shanghai")[0] == 0
    days = asking.period("day", SHANGHAI, NOW, on="2025-11-25")
    with open_store(data, write=False) as store:
        found = building.report(store, data, asking.Ask("day", days), NOW)
        one = building.report(store, data, asking.Ask("day", days, agents=("1001",)), NOW)
    figure = found.find("connect_rate")
    assert figure is not None and one.find("connect_rate") is None
    assert (figure.measured.part, figure.measured.whole) == (
        made.calls,
        made.calls + made.abandoned,
    )
    assert figure.target == 95 and figure.is_met == (
        figure.measured.part >= 0.95 * figure.measured.whole
    )
    assert words.text("line_measure.connect_rate.formula", "zh") in page.html(found, "zh")
