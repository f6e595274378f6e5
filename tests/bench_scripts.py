"""What writing a script waits for: the drawer's start, a screen, the checks of the whole library."""

import json
import subprocess
import sys
import time
from pathlib import Path

from deskunit.scripts.checks import findings_of
from deskunit.scripts.drawing import Drawer, Scene
from deskunit.scripts.library import DEFAULT, read_library

ROOT = Path(__file__).parents[1]
SCREENS = 50


def drawer(tree: Path) -> dict[str, float]:
    """Seconds from nothing to the first screen, ms for each one after it."""
    begin_s = time.perf_counter()
    with Drawer(tree) as drawer:
        drawer.open("zh", (tree / "zh.pack").read_bytes())
        drawer.draw("zh", Scene())
        first_s = time.perf_counter()
        for second in range(SCREENS):
            drawer.draw("zh", Scene(clock_s=second))
        end_s = time.perf_counter()
    return {
        "drawer_first_screen_s": round(first_s - begin_s, 2),
        "drawer_screen_ms": round(1000 * (end_s - first_s) / SCREENS, 1),
    }


def checks() -> dict[str, float]:
    """Processor seconds of a check of the built-in library while one types: fonts are read already."""
    findings_of(read_library(DEFAULT))
    begin_s = time.process_time()
    findings_of(read_library(DEFAULT))
    return {"script_check_again_s": round(time.process_time() - begin_s, 2)}


def scripts(tree: Path) -> dict[str, float]:
    """All of it, over the tree of the virtual unit."""
    return {**drawer(tree), **checks()}


if __name__ == "__main__":
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    sys.stdout.write(json.dumps(scripts(ROOT / "build" / "virtual"), indent=1) + "\n")
