"""Compiles every file that goes onto a board and checks its types: python boards/check.py.

`make check` calls it. The types are MicroPython's for the ESP32 (micropython-esp32-stubs); mypy takes
them as a folder of their own, since the host's Python has modules of the same names.
"""

import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from build import BOARDS, DRIVER, FIRMWARE, ROOT, board_names, compile_module, sources

STUBS = ("micropython-esp32-stubs", "micropython-stdlib-stubs", DRIVER)
TYPINGS = ROOT / "typings"


def compile_all() -> None:
    """Every module of every board through mpy-cross, which names file and line of a mistake."""
    with tempfile.TemporaryDirectory() as folder:
        for board in board_names():
            for name, source in sources(board).items():
                compile_module(name, source, Path(folder) / board / f"{name}.mpy")


def lay_out_stubs() -> None:
    """typings/: the stubs and the display driver as delivered, made anew for a new version."""
    wanted = " ".join(importlib.metadata.version(name) for name in STUBS)
    stamp = TYPINGS / "version"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    shutil.rmtree(TYPINGS, ignore_errors=True)
    for name in STUBS:
        for path in importlib.metadata.files(name) or ():
            if path.suffix in (".py", ".pyi") or path.name == "VERSIONS":
                target = TYPINGS / str(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(path.locate()), target)
    stamp.write_text(wanted, "utf-8")


def check_types() -> int:
    """0 when mypy finds nothing in firmware/ and in any board."""
    lay_out_stubs()
    failed = 0
    for board in board_names():
        command = [sys.executable, "-m", "mypy", "--config-file", str(BOARDS / "mypy.ini")]
        files = [FIRMWARE / "unit", BOARDS / board / "board.py", BOARDS / "ssd1306_windowed.py"]
        failed |= subprocess.run([*command, *map(str, files)], cwd=ROOT).returncode
    return failed


def main() -> int:
    try:
        compile_all()
    except subprocess.CalledProcessError:
        return 1  # mpy-cross has said file and line
    return check_types()


if __name__ == "__main__":
    sys.exit(main())
