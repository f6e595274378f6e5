"""`deskunit correct` at the terminal: what a supervisor types and reads, with and without a logger."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from callback_paper import at
from correction_paper import OTHER, UID, Morning, fill
from deskunit import cli, clock, control
from deskunit.control import Control
from deskunit.corrections import orders
from deskunit.errors import DeskunitError
from deskunit.logger import Logger
from deskunit.settings import load
from deskunit.store import open_store

WHY = ("--why", "forgot the key")
BREAK = ("state", "not_ready", "--reason", "break", "--unit", "07", "--at", "09:25", *WHY)


class Terminal:
    """The command as a shell runs it, in English, at Shanghai; the clock stands at 10:30."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._monkeypatch, self._capfd, self.folder = monkeypatch, capfd, folder
        self.now = at("2026-05-08 10:30")
        monkeypatch.setattr(clock, "now_utc_ms", lambda: self.now)

    def run(self, *words: str) -> tuple[int, str, str]:
        line = ["deskunit", "correct", *words, "--data", str(self.folder)]
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
    agents = "id,name,team,level\n1001,李晓,A,solo\n1002,Wang,B,solo\n1003,周周,A,solo\n"
    (tmp_path / "agents.csv").write_text(agents, "utf-8")
    (tmp_path / "settings.toml").write_text('[host]\nzone = "Asia/Shanghai"\n', "utf-8")
    with open_store(tmp_path, write=True) as store:
        fill(Morning(store))
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    return Terminal(monkeypatch, capfd, tmp_path)


def test_a_row_is_corrected_listed_shown_and_given_back(terminal: Terminal) -> None:
    code, out, err = terminal.run(*BREAK)
    assert (code, err) == (
        0,
        "Correction 1 made. It can be taken back: deskunit correct withdraw 1\n",
    )
    assert out.splitlines()[1].split("  ") == [
        "2026-05-08 09:20:00", "2026-05-08 09:30:00", "1001 not ready unspecified", "1001 not ready break",
    ]  # fmt: skip
    code, out, _ = terminal.run("list")
    assert code == 0 and out.splitlines()[0].split() == [
        "No.", "From", "To", "Seat", "The", "unit", "told", "Corrected", "By", "Why",
    ]  # fmt: skip
    assert "1001 not ready unspecified  1001 not ready break  the supervisor  forgot the key" in out
    code, out, err = terminal.run("show", "1")
    assert (code, err) == (0, "") and "the supervisor" in out and "1001 not ready break" in out
    code, out, err = terminal.run("withdraw", "1", "--why", "it was right", "--by", "1001")
    assert (code, out) == (0, "") and err.startswith("Correction 1 is withdrawn")
    assert terminal.run("list")[2] == "There are no such corrections.\n"
    assert "Withdrawn" in terminal.run("list", "--all")[1]
    assert "1001 · 2026-05-08 10:30:00 · it was right" in terminal.run("show", "1")[1]


def test_a_dry_run_shows_the_pieces_and_saves_nothing(terminal: Terminal) -> None:
    code, out, err = terminal.run(
        "state", "wrap_up", "--unit", UID, "--from", "09:14", "--to", "9:16", *WHY, "--dry-run"
    )
    assert (code, err) == (0, "This would change; nothing was saved.\n")
    assert [re.split(" {2,}", line)[2:] for line in out.splitlines()[1:]] == [
        ["1001 talking", "1001 wrap-up"],
        ["1001 ready", "1001 wrap-up"],
    ]
    assert terminal.json("list", "--all") == []
    draft = terminal.json(*BREAK, "--dry-run")
    assert draft["parts"][0]["after"]["reason_code"] == 1 and "number" not in draft


def test_programs_get_the_original_and_the_correction(terminal: Terminal) -> None:
    made = terminal.json(*BREAK)
    assert [made] == terminal.json("list") and made == terminal.json("show", "1")
    assert (made["number"], made["uid"], made["seat"], made["author"]) == (
        1,
        UID,
        "07",
        "supervisor",
    )
    assert made["start_utc_ms"] == at("2026-05-08 09:20")
    (part,) = made["parts"]
    assert (part["before"]["reason_code"], part["after"]["reason_code"]) == (0, 1)
    assert (made["is_stale"], made["withdrawn_utc_ms"]) == (False, None)
    assert terminal.json("withdraw", "1", *WHY)["withdrawn_why"] == "forgot the key"


@pytest.mark.parametrize("word", ["break", "1", "小休"])
def test_a_reason_is_a_word_a_number_or_a_name(terminal: Terminal, word: str) -> None:
    made = terminal.json("reason", word, "--unit", "07", "--at", "2026-05-08 09:25", *WHY)
    assert made["reason_code"] == 1 and made["state"] is None


@pytest.mark.parametrize("word", ["ready", "就绪", "Ready"])
def test_a_state_is_a_word_or_a_name(terminal: Terminal, word: str) -> None:
    made = terminal.json("state", word, "--unit", "07", "--at", "09:25:30", *WHY)
    assert made["state"] == "ready"


def test_a_forgotten_sign_out_and_the_wrong_agent(terminal: Terminal) -> None:
    made = terminal.json("state", "签出", "--unit", "07", "--from", "09:50", *WHY)
    assert made["end_utc_ms"] == at("2026-05-08 10:00") + 400
    assert terminal.run("list", "--agent", "1001")[1].count("nobody signed out") == 1
    terminal.json("withdraw", "1", *WHY)
    made = terminal.json("agent", "1003", "--unit", "07", "--at", "09:50", *WHY)
    assert {part["after"]["agent_id"] for part in made["parts"]} == {"1003"}
    assert [one["number"] for one in terminal.json("list", "--agent", "1003")] == [2]
    assert terminal.json("list", "--agent", "1002") == []


