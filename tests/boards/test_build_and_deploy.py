"""What `make build` writes, and `deploy` onto empty, running and formerly deployed units."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit import control
from deskunit.deploy import deploy
from deskunit.errors import DeskunitError
from deskunit.virtual import VirtualUnit, serve_pty
from talk import MakeUnit

import build

PROGRAM = Path(build.__file__)


def run_build(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("board", build.board_names())
def test_the_tree_holds_what_runs_and_nothing_else(board: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    assert run_build(board, "--out", tree).returncode == 0
    names = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    units = {f"unit/{path.stem}.mpy" for path in (build.FIRMWARE / "unit").glob("*.py")}
    shims = {f"lib/adafruit_bus_device/{n}.mpy" for n in ("__init__", "i2c_device", "spi_device")}
    assert names == units | shims | {
        "main.py",
        "board.mpy",
        "ssd1306_windowed.mpy",
        "lib/adafruit_ssd1306.mpy",
        "lib/adafruit_ssd1306.LICENSE.txt",
        "zh.pack",
        "en.pack",
        "zh-Hant.pack",
        "PACKS-OFL-16.txt",
        "PACKS-OFL.txt",
        "PACKS-NOTICE.txt",
    }
    assert all(path.read_bytes()[:2] == b"M\x06" for path in tree.rglob("*.mpy"))


def test_a_second_build_changes_nothing_and_a_spoiled_tree_is_put_right(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    build.build("virtual", tree)
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*.*")}
    build.build("virtual", tree)
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*.*")} == before
    (tree / "unit" / "stale.mpy").write_bytes(b"")
    (tree / "board.mpy").unlink()
    build.build("virtual", tree)
    assert set(tree.rglob("*.*")) == set(before)


def test_of_two_that_build_one_tree_at_once_both_find_it_whole(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    command = [sys.executable, str(PROGRAM), "virtual", "--out", str(tree)]
    made = []
    with subprocess.Popen(command) as one, subprocess.Popen(command) as other:
        for process in (one, other):
            assert process.wait(60) == 0
            made.append({path: path.stat().st_ino for path in tree.rglob("*.*")})
    assert made[0] == made[1], "the second left what the first had made"


def test_an_unknown_board_is_one_sentence() -> None:
    done = run_build("toaster")
    assert done.returncode == 2
    assert done.stderr == ("There is no board toaster: choose one of esp32_devkit, virtual.\n")


@pytest.fixture(scope="module")
def small_tree(firmware_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real firmware without its prompt packs, which take mpremote 15 s."""
    tree = tmp_path_factory.mktemp("small") / "tree"
    shutil.copytree(firmware_tree, tree, ignore=shutil.ignore_patterns("*.pack", "*.txt"))
    return tree


class Ends:
    """A unit and the PTY it is plugged into."""

    def __init__(self, unit: VirtualUnit) -> None:
        self.unit = unit
        self.address = serve_pty(unit)


@pytest.fixture
def empty_board(make_unit: MakeUnit, tmp_path: Path) -> Iterator[Ends]:
    (tmp_path / "empty").mkdir()
    yield Ends(make_unit(tmp_path / "empty", time="real", flash=tmp_path / "flash"))


def test_deploy_onto_an_empty_board_then_again_with_less(
    empty_board: Ends, small_tree: Path, tmp_path: Path
) -> None:
    unit = empty_board.unit
    assert unit.figures()["state"] == "repl"
    more = tmp_path / "more"
    shutil.copytree(small_tree, more)
    (more / "unit" / "former.mpy").write_bytes((more / "board.mpy").read_bytes())
    said: list[str] = []
    deploy(more, empty_board.address, tmp_path / "data", said.append)
    assert unit.figures()["state"] == "app"
    assert "cp main.py :" in said
    flash = tmp_path / "flash"
    assert (flash / "unit" / "former.mpy").exists()
    boots = (flash / "boot").read_bytes()

    deploy(small_tree, empty_board.address, tmp_path / "data", said.append)
    assert unit.figures()["state"] == "app"
    assert "Up to date: ./main.py" in said
    assert not (flash / "unit" / "former.mpy").exists()
    assert (flash / "boot").read_bytes() != boots, "the boot counter stayed and went on"


def test_deploy_asks_a_running_logger_for_the_port(
    make_unit: MakeUnit, firmware_tree: Path, small_tree: Path, tmp_path: Path
) -> None:
    ends = Ends(make_unit(firmware_tree, time="real"))
    asked: list[tuple[str, str]] = []
    (tmp_path / "data").mkdir()
    handlers = {
        "release_port": lambda port, repl: asked.append(("release", port)) or {"repl": False},
        "take_port": lambda port: asked.append(("take", port)) or {},
    }
    logger = control.Control(tmp_path / "data", handlers)
    try:
        deploy(small_tree, ends.address, tmp_path / "data")
    finally:
        logger.close()
    assert asked == [("release", ends.address), ("take", ends.address)]


def test_a_tree_that_is_none_and_a_port_that_is_none(small_tree: Path, tmp_path: Path) -> None:
    with pytest.raises(DeskunitError, match="make build"):
        deploy(tmp_path, "/dev/ttyUSB9", tmp_path / "data")
    with pytest.raises(DeskunitError, match="no port"):
        deploy(small_tree, str(tmp_path / "ttyUSB9"), tmp_path / "data")


def test_deploy_to_a_unit_without_power_says_what_to_do(
    empty_board: Ends, small_tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskunit.deploy.REPL_WAIT_S", 0.5)
    monkeypatch.setattr("deskunit.deploy.SILENCE_S", 2)
    empty_board.unit.cut_power()
    with pytest.raises(DeskunitError, match="hold BOOT"):
        deploy(small_tree, empty_board.address, tmp_path / "data")
