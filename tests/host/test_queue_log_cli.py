"""`deskunit import queue_log` at the terminal: tables, JSON, file, settings, bad input, both languages."""

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from deskunit import cli
from deskunit.agents import Agent
from deskunit.queue_log.kept import kept
from deskunit.store import open_store
from queue_floor import START_S, Floor, floor, stored

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(tmp_path: Path) -> Floor:
    made = floor(7, skew_s=3)
    stored(made, tmp_path / "data")
    (tmp_path / "queue_log").write_text("".join(line + "\n" for line in made.log), "utf-8")
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("DESKUNIT_LANG", "en")

    def run(*words: str) -> tuple[int, str, str]:
        line = ["deskunit", "import", "queue_log", *words, "--data", str(tmp_path / "data")]
        monkeypatch.setattr(sys, "argv", [*line, "--tz", "Asia/Shanghai"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int) and "Traceback" not in out + err
        return ended.value.code, out, err

    return run


def told(run: Run, *words: str) -> Any:
    code, out, err = run(*words, "--json")
    assert code == 0, err
    return json.loads(out)


def test_for_programs(run: Run, made: Floor, tmp_path: Path) -> None:
    found = told(run, str(tmp_path / "queue_log"))
    whole = made.calls + made.abandoned
    share = round(made.calls / whole, 4)
    assert found["all"]["connect_rate"] == {"part": made.calls, "whole": whole, "share": share}
    assert found["all"]["service_level"]["part"] == made.in_time
    assert found["all"]["visits"]["abandoned"] == made.abandoned
    assert found["targets"] == {"connect_rate": 95, "answer_rate": 100, "service_level": None}
    assert [one["agent"] for one in found["agents"]] == [str(1001 + n) for n in range(5)]
    against = found["reconciliation"]
    assert against["without_press"] == len(made.forgotten)
    assert {one["callid"] for one in against["calls_without_press"]} == made.forgotten
    assert {one["call_key"] for one in against["presses_without_call"]} == made.invented
    assert {one["callid"] for one in against["differences"]} == set(made.late)
    worst = [max(abs(one["start_s"]), abs(one["duration_s"])) for one in against["differences"]]
    assert worst == sorted(worst, reverse=True)
    assert against["without_call"] == len(made.invented)
    assert against["different"] == len(made.late)
    assert abs(against["clock_difference_s"] - 5) <= 1  # 3 s of clock, 0 to 4 s until the press


def test_for_eyes(run: Run, made: Floor, tmp_path: Path) -> None:
    code, out, err = run(str(tmp_path / "queue_log"), "--rows", "3")
    whole = made.calls + made.abandoned
    assert code == 0 and f"({made.calls}/{whole})" in out and "≥ 95 %" in out
    assert f"Calls without a press: {len(made.forgotten)}" in out
    assert out.count("call, no press") == 3
    hidden = len(made.forgotten) + len(made.invented) + len(made.late) - 3
    assert f"{hidden} more" in err


def test_clocks_that_could_not_be_compared_are_not_said_to_agree(
    run: Run, made: Floor, tmp_path: Path
) -> None:
    log = str(tmp_path / "queue_log")
    assert "taken out below" in run(log)[1]
    few = tmp_path / "few"
    few.write_text("".join(line + "\n" for line in made.log[:6]), "utf-8")
    out = run(str(few), "--no-keep")[1]
    assert "fewer than 5 calls" in out and "taken out below" not in out


def test_in_chinese(run: Run, made: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", "zh")
    code, out, _ = run(str(tmp_path / "queue_log"))
    assert code == 0 and "接通率" in out and f"没按键：{len(made.forgotten)}" in out


def test_every_call_in_a_file(run: Run, made: Floor, tmp_path: Path) -> None:
    out = tmp_path / "differences.csv"
    assert run(str(tmp_path / "queue_log"), "--out", str(out))[0] == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = [row["kind"] for row in rows]
    matched = made.calls - len(made.forgotten)
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "without_press": len(made.forgotten), "without_call": len(made.invented), "matched": matched
    }  # fmt: skip
    assert {row["callid"] for row in rows if row["kind"] == "without_press"} == made.forgotten
    assert {row["call_key"] for row in rows if row["kind"] == "without_call"} == made.invented
    late = [row for row in rows if row["kind"] == "matched" and row["is_different"] == "1"]
    assert {row["callid"] for row in late} == set(made.late)
    first = late[0]
    assert first["call_start_local"].startswith("2025-11-25") and first["agent_name"].startswith(
        "Agent"
    )
    manifest = json.loads((tmp_path / "differences.csv.manifest.json").read_text("utf-8"))
    assert manifest["rows"] == len(rows) and manifest["schema"].startswith("deskunit.queue_log_")


def test_the_file_as_a_workbook_and_on_standard_output(
    run: Run, made: Floor, tmp_path: Path
) -> None:
    log, book = str(tmp_path / "queue_log"), tmp_path / "differences.xlsx"
    assert run(log, "--out", str(book))[0] == 0
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[1]]
    late = sheet[2 + len(made.forgotten) + len(made.invented)]  # the first pair, the worst
    found = dict(zip(heads, (cell.value for cell in late), strict=True))
    assert found["kind"] == "matched" and found["callid"] in made.late
    assert isinstance(found["call_start_local"], datetime) and found["start_difference_s"] > 15
    code, out, _ = run(log, "--out", "-", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert code == 0 and len(rows) == sheet.max_row - 1


def test_our_own_export_imported_again_differs_in_nothing(
    run: Run, made: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "own.log"
    words = ("states", "--format", "queue_log", "--queue", "hotline", "--acw", "--out", str(out))
    line = ["deskunit", "export", *words, "--data", str(tmp_path / "data")]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    lines = out.read_text("utf-8").splitlines()
    manifest = json.loads((tmp_path / "own.log.manifest.json").read_text("utf-8"))
    assert manifest["rows"] == len(lines) and manifest["format"] == "queue_log"
    calls = made.calls - len(made.forgotten) + len(made.invented)
    verbs = [one.split("|")[4] for one in lines]
    assert verbs.count("CONNECT") == verbs.count("COMPLETEAGENT") == calls
    assert sum(one.endswith("|PAUSEALL|wrap_up") for one in lines) == calls
    found = told(run, str(out))
    against = found["reconciliation"]
    assert (against["matched"], against["different"]) == (calls, 0)
    assert against["without_press"] == against["without_call"] == 0
    assert [one["queue"] for one in found["queues"]] == ["hotline"]


def test_an_export_of_some_states_is_refused(
    run: Run, made: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    out = tmp_path / "own.log"
    line = ["deskunit", "export", "states", "--format", "queue_log", "--state", "ready"]
    line += ["--out", str(out), "--data", str(tmp_path / "data")]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert made.calls and ended.value.code == 2 and not out.exists()
    assert "leave out --state" in capfd.readouterr().err


def test_a_part_of_the_day(run: Run, made: Floor, tmp_path: Path) -> None:
    log = str(tmp_path / "queue_log")
    cut = "2025-11-25 11:00"  # 2 h after the beginning
    parts = [told(run, log, "--to", cut), told(run, log, "--from", cut)]
    for name, key in (("without_press", "forgotten"), ("without_call", "invented")):
        assert sum(one["reconciliation"][name] for one in parts) == len(getattr(made, key))
    assert sum(one["all"]["calls_dialled"] for one in parts) == made.calls + made.abandoned
    assert all(one["all"]["calls_dialled"] for one in parts)


def test_seconds_are_options_before_settings(run: Run, made: Floor, tmp_path: Path) -> None:
    log = str(tmp_path / "queue_log")
    (tmp_path / "data" / "settings.toml").write_text(
        "[queue_log]\nanswer_within_s = 1\nmatch_tolerance_s = 60\n"
        "[measures.targets]\nservice_level = 80\n",
        "utf-8",
    )
    found = told(run, log)
    assert found["within_s"] == 1 and found["all"]["service_level"]["part"] == 0
    assert found["reconciliation"]["different"] == 0 and found["targets"]["service_level"] == 80
    found = told(run, log, "--within", "100", "--tolerance", "10")
    assert found["all"]["service_level"]["part"] == made.calls
    assert found["reconciliation"]["different"] >= len(made.late)


def test_it_is_kept_once_and_not_at_all_when_only_looked_at(
    run: Run, made: Floor, tmp_path: Path
) -> None:
    log, data = str(tmp_path / "queue_log"), tmp_path / "data"
    assert made.calls and run(log, "--no-keep")[0] == 0 and not kept(data)
    looked = told(run, log, "--no-keep")
    first, again = told(run, log), told(run, log)
    assert looked["all"] == first["all"] == again["all"]
    assert looked["agents"] == again["agents"] and len(kept(data)) == 1
    assert [one["files"][0]["was_known"] for one in (first, again)] == [False, True]


def test_broken_lines_and_unknown_verbs_are_named(run: Run, made: Floor, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text(log.read_text("utf-8") + "half a li\n" + f"{START_S}|NONE|q|NONE|SITEVERB|\n")
    code, _, err = run(str(log))
    assert made.calls and code == 0
    assert f"line {len(made.log) + 1}: cannot be read, skipped: 'half a li'" in err
    assert "broken lines skipped: 1" in err and "SITEVERB 1" in err


def test_the_sites_own_names(run: Run, made: Floor, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    text = log.read_text("utf-8").replace("|PJSIP/1002|", "|王 伟|")
    log.write_text(text, "utf-8")
    assert told(run, str(log))["reconciliation"]["elsewhere"] > 0
    (tmp_path / "data" / "queue_agents.csv").write_text("name,agent_id\n王 伟,1002\n", "utf-8")
    found = told(run, str(log))["reconciliation"]
    assert found["elsewhere"] == 0 and found["without_press"] == len(made.forgotten)


def test_a_supervisor_of_a_team_sees_the_queues_and_that_teams_agents(
    run: Run, made: Floor, tmp_path: Path
) -> None:
    with open_store(tmp_path / "data", write=True) as store:
        teams = {"1001": "A", "1002": "A"}
        store.set_agents([
            Agent(str(id_), f"Agent {id_}", teams.get(str(id_), "B")) for id_ in range(1001, 1006)
        ])  # fmt: skip
    whole = told(run, str(tmp_path / "queue_log"))
    text = '[viewer]\nrole = "supervisor"\nteams = ["A"]\n'
    (tmp_path / "data" / "settings.toml").write_text(text, "utf-8")
    found = told(run, str(tmp_path / "queue_log"))
    assert made.calls and found["queues"] == whole["queues"]
    assert [one["agent"] for one in found["agents"]] == ["1001", "1002"]
    against = found["reconciliation"]
    assert against["elsewhere"] == 0
    for kind in ("calls_without_press", "presses_without_call", "differences"):
        of_team = [one for one in whole["reconciliation"][kind] if one["agent"] in teams]
        assert [one["agent"] for one in against[kind]] == [one["agent"] for one in of_team]


def test_what_a_killed_import_left_goes_with_the_next(
    run: Run, made: Floor, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "imported_calls"
    folder.mkdir()
    (folder / ".queue_log.99999999.part").write_bytes(b"half of it")  # no such process
    assert made.calls and run(str(tmp_path / "queue_log"))[0] == 0
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


def test_a_folder_that_cannot_be_written_is_said(run: Run, made: Floor, tmp_path: Path) -> None:
    (tmp_path / "data" / "imported_calls").write_text("in the way", "utf-8")
    code, out, err = run(str(tmp_path / "queue_log"))
    assert made.calls and (code, out) == (1, "") and err.count("\n") == 1
    assert run(str(tmp_path / "queue_log"), "--no-keep")[0] == 0


def test_without_a_state_log_the_figures_are_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text("".join(line + "\n" for line in floor(1).log), "utf-8")
    code, out, err = run(str(tmp_path / "queue_log"))
    assert code == 0 and "hotline" in out and "were not compared" in err
    (tmp_path / "data").mkdir(exist_ok=True)
    for viewer, seen in (('role = "agent"\nagent = "1002"', ["1002"]), ('teams = ["A"]', [])):
        (tmp_path / "data" / "settings.toml").write_text(f"[viewer]\n{viewer}\n", "utf-8")
        found = told(run, str(tmp_path / "queue_log"))
        assert [one["agent"] for one in found["agents"]] == seen and found["queues"]


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, 2, "There is no file"),
        ("", 1, "There is no line in"),
        ("# a list\nof things\n", 1, "is no queue_log of Asterisk"),
        ("\x7fELF\x00\x01\x02\n\x00\x00", 1, "is no queue_log of Asterisk"),
    ],
)
def test_bad_input_is_one_sentence(
    run: Run, tmp_path: Path, content: str | None, code: int, said: str
) -> None:
    file = tmp_path / "log"
    if content is not None:
        file.write_text(content, "utf-8")
    for words in ([], ["--no-keep"]):
        found, out, err = run(str(file), *words)
        assert (found, out) == (code, "") and said in err and err.count("\n") == 1
    assert not kept(tmp_path / "data")


def test_an_empty_rotated_file_beside_a_full_one_is_no_error(
    run: Run, made: Floor, tmp_path: Path
) -> None:
    (tmp_path / "queue_log.new").write_text("", "utf-8")
    code, _, err = run(str(tmp_path / "queue_log.new"), str(tmp_path / "queue_log"))
    assert made.calls and code == 0 and "queue_log.new: no lines" in err