def test_the_list_is_of_a_time_and_a_unit(terminal: Terminal) -> None:
    terminal.json(*BREAK)
    assert len(terminal.json("list", "--from", "09:00", "--to", "09:21", "--unit", "07")) == 1
    assert (
        terminal.json("list", "--from", "09:30")
        == terminal.json("list", "--to", "2026-05-08")
        == []
    )
    assert terminal.json("list", "--unit", "08") == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("state", "ready", "--unit", "07", *WHY), "Say when: --at a moment"),
        (("state", "ready", "--unit", "07", "--from", "09:20", *WHY), "Say when: --at a moment"),
        (("state", "ready", "--unit", "07", "--at", "09:20", "--to", "09:30", *WHY), "Say when"),
        (("state", "ready", "--unit", "09", "--at", "09:20", *WHY), "no unit with uid or seat 09"),
        (("state", "busy", "--unit", "07", "--at", "09:20", *WHY), "busy is no state"),
        (("state", "ready", "--unit", "07", "--at", "9 Uhr", *WHY), "is not a date or time"),
        (("state", "ready", "--unit", "07", "--at", "25:00", *WHY), "is not a date or time"),
        (("state", "ready", "--unit", "07", "--at", "09:25", "--why", " "), "only with a reason"),
        (("state", "ready", "--unit", "07", "--at", "09:25"), "--why is missing"),
        (("state", "ready", "--unit", "07", "--at", "09:25", *WHY, "--by", "9"), "no agent 9"),
        (
            ("state", "ready", "--unit", "07", "--at", "09:25", *WHY, "--reason", "1"),
            "Only not_ready",
        ),
        (("state", "hold", "--unit", "07", "--at", "09:25", *WHY), "no call to which hold could"),
        (
            ("state", "ready", "--unit", "07", "--at", "10:10", *WHY),
            "At 2026-05-08 10:10:00 nobody",
        ),
        (("reason", "tea", "--unit", "07", "--at", "09:25", *WHY), "There is no reason tea"),
        (("reason", "meal", "--unit", "07", "--at", "09:35", *WHY), "the state was ready"),
        (("agent", "9999", "--unit", "07", "--at", "09:25", *WHY), "There is no agent 9999"),
        (("withdraw", "1", *WHY), "There is no correction 1"),
        (("show", "1"), "There is no correction 1"),
        (("list", "--agent", "9999"), "There is no agent 9999"),
        (("list", "--from", "10:00", "--to", "09:00"), "is not before the end"),
        (("list", "--tz", "Europe/Nowhere"), "Unknown time zone"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    terminal: Terminal, words: tuple[str, ...], sentence: str
) -> None:
    code, out, err = terminal.run(*words)
    assert code == 2 and out == "" and sentence in err
    assert terminal.json("list", "--all") == []


def test_an_agents_desk_corrects_nothing(terminal: Terminal) -> None:
    with (terminal.folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write('[viewer]\nrole = "agent"\nagent = "1001"\n')
    code, _, err = terminal.run(*BREAK)
    assert code == 2 and "an agent's desk, which corrects nothing" in err
    assert terminal.run("withdraw", "1", *WHY)[0] == 2 and terminal.json("list", "--all") == []


def test_two_units_of_one_seat_are_named_by_their_uid(terminal: Terminal) -> None:
    with open_store(terminal.folder, write=True) as store:
        store.name_unit(OTHER, "07")
    code, _, err = terminal.run(*BREAK)
    assert code == 2 and "Several units have the seat 07" in err
    assert terminal.run("reason", "meal", "--unit", UID, "--at", "09:25", *WHY)[0] == 0


def test_a_folder_without_a_log_stays_without_one(terminal: Terminal, tmp_path: Path) -> None:
    terminal.folder = tmp_path / "empty"
    code, _, err = terminal.run("withdraw", "1", *WHY)
    assert code == 1 and "log" in err and not terminal.folder.exists()


def test_with_a_logger_it_writes_and_says_no(terminal: Terminal) -> None:
    logger = Logger(terminal.folder, load(terminal.folder))
    logger.start()

    def answer(**asked: Any) -> dict[str, Any]:
        return {"number": logger.write_correction(orders.checked(asked)).number}

    socket = Control(terminal.folder, {"correction_write": answer})
    try:
        assert terminal.run(*BREAK)[0] == 0
        assert [row.number for row in logger.corrections.list()] == [1]
        code, _, err = terminal.run("reason", "meal", "--unit", "07", "--at", "09:25", *WHY)
        assert code == 2 and "Correction 1 holds there already, from 2026-05-08 09:20:00" in err
        assert terminal.json("withdraw", "1", *WHY)["withdrawn_by"] == "supervisor"
        assert terminal.json("reason", "meal", "--unit", "07", "--at", "09:25", *WHY)["number"] == 2
    finally:
        socket.close()
        logger.stop()


def test_a_socket_that_is_sent_nonsense_says_so(terminal: Terminal) -> None:
    logger = Logger(terminal.folder, load(terminal.folder))
    logger.start()
    socket = Control(
        terminal.folder,
        {"correction_write": lambda **asked: logger.write_correction(orders.checked(asked))},
    )
    try:
        sent = {"author": "1001", "why": "w", "uid": UID, "start_utc_ms": 5, "state": ["ready"]}
        with pytest.raises(DeskunitError) as caught:
            control.call(terminal.folder, "correction_write", **sent)
        assert caught.value.key == "correction_bad_field" and logger.alive
    finally:
        socket.close()
        logger.stop()
