"""`make fault`: every layer of the fault suite at full length, or one of them.

    python tests/fault/run.py [--layer NAME] [--rounds N] [--seed N] [--json FILE]

Prints a line of figures a layer, at the end all of it as a table, and writes it as JSON. Exit code 1 when
anything broke the promise; each failure names the seed that repeats it.
"""

import argparse
import importlib
import json
import random
import sys
import time
from pathlib import Path

from report import Report
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# the unit's modules, and what firmware tests have made of MicroPython's own
sys.path += [str(ROOT / "firmware"), str(ROOT / "tests" / "firmware")]
LAYERS = ("parser", "model", "flash", "processes", "units")
MODULES = {"parser": "parsers", "flash": "power_cuts"}  # of the others: as the layer is called
out = Console(highlight=False, soft_wrap=True)


def main() -> int:
    asked = arguments()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**31)
    out.print(f"seed {seed}; to repeat: make fault SEED={seed}")
    reports = [play(layer, seed, asked.rounds) for layer in asked.layer or LAYERS]
    out.print(table(reports))
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps([one.values() for one in reports], indent=1), "utf-8")
    out.print(f"figures in {asked.json}")
    return int(any(one.failures for one in reports))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--layer", action="append", choices=LAYERS)
    parser.add_argument("--rounds", type=int, help="how often, instead of each layer's own number")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "fault.json")
    return parser.parse_args()


def play(layer: str, seed: int, rounds: int | None) -> Report:
    module = importlib.import_module(MODULES.get(layer, layer))
    began_s = time.monotonic()
    report: Report = module.run(seed) if rounds is None else module.run(seed, rounds)
    report.seconds = time.monotonic() - began_s
    out.print(report.line())
    if report.failures:
        out.print(report.told(), style="red")
    return report


def table(reports: list[Report]) -> Table:
    drawn = Table("layer", "what", "how many")
    for report in reports:
        figures = {**report.figures, "failures": len(report.failures), "seconds": report.seconds}
        for name, value in figures.items():
            drawn.add_row(report.layer, name.replace("_", " "), f"{value:,.0f}")
        drawn.add_section()
    return drawn


if __name__ == "__main__":
    sys.exit(main())
