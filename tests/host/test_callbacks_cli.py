"""`deskunit callbacks` at the terminal: life, masks, bad input, files, figures; with or without a logger."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from callback_paper import HOUR_MS, SHANGHAI, START, Desk, at, open_desk
from deskunit import cli, clock
from deskunit.control import Control
from deskunit.store import FILE_NAME, open_store

CALLER = ("--caller", "13800138000", "--name", "王女士", "--subject", "账单")
CLOSE = ("--outcome", "settled", "--satisfied", "yes")


class Terminal:
    """The command as a shell runs it, in English, at Shanghai; the clock stands at `now`."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._monkeypatch, self._capfd, self.folder = monkeypatch, capfd, folder
        self.now = START
        monkeypatch.setattr(clock, "now_utc_ms", lambda: self.now)

    def run(self, *words: str) -> tuple[int, str, str]:
        line = ["deskunit", "callbacks", *words, "--data", str(self.folder)]
        self._monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        assert isinstance(ended.value.code, int) and "Traceback" not in out + err
        return ended.value.code, out, err

    def json(self, *words: str) -> Any:
        code, out, err = self.run(*words, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    agents = "id,name,team,level\n1001,李晓,A,solo\n1002,Wang,B,solo\n"
    (tmp_path / "agents.csv").write_text(agents, "utf-8")
    (tmp_path / "settings.toml").write_text('[host]\nzone = "Asia/Shanghai"\n', "utf-8")
    open_store(tmp_path, write=True).close()
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    return Terminal(monkeypatch, capfd, tmp_path)


def test_a_life_at_the_terminal(terminal: Terminal) -> None:
    code, out, err = terminal.run("add", "complaint", "--agent", "1001", *CALLER, "--key-account")
    assert (code, out, err) == (0, "", "Callback 1 noted, it is 1001's.\n")
    assert terminal.json("edit", "1", "--by", "1001", "--said", "多算了")["seen"] == 3
    code, _, err = terminal.run("attempt", "1", "--by", "1001", "--outcome", "no_answer")
    assert (code, err) == (0, "Return call noted; callback 1 stays open.\n")
    assert terminal.run("assign", "1", "--to", "1002", "--why", "班次结束")[0] == 0
    terminal.now += HOUR_MS
    row = terminal.json("close", "1", "--by", "1002", *CLOSE)
    assert (row["status"], row["owner"], row["taken_by"]) == ("closed", "1002", "1001")
    assert row["ended_utc_ms"] == START + HOUR_MS
    code, out, _ = terminal.run("show", "1")
    assert code == 0 and "2026-05-08 10:00:00" in out and "handed over" in out
    assert "138****8000" in out and "王女士" not in out and "多算了" not in out


def test_an_inquiry_has_its_agreed_time_and_a_waiting_outcome_is_completed(
    terminal: Terminal,
) -> None:
    row = terminal.json("add", "inquiry", "--by", "1001", "--taken", "2026-05-08 08:30",
                        "--agreed", "2026-05-08 11:15")  # fmt: skip
    assert row["due_utc_ms"] == at("2026-05-08 11:15")
    assert terminal.json("edit", "1", "--agreed", "")["due_utc_ms"] == at("2026-05-09 08:30")
    row = terminal.json("attempt", "1", "--by", "1001")
    assert row["to_complete"] == row["attempts"][0]["id"]
    row = terminal.json("attempt", "1", "--complete", "--by", "1001", *CLOSE)
    assert (row["status"], len(row["attempts"])) == ("closed", 1)
    code, _, err = terminal.run("attempt", "1", "--complete", *CLOSE)
    assert code == 1 and "was closed by 1001" in err


def test_the_list_is_by_due_time_and_says_what_is_overdue(terminal: Terminal) -> None:
    for kind in ("complaint", "fault", "days_2"):
        terminal.json("add", kind, "--agent", "1001", *CALLER)
    terminal.now += 25 * HOUR_MS
    code, out, _ = terminal.run("list", "--agent", "1001")
    lines = out.splitlines()
    assert code == 0 and [line.split()[0] for line in lines] == ["No.", "2", "1", "3"]
    assert "overdue 1:00" in lines[1] and " 23:00 " in lines[2] and " 56:00 " in lines[3]
    assert [one["number"] for one in terminal.json("list", "--kind", "fault")] == [2]
    assert terminal.json("list", "--text", "13800138000", "--limit", "1")[0]["number"] == 3
    assert terminal.run("list", "--status", "closed")[2] == "There are no such callbacks.\n"


def test_a_year_without_its_calendar_is_said(terminal: Terminal) -> None:
    terminal.now = at("2026-12-31 16:00")
    terminal.json("add", "days_5", "--agent", "1001")
    _, out, err = terminal.run("list")
    assert " * " in out and "not official yet" in err
    assert "not official yet" in terminal.run("show", "1")[2]


def test_personal_data_is_shown_when_asked_and_the_log_says_by_whom(terminal: Terminal) -> None:
    terminal.json("add", "fault", "--agent", "1001", *CALLER)
    log = terminal.folder / "log" / "deskunit.log"
    assert terminal.json("list")[0]["personal"]["name"] == "王***" and not log.exists()
    assert terminal.json("list", "--personal")[0]["personal"]["name"] == "王女士"
    assert "王女士" in terminal.run("show", "1", "--personal")[1]
    terminal.run("export", "--personal")
    asked = log.read_text("utf-8").splitlines()
    assert ["list" in asked[0], "show 1" in asked[1], "export" in asked[2]] == [True] * 3
    assert all("asked by " in line and "13800138000" not in line for line in asked)


def test_forgetting_at_the_terminal(terminal: Terminal) -> None:
    terminal.json("add", "fault", "--agent", "1001", *CALLER)
    row = terminal.json("forget", "1", "--reason", "客户要求")
    assert row["personal"] == {} and row["history"][-1]["what"] == "forgotten"
    assert b"13800138000" not in (terminal.folder / FILE_NAME).read_bytes()
    assert "personal data erased" in terminal.run("show", "1")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "fault", "--agent", "9999"), "There is no agent 9999"),
        (("add", "fault", "--by", "9999"), "There is no agent 9999"),
        (("add", "sms"), "Kind cannot be sms"),
        (("add", "fault", "--agent", "1001", "--phone", "13a"), "is no telephone number"),
        (
            ("add", "inquiry", "--agent", "1001", "--agreed", "2026-05-08 08:00"),
            "before it was taken",
        ),
        (("add", "fault", "--agent", "1001", "--taken", "2026-05-08 10:00"), "later than now"),
        (("add", "fault", "--agent", "1001", "--taken", "gestern"), "gestern"),
        (("edit", "1"), "nothing to change"),
        (("edit", "7", "--name", "x"), "There is no callback 7"),
        (("void", "1"), "only with a reason"),
        (("assign", "1", "--to", "1002"), "only with a reason"),
        (("assign", "1", "--to", "9999", "--why", "x"), "There is no agent 9999"),
        (("close", "1", "--outcome", "no_answer"), "does not close"),
        (("close", "1"), "Outcome cannot be"),
        (("list", "--agent", "9999"), "There is no agent 9999"),
        (("list", "--kind", "sms"), "Kind cannot be sms"),
        (("measures", "--agent", "9999"), "There is no agent 9999"),
        (("export", "--format", "xls"), "xls"),
        (("show", "x"), "NUMBER"),
    ],
)
def test_bad_input_is_one_sentence(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    terminal.json("add", "fault", "--agent", "1001")
    before = terminal.json("list", "--status", "all")
    code, out, err = terminal.run(*words)
    assert (code, out) == (2, "") and said in err
    assert terminal.json("list", "--status", "all") == before


def test_who_comes_second_is_told_who_was_first(terminal: Terminal) -> None:
    seen = str(terminal.json("add", "fault", "--agent", "1001")["seen"])
    terminal.json("close", "1", "--by", "1001", *CLOSE)
    for words in (("close", "1", *CLOSE), ("edit", "1", "--by", "1002", "--name", "x"),
                  ("assign", "1", "--to", "1002", "--why", "x", "--seen", seen)):  # fmt: skip
        code, _, err = terminal.run(*words)
        assert (code, err) == (
            1,
            "Callback 1 was closed by 1001 at 2026-05-08 09:00:00; your change was not taken.\n",
        )


def test_a_holiday_list_with_a_wrong_date_is_one_sentence(terminal: Terminal) -> None:
    terminal.json("add", "days_2", "--agent", "1001")
    (terminal.folder / "holidays.csv").write_text("date,kind,name\n2026-02-31,work,\n", "utf-8")
    for words in (("list",), ("close", "1", *CLOSE)):
        code, out, err = terminal.run(*words)
        assert code != 0 and out == "" and "2026-02-31" in err and err.count("\n") == 1


def test_without_a_log_nothing_is_made(terminal: Terminal, tmp_path: Path) -> None:
    terminal.folder = tmp_path / "nothing"
    assert terminal.run("add", "fault", "--agent", "1001")[0] == 1
    assert not terminal.folder.exists() or not (terminal.folder / FILE_NAME).exists()


def test_it_speaks_chinese(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.json("add", "complaint", "--agent", "1001", *CALLER)
    monkeypatch.setenv("DESKUNIT_LANG", "zh")
    assert "投诉，48 小时" in terminal.run("list")[1]
    assert "已办结" in terminal.run("close", "1", "--by", "1001", *CLOSE)[2]
    assert "已由 1001 于 2026-05-08 09:00:00 办结" in terminal.run("void", "1", "--reason", "x")[2]
    assert "操作人" in terminal.run("show", "1")[1]
    assert "大客户投诉满意度" in terminal.run("measures")[1]


# --- with a running logger -----------------------------------------------------------------------


@pytest.fixture
def logger(terminal: Terminal) -> Iterator[Callable[[], list[str]]]:
    """Somebody who holds the folder and writes for others, as the logger does; the actions asked for."""
    asked: list[str] = []
    with open_desk(terminal.folder) as paper:

        def callback_write(
            action: str, number: int | None, by: str, seen: int | None, values: dict[str, Any]
        ) -> dict[str, Any]:
            asked.append(action)
            return {"number": paper.desk.write(action, number, by, seen, **values).number}

        control = Control(terminal.folder, {"callback_write": callback_write})
        yield lambda: asked
        control.close()


def test_writes_go_through_the_running_logger(
    terminal: Terminal, logger: Callable[[], list[str]]
) -> None:
    terminal.json("add", "fault", "--agent", "1001", *CALLER)
    terminal.json("attempt", "1", "--by", "1001", "--outcome", "no_answer")
    terminal.json("close", "1", "--by", "1001", *CLOSE)
    code, _, err = terminal.run("close", "1", "--by", "1001", *CLOSE)
    assert code == 1 and "was closed by 1001" in err
    assert logger() == ["add", "attempt", "close", "close"]


# --- files and figures ---------------------------------------------------------------------------


def five_due(terminal: Terminal) -> None:
    """Today's five: three closed in time, one late, one open and overdue; and a voided one."""
    with open_desk(terminal.folder) as paper:
        taken = START - 48 * HOUR_MS
        numbers = [paper.add("complaint", taken_utc_ms=taken + n, name="王女士") for n in range(6)]
        paper.now = START
        for number in numbers[:3]:
            close(paper, number, "yes")
        paper.now = START + HOUR_MS
        close(paper, numbers[3], "no")
        paper.desk.write("void", numbers[5], "1001", reason="误按")
    terminal.now = START + 2 * HOUR_MS


def close(paper: Desk, number: int, satisfaction: str) -> None:
    paper.desk.write("close", number, "1001", outcome="settled", satisfaction=satisfaction)


TODAY = ("--from", "2026-05-08", "--to", "2026-05-09")


def test_the_issues_five_as_table_csv_and_json(terminal: Terminal, tmp_path: Path) -> None:
    five_due(terminal)
    table = terminal.run("measures", *TODAY)[1].splitlines()
    assert "80.0 % (4/5)" in table[1] and "60.0 % (3/5)" in table[1] and "75.0 % (3/4)" in table[1]
    assert "≥ 100 %" in table[2] and "≤ 10 %" in table[2]
    found = terminal.json("measures", *TODAY, "--by", "agent")
    assert [one["group"] for one in found["groups"]] == ["1001"]
    reply = {"part": 4, "whole": 5, "share": 0.8, "target": 100, "is_met": False}
    assert found["all"]["reply_rate"] == found["groups"][0]["reply_rate"] == reply
    assert found["all"]["on_time_rate"]["share"] == 0.6 and found["all"]["due"] == 5
    file = tmp_path / "measures.csv"
    assert (
        terminal.run("measures", *TODAY, "--by", "team", "--format", "csv", "--out", str(file))[0]
        == 0
    )
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [(row["group"], row["reply_rate"], row["on_time_rate"]) for row in rows] == [
        ("A", "0.8", "0.6"),
        ("", "0.8", "0.6"),
    ]
    assert rows[0]["inquiry_satisfaction"] == ""
    manifest = json.loads(file.with_name("measures.csv.manifest.json").read_text("utf-8"))
    assert manifest["rows"] == 2 and manifest["targets"]["reply_rate"] == 100


def test_a_day_on_which_none_is_due_is_a_dash(terminal: Terminal) -> None:
    five_due(terminal)
    none = ("--from", "2026-05-01", "--to", "2026-05-02")
    assert terminal.run("measures", *none)[1].splitlines()[1].split() == ["all", "0", *"–" * 7]
    assert terminal.json("measures", *none)["all"]["reply_rate"]["share"] is None


def test_the_export_is_whole_masked_and_has_its_manifest(
    terminal: Terminal, tmp_path: Path
) -> None:
    five_due(terminal)
    file = tmp_path / "callbacks.csv"
    done = terminal.json("export", "--out", str(file))
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and done["rows"] == 6
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["number"] for row in rows] == ["6", "5", "4", "3", "2", "1"]
    assert [row["on_time"] for row in rows] == ["", "", "0", "1", "1", "1"]
    assert {row["name"] for row in rows} == {"王***"} and {row["masked"] for row in rows} == {"1"}
    last = rows[-1]
    assert (last["due_local"], last["due_offset"]) == ("2026-05-08 09:00:00", "UTC+08:00")
    assert (last["calendar_published"], last["tz"]) == ("1", SHANGHAI.key)
    manifest = json.loads(file.with_name("callbacks.csv.manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == done["sha256"] and "personal" not in manifest["query"]


def test_the_export_for_programs_and_in_parts(terminal: Terminal) -> None:
    five_due(terminal)
    lines = terminal.run("export", "--format", "jsonl", "--status", "voided", "--personal")[1]
    (row,) = map(json.loads, lines.splitlines())
    assert (row["name"], row["masked"], row["void_reason"]) == ("王女士", 0, "误按")
    assert terminal.run("export", "--agent", "1002", "--no-bom")[1].count("\n") == 1
    assert terminal.run("export", "--from", "2026-05-09", "--no-bom")[1].count("\n") == 1
