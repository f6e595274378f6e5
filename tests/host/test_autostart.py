"""What each system is told to start at log-on, by content; on Linux with the real file in a folder."""

import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from deskunit import autostart
from deskunit.autostart.files import TASK_SPACE, launchd_plist, systemd_unit, task_xml
from deskunit.autostart.systems import Launchd, System, Systemd, TaskScheduler, run
from deskunit.errors import DeskunitError

FOLDER = Path('/srv/话务 台/50% "of" $HOME\\x')
COMMAND = autostart.command(sys.executable, FOLDER, ["/dev/ttyUSB0", "COM3"])
START = autostart.Start(COMMAND, "zh")


class Answers:
    """The system's tools: what was asked of them, and what they answer (None: done)."""

    def __init__(self, **answers: str) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def __call__(self, command: Sequence[str]) -> str | None:
        self.asked.append(" ".join(command))
        return next((why for word, why in self._answers.items() if word in command), None)


def test_command_is_this_python_with_the_same_folder_and_ports() -> None:
    assert (
        sys.executable, "-m", "deskunit", "run", "--wait", "--data", str(FOLDER),
        "--port", "/dev/ttyUSB0", "--port", "COM3",
    ) == COMMAND  # fmt: skip
    assert autostart.command("python", FOLDER, page=False)[3] == "log"


def test_systemd_unit_restarts_for_ever_and_quotes_every_word() -> None:
    text = systemd_unit(START)
    assert "Restart=always" in text and "StartLimitIntervalSec=0" in text
    assert "WantedBy=default.target" in text and "DESKUNIT_LANG=zh" in text
    (line,) = [one for one in text.splitlines() if one.startswith("ExecStart=")]
    assert line.startswith(f'ExecStart="{sys.executable}" "-m" "deskunit" "run"')
    assert r'"/srv/话务 台/50%% \"of\" $$HOME\\x"' in line


