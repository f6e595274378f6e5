"""The command as a person meets it: help, exit codes, sentences instead of tracebacks."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from deskunit import cli, measures
from deskunit.callbacks import kinds
from deskunit.cli import export_options, exporting, report
from deskunit.cli.callbacks import COMMANDS as CALLBACKS
from deskunit.cli.correct import COMMANDS as CORRECTIONS
from deskunit.cli.exporting import export as EXPORTS
from deskunit.cli.help import wrapped
from deskunit.cli.table import Column, lines, shown_width
from deskunit.cli.top import COMMANDS as COMMANDS_BY_NAME
from deskunit.cli.top import app
from deskunit.control import Control
from deskunit.events import Event
from deskunit.exports import formats
from deskunit.health import AlarmHealth, CallbackHealth, Health, PortHealth, UnitHealth
from deskunit.reports import writing
from deskunit.store import open_store
from deskunit.supervision import exporting as supervision
from msgspec import to_builtins
from msgspec.structs import replace

ROOT = Path(__file__).parents[2]
UID = "a4cf12b3d0e8"
BOOT = "41-9f3c77e1"
COMMANDS = [
    [], ["run"], ["log"], ["units"], ["units", "name"], ["units", "confirm"], ["health"], ["states"],
    ["export"], *(["export", name] for name in EXPORTS.commands), ["virtual"], ["deploy"],
    ["report"], *(["report", kind] for kind in ("day", "week", "agent", "team")),
    ["correct"], *(["correct", name] for name in CORRECTIONS), ["rebuild"],
    ["capture"], ["replay"], ["backup"], ["install"],
    ["import"], ["import", "queue_log"],
    ["script"], ["script", "init"], ["script", "check"], ["script", "build"],
    ["script", "preview"], ["script", "push"], ["script", "use"],
    *(["callbacks", name] for name in CALLBACKS), ["callbacks"],
]  # fmt: skip


class Terminal:
    """Runs `deskunit …` in this process: exit code, stdout, stderr."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["deskunit", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert "Traceback" not in out + err
        return code, out, err


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    monkeypatch.setenv("DESKUNIT_HOME", str(tmp_path))
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    return Terminal(monkeypatch, capfd)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A data folder with one unit that signed 1001 in."""
    bodies = [("boot", {"rst": "PWRON"}), ("st", {"to": "not_ready", "by": "btn", "ag": "1001"})]
    with open_store(tmp_path, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=1_790_000_000_000)
        store.begin_boot(UID, BOOT, fw="0.1.0", reset_cause="PWRON", offset_ms=1_790_000_000_000,
                         error_ms=2, now_utc_ms=1_790_000_000_000)  # fmt: skip
        events = [
            Event(UID, BOOT, n, n * 1000, kind, body,
                  json.dumps(["E", 0, BOOT, n, n * 1000, kind, body]), n == 1)
            for n, (kind, body) in enumerate(bodies, 1)
        ]  # fmt: skip
        store.commit(events, 1_790_000_003_000)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_of_every_command(terminal: Terminal, command: list[str]) -> None:
    code, out, _ = terminal.run(*command, "--help")
    assert code == 0 and "Usage" in out


def test_every_command_is_tested_above() -> None:
    context = app.make_context("deskunit", ["run"])
    found = {name: app.get_command(context, name) for name in app.list_commands(context)}
    groups = {
        name: set(one.list_commands(context)) if isinstance(one, click.Group) else set()
        for name, one in found.items()
    }
    assert {tuple(one) for one in COMMANDS} == {
        (), *((name,) for name in groups), *((a, b) for a, names in groups.items() for b in names)
    }  # fmt: skip


def test_every_command_stands_in_the_readme() -> None:
    text = (Path(__file__).parents[2] / "host_tools" / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS_BY_NAME if f"| `deskunit {name}" not in text] == []


def options(command: click.Command) -> Iterator[str]:
    """The long options of a command and of those below it."""
    yield from (name for one in command.params for name in one.opts if name.startswith("--"))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from options(below)


@pytest.mark.parametrize("name", COMMANDS_BY_NAME)
def test_every_option_stands_in_the_docs(name: str) -> None:
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "host_tools" / "README.md"]
    text = "".join(file.read_text("utf-8") for file in files)
    command = app.get_command(click.Context(app), name)
    assert command is not None
    assert [one for one in options(command) if not re.search(rf"{one}\b", text)] == []


def test_what_the_options_offer_is_what_there_is() -> None:
    assert set(export_options.FORMATS) == set(formats.FORMATS)
    assert report.FORMATS == writing.FORMS == supervision.REPORT_FORMATS
    assert exporting.EVERY == measures.EVERY and exporting.STATUSES == kinds.STATUSES
    assert set(EXPORTS.commands) == set(supervision.KINDS)


def test_help_imports_neither_database_nor_serial_nor_server() -> None:
    heavy = "{'sqlalchemy', 'serial', 'starlette', 'uvicorn', 'PIL', 'msgspec', 'pyarrow', 'numpy'}"
    program = (
        "import sys; from deskunit.cli.top import app\n"
        f"for words in {COMMANDS}: app.main([*words, '--help'], standalone_mode=False)\n"
        f"print('heavy:', {heavy} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("--help") >= len(COMMANDS)
    assert done.stdout.endswith("heavy: set()\n")


def test_version(terminal: Terminal) -> None:
    assert terminal.run("--version")[:2] == (0, "deskunit 0.4.0\n")


def test_usage_errors_have_exit_code_2(terminal: Terminal) -> None:
    assert terminal.run("nonsense")[0] == 2
    assert terminal.run("states", "--limit", "0")[0] == 2
    assert terminal.run("units", "name")[0] == 2


@pytest.mark.parametrize(
    "command",
    [
        ["nonsense"], ["units", "nonsense"], ["states", "--nonsense"], ["states", "--tz"],
        ["states", "--limit", "0"], ["states", "--limit", "x"], ["run", "--virtual", "99"],
        ["capture", "a", "--seconds", "0"], ["units", "name"], ["deploy", "--port", "x"],
        ["backup", "a", "b"], ["log", "--data", __file__], ["install", "--remove", "--print"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_mistake_in_the_command_line_is_named_in_chinese(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deskunit", *command],
        env={**os.environ, "DESKUNIT_LANG": "zh"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    what, *how = done.stderr.splitlines()
    assert done.returncode == 2 and all(re.fullmatch("用法见 .*--help", line) for line in how)
    said = re.sub(r"--\w+|nonsense|UID|SEAT", "", what)
    assert re.search("[\u4e00-\u9fff]", said) and not re.search("[A-Za-z]{2}", said)


def test_a_reason_of_the_system_is_in_the_users_language(
    terminal: Terminal, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", "zh")
    code, _, err = terminal.run("backup", "--data", str(log), str(log / "a" / "b"))
    assert code == 1 and "没有这个文件或文件夹" in err and "No such" not in err


def test_the_data_folder_may_stand_before_or_behind_confirm(terminal: Terminal, log: Path) -> None:
    assert terminal.run("units", "--data", str(log), "confirm", UID)[0] == 0
    assert terminal.run("units", "confirm", UID, "--data", str(log))[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["states"], 1, "no log in"),
        (["units"], 1, "no log in"),
        (["units", "name", UID, "07"], 1, "no log in"),
        (["units", "name", UID, "123456789"], 2, "1 to 8 characters"),
        (["export", "states"], 1, "no log in"),
        (["states", "--tz", "Mars/One"], 2, "Mars/One"),
        (["log", "--port", "/dev/ttyUSB99"], 1, "/dev/ttyUSB99"),
        (["run", "--port", "/dev/ttyUSB99", "--page-port", "0"], 1, "/dev/ttyUSB99"),
        (["deploy", "--tree", "/nowhere", "--port", "/dev/ttyUSB99"], 1, "/nowhere"),
        (["virtual", "--uid", "xyz"], 2, "xyz"),
        (["capture", "x.cap", "--port", "/dev/ttyUSB99"], 1, "/dev/ttyUSB99"),
        (["capture", "/dev"], 2, "/dev"),
        (["replay", "/nowhere/x.cap"], 1, "/nowhere/x.cap"),
        (["replay", "/dev/null", "--into", "new", "--uid", "xyz"], 2, "xyz"),
        (["replay", "/dev/null", "--into", "new"], 1, "/dev/null"),
        (["backup", "/nowhere/x.db"], 1, "no log in"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_a_code(
    terminal: Terminal, words: list[str], code: int, said: str
) -> None:
    got, _, err = terminal.run(*words)
    assert got == code and said in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2026-11-22", "--to", "2026-11-22"], "--from"),
        (["--from", "tomorrow"], "tomorrow"),
        (["--agent", "77"], "77"),
        (["--tz", "Mars/One"], "Mars/One"),
        (["--format", "pdf"], "pdf"),
        (["--out", "/nowhere/x.csv"], "/nowhere/x.csv"),
    ],
)
def test_export_that_cannot_be_is_one_sentence(
    terminal: Terminal, log: Path, words: list[str], said: str
) -> None:
    code, out, err = terminal.run("export", "states", *words)
    assert code != 0 and said in err and out == ""


def test_sentences_are_in_the_users_language(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", "zh_CN.UTF-8")
    assert "还没有日志" in terminal.run("states")[2]


def test_no_unit_found_names_what_to_do(terminal: Terminal) -> None:
    if list(Path("/dev").glob("ttyUSB*")) + list(Path("/dev").glob("ttyACM*")):
        pytest.fail("unplug the serial devices of this machine for this test")
    code, _, err = terminal.run("log")
    assert code == 1 and "--virtual 1" in err


def test_page_port_that_is_taken(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        code, _, err = terminal.run("run", "--wait", "--page-port", str(number))
    assert code == 1 and str(number) in err


def test_wrong_settings_are_named_before_anything_starts(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("[unit]\nhold_remind_s = 1\n", "utf-8")
    code, _, err = terminal.run("run", "--virtual", "1")
    assert code == 1 and "unit.hold_remind_s" in err
    assert [one.name for one in tmp_path.iterdir()] == ["settings.toml"]


def test_folder_that_cannot_be_written(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    code, _, err = terminal.run("log", "--wait", "--data", str(tmp_path / "file" / "below"))
    assert code == 1 and "below" in err


def test_units_for_eyes_and_for_programs(terminal: Terminal, log: Path) -> None:
    code, out, _ = terminal.run("units")
    assert code == 0 and UID in out and "not ready" in out and "not connected" in out
    (unit,) = json.loads(terminal.run("units", "--json")[1])
    assert (unit["uid"], unit["state"], unit["agent_id"]) == (UID, "not_ready", "1001")
    assert unit["connected"] is False


def test_units_are_named_without_a_logger(terminal: Terminal, log: Path) -> None:
    assert terminal.run("units", "name", UID, "席1")[0] == 0
    assert json.loads(terminal.run("units", "--json")[1])[0]["seat"] == "席1"
    code, _, err = terminal.run("units", "name", "000000000000", "07")
    assert code != 0 and "000000000000" in err


def test_running_logger_is_asked_to_write(terminal: Terminal, log: Path) -> None:
    asked: list[tuple[str, str]] = []

    def name_unit(uid: str, seat: str) -> dict[str, str]:
        asked.append((uid, seat))
        return {}

    with open_store(log, write=True):
        running = Control(log, {"name_unit": name_unit})
        try:
            assert terminal.run("units", "name", UID, "07")[0] == 0
        finally:
            running.close()
    assert asked == [(UID, "07")]


def test_health_without_a_logger_is_what_the_store_keeps_and_needs_a_person(
    terminal: Terminal, log: Path
) -> None:
    code, out, err = terminal.run("health")
    assert code == 1 and UID in out and "No deskunit is running" in err
    assert all(shown_width(line) <= 80 for line in out.splitlines())
    code, out, _ = terminal.run("health", "--json")
    found = json.loads(out)
    assert code == 1 and found["well"] is False and found["running"] is False
    (unit,) = found["units"]
    assert (unit["boots"], unit["gaps"], unit["firmware"], unit["queue"]) == (1, 0, "0.1.0", None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_health_of_a_running_logger_fits_a_terminal(
    terminal: Terminal, log: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", language)
    unit = UnitHealth(
        UID, "A7654321", False, True, 1_790_000_000_000, "10.20.30", 12_345, 123, 45_678, 12,
        connected=True, port="/dev/ttyUSB0", safe_mode=False, queue=2_000, journal_bytes=1_500_000,
        free_heap_bytes=91_024, bad_at_unit=3, retransmits=12_345, duplicates=1_234,
        round_trip_ms=1_234, clock_error_ms=1_234, clock_slope_ppm=-99.9,
    )  # fmt: skip
    port = PortHealth(
        "/dev/serial/by-id/usb-Silicon_Labs", UID, True, True, 9_999_999, 99_999, 10**8, 999, None
    )
    well = Health(True, [], [port], [unit], CallbackHealth(712, 93))
    alarm = AlarmHealth(
        "repl", "/dev/ttyUSB0", 1_790_000_000_000, {"zh": "停在提示符", "en": "at its prompt"}
    )
    for health, expected in ((well, 0), (replace(well, alarms=[alarm]), 1)):
        control = Control(log, {"health": lambda told=health: to_builtins(told)})
        try:
            code, out, err = terminal.run("health")
            assert code == expected
            assert all(shown_width(line) <= 80 for line in out.splitlines())
            assert (alarm.sentence[language] in err) is bool(expected)
            assert "712" in err and "93" in err
            assert json.loads(terminal.run("health", "--json")[1])["well"] is not bool(expected)
        finally:
            control.close()


def test_what_needs_a_person() -> None:
    unit = UnitHealth(UID, "", False, True, None, "", 1, 0, 0, 0)
    port = PortHealth("p", UID, True, True, 1, 0, 0, 0, None)
    well = Health(True, [], [port], [unit])
    assert not well.needs_person
    assert replace(well, running=False).needs_person
    assert replace(well, ports=[replace(port, trouble={"zh": "", "en": ""})]).needs_person
    assert replace(well, units=[replace(unit, safe_mode=True)]).needs_person
    assert replace(well, units=[replace(unit, confirmed=False)]).needs_person


def test_units_are_confirmed_without_a_logger(terminal: Terminal, log: Path) -> None:
    other = "b4cf12b3d0e8"
    with open_store(log, write=True) as store:
        store.remember_unit(other, virtual=False, now_utc_ms=1)
    code, _, err = terminal.run("units", "confirm", other)
    assert code == 0 and other in err
    with open_store(log, write=False) as store:
        assert all(one.confirmed for one in store.units())


def test_states_for_eyes_and_for_programs(terminal: Terminal, log: Path) -> None:
    code, out, _ = terminal.run("states", "--tz", "Asia/Shanghai")
    assert code == 0 and "signed out" in out and "not ready" in out and "open" in out
    rows = json.loads(terminal.run("states", "--json", "--limit", "1")[1])
    assert [row["row_id"] for row in rows] == [f"{UID}-{BOOT}-2"]


def test_export_writes_file_and_manifest(terminal: Terminal, log: Path) -> None:
    out = log / "out.csv"
    code, shown, _ = terminal.run("export", "states", "--out", str(out), "--json")
    assert code == 0 and json.loads(shown)["rows"] == 2
    assert out.read_bytes().startswith(b"\xef\xbb\xbfrow_id,")
    assert (log / "out.csv.manifest.json").exists()
    code, shown, err = terminal.run("export", "states", "--no-bom")
    assert shown.startswith("row_id,") and "2" in err


def test_backup_says_what_is_in_it(terminal: Terminal, log: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "x.db"
    copy.parent.mkdir()
    code, out, err = terminal.run("backup", str(copy))
    assert (code, out) == (0, "") and "events 2" in err and "sha256" in err
    assert terminal.run("backup", str(copy))[0] == 2
    about = json.loads(terminal.run("backup", str(copy), "--force", "--json")[1])
    assert about["rows"]["event"] == 2 and about["size_bytes"] == copy.stat().st_size
    assert terminal.run("backup", str(log / "deskunit.db"), "--force")[0] == 2


def test_replay_prints_or_stores_and_never_mixes_into_a_log(
    terminal: Terminal, log: Path, tmp_path: Path
) -> None:
    file = Path(__file__).parents[1] / "captures" / "from_mid_session.cap"
    code, out, err = terminal.run("replay", str(file))
    assert code == 0 and "acknowledge" in out and "damaged 0" in err
    first = json.loads(terminal.run("replay", str(file), "--json")[1].splitlines()[0])
    assert first.keys() == {"ms", "direction", "frame"}
    code, _, err = terminal.run("replay", str(file), "--into", str(log))
    assert code == 2 and "--add" in err
    code, _, err = terminal.run("replay", str(file), "--into", str(tmp_path / "new"))
    assert code == 0 and "events 2" in err and "not whole" in err
    assert terminal.run("replay", str(file), "--into", str(log), "--add")[0] == 0
    assert terminal.run("replay", str(file), "--into", str(log), "--print")[0] == 2


def test_malformed_capture_makes_no_folder(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "x.cap"
    file.write_text('deskunit-capture 1 {"port": 1}\n')
    code, _, err = terminal.run("replay", str(file), "--into", str(tmp_path / "new"))
    assert code == 1 and "Line 1" in err and not (tmp_path / "new").exists()


def test_install_writes_its_file_and_takes_it_away_again(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("PATH", "")  # no systemctl
    folder = str(tmp_path / "数据 x")
    code, out, _ = terminal.run("install", "--print", "--data", folder)
    assert code == 0 and f'"{folder}"' in out
    assert not (tmp_path / ".config").exists()
    code, _, err = terminal.run("install", "--data", folder, "--no-page")
    (file,) = [one for one in (tmp_path / ".config").rglob("*") if one.is_file()]
    assert code == 0 and str(file) in err and "systemctl --user" in err
    assert '"log" "--wait"' in file.read_text("utf-8")
    code, _, err = terminal.run("install", "--remove")
    assert code == 0 and str(file) in err and not file.exists()
    assert "nothing to undo" in terminal.run("install", "--remove")[2]


def test_table_is_aligned_with_wide_characters_and_shows_no_control_characters() -> None:
    columns = [Column("席位"), Column("n", right=True)]
    rows = lines(columns, [["七号台", "1"], ["a\x1b[2Jb", "22"]])
    assert len({shown_width(row) for row in rows}) == 1
    assert "\x1b" not in "".join(rows)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[dict[str, str]]:
    yield {**os.environ, "DESKUNIT_HOME": str(tmp_path), "DESKUNIT_LANG": "en"}


def read_until(stream: object, wanted: str) -> str:
    seen = ""
    for line in stream:  # type: ignore[attr-defined]
        seen += line
        if re.search(wanted, seen):
            return seen
    raise AssertionError(f"ended before {wanted!r}: {seen}")


def test_run_says_what_it_started_and_ends_cleanly(home: dict[str, str], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "deskunit",
        "run",
        "--virtual",
        "1",
        "--demo",
        "--page-port",
        "0",
    ]
    with subprocess.Popen(command, env=home, stderr=subprocess.PIPE, text=True) as running:
        said = read_until(running.stderr, "Ctrl-C")
        assert "http://127.0.0.1:" in said and str(tmp_path / "deskunit.db") in said
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        rest = running.stderr.read()
        assert running.wait(20) == 0
    assert "Stopped" in rest and "Traceback" not in said + rest
    assert "Li Xiao" in (tmp_path / "agents.csv").read_text("utf-8-sig")
    assert not (tmp_path / "control.sock").exists()


def test_virtual_unit_is_there_for_any_serial_program(home: dict[str, str]) -> None:
    command = [sys.executable, "-m", "deskunit", "virtual", "--tcp", "0"]
    with subprocess.Popen(
        command, env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        host, number = address.removeprefix("socket://").split(":")
        with socket.create_connection((host, int(number)), timeout=20) as line:
            seen = b""
            while b'["H",1,' not in seen:
                seen += line.recv(1000)
        running.terminate()
        assert running.wait(20) == 0


def test_text_without_frames_ends_with_the_speed_as_reason(home: dict[str, str]) -> None:
    master, slave = os.openpty()
    stop = threading.Event()

    def babble() -> None:
        while not stop.wait(0.2):
            os.write(master, b"\xf3\x0c\x9e\x80\n")

    thread = threading.Thread(target=babble)
    thread.start()
    command = [sys.executable, "-m", "deskunit", "log", "--port", os.ttyname(slave)]
    done = subprocess.run(
        command, env=home, capture_output=True, text=True, check=False, timeout=60
    )
    stop.set()
    thread.join()
    os.close(master)
    os.close(slave)
    assert done.returncode == 1 and "115200" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_fits_a_terminal_in_both_languages(language: str, command: list[str]) -> None:
    # a process of its own: the language is read when the command is built
    home = {**os.environ, "DESKUNIT_LANG": language, "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-m", "deskunit", *command, "--help"],
        env=home, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert max(map(shown_width, done.stdout.splitlines())) <= 80
    assert ("用法" in done.stdout) == (language == "zh")


def test_chinese_breaks_between_characters_but_not_before_their_marks() -> None:
    assert wrapped("记录话务终端，并提供页面。", 12) == ["记录话务终", "端，并提供页", "面。"]
    assert wrapped("run deskunit log --wait now", 12) == ["run deskunit", "log --wait", "now"]
    assert wrapped("见（zh 或 en）。", 8) == ["见（zh", "或", "en）。"]
    assert wrapped("", 10) == []
