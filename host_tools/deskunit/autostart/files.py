"""The file that tells each system what to start at log-on: its text from values, pure."""

import plistlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as xml

LABEL = "local.deskunit"
TASK_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
AGAIN_S = 5


@dataclass(frozen=True)
class Start:
    """`command`: program and arguments; `language`: of its messages, zh or en."""

    command: tuple[str, ...]
    language: str


def command(
    python: str, data_dir: Path, ports: Sequence[str] = (), *, page: bool = True
) -> tuple[str, ...]:
    """The logger as this very Python would run it; without units it waits for some."""
    named = [word for one in ports for word in ("--port", one)]
    what = "run" if page else "log"
    return (python, "-m", "deskunit", what, "--wait", "--data", str(data_dir), *named)


def systemd_unit(start: Start) -> str:
    """A user unit (systemd.service(5)); tried again without end, since a cable has no deadline."""
    program, *arguments = start.command
    words = [_systemd_word(program), *(_systemd_word(one).replace("$", "$$") for one in arguments)]
    return "\n".join(
        [
            "[Unit]",
            "Description=deskunit, the logger of the desk units",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            f"ExecStart={' '.join(words)}",
            f"Environment=DESKUNIT_LANG={start.language}",
            "Restart=always",
            f"RestartSec={AGAIN_S}",
            "",
            "[Install]",
            "WantedBy=default.target",
            "",
        ]
    )


def _systemd_word(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def launchd_plist(start: Start, log: Path) -> bytes:
    """A launch agent (launchd.plist(5)); what it writes to the terminal goes to `log`."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(start.command),
            "EnvironmentVariables": {"DESKUNIT_LANG": start.language},
            "RunAtLoad": True,
            "KeepAlive": True,
            "ThrottleInterval": AGAIN_S,
            "StandardErrorPath": str(log),
        },
        sort_keys=False,
    )


def task_xml(start: Start, user: str) -> bytes:
    """A task for schtasks /XML: at this user's log-on, no window, again within a minute.

    RestartOnFailure answers a start that failed; what ended later is started by the trigger's
    repetition, and IgnoreNew makes that nothing while it runs.
    """
    program, *arguments = start.command
    task = xml.Element("Task", {"version": "1.2", "xmlns": TASK_SPACE})
    _under(task, "RegistrationInfo", Description="deskunit, the logger of the desk units")
    trigger = _under(xml.SubElement(task, "Triggers"), "LogonTrigger")
    _under(trigger, "Repetition", Interval="PT1M", StopAtDurationEnd="false")
    _fill(trigger, Enabled="true", UserId=user)
    _under(
        xml.SubElement(task, "Principals"), "Principal",
        UserId=user, LogonType="InteractiveToken", RunLevel="LeastPrivilege",
    ).set("id", "Author")  # fmt: skip
    settings = _under(
        task, "Settings",
        MultipleInstancesPolicy="IgnoreNew", DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false", AllowHardTerminate="true", StartWhenAvailable="true",
    )  # fmt: skip
    _fill(settings, Hidden="true", ExecutionTimeLimit="PT0S")
    _under(settings, "RestartOnFailure", Interval="PT1M", Count="999")
    actions = xml.SubElement(task, "Actions", {"Context": "Author"})
    _under(actions, "Exec", Command=program, Arguments=subprocess.list2cmdline(arguments))
    xml.indent(task)
    text = xml.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'.encode("utf-16")


def _under(parent: xml.Element, name: str, **texts: str) -> xml.Element:
    found = xml.SubElement(parent, name)
    _fill(found, **texts)
    return found


def _fill(parent: xml.Element, **texts: str) -> None:
    for name, text in texts.items():
        xml.SubElement(parent, name).text = text