def test_systemd_itself_finds_nothing_wrong_where_it_is(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.service", tmp_path / "bad.service"
    good.write_text(systemd_unit(START), "utf-8")
    bad.write_text(systemd_unit(START).replace("ExecStart=", "ExecStart=no/path "), "utf-8")
    assert systemd_complaints(good, tmp_path) == []
    assert systemd_complaints(bad, tmp_path) or shutil.which("systemd-analyze") is None


def systemd_complaints(file: Path, runtime: Path) -> list[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        return []
    done = subprocess.run(
        [program, "verify", "--user", str(file)], capture_output=True, text=True, check=False,
        env={"XDG_RUNTIME_DIR": str(runtime), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return [line for line in done.stderr.splitlines() if file.stem in line]


def test_launch_agent_is_kept_alive_with_the_words_as_they_are(tmp_path: Path) -> None:
    told = plistlib.loads(launchd_plist(START, tmp_path / "launchd.log"))
    assert told["ProgramArguments"] == list(COMMAND)
    assert told["KeepAlive"] is True and told["RunAtLoad"] is True
    assert told["EnvironmentVariables"] == {"DESKUNIT_LANG": "zh"}


def test_task_starts_hidden_at_log_on_and_again_after_its_end() -> None:
    raw = task_xml(START, "PC\\李晓")
    assert raw.startswith(b"\xff\xfe")  # schtasks wants UTF-16 with its mark
    space = {"t": TASK_SPACE}
    task = xml.fromstring(raw.decode("utf-16"))

    def text(path: str) -> str | None:
        return task.findtext(path, namespaces=space)

    assert text("t:Triggers/t:LogonTrigger/t:UserId") == "PC\\李晓"
    assert text("t:Triggers/t:LogonTrigger/t:Repetition/t:Interval") == "PT1M"
    assert text("t:Settings/t:MultipleInstancesPolicy") == "IgnoreNew"
    assert text("t:Settings/t:RestartOnFailure/t:Interval") == "PT1M"
    assert text("t:Settings/t:Hidden") == "true"
    assert text("t:Settings/t:ExecutionTimeLimit") == "PT0S"
    assert text("t:Actions/t:Exec/t:Command") == sys.executable
    arguments = text("t:Actions/t:Exec/t:Arguments") or ""
    assert arguments.startswith("-m deskunit run --wait --data ")
    assert '"/srv/话务 台/50% \\"of\\" $HOME\\x"' in arguments


def systems(folder: Path, run: Answers) -> list[System]:
    return [
        Systemd(folder, {}, run),
        Launchd(folder, folder / "launchd.log", 501, run),
        TaskScheduler(folder / "config", "PC\\u", run),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_installed_twice_is_once_and_removed_leaves_nothing(tmp_path: Path, place: int) -> None:
    tools = Answers()
    system = systems(tmp_path, tools)[place]
    assert not autostart.remove(system).changed and tools.asked == []
    first = autostart.install(system, START)
    assert (
        first.changed
        and first.next_step == ""
        and first.file.read_bytes() == (system.content(START))
    )
    assert not autostart.install(system, START).changed
    assert autostart.install(system, autostart.Start(COMMAND[:7], "zh")).changed
    assert autostart.remove(system).changed
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    assert not autostart.remove(system).changed


def test_the_systems_tools_are_asked_in_order(tmp_path: Path) -> None:
    asked = []
    for place in range(3):
        tools = Answers()
        system = systems(tmp_path, tools)[place]
        autostart.install(system, START)
        autostart.remove(system)
        asked.append(tools.asked)
    plist, task = tmp_path / "Library/LaunchAgents/local.deskunit.plist", tmp_path / "config"
    assert asked[0] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable deskunit.service",
        "systemctl --user restart deskunit.service",
        "systemctl --user disable --now deskunit.service",
    ]
    assert asked[1] == [
        "launchctl bootout gui/501/local.deskunit",
        f"launchctl bootstrap gui/501 {plist}",
        "launchctl bootout gui/501/local.deskunit",
    ]
    assert asked[2] == [
        f"schtasks /Create /TN deskunit /XML {task / 'deskunit-task.xml'} /F",
        "schtasks /Run /TN deskunit",
        "schtasks /End /TN deskunit",
        "schtasks /Delete /TN deskunit /F",
    ]


def test_without_systemd_the_file_is_there_and_the_next_step_named(tmp_path: Path) -> None:
    system = systems(tmp_path, Answers(systemctl="no bus"))[0]
    done = autostart.install(system, START)
    assert done.changed and done.file.exists() and "enable --now deskunit.service" in done.next_step


def test_link_that_enabling_left_is_removed_without_systemd_too(tmp_path: Path) -> None:
    system = systems(tmp_path, Answers(systemctl="no bus"))[0]
    file = autostart.install(system, START).file
    link = file.parent / "default.target.wants" / file.name
    link.parent.mkdir()
    link.symlink_to(file)
    autostart.remove(system)
    assert not link.is_symlink() and not file.exists()


@pytest.mark.parametrize("place", [1, 2])
def test_tool_that_refuses_is_named_with_its_reason(tmp_path: Path, place: int) -> None:
    tools = Answers(bootstrap="5: Input/output error", **{"/Create": "Access is denied."})
    with pytest.raises(DeskunitError) as caught:
        autostart.install(systems(tmp_path, tools)[place], START)
    assert caught.value.key == "install_failed"
    assert "error" in caught.value.sentence("en") or "denied" in caught.value.sentence("en")


def test_the_one_call_tells_success_from_failure_and_absence() -> None:
    assert run([sys.executable, "-c", ""]) is None
    assert run([sys.executable, "-c", "import sys; sys.exit('because')"]) == "because"
    assert run([sys.executable, "-c", "raise SystemExit(3)"]) == "exit code 3"
    assert "not found" in (run(["no-such-program-anywhere"]) or "")
