"""`deskunit script use` at the terminal, over a log with known calls."""

import json
import sys
from pathlib import Path

import pytest
from deskunit import cli
from deskunit.agents import Agent
from deskunit.store import open_store
from test_usage import OTHER, START_UTC_MS, Desk, shift, silent_caller


class Terminal:
    """The command as a shell runs it."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._monkeypatch, self._capfd, self._folder = monkeypatch, capfd, folder

    def run(self, *words: str) -> tuple[int, str, str]:
        line = ["deskunit", "script", "use", "--data", str(self._folder), "--tz", "UTC", *words]
        self._monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        assert isinstance(ended.value.code, int) and "Traceback" not in out + err
        return ended.value.code, out, err


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    """The shift of 1001 from 2026-11-22 01:00 UTC on, a call of 1002 at the other unit."""
    other = Desk(OTHER, agent="1002")
    silent_caller(other, 7_200, 1)
    with open_store(tmp_path, write=True) as store:
        store.set_agents([Agent("1001", "李晓", "一组"), Agent("1002", "王芳", "二组")])
        for desk in (shift(), other):
            store.remember_unit(desk.uid, virtual=True, now_utc_ms=START_UTC_MS)
            store.begin_boot(
                desk.uid, desk.boot, fw="0.3.0", reset_cause="PWRON", offset_ms=START_UTC_MS,
                error_ms=3, now_utc_ms=START_UTC_MS,
            )  # fmt: skip
            store.commit(desk.events, START_UTC_MS)
    (tmp_path / "library" / "scenarios").mkdir(parents=True)  # a site's own that knows none of it
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    return Terminal(monkeypatch, capfd, tmp_path)


def found(terminal: Terminal, *words: str) -> dict[str, tuple[int, int, int]]:
    code, out, _ = terminal.run("--json", *words)
    assert code == 0
    scenarios = json.loads(out)["scenarios"]
    return {one["id"]: (one["calls"], one["chosen"], one["runs"]) for one in scenarios}


def test_the_table_has_the_most_used_first_and_steps_below(terminal: Terminal) -> None:
    code, out, err = terminal.run()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0 and lines == [
        "Scenario, step Calls Chosen Reached Left here By itself Median s",
        "greeting 4 (100 %) 0 4",
        "open 4 (100 %) 4 (100 %) 0 % 4.0",
        "silent 3 (75 %) 3 3",
        "open 3 (100 %) 0 (0 %) 0 % 3.0",
        "again 3 (100 %) 0 (0 %) 100 % 3.0",
        "close 3 (100 %) 3 (100 %) 100 % 3.0",
        "inquiry 1 (25 %) 1 1",
        "open 1 (100 %) 0 (0 %) 0 % 10.0",
        "answer 1 (100 %) 1 (100 %) 0 % 10.0",
    ]
    assert "Calls: 4" in err


def test_scenarios_have_the_librarys_titles_and_its_order_of_steps(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = "".join(
        f'[[step]]\nid = "{name}"\nkind = "guide"\nsay.zh = "请讲。"\n'
        for name in ("close", "again", "never", "open")
    )
    text = 'id = "silent"\ngroup = "line"\ncallers = ["asks"]\ntitle.zh = "无人应答"\n'
    text += f'title.en = "Nobody speaks"\n{steps}'
    (tmp_path / "library" / "scenarios" / "silent.toml").write_text(text, "utf-8")
    for language, title in (("en", "Nobody speaks (silent)"), ("zh", "无人应答 (silent)")):
        monkeypatch.setenv("DESKUNIT_LANG", language)
        _, out, _ = terminal.run()
        lines = out.splitlines()
        assert lines[3].startswith(title), "the greeting is not in it"
        assert [line.split()[0] for line in lines[4:7]] == ["close", "again", "open"]
    _, out, _ = terminal.run("--json")
    assert [one["title"] for one in json.loads(out)["scenarios"]] == ["", "无人应答", ""]


def test_for_programs_a_step_has_its_numbers_and_shares(terminal: Terminal) -> None:
    code, out, _ = terminal.run("--json")
    body = json.loads(out)
    assert code == 0 and body["calls"] == 4
    assert body["scenarios"][1]["steps"][2] == {
        "id": "close", "reached": 3, "reached_share": 1.0, "left": 3, "left_share": 1.0,
        "shown": 3, "by_timer": 3, "by_timer_share": 1.0, "median_s": 3.0,
    }  # fmt: skip


def test_agent_team_and_period_choose_the_calls(terminal: Terminal) -> None:
    second = {"greeting": (1, 0, 1), "silent": (1, 1, 1)}
    assert found(terminal, "--agent", "1002") == second
    assert found(terminal, "--team", "二组") == second
    assert found(terminal, "--team", "二组", "--agent", "1001") == {}
    assert found(terminal, "--from", "2026-11-22 02:30") == second
    assert found(terminal, "--to", "2026-11-22 01:03") == second
    assert found(terminal, "--to", "2026-11-21") == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--agent", "9"), "no agent 9"),
        (("--team", "夜班"), "no team 夜班"),
        (("--from", "soon"), "'soon'"),
        (("--from", "2026-11-22", "--to", "2026-11-22"), "--from"),
    ],
)
def test_a_wrong_question_is_a_sentence(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    code, out, err = terminal.run(*words)
    assert (code, out) == (2, "") and said in err


def test_a_period_without_scripts_says_so(terminal: Terminal) -> None:
    assert terminal.run("--to", "2026-01-01") == (0, "", "No script was used in this period.\n")


def test_help_names_every_option(terminal: Terminal) -> None:
    code, out, _ = terminal.run("--help")
    assert code == 0
    assert all(f"--{one}" in out for one in ("from", "to", "tz", "agent", "team", "json", "data"))
