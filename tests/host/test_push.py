"""`deskunit script push` as a person meets it: through the real logger to a virtual unit; its refusals."""

import json
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from deskunit import cli, virtual
from deskunit.cli import push_progress
from deskunit.cli.pushing import Pushing
from deskunit.control import Control
from deskunit.errors import DeskunitError
from deskunit.fleet import Fleet
from deskunit.packs import Pack, read_pack
from pack_of_size import pack_of_size
from pack_unit import a_pack
from test_logger import Watched, fleet, logging_of  # noqa: F401

UID, OTHER = "a4cf12b3d0e8", "b4cf12b3d0e8"


class Terminal:
    """Runs `deskunit script push …` in this process: exit code, stdout, stderr."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
        folder: Path,
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd
        monkeypatch.setenv("DESKUNIT_HOME", str(folder))
        monkeypatch.setenv("DESKUNIT_LANG", "en")

    def push(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["deskunit", "script", "push", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int) and "Traceback" not in out + err
        return code, out, err


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    monkeypatch.setattr(push_progress, "LOOK_S", 0.01)
    return Terminal(monkeypatch, capfd, tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new.pack"
    path.write_bytes(a_pack().data)
    return path


# -- through the real logger


@pytest.fixture
def desk(tmp_path: Path, fleet: Fleet) -> Iterator[Watched]:  # noqa: F811
    member = next(iter(fleet.members.values()))
    address = virtual.serve_tcp(member.unit)
    with logging_of(tmp_path, fleet, [address]) as desk:
        control = Control(tmp_path, Pushing(desk.logger, tmp_path).handlers())
        fleet.power_on()
        desk.until(lambda: desk.states() == ["signed_out"] and desk.connected())
        try:
            yield desk
        finally:
            control.close()


def speaks(desk: Watched) -> str | None:
    (unit,) = desk.logger.store.units()
    return unit.pack.crc if unit.pack else None


def test_a_pack_is_sent_and_the_unit_speaks_from_it(
    terminal: Terminal, desk: Watched, tmp_path: Path
) -> None:
    pack = pack_of_size(20_000)
    (tmp_path / "new.pack").write_bytes(pack.data)
    code, out, err = terminal.push(str(tmp_path / "new.pack"))
    assert (code, out) == (0, "")
    assert "01: script pack zh 7.0 is in use (20 KB)." in err
    desk.until(lambda: speaks(desk) == pack.crc)
    assert list((tmp_path / "push").iterdir()) == []
    code, out, _ = terminal.push(str(tmp_path / "new.pack"), "--unit", "01", "--json")
    (row,) = json.loads(out)
    assert code == 0 and row["ok"] and (row["uid"], row["crc"]) == (desk.uid, pack.crc)


def test_a_pulled_cable_is_waited_for_and_the_rest_is_sent(
    terminal: Terminal, desk: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = pack_of_size(20_000)
    (tmp_path / "new.pack").write_bytes(pack.data)
    unit = desk.member.unit
    number = int(desk.logger.ports.links()[0].address.rpartition(":")[2])
    seen: list[tuple[bool, int]] = []
    told = push_progress._rows

    def watched(folder: Path, pushes: push_progress.Pushes) -> list[push_progress.Row]:
        rows = told(folder, pushes)
        was_pulled = any(not connected for connected, _ in seen)
        seen.append((rows[0].connected, rows[0].offset))
        if rows[0].offset > 6_000 and rows[0].connected and not was_pulled:
            virtual.unplug(unit)
        elif not rows[0].connected and not was_pulled:
            virtual.serve_tcp(unit, number)
        return rows

    monkeypatch.setattr(push_progress, "_rows", watched)
    code, _, err = terminal.push(str(tmp_path / "new.pack"))
    assert code == 0 and "in use" in err
    assert any(not connected for connected, _ in seen)
    offsets = [offset for _, offset in seen]
    assert offsets == sorted(offsets), "it began again"


def test_who_is_meant_is_said_or_refused(terminal: Terminal, desk: Watched, file: Path) -> None:
    code, _, err = terminal.push(str(file), "--unit", "99")
    assert code == 1 and "99" in err and "deskunit units" in err
    virtual.unplug(desk.member.unit)
    desk.until(lambda: not desk.connected())
    code, _, err = terminal.push(str(file))
    assert code == 1 and "connected" in err
    code, _, err = terminal.push(str(file), "--unit", "01", "--wait", "1")
    assert code == 1 and "not connected for 1 s" in err
    assert desk.logger.deliveries.wanted(desk.uid) is None


# -- a file that is not to be sent, before anybody is asked


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no script pack"),
        (b"# Script library\n", "is no script pack"),
        (a_pack().data[:-1], "is damaged"),
        (a_pack().data[:20], "is damaged"),
        (b"DUPK\x07\x00" + a_pack().data[6:], "format 7"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(
    terminal: Terminal, tmp_path: Path, content: bytes, said: str
) -> None:
    wrong = tmp_path / "wrong.pack"
    wrong.write_bytes(content)
    code, out, err = terminal.push(str(wrong))
    assert (code, out) == (1, "") and said in err and "wrong.pack" in err


def test_a_file_that_is_not_there_and_a_language_that_it_is_not(
    terminal: Terminal, file: Path
) -> None:
    code, _, err = terminal.push("/nowhere/x.pack")
    assert code == 1 and "/nowhere/x.pack" in err
    code, _, err = terminal.push(str(file), "--lang", "en")
    assert code == 2 and "--lang en" in err


def test_without_a_logger_the_next_step_is_named(terminal: Terminal, file: Path) -> None:
    code, _, err = terminal.push(str(file))
    assert code == 1 and "deskunit run" in err


# -- what the logger may say


class PaperLogger:
    """Answers by a script: each look gets the next of `looks`, rows of (offset, ended, error)."""

    def __init__(self, looks: list[list[tuple[int, bool, str | None]]]) -> None:
        self.looks = looks
        self.cancelled: list[int] = []
        self.handed: list[tuple[Pack, list[str]]] = []
        self.folder = Path()
        self.on_look: Callable[[], None] = lambda: None

    def handlers(self) -> Mapping[str, Any]:
        return {
            "push_targets": self.targets,
            "push_pack": self.push,
            "push_progress": self.progress,
            "push_cancel": self.cancel,
        }

    def targets(self, units: list[str]) -> Mapping[str, Any]:
        found = [
            {"uid": UID, "seat": "01", "language": "zh"},
            {"uid": OTHER, "seat": "", "language": "en"},
        ]
        return {"units": found}

    def push(self, file: str, units: list[str]) -> Mapping[str, Any]:
        self.handed.append((read_pack(self.folder / "push" / file), units))
        return {"push": 5}

    def progress(self, push: int) -> Mapping[str, Any]:
        self.on_look()
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        rows = []
        for (uid, seat), (offset, ended, error) in zip(
            ((UID, "01"), (OTHER, "")), look, strict=False
        ):
            row = {"uid": uid, "seat": seat, "connected": True, "offset": offset, "size": 2_000}
            rows.append(row | {"ended": ended, "error": error, "values": {"why": "EIO"}})
        return {"units": rows}

    def cancel(self, push: int) -> Mapping[str, Any]:
        self.cancelled.append(push)
        return {}


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[PaperLogger]:
    paper = PaperLogger([])
    paper.folder = tmp_path
    control = Control(tmp_path, paper.handlers())
    yield paper
    control.close()


def test_a_library_is_built_for_the_language_of_each_screen(
    terminal: Terminal, logger: PaperLogger, tmp_path: Path
) -> None:
    (tmp_path / "agents.csv").write_text("id,name,team,level\n1001,犇龘,,solo\n", "utf-8")
    (tmp_path / "settings.toml").write_text('[site]\ncompany = "晨光燃气"\n', "utf-8")
    logger.looks = [[(2_000, True, None)]]
    code, _, err = terminal.push("--no-large")
    assert code == 0, err
    (zh, en) = logger.handed
    assert (zh[0].language, zh[1], en[0].language, en[1]) == ("zh", [UID], "en", [OTHER])
    assert "晨光燃气".encode() in zh[0].data.replace(b"\x1f", b"")
    assert struct.pack("<H", ord("犇")) in zh[0].data, "an agent's name can be drawn"
    assert "The font has no 龘" in err


def test_a_language_is_sent_to_all_and_an_unknown_one_to_nobody(
    terminal: Terminal, logger: PaperLogger
) -> None:
    logger.looks = [[(2_000, True, None), (2_000, True, None)]]
    assert terminal.push("--lang", "en", "--no-large")[0] == 0
    ((pack, units),) = logger.handed
    assert (pack.language, units) == ("en", [UID, OTHER])
    code, _, err = terminal.push("--lang", "fr")
    assert code == 2 and "fr" in err and len(logger.handed) == 1


def test_a_library_with_a_mistake_is_not_sent(
    terminal: Terminal, logger: PaperLogger, tmp_path: Path
) -> None:
    (tmp_path / "broken").mkdir()
    code, _, err = terminal.push(str(tmp_path / "broken"))
    assert code == 1 and "library.toml" in err and logger.handed == []


def test_one_that_fails_beside_one_that_does_not(
    terminal: Terminal, logger: PaperLogger, file: Path
) -> None:
    logger.looks = [
        [(0, False, None), (66, False, None)],
        [(66, False, None), (2_000, True, None)],
        [(66, True, "push_flash"), (2_000, True, None)],
    ]
    code, out, err = terminal.push(str(file))
    assert (code, out) == (1, "")
    assert "01: script pack zh is not in use: its flash" in err and "EIO" in err
    assert f"{OTHER}: script pack zh 1.0 is in use" in err
    code, out, _ = terminal.push(str(file), "--json")
    assert code == 1 and [one["error"] for one in json.loads(out)] == ["push_flash", None]


def test_what_does_not_move_is_stopped_after_a_while(
    terminal: Terminal, logger: PaperLogger, file: Path
) -> None:
    logger.looks = [[(66, False, None), (2_000, True, None)]]
    code, _, err = terminal.push(str(file), "--wait", "1")
    assert code == 1 and "nothing moved for 1 s" in err and logger.cancelled == [5]


def test_ctrl_c_stops_it_and_says_how_to_go_on(
    terminal: Terminal, logger: PaperLogger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger.looks = [[(66, False, None)]]

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(push_progress.time, "sleep", interrupted)
    code, _, err = terminal.push(str(file))
    assert code == 130 and logger.cancelled == [5] and "goes on where this one stopped" in err


def test_a_logger_that_ends_meanwhile_is_said(
    terminal: Terminal, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = PaperLogger([[(66, False, None)]])
    paper.folder = tmp_path
    control = Control(tmp_path, paper.handlers())
    monkeypatch.setattr(push_progress.time, "sleep", lambda seconds: control.close())
    code, _, err = terminal.push(str(file))
    assert code == 1 and "goes on where it stopped" in err


def test_somebody_who_watches_sees_bars(
    terminal: Terminal, logger: PaperLogger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger.looks = [[(1_000, False, None), (2_000, True, None)]] * 3 + [
        [(2_000, True, None), (2_000, True, None)]
    ]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, _, err = terminal.push(str(file))
    assert code == 0 and "01 · zh 1.0" in err and "100%" in err


def test_every_reason_of_a_push_reads_in_both_languages() -> None:
    for key in ("push_timed_out", "push_not_connected", "push_stalled", "push_replaced"):
        for language in ("zh", "en"):
            assert DeskunitError(key, seconds=9).sentence(language)
